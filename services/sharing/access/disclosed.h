#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::sharing {

// What decisions in force have disclosed to the caller's agency of a case or a person, without what
// it says, and what was corrected or recalled and waits for the agency to acknowledge. The look is
// a search, recorded also where it finds nothing.
Result<host::Looks> list_disclosed(const log::EventLog& log,
                                   const v1::ListDisclosedRequest& request, const Context& context,
                                   v1::ListDisclosedResponse& response);

}  // namespace mash::sharing
