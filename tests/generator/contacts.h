#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "generator/family.h"
#include "generator/random.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::generator {

// A contact, and the agency whose system would send it.
struct Contact {
  std::string agency;  // "police", "health", "education" or "social-care"
  mash::referral::v1::SubmitContactRequest request;
  bool repeated = false;  // about children of an earlier contact
};

// The contacts of an English area, one after the other: their sources, ages, families, re-referrals
// and dangers in the proportions the country has (README.md beside this). The same seed and day
// give the same contacts, request ids included, on every machine. Not for several threads at once.
class Generator {
 public:
  // `today`: the day the contacts are made on; nothing in them is later, due dates apart.
  Generator(uint64_t seed, std::chrono::sys_days today);

  Contact next();

 private:
  std::vector<Identity> choose_children(Contact& contact, std::string_view& school);

  Random random_;
  std::chrono::sys_days today_;
  uint64_t made_ = 0;
  std::vector<Family> families_;
};

}  // namespace mash::generator
