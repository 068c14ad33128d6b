#include "referral/lists/timeliness_report.h"

#include <chrono>

#include "core/timestamp.h"
#include "log/event_log.h"
#include "referral/lists/row.h"
#include "referral/lists/views.h"

namespace mash::referral {
namespace {

constexpr size_t kPageRows = 1'000;
constexpr size_t kContactsMax = 10'000'000;
// A clock may have been set back between a contact's receipt and its decision.
constexpr std::chrono::hours kClockMargin{24};

}  // namespace

Result<TimelinessReport> TimelinessReport::of(const log::EventLog& log,
                                              const v1::ReportTimelinessRequest& request,
                                              const Context& context) {
  const auto from = from_proto(request.from());
  if (!from) return tl::unexpected(from.error());
  const auto to = from_proto(request.to());
  if (!to) return tl::unexpected(to.error());
  if (!request.has_as_at()) return TimelinessReport(log, log.size(), *from, *to, context.now);
  return from_proto(request.as_at()).and_then([&](Time at) {
    return log.size_at(at).map(
        [&](uint64_t size) { return TimelinessReport(log, size, *from, *to, at); });
  });
}

TimelinessReport::TimelinessReport(const log::EventLog& log, uint64_t as_at_size, Time from,
                                   Time to, Time now)
    : log_(&log), as_at_size_(as_at_size), counts_(from, to, now), parts_(parts_since(from)) {}

// What is done is listed by danger and rating, what was done last first: of each such part only the
// beginning can hold a contact of the period, since none is decided before it is received.
std::vector<TimelinessReport::Part> TimelinessReport::parts_since(Time from) {
  std::vector<Part> parts{{.order_from = {}, .order_below = std::string(kOrderOfDone)}};
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

Result<bool> TimelinessReport::step(v1::ReportTimelinessResponse& response) {
  const auto page = log_->list({.view = std::string(kTriageView),
                                .as_at_size = as_at_size_,
                                .after = after_,
                                .limit = kPageRows,
                                .order_from = parts_.back().order_from,
                                .order_below = parts_.back().order_below});
  if (!page) return tl::unexpected(page.error());
  v1::ReferralRow row;
  for (const log::ListedRow& listed : page->rows) {
    if (!row.ParseFromString(listed.columns))
      return refuse(Code::kDataLoss, "VIEW_MALFORMED", "A row of the list cannot be read.");
    counts_.count(row);
  }
  if (counts_.counted() > kContactsMax)
    return refuse(Code::kInvalidArgument, "REPORT_TOO_LARGE",
                  "More than " + std::to_string(kContactsMax) +
                      " contacts came in that time: ask about a shorter one.");
  after_ = page->next;
  if (after_.empty()) parts_.pop_back();
  if (!parts_.empty()) return true;
  counts_.fill(response);
  response.set_position(as_at_size_);
  return false;
}

}  // namespace mash::referral
