#pragma once
#include "core/context.h"
#include "host/looks.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::sharing {

// A consent, for agencies with a part in its case; how it is evidenced, for the one that recorded
// it. An auditor sees its texts where a purpose is stated.
Result<host::Looks> get_consent(const log::EventLog& log, const v1::GetConsentRequest& request,
                                const Context& context, v1::GetConsentResponse& response);

}  // namespace mash::sharing
