#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/referral/v1/person_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::referral {

// Lists likenesses that wait for a decision, the likeliest first; with very many of them, the
// likeliest of the newest thousand persons first, then of the next. Leaves out those whom the
// caller may not see. Answers with what it showed.
Result<host::Looks> list_match_proposals(const log::EventLog& log,
                                         const v1::ListMatchProposalsRequest& request,
                                         const Context& context,
                                         v1::ListMatchProposalsResponse& response);

}  // namespace mash::referral
