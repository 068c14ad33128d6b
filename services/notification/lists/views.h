#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "log/view.h"

namespace mash::notification {

inline constexpr std::string_view kNoticeStreams = "notice/";

// Notices, each agency's together, what changed last first: a v1::InboxRow each.
inline constexpr std::string_view kInboxView = "inbox";
// The same in the order in which they changed, for whoever follows: a v1::ArrivalRow each.
inline constexpr std::string_view kArrivalsView = "arrivals";

// The views of lists, for LogOptions::views.
std::vector<std::unique_ptr<log::View>> views();

}  // namespace mash::notification
