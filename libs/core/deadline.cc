#include "core/deadline.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mash {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr std::array<std::pair<ClockKind, std::string_view>, 5> kClockNames{{
    {ClockKind::kWorkingDays, "working-days"},
    {ClockKind::kHubHours, "hub-hours"},
    {ClockKind::kElapsedHours, "elapsed-hours"},
    {ClockKind::kElapsedDays, "elapsed-days"},
    {ClockKind::kCalendarMonths, "calendar-months"},
}};

// Where a deadline may start or end: the calendar's years, less what the longest span in months
// could never leave.
constexpr Time kFirst{std::chrono::sys_days(std::chrono::year(1990) / 1 / 2)};
constexpr Time kEnd{std::chrono::sys_days(std::chrono::year(2149) / 12 / 31)};

tl::unexpected<Error> outside_calendar() {
  return refuse(Code::kOutOfRange, "OUTSIDE_CALENDAR",
                "A deadline starts and ends in the years 1990 to 2149.");
}

// The same day of the month, or the month's last where it has no such day.
Day add_months(Day day, int months) {
  const std::chrono::year_month_day from(day);
  const std::chrono::year_month month = from.year() / from.month() + std::chrono::months(months);
  const std::chrono::year_month_day same(month / from.day());
  return Day(same.ok() ? same : std::chrono::year_month_day(month / std::chrono::last));
}

// Spends the hours in the hub's open times, one day after another. A start while it is closed
// begins when it next opens; what runs out at closing time is due then.
Result<Time> add_hub_hours(Time start, int amount, const Calendar& calendar,
                           const OpeningHours& hours) {
  std::chrono::microseconds left = std::chrono::hours(amount);
  Day day = calendar.london().day(start);
  if (!calendar.is_working_day(day)) {
    const auto next = calendar.add_working_days(day, 1);
    if (!next) return tl::unexpected(next.error());
    day = *next;
  }
  while (true) {
    const Time opens = calendar.london().instant(LocalTime(day) + hours.opens);
    const Time closes = calendar.london().instant(LocalTime(day) + hours.closes);
    const Time from = std::max(start, opens);
    if (from < closes) {
      if (left <= closes - from) return from + left;
      left -= closes - from;
    }
    const auto next = calendar.add_working_days(day, 1);
    if (!next) return tl::unexpected(next.error());
    day = *next;
  }
}

// From when what is due then approaches; where the timescale gives no notice, when it is due.
Result<Time> notice_before(Time due, const Timescale& timescale, const Calendar& calendar,
                           const OpeningHours& hours) {
  if (!timescale.notice) return due;
  return add(due, {-timescale.notice->amount, timescale.notice->clock}, calendar, hours);
}

// Whether `a` comes in a later second than `b`.
bool is_after(Time a, Time b) {
  return std::chrono::floor<seconds>(a) > std::chrono::floor<seconds>(b);
}

}  // namespace

std::string_view name_of(ClockKind clock) {
  for (const auto& [kind, name] : kClockNames)
    if (kind == clock) return name;
  return clock == ClockKind::kAgreed ? "agreed" : "";
}

std::optional<ClockKind> clock_named(std::string_view name) {
  for (const auto& [kind, known] : kClockNames)
    if (known == name) return kind;
  return std::nullopt;
}

Result<Time> add(Time start, Span span, const Calendar& calendar, const OpeningHours& hours) {
  const bool counts_back_hub_hours = span.clock == ClockKind::kHubHours && span.amount < 0;
  const bool never_open = span.clock == ClockKind::kHubHours && hours.opens >= hours.closes;
  const bool meaningless = span.clock == ClockKind::kAgreed || span.amount == 0 ||
                           span.amount > kMaxSpan || span.amount < -kMaxSpan;
  if (meaningless || counts_back_hub_hours || never_open)
    return refuse(Code::kInvalidArgument, "INVALID_SPAN",
                  "A time span is 1 to 10,000 of its clock, and hub hours are not counted back.");
  if (start < kFirst || start >= kEnd) return outside_calendar();
  const London& london = calendar.london();
  const LocalTime local = london.local(start);
  const Day day = std::chrono::floor<days>(local);
  Result<Time> end = outside_calendar();
  switch (span.clock) {
    case ClockKind::kWorkingDays:
      end = calendar.add_working_days(day, span.amount).map([&](Day due) {
        return london.end_of(due);
      });
      break;
    case ClockKind::kHubHours:
      end = add_hub_hours(start, span.amount, calendar, hours);
      break;
    case ClockKind::kElapsedHours:
      end = start + std::chrono::hours(span.amount);
      break;
    case ClockKind::kElapsedDays:
      end = london.instant(local + days(span.amount));
      break;
    case ClockKind::kCalendarMonths:
      end = london.end_of(add_months(day, span.amount));
      break;
    case ClockKind::kAgreed:  // refused above
      break;
  }
  if (end && (*end < kFirst || *end >= kEnd)) return outside_calendar();
  return end;
}

