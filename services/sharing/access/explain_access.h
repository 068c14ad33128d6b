#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::sharing {

// Who holds what about a person or in a case, and who was given it or not, now or as at a time: one
// walk over the list of items for each case. Lines on others and grounds are for the hub's roles,
// auditors and an item's owner. The look is a search, recorded also where it finds nothing.
Result<host::Looks> explain_access(const log::EventLog& log,
                                   const v1::ExplainAccessRequest& request, const Context& context,
                                   v1::ExplainAccessResponse& response);

}  // namespace mash::sharing
