#pragma once
#include "node/part.h"

namespace mash::sharing {

// SharingService with its log, for whichever program runs it: the hub, or mash-sharing. It follows
// the referral log, and the strategy log for which agencies come to have a part in a case there.
node::Part part();

}  // namespace mash::sharing
