#pragma once
#include <set>
#include <string>
#include <vector>

#include "cases/family.h"
#include "log/handle.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::strategy {

// The case in which a child's plan runs, whatever it was joined with or parted from since; where
// none runs, the one asked for.
Result<std::string> case_of_plan(log::UnitOfWork& unit, const std::string& child_id,
                                 const std::string& asked);

// Those of the children for whom a plan runs in the family, under their own id or that of whoever
// is held to be the same child.
Result<std::set<std::string>> on_plan(log::UnitOfWork& unit, const cases::Family& family,
                                      const std::vector<std::string>& child_ids,
                                      const std::string& asked);

// What each command does, for log::handle(). The case is the caller's to know of and the child is
// known in it, or NOT_FOUND.
Result<void> flag_missing(log::UnitOfWork& unit, const v1::FlagMissingRequest& request);
Result<void> clear_missing(log::UnitOfWork& unit, const v1::ClearMissingRequest& request);

}  // namespace mash::strategy
