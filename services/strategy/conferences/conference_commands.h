#pragma once
#include <cstddef>

#include "log/handle.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::strategy {

// What each command about conferences does that touches more than the conference's own stream, for
// log::handle(). Births and deadlines are decided there: unit.decide<Conference>().

// So many of Context::fresh_ids each of them may need.
inline constexpr std::size_t kConferenceIds = 2;

// A date for a conference that is there; or a new one, under the first of Context::fresh_ids.
Result<void> schedule_conference(log::UnitOfWork& unit,
                                 const v1::ScheduleConferenceRequest& request);

// Under the first of Context::fresh_ids.
Result<void> request_conference(log::UnitOfWork& unit, const log::EventLog& log,
                                const v1::RequestConferenceRequest& request);

// What was decided, in the conference; what becomes due, each under one of Context::fresh_ids; and
// the children's plans.
Result<void> record_conference(log::UnitOfWork& unit, const v1::RecordConferenceRequest& request);

}  // namespace mash::strategy
