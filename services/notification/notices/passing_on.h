#pragma once
#include <string>

#include "core/result.h"
#include "log/handle.h"
#include "notification/notices/raising.h"

namespace mash::notification {

// Does what is due about a notice that nobody has acknowledged, asked by the scheduler: passes it
// on to the agency's contacts whose turn it is, but for those who may not know of the case any
// more; and when its time is over escalates it: the hub's managers get a notice of their own.
// CASE_PARKED while it is not known who may know of the case.
Result<void> pass_on(const RaisingParts& parts, log::UnitOfWork& unit, const std::string& stream);

}  // namespace mash::notification
