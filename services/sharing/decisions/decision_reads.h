#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::sharing {

// A decision, now or as at a time, as far as the caller may see it (decision_shown.h). NOT_FOUND
// for whom it does not concern.
Result<host::Looks> get_decision(const log::EventLog& log, const v1::GetDecisionRequest& request,
                                 const Context& context, v1::GetDecisionResponse& response);

// A page of the list: of all decisions for auditors, else of those that the caller's agency made
// and, once they came into force, those that name it. Shows nothing personal.
Result<host::Looks> list_decisions(const log::EventLog& log,
                                   const v1::ListDecisionsRequest& request, const Context& context,
                                   v1::ListDecisionsResponse& response);

}  // namespace mash::sharing
