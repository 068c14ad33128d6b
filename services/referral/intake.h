#pragma once
#include "core/result.h"
#include "host/desk.h"
#include "referral/submission.h"

namespace mash::referral {

// The ids that a contact with so many children brings into being, for host::CommandExtras: the
// case, each child, and the contact itself.
host::FreshIds ids_for(int children);

// Takes a contact in, in one append: the contact, and each child's identity in a stream of its own
// under a key of its own. Context::fresh_ids are as ids_for() says.
Result<void> take_in(log::UnitOfWork& unit, const Submission& submission);

}  // namespace mash::referral
