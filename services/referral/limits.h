#pragma once
#include <cstddef>

#include "core/checks.h"
#include "policy/challenges.h"

namespace mash::referral {

// Limits on what one contact, person or referral may hold, besides those of every text
// (core/checks.h).
inline constexpr size_t kAccountBytesMax =
    48 * 1024;  // all that one contact tells, identities apart
inline constexpr size_t kIdentityBytesMax = 16 * 1024;
inline constexpr int kChildrenMax = 50;
inline constexpr int kEvidenceMax = 200;
inline constexpr int kInformationMax = 2'000;  // pieces added to one referral
inline constexpr int kReferrersMax = 24;       // agencies that tell something of one referral
inline constexpr int kPeopleMax = 50;          // involved in one contact, besides its children
using policy::kOpenChallengesMax;              // of one referral

}  // namespace mash::referral
