#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::log {
class EventLog;
}
namespace mash::policy {
class Packs;
}

namespace mash::sharing {

// What the rules say of a draft by today's law or another day's, or of a decision that was
// recorded: judged on what was so when it was made, by the law of its day and by today's. Records
// nothing and shows nothing personal.
//
// A draft: for whoever may know of the case. A recorded decision: for the agency that made it, and
// auditors; NOT_FOUND for everyone else. One whose case was erased cannot be judged: KEY_DESTROYED.
Result<host::Looks> evaluate_decision(const log::EventLog& log, const policy::Packs& packs,
                                      const v1::EvaluateDecisionRequest& request,
                                      const Context& context,
                                      v1::EvaluateDecisionResponse& response);

}  // namespace mash::sharing
