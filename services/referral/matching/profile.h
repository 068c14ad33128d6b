#pragma once
#include <optional>
#include <string>
#include <vector>

#include "mash/referral/v1/person.pb.h"
#include "referral/matching/dates.h"
#include "referral/matching/double_metaphone.h"
#include "referral/matching/folding.h"

namespace mash::referral::matching {

class Weights;

// A word of a name, with how it sounds and which names it is a form of.
struct NameWord {
  std::string text;
  Sounds sounds;
  std::vector<std::string> forms;  // itself among them
  bool is_particle = false;        // makes no name by itself: "van"
};
using NameWords = std::vector<NameWord>;

// One way in which somebody is called.
struct Called {
  NameWords given;
  NameWords family;
};

// An identity prepared for being compared with many: folded, and without what says nothing, like
// "baby" for a name or a number that is only the reason why there is none.
struct Profile {
  std::vector<Called> called;  // the name first, then what else they are known by; at most 8
  std::optional<Birth> birth;
  v1::Sex sex = v1::SEX_UNSPECIFIED;
  std::string nhs_number;
  std::string upn;
  std::vector<std::string> postcodes;  // in capitals, without the space
};

Profile profile_of(const v1::Identity& identity, const Weights& weights);

}  // namespace mash::referral::matching
