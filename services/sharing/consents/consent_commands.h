#pragma once
#include <optional>
#include <string>

#include "cases/family.h"
#include "core/result.h"
#include "log/handle.h"
#include "mash/sharing/v1/sharing_service.pb.h"
#include "sharing/consents/consent.h"

namespace mash::sharing {

// Records what somebody known in the case answered when asked for consent: for
// host::Desk::command. NOT_FOUND where the caller may not know of the case. Context::fresh_ids: the
// consent.
Result<void> record_consent(log::UnitOfWork& unit, const v1::RecordConsentRequest& request);

}  // namespace mash::sharing
