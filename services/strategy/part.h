#pragma once
#include "node/part.h"

namespace mash::strategy {

// StrategyService with its log, for whichever program runs it: the hub, or mash-strategy. It
// follows the referral log, where a decision that calls for a discussion has one fall due, and the
// sharing log.
node::Part part();

}  // namespace mash::strategy
