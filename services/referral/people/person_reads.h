#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/referral/v1/person_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::referral {

// Reads a person for the caller, now or as at a time, and answers with what it showed: to an
// agency what it told itself; to the hub, and to an auditor, who is held to be the same, how they
// are related and which contacts named them, and the identity to those who may see content.
// NOT_FOUND for whoever has no right to know of them.
Result<host::Looks> get_person(const log::EventLog& log, const v1::GetPersonRequest& request,
                               const Context& context, v1::GetPersonResponse& response);

}  // namespace mash::referral
