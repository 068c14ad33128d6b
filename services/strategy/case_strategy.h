#pragma once
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/strategy/v1/protection_events.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::strategy {

// Protection in full at `now`, from its events in order: with its texts where these are there.
v1::Protection protection_of(const std::string& protection_id,
                             const std::vector<v1::ProtectionEvent>& events, Time now);

// Everything strategy knows of a case and all that it is joined with, in the order in which it
// began. For the hub's roles all of it; for agencies with a part in the case the flags of missing
// children and the discussions they were invited to; for auditors all, with the texts where a
// purpose is stated.
Result<host::Looks> get_case_strategy(const log::EventLog& log,
                                      const v1::GetCaseStrategyRequest& request,
                                      const Context& context,
                                      v1::GetCaseStrategyResponse& response);

}  // namespace mash::strategy
