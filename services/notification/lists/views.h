#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "log/event_log.h"
#include "log/view.h"
#include "mash/notification/v1/notice.pb.h"

namespace mash::notification {

// Notices, each agency's together, what changed last first: a v1::InboxRow each.
inline constexpr std::string_view kInboxView = "inbox";
// The same in the order in which they changed, for whoever follows: a v1::ArrivalRow each.
inline constexpr std::string_view kArrivalsView = "arrivals";
// All notices of each case together: a v1::CaseNoticeRow each.
inline constexpr std::string_view kCaseNoticesView = "case-notices";

// What is to go over channels, or was given up: a v1::DeliveryRow each (delivery_rows.h).
inline constexpr std::string_view kDeliveriesView = "deliveries";

// Deadlines that agencies were told of and nobody has met since, each agency's together, first what
// is due first: a v1::DeadlineRow each, under its notice's id.
inline constexpr std::string_view kDeadlinesView = "deadlines";

// A notice as it stands. Refuses as EventLog::row() does; DATA_LOSS where there is none.
Result<v1::InboxNotice> notice_now(const log::EventLog& log, const std::string& notice_id);

// The views of lists, for LogOptions::views.
std::vector<std::unique_ptr<log::View>> views();

}  // namespace mash::notification
