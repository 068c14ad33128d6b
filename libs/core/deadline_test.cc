#include "core/deadline.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "core/testing/times.h"
#include "mash/common/v1/deadline.pb.h"

namespace mash {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using testing::london;
using testing::utc;

const Calendar& calendar() {
  static const Calendar calendar =
      Calendar::load(MASH_SOURCE_DIR "/deploy/calendar/bank-holidays.json").value();
  return calendar;
}

// When something is due, as a clock in London shows it; the start is given in London's time too.
std::string due(std::string_view start, Span span, const OpeningHours& hours = {}) {
  const LocalTime local(utc(std::string(start) + "Z").time_since_epoch());
  const auto end = add(calendar().london().instant(local), span, calendar(), hours);
  return end ? london(calendar(), *end) : end.error().reason;
}

constexpr Span working_days(int n) { return {n, ClockKind::kWorkingDays}; }
constexpr Span hub_hours(int n) { return {n, ClockKind::kHubHours}; }
constexpr Span hours(int n) { return {n, ClockKind::kElapsedHours}; }
constexpr Span elapsed_days(int n) { return {n, ClockKind::kElapsedDays}; }
constexpr Span months(int n) { return {n, ClockKind::kCalendarMonths}; }

const Timescale kDecision{"first-decision", working_days(1), hours(4)};
const Timescale kAssessment{"assessment", working_days(45), working_days(5)};
const Timescale kRed{"information-request-red", hours(4), hours(1)};
const Timescale kGreen{"information-request-green", hours(72), hours(18)};

Deadline set(const Timescale& timescale, std::string_view start) {
  return set_deadline(timescale, utc(start), "pack@1", calendar()).value();
}

TEST(WorkingDays, NeverCountTheDayOfTheStart) {
  EXPECT_EQ(due("2026-11-18T00:00:00", working_days(1)), "2026-11-19 23:59:59");
  EXPECT_EQ(due("2026-11-18T09:00:00", working_days(1)), "2026-11-19 23:59:59");
  EXPECT_EQ(due("2026-11-18T23:59:59", working_days(1)), "2026-11-19 23:59:59");
  EXPECT_EQ(due("2026-11-19T00:00:00", working_days(1)), "2026-11-20 23:59:59");
}

TEST(WorkingDays, PassWeekendsAndChristmas) {
  EXPECT_EQ(due("2026-11-20T16:55:00", working_days(1)), "2026-11-23 23:59:59");
  EXPECT_EQ(due("2026-11-21T03:00:00", working_days(1)), "2026-11-23 23:59:59");
  EXPECT_EQ(due("2026-12-24T23:59:59", working_days(1)), "2026-12-29 23:59:59");
  EXPECT_EQ(due("2027-12-24T12:00:00", working_days(1)), "2027-12-29 23:59:59");
}

TEST(WorkingDays, TheDayIsLondonsAndNotUtcs) {
  // 23:30 UTC on Thursday is half past midnight on Friday in London's summer.
  const auto end = add(utc("2026-07-16T23:30:00Z"), working_days(1), calendar());
  EXPECT_EQ(london(calendar(), *end), "2026-07-20 23:59:59");
  EXPECT_EQ(*end, utc("2026-07-20T22:59:59Z"));
}

TEST(ElapsedHours, RunThroughNightsWeekendsAndClockChanges) {
  EXPECT_EQ(due("2026-11-20T20:00:00", hours(4)), "2026-11-21 00:00:00");
  EXPECT_EQ(due("2026-03-27T10:00:00", hours(72)), "2026-03-30 11:00:00");
  EXPECT_EQ(due("2026-10-23T10:00:00", hours(72)), "2026-10-26 09:00:00");
}

TEST(ElapsedDays, EndAtTheSameTimeOfDay) {
  EXPECT_EQ(due("2026-03-27T10:00:00", elapsed_days(8)), "2026-04-04 10:00:00");
  EXPECT_EQ(due("2026-10-23T10:00:00", elapsed_days(8)), "2026-10-31 10:00:00");
  EXPECT_EQ(due("2026-03-21T01:30:00", elapsed_days(8)), "2026-03-29 02:00:00");
  EXPECT_EQ(due("2026-11-18T09:00:00", elapsed_days(-70)), "2026-09-09 09:00:00");
}

TEST(CalendarMonths, EndOnTheSameDayOrTheMonthsLast) {
  EXPECT_EQ(due("2026-01-15T09:00:00", months(3)), "2026-04-15 23:59:59");
  EXPECT_EQ(due("2026-11-30T09:00:00", months(3)), "2027-02-28 23:59:59");
  EXPECT_EQ(due("2027-11-30T09:00:00", months(3)), "2028-02-29 23:59:59");
  EXPECT_EQ(due("2024-02-29T09:00:00", months(12)), "2025-02-28 23:59:59");
  EXPECT_EQ(due("2026-08-31T09:00:00", months(6)), "2027-02-28 23:59:59");
  EXPECT_EQ(due("2026-03-31T09:00:00", months(-1)), "2026-02-28 23:59:59");
}

TEST(HubHours, CountOnlyWhileTheHubIsOpen) {
  EXPECT_EQ(due("2026-11-18T10:00:00", hub_hours(4)), "2026-11-18 14:00:00");
  EXPECT_EQ(due("2026-11-18T15:00:00", hub_hours(4)), "2026-11-19 11:00:00");
  EXPECT_EQ(due("2026-11-18T13:00:00", hub_hours(4)), "2026-11-18 17:00:00");
  EXPECT_EQ(due("2026-11-18T17:00:00", hub_hours(1)), "2026-11-19 10:00:00");
  EXPECT_EQ(due("2026-11-18T06:00:00", hub_hours(1)), "2026-11-18 10:00:00");
  EXPECT_EQ(due("2026-11-20T16:30:00", hub_hours(1)), "2026-11-23 09:30:00");
  EXPECT_EQ(due("2026-11-21T12:00:00", hub_hours(8)), "2026-11-23 17:00:00");
  EXPECT_EQ(due("2026-12-24T16:00:00", hub_hours(24)), "2026-12-31 16:00:00");
}

TEST(Spans, RefuseWhatHasNoMeaning) {
  for (const Span span : {hours(0), hours(10'001), hours(-10'001), hub_hours(-1), months(0),
                          hours(std::numeric_limits<int>::min()), Span{1, ClockKind::kAgreed},
                          Span{0, ClockKind::kAgreed}})
    EXPECT_EQ(due("2026-01-01T00:00:00", span), "INVALID_SPAN");
  EXPECT_EQ(due("2026-01-01T00:00:00", hub_hours(1), {9h, 9h}), "INVALID_SPAN");
  EXPECT_EQ(due("1989-01-01T00:00:00", hours(1)), "OUTSIDE_CALENDAR");
  EXPECT_EQ(due("2149-12-30T23:00:00", hours(4)), "OUTSIDE_CALENDAR");
  EXPECT_EQ(due("2149-12-01T00:00:00", working_days(40)), "OUTSIDE_CALENDAR");
  EXPECT_EQ(due("2149-12-01T00:00:00", hub_hours(10'000)), "OUTSIDE_CALENDAR");
  EXPECT_EQ(due("2140-01-01T00:00:00", months(10'000)), "OUTSIDE_CALENDAR");
}

TEST(Deadline, CitesItsPackAndCalendar) {
  const Deadline deadline = set(kDecision, "2026-11-18T09:00:00Z");
  EXPECT_EQ(deadline.kind, "first-decision");
  EXPECT_EQ(deadline.pack, "pack@1");
  EXPECT_EQ(deadline.calendar, calendar().version());
  EXPECT_EQ(deadline.due, utc("2026-11-19T23:59:59Z"));
  EXPECT_EQ(deadline.approaching_from, utc("2026-11-19T19:59:59Z"));
}

TEST(Deadline, RunsApproachesAndIsMissed) {
  const Deadline deadline = set(kDecision, "2026-11-18T09:00:00Z");
  EXPECT_EQ(deadline.state(utc("2026-11-18T09:00:00Z")), DeadlineState::kRunning);
  EXPECT_EQ(deadline.state(utc("2026-11-19T19:59:58Z")), DeadlineState::kRunning);
  EXPECT_EQ(deadline.state(utc("2026-11-19T19:59:59Z")), DeadlineState::kApproaching);
  EXPECT_EQ(deadline.state(utc("2026-11-19T23:59:59.999999Z")), DeadlineState::kApproaching);
  EXPECT_EQ(deadline.state(utc("2026-11-20T00:00:00Z")), DeadlineState::kMissed);
}

TEST(Deadline, DoneInTimeIsMetForEverAndDoneLateIsMissedForEver) {
  Deadline deadline = set(kDecision, "2026-11-18T09:00:00Z");
  deadline.done_at = utc("2026-11-19T23:59:59.9Z");
  EXPECT_EQ(deadline.state(utc("2026-11-19T23:59:59.9Z")), DeadlineState::kMet);
  EXPECT_EQ(deadline.state(utc("2030-01-01T00:00:00Z")), DeadlineState::kMet);
  deadline.done_at = utc("2026-11-20T00:00:00Z");
  EXPECT_EQ(deadline.state(utc("2030-01-01T00:00:00Z")), DeadlineState::kMissed);
}

TEST(Deadline, WorkingDaysOfNoticeAreWorkingDays) {
  const Deadline deadline = set(kAssessment, "2026-10-30T12:00:00Z");
  EXPECT_EQ(london(calendar(), deadline.due), "2027-01-06 23:59:59");
  // 5 January, 4 January, then 31, 30 and 29 December.
  EXPECT_EQ(london(calendar(), deadline.approaching_from), "2026-12-29 23:59:59");
}

TEST(Deadline, NeverApproachesBeforeItStarts) {
  const Timescale long_notice{"x", hours(2), hours(10)};
  const Deadline deadline = set(long_notice, "2026-11-18T09:00:00Z");
  EXPECT_EQ(deadline.approaching_from, deadline.start);
}

TEST(Deadline, IsExtendedWithReasonsAndShowsIt) {
  Deadline deadline = set(kAssessment, "2026-01-05T12:00:00Z");
  const Time first_due = deadline.due;
  const auto extension = extend(deadline, first_due + days(14), "The mother is in hospital.",
                                utc("2026-03-01T09:00:00Z"));
  ASSERT_TRUE(extension.has_value());
  EXPECT_EQ(extension->previous_due, first_due);
  deadline.extensions.push_back(*extension);
  EXPECT_EQ(deadline.due, first_due);
  EXPECT_EQ(deadline.current_due(), first_due + days(14));
  EXPECT_TRUE(deadline.extended());
  EXPECT_EQ(deadline.state(first_due), DeadlineState::kRunning);
  EXPECT_EQ(deadline.state(first_due + days(13)), DeadlineState::kApproaching);
  EXPECT_EQ(deadline.state(first_due + days(15)), DeadlineState::kMissed);
}

TEST(Deadline, IsNotExtendedWithoutReasonsNorToAnEarlierTimeNorWhenOver) {
  Deadline deadline = set(kAssessment, "2026-01-05T12:00:00Z");
  const Time before = deadline.due - 1h, later = deadline.due + days(7);
  EXPECT_EQ(extend(deadline, later, " \n", before).error().reason, "REASONS_MISSING");
  EXPECT_EQ(extend(deadline, deadline.due, "why", before).error().reason, "DUE_NOT_LATER");
  EXPECT_EQ(extend(deadline, later, "why", deadline.due + 1s).error().reason, "DEADLINE_MISSED");
  EXPECT_EQ(extend(deadline, utc("2200-01-01T00:00:00Z"), "why", before).error().reason,
            "OUTSIDE_CALENDAR");
  deadline.done_at = before;
  EXPECT_EQ(extend(deadline, later, "why", before).error().reason, "DEADLINE_DONE");
}

TEST(Deadline, AChangeOfRatingCountsFromTheOriginalStart) {
  Deadline green = set(kGreen, "2026-11-18T09:00:00Z");
  const auto red = recompute(green, kRed, "pack@2", calendar());
  ASSERT_TRUE(red.has_value());
  EXPECT_EQ(red->start, green.start);
  EXPECT_EQ(red->due, utc("2026-11-18T13:00:00Z"));
  EXPECT_EQ(red->kind, "information-request-red");
  EXPECT_EQ(red->pack, "pack@2");
  // Rated red five hours after the request, the answer is late already.
  EXPECT_EQ(red->state(utc("2026-11-18T14:00:00Z")), DeadlineState::kMissed);
  green.done_at = utc("2026-11-18T11:00:00Z");
  EXPECT_EQ(recompute(green, kRed, "pack@2", calendar())->state(utc("2026-11-18T14:00:00Z")),
            DeadlineState::kMet);
}

TEST(Deadline, ARequestIsDueNoLaterThanTheDecisionItIsFor) {
  const Deadline decision = set(kDecision, "2026-11-18T09:00:00Z");
  const Deadline request = capped(set(kGreen, "2026-11-18T10:00:00Z"), decision);
  EXPECT_EQ(request.due, decision.due);
  EXPECT_EQ(request.capped_by, "first-decision");
  EXPECT_EQ(request.approaching_from, decision.due - 18h);
  const Deadline soon = capped(set(kRed, "2026-11-18T10:00:00Z"), decision);
  EXPECT_EQ(soon, set(kRed, "2026-11-18T10:00:00Z"));
  // Asked after the decision was due: due at once, not before it was asked.
  const Deadline late = capped(set(kGreen, "2026-11-20T10:00:00Z"), decision);
  EXPECT_EQ(late.due, late.start);
}

TEST(Deadline, AHolidayAddedLaterMovesNoDeadlineThatIsSet) {
  const auto old_calendar = Calendar::by_rule().value();
  const Deadline before =
      set_deadline(kDecision, utc("2022-09-16T12:00:00Z"), "pack@1", old_calendar).value();
  EXPECT_EQ(before.due, utc("2022-09-19T22:59:59Z"));
  EXPECT_EQ(before.calendar, "england-by-rule");
  const Deadline again = recompute(before, kDecision, "pack@1", calendar()).value();
  EXPECT_EQ(again.due, utc("2022-09-20T22:59:59Z"));
  EXPECT_EQ(again.calendar, calendar().version());
}

TEST(AgreedDeadline, IsDueWhenPeopleSaidAndApproachesAsTheTimescaleSays) {
  const Time start = utc("2026-11-18T10:00:00Z");
  const Time due = utc("2026-12-01T12:00:00Z");
  const Deadline agreed = agreed_deadline(kAssessment, start, due, "pack@1", calendar()).value();
  EXPECT_EQ(agreed.kind, "assessment");
  EXPECT_EQ(agreed.due, due);
  EXPECT_EQ(agreed.allowed, (Span{0, ClockKind::kAgreed}));
  EXPECT_EQ(agreed.approaching_from, utc("2026-11-24T23:59:59Z"));
  EXPECT_EQ(agreed.pack, "pack@1");
  EXPECT_EQ(agreed.calendar, calendar().version());
}

TEST(AgreedDeadline, ApproachesNoSoonerThanItStarts) {
  const Time start = utc("2026-11-18T10:00:00Z");
  const Deadline soon = agreed_deadline(kAssessment, start, start + 1h, "p", calendar()).value();
  EXPECT_EQ(soon.approaching_from, start);
  const Timescale no_notice{"plain", hours(4), std::nullopt};
  EXPECT_EQ(agreed_deadline(no_notice, start, start + 1h, "p", calendar())->approaching_from,
            start + 1h);
}

TEST(AgreedDeadline, RefusesAPastTimeAndOneOutOfTheCalendar) {
  const Time start = utc("2026-11-18T10:00:00Z");
  const auto reason = [&](Time due) {
    const auto agreed = agreed_deadline(kAssessment, start, due, "pack@1", calendar());
    return agreed ? "" : agreed.error().reason;
  };
  EXPECT_EQ(reason(start), "DUE_IN_THE_PAST");
  EXPECT_EQ(reason(start - 1h), "DUE_IN_THE_PAST");
  EXPECT_EQ(reason(utc("2150-01-01T00:00:00Z")), "OUTSIDE_CALENDAR");
  EXPECT_EQ(reason(start + 1us), "");
}

TEST(DeadlineOnTheWire, AnAmountOfNoughtIsAgreedAndNothingElseIs) {
  common::v1::Deadline message;
  to_proto(agreed_deadline(kGreen, utc("2026-11-18T10:00:00Z"), utc("2026-11-19T10:00:00Z"),
                           "pack@1", calendar())
               .value(),
           &message);
  EXPECT_EQ(message.clock(), common::v1::CLOCK_KIND_AGREED);
  ASSERT_TRUE(from_proto(message).has_value());
  message.set_amount(1);
  EXPECT_EQ(from_proto(message).error().reason, "INVALID_DEADLINE");
}

TEST(DeadlineOnTheWire, ComesBackAsItWas) {
  const Deadline deadline =
      capped(set(kGreen, "2026-11-18T10:00:00.123456Z"), set(kDecision, "2026-11-18T09:00:00Z"));
  common::v1::Deadline message;
  to_proto(deadline, &message);
  EXPECT_EQ(from_proto(message), deadline);
  const Extension extension{deadline.due, deadline.due + 24h, "why", deadline.start};
  common::v1::DeadlineExtension extended;
  to_proto(extension, &extended);
  EXPECT_EQ(from_proto(extended), extension);
}

TEST(DeadlineOnTheWire, RefusesWhatIsMissingOrOutOfRange) {
  common::v1::Deadline whole;
  to_proto(set(kGreen, "2026-11-18T10:00:00Z"), &whole);
  const auto broken = [&whole](auto edit) {
    common::v1::Deadline message = whole;
    edit(message);
    const auto deadline = from_proto(message);
    return !deadline && deadline.error().reason == "INVALID_DEADLINE";
  };
  EXPECT_TRUE(broken([](auto& m) { m.clear_kind(); }));
  EXPECT_TRUE(broken([](auto& m) { m.clear_start(); }));
  EXPECT_TRUE(broken([](auto& m) { m.clear_due(); }));
  EXPECT_TRUE(broken([](auto& m) { m.clear_approaching_from(); }));
  EXPECT_TRUE(broken([](auto& m) { m.clear_clock(); }));
  EXPECT_TRUE(broken([](auto& m) { m.set_clock(static_cast<common::v1::ClockKind>(99)); }));
  EXPECT_TRUE(broken([](auto& m) { m.set_amount(0); }));
  EXPECT_TRUE(broken([](auto& m) { m.set_amount(10'001); }));
  EXPECT_TRUE(broken([](auto& m) { m.mutable_due()->set_nanos(-1); }));
  EXPECT_FALSE(from_proto(common::v1::DeadlineExtension()));
}

TEST(DeadlineOnTheWire, AQueryShowsHowItStands) {
  Deadline deadline = set(kAssessment, "2026-01-05T12:00:00Z");
  deadline.extensions.push_back(
      extend(deadline, deadline.due + days(7), "why", deadline.start).value());
  common::v1::DeadlineStatus status;
  to_proto(deadline, deadline.due + days(6), &status);
  EXPECT_EQ(status.state(), common::v1::DEADLINE_STATE_APPROACHING);
  EXPECT_EQ(from_proto(status.due()), deadline.due + days(7));
  EXPECT_EQ(from_proto(status.deadline().due()), deadline.due);
  EXPECT_FALSE(status.has_done_at());
  EXPECT_EQ(status.extensions_size(), 1);
}

TEST(ClockNames, GoBothWays) {
  for (const auto clock : {ClockKind::kWorkingDays, ClockKind::kHubHours, ClockKind::kElapsedHours,
                           ClockKind::kElapsedDays, ClockKind::kCalendarMonths})
    EXPECT_EQ(clock_named(name_of(clock)), clock);
  EXPECT_EQ(name_of(ClockKind::kAgreed), "agreed");
  EXPECT_EQ(clock_named("agreed"), std::nullopt);  // no pack writes it
  EXPECT_EQ(clock_named("fortnights"), std::nullopt);
}

Time any_time() {
  return utc("2000-01-01T00:00:00Z") + std::chrono::seconds(*rc::gen::inRange(0, 1'262'304'000));
}

RC_GTEST_PROP(DeadlineProperty, WorkingDaysEndInTheLastSecondOfAWorkingDay, ()) {
  const Time start = any_time();
  const int n = *rc::gen::inRange(1, 100);
  const Time end = add(start, working_days(n), calendar()).value();
  const Day due = calendar().london().day(end);
  RC_ASSERT(calendar().is_working_day(due));
  RC_ASSERT(calendar().london().day(end + 1s) == due + days(1));
  RC_ASSERT(due == calendar().add_working_days(calendar().london().day(start), n).value());
}

RC_GTEST_PROP(DeadlineProperty, LaterStartsAreNeverDueEarlier, ()) {
  const Time start = any_time();
  const Time later = start + std::chrono::seconds(*rc::gen::inRange(0, 1'000'000));
  const Span span{*rc::gen::inRange(1, 50), static_cast<ClockKind>(*rc::gen::inRange(1, 6))};
  RC_ASSERT(add(start, span, calendar()).value() <= add(later, span, calendar()).value());
  RC_ASSERT(add(start, span, calendar()).value() > start);
}

}  // namespace
}  // namespace mash
