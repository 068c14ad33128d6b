#include "sharing/requests/request_report.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "core/timestamp.h"
#include "sharing/lists/rows.h"
#include "sharing/lists/views.h"

namespace mash::sharing {
namespace {

// A clock may have been set back between a request and its answer.
constexpr std::chrono::hours kClockMargin{24};

// What is answered is listed by when, the last first: none is answered before it is made.
std::vector<log::ListScan::Part> parts_since(Time from) {
  v1::RequestRow oldest;
  to_proto(std::max(from - kClockMargin, Time()), oldest.mutable_request()->mutable_answered_at());
  return {{.order_from = {}, .order_below = std::string(kOrderOfAnswered)},
          {.order_from = std::string(kOrderOfAnswered), .order_below = order_of(oldest) + '\0'}};
}

void count_standing(v1::RequestCounts& counts, const v1::RequestRow& row, Time now) {
  const auto deadline = deadline_of(row);
  const bool late = deadline && deadline->state(now) == DeadlineState::kMissed;
  if (row.request().has_answered_at())
    late ? counts.set_late(counts.late() + 1) : counts.set_in_time(counts.in_time() + 1);
  else
    late ? counts.set_overdue(counts.overdue() + 1) : counts.set_open(counts.open() + 1);
  if (row.has_extended_to()) counts.set_extended(counts.extended() + 1);
}

void count_answer(v1::RequestCounts& counts, v1::RequestAnswer answer) {
  switch (answer) {
    case v1::REQUEST_ANSWER_ITEMS:
      return counts.set_with_items(counts.with_items() + 1);
    case v1::REQUEST_ANSWER_NOTHING_HELD:
      return counts.set_nothing_held(counts.nothing_held() + 1);
    case v1::REQUEST_ANSWER_DECLINED:
      return counts.set_declined(counts.declined() + 1);
    default:  // not answered
      return;
  }
}

}  // namespace

Result<RequestReport> RequestReport::of(const log::EventLog& log,
                                        const v1::ReportRequestsRequest& request,
                                        const Context& context) {
  return log::period_of(log, request, context).map([&](const log::Period& period) {
    return RequestReport(log, period);
  });
}

RequestReport::RequestReport(const log::EventLog& log, const log::Period& period)
    : period_(period), scan_(log, kRequestsView, period.size, parts_since(period.from)) {}

void RequestReport::count(const v1::RequestRow& row) {
  const auto made = from_proto(row.request().requested_at());
  if (!made || *made < period_.from || *made >= period_.to) return;
  const v1::RequestTerms& terms = row.request().terms();
  for (v1::RequestCounts* counts : {&rows_[{terms.agency(), terms.rating()}], &total_}) {
    counts->set_requests(counts->requests() + 1);
    count_standing(*counts, row, period_.now);
    count_answer(*counts, row.request().answer());
  }
}

Result<bool> RequestReport::step(v1::ReportRequestsResponse& response) {
  v1::RequestRow row;
  const auto more = scan_.step([&](const std::string& columns) {
    if (!row.ParseFromString(columns)) return false;
    count(row);
    return true;
  });
  if (!more || *more) return more;
  for (const auto& [key, counts] : rows_) {
    v1::RequestCounts& shown = *response.add_rows() = counts;
    shown.set_agency(key.first);
    shown.set_rating(key.second);
  }
  *response.mutable_total() = total_;
  response.set_position(period_.size);
  return false;
}

}  // namespace mash::sharing