DeadlineState Deadline::state(Time now) const {
  if (is_after(done_at.value_or(now), current_due())) return DeadlineState::kMissed;
  if (done_at && *done_at <= now) return DeadlineState::kMet;
  // Put off, it approaches again as long before the new time as before the first.
  const Time approaching = approaching_from + (current_due() - due);
  return now >= approaching ? DeadlineState::kApproaching : DeadlineState::kRunning;
}

Result<Deadline> set_deadline(const Timescale& timescale, Time start, std::string pack,
                              const Calendar& calendar, const OpeningHours& hours) {
  const auto due = add(start, timescale.allowed, calendar, hours);
  if (!due) return tl::unexpected(due.error());
  const auto noticed = notice_before(*due, timescale, calendar, hours);
  if (!noticed) return tl::unexpected(noticed.error());
  const bool ahead = timescale.allowed.amount > 0 && timescale.notice;
  return Deadline{.kind = timescale.name,
                  .start = start,
                  .allowed = timescale.allowed,
                  .due = *due,
                  .approaching_from = ahead ? std::max(start, *noticed) : *noticed,
                  .pack = std::move(pack),
                  .calendar = calendar.version(),
                  .capped_by = {}};
}

Result<Deadline> agreed_deadline(const Timescale& notice_of, Time start, Time due, std::string pack,
                                 const Calendar& calendar, const OpeningHours& hours) {
  if (due <= start)
    return refuse(Code::kInvalidArgument, "DUE_IN_THE_PAST",
                  "What is agreed on is due later than it is agreed.");
  if (start < kFirst || due >= kEnd) return outside_calendar();
  const auto noticed = notice_before(due, notice_of, calendar, hours);
  if (!noticed) return tl::unexpected(noticed.error());
  return Deadline{.kind = notice_of.name,
                  .start = start,
                  .allowed = {0, ClockKind::kAgreed},
                  .due = due,
                  .approaching_from = std::max(start, *noticed),
                  .pack = std::move(pack),
                  .calendar = calendar.version(),
                  .capped_by = {}};
}

Result<Deadline> recompute(const Deadline& deadline, const Timescale& timescale, std::string pack,
                           const Calendar& calendar, const OpeningHours& hours) {
  auto again = set_deadline(timescale, deadline.start, std::move(pack), calendar, hours);
  if (again) again->done_at = deadline.done_at;
  return again;
}

Deadline capped(Deadline deadline, const Deadline& other) {
  const Time cap = std::max(other.current_due(), deadline.start);
  if (cap >= deadline.due) return deadline;
  const auto notice = deadline.due - deadline.approaching_from;
  deadline.due = cap;
  deadline.approaching_from = std::max(deadline.start, cap - notice);
  deadline.capped_by = other.kind;
  return deadline;
}

Result<Extension> extend(const Deadline& deadline, Time due, std::string reasons, Time now) {
  if (deadline.done_at)
    return refuse(Code::kFailedPrecondition, "DEADLINE_DONE", "What was due has been done.");
  if (is_after(now, deadline.current_due()))
    return refuse(Code::kFailedPrecondition, "DEADLINE_MISSED",
                  "The deadline has passed: it is missed, and stays so.");
  if (reasons.find_first_not_of(" \t\r\n") == std::string::npos)
    return refuse(Code::kInvalidArgument, "REASONS_MISSING", "A deadline is put off with reasons.");
  if (!is_after(due, deadline.current_due()))
    return refuse(Code::kInvalidArgument, "DUE_NOT_LATER",
                  "A deadline is put off to a later time than it has.");
  if (due >= kEnd) return outside_calendar();
  return Extension{.previous_due = deadline.current_due(),
                   .due = due,
                   .reasons = std::move(reasons),
                   .extended_at = now};
}

}  // namespace mash
