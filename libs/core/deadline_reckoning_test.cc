// The quick reckoning of deadlines held to a slow one (testing/slow_england.h), over forty years
// and the years of the file that is shipped.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <map>
#include <set>

#include "core/deadline.h"
#include "core/testing/slow_england.h"
#include "core/testing/times.h"

namespace mash {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using testing::day;
using testing::slow_add;
using testing::slow_day;
using testing::slow_england;
using testing::slow_instant;
using testing::slow_local;
using testing::SlowCalendar;
using testing::utc;

const Calendar& shipped() {
  static const Calendar calendar =
      Calendar::load(MASH_SOURCE_DIR "/deploy/calendar/bank-holidays.json").value();
  return calendar;
}

SlowCalendar& slow() {
  static SlowCalendar calendar = slow_england();
  return calendar;
}

Day between(Day from, Day until) {
  return from + days(*rc::gen::inRange(0, static_cast<int>((until - from).count())));
}

// Days on which reckonings go wrong: clocks change, a leap day, round Easter, Christmas and New
// Year, the end of a month, a weekend, and any other.
Day a_day_of_note(int year) {
  const std::chrono::year y(year);
  const auto [begins, ends] = testing::summer_time(year);
  const Day march = slow_day(begins), october = slow_day(ends);
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      return between(march - days(2), march + days(3));
    case 1:
      return between(october - days(2), october + days(3));
    case 2:
      return between(Day(y / 2 / 27), Day(y / 3 / 2));
    case 3:
      return between(Day(y / 12 / 20), Day(y / 12 / 31) + days(5));
    case 4:
      return between(Day(y / 3 / 15), Day(y / 5 / 10));
    case 5:
      return Day(y / *rc::gen::inRange(1, 13) / std::chrono::last);
    case 6: {
      const Day at = between(Day(y / 1 / 5), Day(y / 12 / 20));
      return at + (std::chrono::Saturday - std::chrono::weekday(at));
    }
    default:
      return between(Day(y / 1 / 1), Day(y / 12 / 31));
  }
}

// A minute of a day, and most often one where something begins or ends.
std::chrono::seconds a_time_of_note() {
  static const std::vector<std::chrono::seconds> kTimes = {
      0s,        1s,  59min,       1h,         90min, 2h,  8h + 59min, 9h,
      9h + 1min, 17h, 16h + 59min, 17h + 1min, 22h,   23h, 23h + 59min};
  if (*rc::gen::inRange(0, 3) == 0) return std::chrono::minutes(*rc::gen::inRange(0, 24 * 60));
  return *rc::gen::elementOf(kTimes);
}

Time a_start() {
  // Thirty months before the first of them the calendar has begun.
  const Day at = a_day_of_note(*rc::gen::inRange(1993, 2031));
  return slow_instant(LocalTime(at) + a_time_of_note());
}

// To the last second of a day too, for clocks that do not count minutes.
Time a_start_to_the_second() {
  const Time start = a_start();
  return *rc::gen::inRange(0, 2) == 0 ? start : start + 59s;
}

int an_amount(int most) {
  const int amount = *rc::gen::inRange(1, most + 1);
  return *rc::gen::inRange(0, 4) == 0 ? -amount : amount;
}

void shows(Time start, Span span) {
  RC_LOG() << to_rfc3339(start) << " and " << span.amount << " " << name_of(span.clock) << '\n';
}

void holds(Time start, Span span) {
  shows(start, span);
  RC_ASSERT(add(start, span, shipped()).value() == slow_add(start, span, slow()));
}

TEST(LondonReckoned, IsWhatTheSummerTimeOrdersSayOnEveryDayAndRoundEveryChange) {
  const London& london = shipped().london();
  const auto agree = [&london](Time at) {
    EXPECT_EQ(london.local(at), slow_local(at)) << to_rfc3339(at);
    const LocalTime shown(at.time_since_epoch());
    EXPECT_EQ(london.instant(shown), slow_instant(shown)) << to_rfc3339(at);
  };
  for (Time at = utc("1990-01-01T00:00:00Z"); at < utc("2038-01-01T00:00:00Z"); at += 12h)
    agree(at);
  for (int year = 1990; year < 2038; ++year) {
    const auto [begins, ends] = testing::summer_time(year);
    for (const Time change : {begins, ends})
      for (Time at = change - 5h; at < change + 5h; at += 5min) agree(at);
  }
}

RC_GTEST_PROP(Reckoning, OfWorkingDays, ()) {
  holds(a_start_to_the_second(), {an_amount(60), ClockKind::kWorkingDays});
}

RC_GTEST_PROP(Reckoning, OfElapsedHours, ()) {
  holds(a_start_to_the_second(), {an_amount(200), ClockKind::kElapsedHours});
}

RC_GTEST_PROP(Reckoning, OfElapsedDays, ()) {
  holds(a_start_to_the_second(), {an_amount(200), ClockKind::kElapsedDays});
}

RC_GTEST_PROP(Reckoning, OfCalendarMonths, ()) {
  holds(a_start_to_the_second(), {an_amount(30), ClockKind::kCalendarMonths});
}

