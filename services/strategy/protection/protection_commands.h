#pragma once
#include <cstddef>

#include "log/handle.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::strategy {

// So many of Context::fresh_ids record_protection() may need.
inline constexpr std::size_t kProtectionIds = 2;

// Records that a child was protected, for log::handle(), under the first of Context::fresh_ids.
// Where no discussion planned it, one that is still to be held about the child follows it, as soon
// as the policy pack has it; or one becomes due, under the second. The hub's roles and agencies
// with a part in the case; an agency that the hub says acted has a part in it from then on. All
// else about protection is decided in its own stream: unit.decide<Protection>().
Result<void> record_protection(log::UnitOfWork& unit, const v1::RecordProtectionRequest& request);

}  // namespace mash::strategy
