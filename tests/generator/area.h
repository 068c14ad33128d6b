#pragma once
#include <chrono>
#include <vector>

#include "generator/random.h"
#include "mash/referral/v1/person.pb.h"

namespace mash::generator {

using mash::referral::v1::Identity;

// The people of an area, household by household, for measuring whether somebody is found: names as
// common and as rare as they are, brothers and sisters, twins, children named after a parent,
// step-families, children not born yet. The same seed gives the same people everywhere.
class Area {
 public:
  Area(uint64_t seed, std::chrono::sys_days today) : random_(seed), today_(today) {}

  // The people of one more household; at least one.
  std::vector<Identity> next_household();

 private:
  Identity make_person(const std::string& family_name, bool girl, std::chrono::sys_days born);
  void add_children(std::vector<Identity>& household, int parents);

  Random random_;
  std::chrono::sys_days today_;
};

// What another agency would write about the same person: with a short or misspelt name, names
// exchanged, left out or new, a slip in the date of birth or a part of it only, no numbers, another
// address or none, and a child not born yet as the child it became. Now and then the same, now and
// then several of these at once. Still the same person.
Identity told_otherwise(Random& random, const Identity& person);

}  // namespace mash::generator
