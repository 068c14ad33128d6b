#pragma once
#include <set>
#include <string>

#include "core/result.h"
#include "log/handle.h"

namespace mash::cases {

// Has agencies come to have a part in a case; nothing for those that have one there already.
Result<void> involve(log::UnitOfWork& unit, const std::string& case_id,
                     const std::set<std::string>& agencies);

}  // namespace mash::cases
