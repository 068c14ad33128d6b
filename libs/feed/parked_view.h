#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "log/view.h"
#include "mash/feed/v1/feed.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::feed {

// A row for each stream of a followed log that waits, in the log that follows: its events are in
// streams "feed/<log followed>/<stream>". Ordered by the log followed.
inline constexpr std::string_view kParkedView = "parked";

std::unique_ptr<log::View> parked_view();

// Where it is said of a stream of a followed log that it waits.
std::string parked_stream(std::string_view log_followed, std::string_view stream);

// The streams of a followed log that wait, as the log that follows says. Refuses as
// log::EventLog::list does.
Result<std::vector<v1::StreamParked>> parked_streams(const log::EventLog& own_log,
                                                     const std::string& log_followed);

}  // namespace mash::feed
