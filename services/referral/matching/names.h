#pragma once
#include <optional>

#include "referral/matching/level.h"
#include "referral/matching/profile.h"

namespace mash::referral::matching {

// How well two names agree; nothing where one of them is not given. Symmetric, like all below.
std::optional<Level> compare_given(const NameWords& one, const NameWords& other);
std::optional<Level> compare_family(const NameWords& one, const NameWords& other);

// Whether each is given where the other has its other name.
bool are_exchanged(const Called& one, const Called& other);

}  // namespace mash::referral::matching