RC_GTEST_PROP(Reckoning, OfHubHoursWhateverTheHours, ()) {
  const Time start = std::chrono::floor<std::chrono::minutes>(a_start());
  const OpeningHours open{std::chrono::minutes(*rc::gen::inRange(0, 720)),
                          std::chrono::minutes(*rc::gen::inRange(721, 1441))};
  const Span span{*rc::gen::inRange(1, 30), ClockKind::kHubHours};
  shows(start, span);
  RC_ASSERT(add(start, span, shipped(), open).value() == slow_add(start, span, slow(), open));
}

RC_GTEST_PROP(Reckoning, OfWhenADeadlineApproaches, ()) {
  const Time start = a_start();
  constexpr std::array kCounted = {ClockKind::kWorkingDays, ClockKind::kElapsedHours,
                                   ClockKind::kElapsedDays, ClockKind::kCalendarMonths};
  const Span allowed{*rc::gen::inRange(1, 30), *rc::gen::elementOf(kCounted)};
  const Span notice{*rc::gen::inRange(1, 30), *rc::gen::elementOf(kCounted)};
  shows(start, allowed);
  const Deadline set =
      set_deadline({.name = "x", .allowed = allowed, .notice = notice}, start, "p@1", shipped())
          .value();
  const Time due = slow_add(start, allowed, slow());
  RC_ASSERT(set.due == due);
  RC_ASSERT(set.approaching_from ==
            std::max(start, slow_add(due, {-notice.amount, notice.clock}, slow())));
}

// The calendar of the rule for some years, as a file, with one more holiday where one is given.
Calendar of_file(std::optional<Day> added) {
  std::set<Day> holidays;
  for (int year = 2024; year <= 2027; ++year)
    for (const auto& holiday : bank_holidays_by_rule(std::chrono::year(year)))
      holidays.insert(holiday.day);
  if (added) holidays.insert(*added);
  std::string text = R"({"england-and-wales": {"events": [)";
  for (const Day at : holidays)
    text += R"({"title": "Holiday", "date": ")" + to_iso_date(std::chrono::year_month_day(at)) +
            R"("},)";
  text.back() = ']';
  return Calendar::parse(text + "}}").value();
}

// Working days made holidays at short notice: each day of a week, next to a bank holiday, between
// Christmas and New Year, and round both clock changes.
const std::map<Day, Calendar>& with_one_more() {
  static const std::map<Day, Calendar> calendars = [] {
    std::map<Day, Calendar> all;
    for (const char* text : {"2025-03-28", "2025-03-31", "2025-04-17", "2025-04-22", "2025-12-24",
                             "2025-12-31", "2026-06-15", "2026-06-16", "2026-06-17", "2026-06-18",
                             "2026-06-19", "2026-10-23", "2026-10-26", "2026-12-29"})
      all.emplace(day(text), of_file(day(text)));
    return all;
  }();
  return calendars;
}

RC_GTEST_PROP(AHolidayAddedLater, MovesExactlyTheDeadlinesThatSpanIt, ()) {
  static const Calendar before = of_file({});
  const auto& [added, after] = *std::next(
      with_one_more().begin(), *rc::gen::inRange(0, static_cast<int>(with_one_more().size())));
  // Starts from four weeks before it to three days after it, so that most reach round it.
  const Day first = added + days(*rc::gen::inRange(-28, 4));
  const Time start = slow_instant(LocalTime(first) + a_time_of_note());
  const Span span{*rc::gen::inRange(1, 30), ClockKind::kWorkingDays};
  RC_LOG() << "added " << to_iso_date(std::chrono::year_month_day(added)) << '\n';
  shows(start, span);
  const Time was = add(start, span, before).value(), is = add(start, span, after).value();
  const bool spans = slow_day(start) < added && added <= slow_day(was);
  RC_CLASSIFY(spans, "spans it");
  RC_ASSERT(spans == (is != was));
  // By one working day, and no more.
  if (spans) RC_ASSERT(is == add(was, {1, ClockKind::kWorkingDays}, after).value());
  // Whatever does not count working days stays.
  for (const auto clock :
       {ClockKind::kElapsedHours, ClockKind::kElapsedDays, ClockKind::kCalendarMonths})
    RC_ASSERT(add(start, {span.amount, clock}, before).value() ==
              add(start, {span.amount, clock}, after).value());
}

RC_GTEST_PROP(AHolidayAddedLater, MovesHubHoursThatWouldHaveRunOnIt, ()) {
  static const Calendar before = of_file({});
  const Day added = day("2026-06-15");
  const Calendar& after = with_one_more().at(added);
  const Day first = added + days(*rc::gen::inRange(-8, 4));
  const Time start = slow_instant(LocalTime(first) + a_time_of_note());
  const Span span{*rc::gen::inRange(1, 40), ClockKind::kHubHours};
  shows(start, span);
  const Time was = add(start, span, before).value(), is = add(start, span, after).value();
  const bool runs_on_it =
      start < slow_instant(LocalTime(added) + 17h) && was > slow_instant(LocalTime(added) + 9h);
  RC_ASSERT(runs_on_it == (is != was));
}

}  // namespace
}  // namespace mash
