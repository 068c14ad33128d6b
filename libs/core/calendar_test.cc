#include "core/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "core/testing/slow_england.h"
#include "core/testing/times.h"

namespace mash {
namespace {

using std::chrono::days;
using std::chrono::year_month_day;
using testing::day;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::slow_england;
using testing::SlowCalendar;
using testing::utc;

const Calendar& shipped() {
  static const Calendar calendar =
      Calendar::load(MASH_SOURCE_DIR "/deploy/calendar/bank-holidays.json").value();
  return calendar;
}

const Calendar& by_rule() {
  static const Calendar calendar = Calendar::by_rule().value();
  return calendar;
}

std::vector<std::string> rule_days(int year) {
  std::vector<std::string> texts;
  for (const auto& holiday : bank_holidays_by_rule(std::chrono::year(year)))
    texts.push_back(to_iso_date(year_month_day(holiday.day)));
  return texts;
}

std::vector<std::string> faults_of(std::string_view file) {
  const auto calendar = Calendar::parse(file);
  std::vector<std::string> texts;
  if (calendar) return texts;
  EXPECT_EQ(calendar.error().reason, "INVALID_CALENDAR");
  texts.push_back(calendar.error().message);
  for (const auto& fault : calendar.error().faults)
    texts.push_back(fault.field + " " + fault.description);
  return texts;
}

// A file of the rule's holidays for some years, with an edit.
std::string file_for(int first, int last, const std::set<std::string>& without = {},
                     const std::set<std::string>& with = {}) {
  std::set<std::string> dates = with;
  for (int year = first; year <= last; ++year)
    for (const auto& date : rule_days(year))
      if (!without.contains(date)) dates.insert(date);
  std::string text = R"({"england-and-wales": {"division": "england-and-wales", "events": [)";
  for (const auto& date : dates) text += R"({"title": "Holiday", "date": ")" + date + R"("},)";
  text.back() = ']';
  return text + "}}";
}

TEST(BankHolidays, ByRuleAreThoseOfAnOrdinaryYear) {
  EXPECT_THAT(rule_days(2019), ElementsAre("2019-01-01", "2019-04-19", "2019-04-22", "2019-05-06",
                                           "2019-05-27", "2019-08-26", "2019-12-25", "2019-12-26"));
}

TEST(BankHolidays, OnAWeekendHaveSubstituteDays) {
  // Christmas Day on a Saturday, on a Sunday, Boxing Day on a Saturday; New Year's Day likewise.
  EXPECT_THAT(rule_days(2021), ::testing::IsSupersetOf({"2021-12-27", "2021-12-28"}));
  EXPECT_THAT(rule_days(2022), ElementsAre("2022-01-03", "2022-04-15", "2022-04-18", "2022-05-02",
                                           "2022-05-30", "2022-08-29", "2022-12-26", "2022-12-27"));
  EXPECT_THAT(rule_days(2023), ::testing::Contains("2023-01-02"));
  EXPECT_THAT(rule_days(2020), ::testing::IsSupersetOf({"2020-12-25", "2020-12-28"}));
}

TEST(BankHolidays, EasterIsFoundAtItsEarliestAndLatest) {
  EXPECT_THAT(rule_days(2008), ::testing::Contains("2008-03-24"));  // Easter on 23 March
  EXPECT_THAT(rule_days(2038), ::testing::Contains("2038-04-26"));  // Easter on 25 April
  EXPECT_THAT(rule_days(2000), ::testing::Contains("2000-04-24"));
}

TEST(BankHolidays, AreEightWeekdaysAYear) {
  for (int year = 1978; year <= 2149; ++year) {
    const auto holidays = bank_holidays_by_rule(std::chrono::year(year));
    std::set<Day> distinct;
    for (const auto& holiday : holidays) {
      distinct.insert(holiday.day);
      const std::chrono::weekday weekday(holiday.day);
      EXPECT_NE(weekday, std::chrono::Saturday) << year << " " << holiday.title;
      EXPECT_NE(weekday, std::chrono::Sunday) << year << " " << holiday.title;
    }
    EXPECT_EQ(distinct.size(), 8u) << year;
  }
}

TEST(Calendar, ShippedFileSaysWhatTheRuleSaysBesideTheOneOffs) {
  std::set<std::string> listed, ruled;
  for (Day at = day("2018-01-01"); at <= day("2027-12-31"); at += days(1)) {
    const std::chrono::weekday weekday(at);
    if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) continue;
    if (!shipped().is_working_day(at)) listed.insert(to_iso_date(year_month_day(at)));
    if (!by_rule().is_working_day(at)) ruled.insert(to_iso_date(year_month_day(at)));
  }
  std::vector<std::string> added, moved;
  std::ranges::set_difference(listed, ruled, std::back_inserter(added));
  std::ranges::set_difference(ruled, listed, std::back_inserter(moved));
  EXPECT_THAT(added,
              ElementsAre("2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"));
  EXPECT_THAT(moved, ElementsAre("2020-05-04", "2022-05-30"));
}

TEST(Calendar, WorkingDaysPassWeekendsAndHolidays) {
  const auto after = [](std::string_view from, int n) {
    return to_iso_date(year_month_day(shipped().add_working_days(day(from), n).value()));
  };
  EXPECT_EQ(after("2026-11-20", 1), "2026-11-23");  // Friday to Monday
  EXPECT_EQ(after("2026-11-21", 1), "2026-11-23");  // Saturday
  EXPECT_EQ(after("2026-12-24", 1), "2026-12-29");  // Christmas, weekend, substitute Monday
  EXPECT_EQ(after("2026-12-24", 3), "2026-12-31");
  EXPECT_EQ(after("2022-06-01", 1), "2022-06-06");  // the Platinum Jubilee
  EXPECT_EQ(after("2022-09-16", 1), "2022-09-20");  // the State Funeral
  EXPECT_EQ(after("2026-01-01", 45), "2026-03-05");
  EXPECT_EQ(after("2026-12-29", -1), "2026-12-24");
  EXPECT_EQ(after("2026-11-23", -1), "2026-11-20");
  EXPECT_EQ(after("2026-11-22", -1), "2026-11-20");
}

TEST(Calendar, OutsideItsYearsRefusesRatherThanGuess) {
  for (const auto& result : {by_rule().add_working_days(day("1989-12-31"), 1),
                             by_rule().add_working_days(day("2150-01-01"), 1),
                             by_rule().add_working_days(day("2149-12-01"), 100),
                             by_rule().add_working_days(day("1990-01-10"), -100),
                             by_rule().add_working_days(day("2026-01-01"), 2'000'000'000),
                             by_rule().add_working_days(day("2026-01-01"), -2'000'000'000)}) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().reason, "OUTSIDE_CALENDAR");
  }
}

TEST(Calendar, SaysWhenItsFileRunsOut) {
  EXPECT_EQ(shipped().runs_out_on(), day("2027-12-31"));
  EXPECT_EQ(shipped().days_left(utc("2027-12-01T12:00:00Z")), 30);
  EXPECT_EQ(shipped().days_left(utc("2027-12-31T23:59:59Z")), 0);
  EXPECT_EQ(shipped().days_left(utc("2028-01-01T00:00:00Z")), -1);
  EXPECT_LT(by_rule().days_left(utc("2026-01-01T00:00:00Z")), 0);
  // Then the rule goes on.
  EXPECT_FALSE(shipped().is_working_day(day("2030-12-25")));
}

TEST(Calendar, VersionNamesTheHolidaysAndNotTheLayout) {
  const auto one = Calendar::parse(file_for(2025, 2026)).value();
  const auto spaced = Calendar::parse(" \n" + file_for(2025, 2026)).value();
  const auto more = Calendar::parse(file_for(2025, 2026, {}, {"2026-06-15"})).value();
  EXPECT_THAT(one.version(), ::testing::MatchesRegex("england-2025-2026-[0-9a-f]{12}"));
  EXPECT_EQ(one.version(), spaced.version());
  EXPECT_NE(one.version(), more.version());
  EXPECT_EQ(by_rule().version(), "england-by-rule");
}

TEST(Calendar, AHolidayAddedAtShortNoticeCounts) {
  const auto before = Calendar::parse(file_for(2025, 2026)).value();
  const auto after = Calendar::parse(file_for(2025, 2026, {}, {"2026-06-15"})).value();
  EXPECT_EQ(before.add_working_days(day("2026-06-12"), 1), day("2026-06-15"));
  EXPECT_EQ(after.add_working_days(day("2026-06-12"), 1), day("2026-06-16"));
}

TEST(CalendarFile, RefusesWhatIsNotInTheForm) {
  for (const char* text :
       {"", "{", "[]", "42", "{}", R"({"england-and-wales": []})",
        R"({"england-and-wales": {"events": {}}})", R"({"england-and-wales": {"events": []}})",
        R"({"scotland": {"events": [{"title": "x", "date": "2026-01-01"}]}})"})
    EXPECT_FALSE(faults_of(text).empty()) << text;
  EXPECT_FALSE(faults_of(std::string((1 << 20) + 1, ' ')).empty());
  EXPECT_FALSE(faults_of(std::string(200'000, '[')).empty());
}

TEST(CalendarFile, NamesEveryFault) {
  const auto faults = faults_of(R"({"england-and-wales": {"events": [
      {"title": "x", "date": "2026-02-30"}, {"title": "x", "date": "2026-01-03"},
      {"title": "x"}, {"title": "x", "date": "1066-10-14"}, 7,
      {"title": "x", "date": "2026-01-01"}, {"title": "x", "date": "2026-01-01"},
      {"title": "x", "date": "2028-01-03"}]}})");
  EXPECT_THAT(
      faults,
      ElementsAre(HasSubstr("does not describe"), HasSubstr("events[0].date is not a day"),
                  HasSubstr("events[1].date falls on a weekend"),
                  HasSubstr("events[2] is not an entry"), HasSubstr("events[3].date lies outside"),
                  HasSubstr("events[4] is not an entry"), HasSubstr("2026-01-01 is listed twice"),
                  HasSubstr("2026 has only 2"), HasSubstr("2027 is a year without"),
                  HasSubstr("2028 has only 1")));
}

TEST(CalendarFile, CutShortIsRefused) {
  const std::string whole = file_for(2025, 2026);
  EXPECT_TRUE(faults_of(whole).empty());
  EXPECT_FALSE(faults_of(file_for(2025, 2026, {"2026-12-28"})).empty());
  EXPECT_FALSE(faults_of(whole.substr(0, whole.size() / 2)).empty());
  EXPECT_EQ(Calendar::load("/nowhere/bank-holidays.json").error().reason, "CALENDAR_MISSING");
  EXPECT_FALSE(Calendar::load("/").has_value());
}

TEST(Calendar, AgreesWithASlowReckoningOnEveryDayFrom1990) {
  SlowCalendar slow = slow_england();
  for (Day at = day("1990-01-01"); at < day("2068-01-01"); at += days(1))
    ASSERT_EQ(shipped().is_working_day(at), slow.works(at)) << to_iso_date(year_month_day(at));
}

Day any_day(const char* from, const char* to) {
  const auto span = static_cast<int>((day(to) - day(from)).count());
  return day(from) + days(*rc::gen::inRange(0, span));
}

RC_GTEST_PROP(CalendarProperty, AddsWorkingDaysAsCountingThemDoes, ()) {
  static SlowCalendar slow;
  const Day from = any_day("2000-01-01", "2040-01-01");
  const int n =
      *rc::gen::suchThat(rc::gen::inRange(-60, 261), [](int amount) { return amount != 0; });
  RC_ASSERT(by_rule().add_working_days(from, n).value() == slow.add(from, n));
}

RC_GTEST_PROP(CalendarProperty, AddingAHolidayMovesOnlyWhatPassesIt, ()) {
  static const Calendar before = Calendar::parse(file_for(2025, 2026)).value();
  static const Calendar after = Calendar::parse(file_for(2025, 2026, {}, {"2026-06-15"})).value();
  static SlowCalendar slow({.extra = {day("2026-06-15")}, .moved = {}});
  const Day from = any_day("2025-01-01", "2026-12-31");
  const int n = *rc::gen::inRange(1, 60);
  const Day with = after.add_working_days(from, n).value();
  const Day without = before.add_working_days(from, n).value();
  RC_ASSERT(with == slow.add(from, n));
  const bool passes = from < day("2026-06-15") && without >= day("2026-06-15");
  RC_ASSERT(passes == (with > without));
}

RC_GTEST_PROP(CalendarProperty, StepsAddUp, ()) {
  const Day from = any_day("2000-01-01", "2040-01-01");
  const int n = *rc::gen::inRange(1, 200), m = *rc::gen::inRange(1, 200);
  const Day halfway = shipped().add_working_days(from, n).value();
  RC_ASSERT(shipped().add_working_days(halfway, m).value() ==
            shipped().add_working_days(from, n + m).value());
  RC_ASSERT(shipped().is_working_day(halfway));
}

RC_GTEST_PROP(CalendarProperty, NoBytesBreakTheFileReader, (const std::string& text)) {
  (void)Calendar::parse(text);
  std::string changed = file_for(2026, 2026);
  const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(changed.size())));
  changed[at] = *rc::gen::arbitrary<char>();
  const auto calendar = Calendar::parse(changed);
  if (!calendar) RC_ASSERT(calendar.error().reason == "INVALID_CALENDAR");
}

}  // namespace
}  // namespace mash
