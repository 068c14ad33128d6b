#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::strategy {

// A discussion, now or as at a time, for the hub's roles and agencies that were invited; an auditor
// without its texts, unless it says why it asks. NOT_FOUND for all others, and where the case shuts
// the caller out now.
Result<host::Looks> get_discussion(const log::EventLog& log,
                                   const v1::GetDiscussionRequest& request, const Context& context,
                                   v1::GetDiscussionResponse& response);

// Discussions: of the caller's agency those it was invited to, for the hub's roles and auditors
// all.
Result<host::Looks> list_discussions(const log::EventLog& log,
                                     const v1::ListDiscussionsRequest& request,
                                     const Context& context, v1::ListDiscussionsResponse& response);

// Actions: of the caller's agency its own, for the hub's roles and auditors all.
Result<host::Looks> list_actions(const log::EventLog& log, const v1::ListActionsRequest& request,
                                 const Context& context, v1::ListActionsResponse& response);

// Whether the caller may see a discussion that these agencies are invited to.
bool may_see(const v1::DiscussionSummary& discussion, const Actor& actor);

}  // namespace mash::strategy
