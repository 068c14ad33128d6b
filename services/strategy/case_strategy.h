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
// began: the newest of each sort. For the hub's roles all of it; for agencies with a part in the
// case the flags of missing children, the discussions they were invited to, the conferences they
// asked for with the answer, and the protection they recorded or acted in, in their own words; for
// auditors all, with the texts where a purpose is stated. As at a time it is of what the case was
// joined with then, as far as each may be known of now.
Result<host::Looks> get_case_strategy(const log::EventLog& log,
                                      const v1::GetCaseStrategyRequest& request,
                                      const Context& context,
                                      v1::GetCaseStrategyResponse& response);

}  // namespace mash::strategy
