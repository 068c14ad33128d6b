#pragma once
#include <optional>
#include <string>

#include "cases/family.h"
#include "log/handle.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::strategy {

// Where what is new about a child lies: in the case of the family that named them.
log::Target child_in(const cases::Family& family, const std::string& child_id,
                     const std::string& asked);

// Where the child's plan runs, under their own id or that of whoever is held to be the same: in the
// family, or else in another case that the caller may know of, as after cases were parted. None:
// nowhere that the caller may know of.
Result<std::optional<log::Target>> running_plan(log::UnitOfWork& unit, const cases::Family& family,
                                                const std::string& child_id);

// What each command does, for log::handle(). The case is the caller's to know of and the child is
// known in it, or NOT_FOUND.
Result<void> flag_missing(log::UnitOfWork& unit, const v1::FlagMissingRequest& request);
Result<void> clear_missing(log::UnitOfWork& unit, const v1::ClearMissingRequest& request);

}  // namespace mash::strategy
