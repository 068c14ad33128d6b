#pragma once
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/strategy/v1/conference_events.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::strategy {

// A conference in full at `now`, from its events in order: with its texts where these are there.
v1::Conference conference_of(const std::string& conference_id,
                             const std::vector<v1::ConferenceEvent>& events, Time now);

// Conferences: what is due first; then those that are over, the last first.
Result<host::Looks> list_conferences(const log::EventLog& log,
                                     const v1::ListConferencesRequest& request,
                                     const Context& context, v1::ListConferencesResponse& response);

}  // namespace mash::strategy
