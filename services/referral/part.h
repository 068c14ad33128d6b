#pragma once
#include "node/part.h"

namespace mash::referral {

// ReferralService and PersonService with their log, for whichever program runs them: the hub, or
// mash-referral; and the Joiner, which follows that log and finds who is one person.
node::Part part();

}  // namespace mash::referral
