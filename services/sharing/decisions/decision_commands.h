#pragma once
#include "core/result.h"
#include "log/handle.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::sharing {

// The work of commands on sharing decisions, each for host::Desk::command: one atomic append. What
// a decision is judged on is read in the unit, so that the log's order decides; every item it names
// is told in the same append, so that two decisions on one item meet there; and whoever is given
// something comes to have a part in the case.

// Records a decision. Where it needs a second signature nothing comes of it yet.
// Context::fresh_ids: the decision.
Result<void> record_decision(log::UnitOfWork& unit, const v1::RecordDecisionRequest& request);

// Gives or refuses the second signature. Signed, it comes into force if it is lawful by what is so
// now, and takes the place of the one it supersedes.
Result<void> countersign_decision(log::UnitOfWork& unit,
                                  const v1::CountersignDecisionRequest& request);

// Records a decision in the place of one in force, which holds until the new one does.
// Context::fresh_ids: the decision.
Result<void> supersede_decision(log::UnitOfWork& unit, const v1::SupersedeDecisionRequest& request);

}  // namespace mash::sharing
