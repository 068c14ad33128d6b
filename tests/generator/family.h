#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "generator/random.h"
#include "mash/referral/v1/person.pb.h"

namespace mash::generator {

using mash::referral::v1::Identity;

// A household that exists nowhere: its children, who looks after them, where they live. What a
// contact tells of it may be less, and may be wrong: see as_told.
struct Family {
  std::vector<Identity> children;  // the eldest first; at least one, an unborn one last
  std::vector<Identity> carers;    // one or two
  std::string school;              // of those old enough for one
  bool known = false;              // a contact about it was made before
};

// A family as it stands on `today`: the ages, sizes and shares of unborn children that contacts in
// England have (README.md beside this).
Family make_family(Random& random, std::chrono::sys_days today);

// What another agency would write about the same child: now and then a short or misspelt name, a
// day and month exchanged, no number, another address. Still the same child.
Identity as_told(Random& random, const Identity& child);

// The age in whole years on `today`; -1 for an unborn child.
int age_on(const Identity& child, std::chrono::sys_days today);

}  // namespace mash::generator
