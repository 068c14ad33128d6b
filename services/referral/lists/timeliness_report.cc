#include "referral/lists/timeliness_report.h"

#include <chrono>
#include <string>
#include <vector>

#include "core/timestamp.h"
#include "referral/lists/row.h"
#include "referral/lists/views.h"

namespace mash::referral {
namespace {

constexpr size_t kContactsMax = 10'000'000;
// A clock may have been set back between a contact's receipt and its decision.
constexpr std::chrono::hours kClockMargin{24};

// What is done is listed by danger and rating, what was done last first: of each such part only the
// beginning can hold a contact of the period, since none is decided before it is received.
std::vector<log::ListScan::Part> parts_since(Time from) {
  std::vector<log::ListScan::Part> parts{
      {.order_from = {}, .order_below = std::string(kOrderOfDone)}};
  v1::ReferralSummary oldest;
  oldest.set_stage(v1::REFERRAL_STAGE_CLOSED);
  to_proto(std::max(from - kClockMargin, Time()), oldest.mutable_decided_at());
  for (const bool danger : {false, true})
    for (int rating = v1::Rating_MIN; rating <= v1::Rating_MAX; ++rating) {
      oldest.set_immediate_danger(danger);
      oldest.set_rating(static_cast<v1::Rating>(rating));
      const std::string order = order_of(oldest);
      constexpr size_t kClassBytes = 3;  // done, danger, rating; then the time
      parts.push_back({.order_from = order.substr(0, kClassBytes), .order_below = order + '\0'});
    }
  return parts;
}

}  // namespace

Result<TimelinessReport> TimelinessReport::of(const log::EventLog& log,
                                              const v1::ReportTimelinessRequest& request,
                                              const Context& context) {
  return log::period_of(log, request, context).map([&](const log::Period& period) {
    return TimelinessReport(log, period);
  });
}

TimelinessReport::TimelinessReport(const log::EventLog& log, const log::Period& period)
    : as_at_size_(period.size),
      counts_(period.from, period.to, period.now),
      scan_(log, kTriageView, period.size, parts_since(period.from)) {}

Result<bool> TimelinessReport::step(v1::ReportTimelinessResponse& response) {
  v1::ReferralRow row;
  const auto more = scan_.step([&](const std::string& columns) {
    if (!row.ParseFromString(columns)) return false;
    counts_.count(row);
    return true;
  });
  if (!more) return tl::unexpected(more.error());
  if (counts_.counted() > kContactsMax)
    return refuse(Code::kInvalidArgument, "REPORT_TOO_LARGE",
                  "More than " + std::to_string(kContactsMax) +
                      " contacts came in that time: ask about a shorter one.");
  if (*more) return true;
  counts_.fill(response);
  response.set_position(as_at_size_);
  return false;
}

}  // namespace mash::referral
