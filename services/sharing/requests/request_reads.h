#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::sharing {

// An information request, now or as at a time: for the hub's roles, whose requests they are, for
// the agency that asked and the one that was asked; for auditors, without its texts where they do
// not say why. NOT_FOUND for everyone else.
Result<host::Looks> get_request(const log::EventLog& log, const v1::GetRequestRequest& request,
                                const Context& context, v1::GetRequestResponse& response);

// A page of the list: for the hub's roles and auditors of all, else of those put to the caller's
// agency. Shows nothing personal.
Result<host::Looks> list_requests(const log::EventLog& log, const v1::ListRequestsRequest& request,
                                  const Context& context, v1::ListRequestsResponse& response);

}  // namespace mash::sharing
