#pragma once
#include "core/checks.h"
#include "mash/sharing/v1/decision.pb.h"

namespace mash::sharing {

inline constexpr int kDecidedItemsMax = 100;
inline constexpr int kRecipientsMax = 20;
inline constexpr int kGatewaysMax = 10;
inline constexpr int kAdviceMax = 10;

// Whether the terms of a decision or a draft are well formed: ids that are ids, lists and texts
// within their limits, times that are times. Whether they are lawful, evaluate() says.
void check_terms(const v1::DecisionTerms& terms, Checks& checks);

}  // namespace mash::sharing
