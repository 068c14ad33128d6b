#pragma once
#include <string>
#include <string_view>

#include "generator/random.h"
#include "mash/referral/v1/referral.pb.h"

namespace mash::generator {

// What worries a source about a child: the census's factors and words that go with them.
struct Concern {
  std::string text;                          // names the child
  mash::referral::v1::ChildAccount account;  // with the factors' codes
};

// `agency`: whose words they are; `age`: in years, -1 for an unborn child, whose factors are its
// parents'.
Concern make_concern(Random& random, std::string_view agency, std::string_view child, int age);

// What is happening now, for a contact that is urgent.
std::string make_danger(Random& random, std::string_view child);

}  // namespace mash::generator
