#include "strategy/conferences/conference.h"

#include <gtest/gtest.h>

#include "policy/pack.h"
#include "strategy/testing/conferences.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

using Events = Conference::Events;

Conference::State after(const Events& events) { return fold<Conference>(events); }

Events& operator+=(Events& events, const Events& more) {
  events.insert(events.end(), more.begin(), more.end());
  return events;
}

Conference::FallDue initial(std::string_view counted_from) {
  return due(v1::CONFERENCE_KIND_INITIAL, policy::kInitialConference, counted_from);
}

Conference::FallDue review(std::string_view timescale, std::string_view counted_from) {
  return due(v1::CONFERENCE_KIND_REVIEW, timescale, counted_from);
}

// --- by when ---

TEST(InitialConference, IsDueFifteenWorkingDaysFromTheDiscussionChristmasNotCounted) {
  EXPECT_EQ(held_by(after(fallen_due(initial("2026-12-16T15:00:00Z")))), "2027-01-11 23:59:59");
}

TEST(InitialConference, DoesNotCountABankHolidayNorTheWeekendItStartsOn) {
  EXPECT_EQ(held_by(after(fallen_due(initial("2026-08-19T09:00:00Z")))), "2026-09-10 23:59:59");
  EXPECT_EQ(held_by(after(fallen_due(initial("2026-06-06T09:00:00Z")))), "2026-06-26 23:59:59");
}

TEST(CoreGroup, IsDueTenWorkingDaysFromTheConference) {
  const auto command =
      due(v1::CONFERENCE_KIND_CORE_GROUP, policy::kCoreGroup, "2026-12-16T15:00:00Z");
  EXPECT_EQ(held_by(after(fallen_due(command))), "2027-01-04 23:59:59");
}

TEST(Review, IsDueOnTheSameDayOfTheMonthOrItsLast) {
  const auto due_by = [](std::string_view timescale, std::string_view counted_from) {
    return held_by(after(fallen_due(review(timescale, counted_from))));
  };
  EXPECT_EQ(due_by(policy::kFirstReviewConference, "2026-11-30T10:00:00Z"), "2027-02-28 23:59:59");
  EXPECT_EQ(due_by(policy::kFirstReviewConference, "2027-11-30T10:00:00Z"), "2028-02-29 23:59:59");
  EXPECT_EQ(due_by(policy::kNextReviewConference, "2028-02-29T10:00:00Z"), "2028-08-29 23:59:59");
  EXPECT_EQ(due_by(policy::kNextReviewConference, "2027-08-31T10:00:00Z"), "2028-02-29 23:59:59");
}

TEST(TransferIn, IsDueFifteenWorkingDaysFromBeingToldOfTheMove) {
  const auto command =
      due(v1::CONFERENCE_KIND_TRANSFER_IN, policy::kTransferInConference, "2026-04-01T09:00:00Z");
  EXPECT_EQ(held_by(after(fallen_due(command))), "2026-04-24 23:59:59");  // over Easter
}

TEST(Conference, IsThereOnce) {
  given<Conference>(fallen_due(initial("2026-12-16T15:00:00Z")))
      .when(initial("2026-12-16T15:00:00Z"), as(kSocialWorker))
      .then_refused("CONFERENCE_EXISTS");
}

// --- counted from a later discussion, called off ---

Conference::CountAgain from(std::string_view time) {
  return {.discussion_id = uuid(930), .counted_from = utc(time)};
}

TEST(CountedAgain, ItIsDueFromTheLaterDiscussionAndWhatItWasBeforeIsKept) {
  const auto scenario =
      given<Conference>(fallen_due(initial("2026-06-01T09:00:00Z")))
          .when(from("2026-06-08T09:00:00Z"), as(kSocialWorker, "2026-06-08T10:00:00Z"));
  EXPECT_EQ(held_by(scenario.state()), "2026-06-29 23:59:59");
  ASSERT_EQ(scenario.state().clocks.current()->before.size(), 1U);
  EXPECT_EQ(mash::testing::london(calendar(), scenario.state().clocks.current()->before[0].due),
            "2026-06-22 23:59:59");
}

TEST(CountedAgain, AMissIsNotUndone) {
  given<Conference>(fallen_due(initial("2026-06-01T09:00:00Z")))
      .when(from("2026-06-23T09:00:00Z"), as(kSocialWorker, "2026-06-23T10:00:00Z"))
      .then_nothing_changes();
}

TEST(CountedAgain, TimeThatWasGivenStaysGiven) {
  Events events = fallen_due(initial("2026-06-01T09:00:00Z"));
  auto extend = proto<v1::ExtendDeadlineRequest>("kind: 'initial-conference' reasons: 'Ill.'");
  to_proto(utc("2026-07-30T12:00:00Z"), extend.mutable_due());
  events +=
      Conference::decide(after(events), extend, as(kSocialWorker, "2026-06-02T09:00:00Z")).value();
  given<Conference>(events)
      .when(from("2026-06-08T09:00:00Z"), as(kSocialWorker, "2026-06-08T10:00:00Z"))
      .then_nothing_changes();
}

const Conference::CallOff kCallOff{.discussion_id = uuid(930), .reason = "No harm was found."};

TEST(CalledOff, InTimeItIsNeitherMetNorMissedAndNothingIsSaidOfItAnyMore) {
  const auto scenario = given<Conference>(fallen_due(initial("2026-06-01T09:00:00Z")))
                            .when(kCallOff, as(kSocialWorker, "2026-06-22T22:59:59Z"));
  EXPECT_EQ(scenario.state().stage, v1::CONFERENCE_STAGE_NOT_HELD);
  EXPECT_EQ(scenario.state().clocks.current(), nullptr);
  EXPECT_FALSE(scenario.state().clocks.next_alarm());
}

TEST(CalledOff, LateItHasBeenMissedAndThatIsSaid) {
  const auto scenario = given<Conference>(fallen_due(initial("2026-06-01T09:00:00Z")))
                            .when(kCallOff, as(kSocialWorker, "2026-06-23T09:00:00Z"));
  EXPECT_EQ(stands(scenario.state(), "2026-06-23T09:00:00Z"), DeadlineState::kMissed);
  const auto told = Conference::decide(scenario.state(), clocks::Tell{},
                                       as(kSocialWorker, "2026-06-23T09:00:01Z"));
  ASSERT_EQ(told->size(), 2U);  // that it approached, that it was missed
  EXPECT_EQ((*told)[1].deadline_told().state(), common::v1::DEADLINE_STATE_MISSED);
}

TEST(CalledOff, OnceItIsOverNothingChanges) {
  const auto scenario = given<Conference>(fallen_due(initial("2026-06-01T09:00:00Z")))
                            .when(kCallOff, as(kSocialWorker, "2026-06-02T09:00:00Z"));
  Events events = fallen_due(initial("2026-06-01T09:00:00Z"));
  events += *scenario.outcome();
  given<Conference>(events).when(kCallOff, as(kSocialWorker)).then_nothing_changes();
  given<Conference>(events)
      .when(from("2026-06-08T09:00:00Z"), as(kSocialWorker, "2026-06-08T10:00:00Z"))
      .then_nothing_changes();
}

// --- put off ---

TEST(PuttingOff, MovesTheDeadlineThatRunsAndNamesIt) {
  auto extend = proto<v1::ExtendDeadlineRequest>("kind: 'initial-conference' reasons: 'Ill.'");
  to_proto(utc("2026-06-30T12:00:00Z"), extend.mutable_due());
  const Events events = fallen_due(initial("2026-06-01T09:00:00Z"));
  const auto scenario =
      given<Conference>(events).when(extend, as(kSocialWorker, "2026-06-22T09:00:00Z"));
  EXPECT_EQ(held_by(scenario.state()), "2026-06-30 13:00:00");
  given<Conference>(events)
      .when(extend, as(kSocialWorker, "2026-06-23T09:00:00Z"))
      .then_refused("DEADLINE_MISSED");
  given<Conference>(events).when(extend, as(kPolice)).then_refused("NOT_FOUND");
  extend.set_kind("core-group");
  given<Conference>(events)
      .when(extend, as(kSocialWorker, "2026-06-22T09:00:00Z"))
      .then_refused("NO_SUCH_DEADLINE");
  extend.set_id(uuid(5));
  given<Conference>(events)
      .when(extend, as(kSocialWorker, "2026-06-22T09:00:00Z"))
      .then_refused("INVALID_REQUEST", {"id"});
}

// --- a birth ---

v1::RecordBirthRequest born(std::string_view at) {
  v1::RecordBirthRequest request;
  to_proto(utc(at), request.mutable_born_at());
  return request;
}

// Due three months from the pre-birth conference of 1 June: on 1 September.
Events review_to_come() {
  return fallen_due(review(policy::kReviewAfterPreBirth, "2026-06-01T09:00:00Z"));
}

TEST(Birth, BringsTheReviewToAMonthAfterItWhereThatIsSooner) {
  const auto scenario =
      given<Conference>(review_to_come())
          .when(born("2026-06-30T04:00:00Z"), as(kSocialWorker, "2026-07-01T09:00:00Z"));
  EXPECT_EQ(held_by(scenario.state()), "2026-07-30 23:59:59");
  const Conference::State state = scenario.state();
  const clocks::Clock& clock = *state.clocks.current();
  EXPECT_EQ(clock.deadline.capped_by, policy::kReviewAfterBirth);
  ASSERT_EQ(clock.before.size(), 1U);
  EXPECT_EQ(mash::testing::london(calendar(), clock.before[0].due), "2026-09-01 23:59:59");
}

TEST(Birth, LeavesTheReviewWhereItIsWhereThatIsSooner) {
  const auto scenario =
      given<Conference>(review_to_come())
          .when(born("2026-08-02T04:00:00Z"), as(kSocialWorker, "2026-08-03T09:00:00Z"));
  EXPECT_EQ(held_by(scenario.state()), "2026-09-01 23:59:59");
  EXPECT_TRUE(scenario.state().clocks.current()->before.empty());
  EXPECT_TRUE(scenario.state().born);
}

TEST(Birth, LeavesWhatWasPutOffUnlessItBringsTheReviewForward) {
  Events events = review_to_come();
  auto extend = proto<v1::ExtendDeadlineRequest>(
      "kind: 'review-after-pre-birth-conference' reasons: 'The chair is ill.'");
  to_proto(utc("2026-09-10T12:00:00Z"), extend.mutable_due());
  events +=
      Conference::decide(after(events), extend, as(kSocialWorker, "2026-06-02T09:00:00Z")).value();
  const auto held_by_after = [&](std::string_view birth) {
    return held_by(given<Conference>(events)
                       .when(born(birth), as(kSocialWorker, "2026-08-10T09:00:00Z"))
                       .state());
  };
  EXPECT_EQ(held_by_after("2026-08-02T04:00:00Z"), "2026-09-10 13:00:00");
  EXPECT_EQ(held_by_after("2026-07-20T04:00:00Z"), "2026-08-20 23:59:59");
}

TEST(Birth, RecordedLateMissesTheReviewAtOnce) {
  const auto scenario =
      given<Conference>(review_to_come())
          .when(born("2026-06-10T04:00:00Z"), as(kSocialWorker, "2026-08-01T09:00:00Z"));
  EXPECT_EQ(stands(scenario.state(), "2026-08-01T09:00:00Z"), DeadlineState::kMissed);
}

TEST(Birth, IsRecordedOnceAndOfThatReviewOnly) {
  Events events = review_to_come();
  events += *given<Conference>(events)
                 .when(born("2026-06-30T04:00:00Z"), as(kSocialWorker, "2026-07-01T09:00:00Z"))
                 .outcome();
  given<Conference>(events)
      .when(born("2026-06-30T04:00:00Z"), as(kSocialWorker, "2026-07-01T09:00:00Z"))
      .then_refused("BIRTH_RECORDED");
  given<Conference>(fallen_due(review(policy::kFirstReviewConference, "2026-06-01T09:00:00Z")))
      .when(born("2026-06-30T04:00:00Z"), as(kSocialWorker, "2026-07-01T09:00:00Z"))
      .then_refused("NOT_AFTER_PRE_BIRTH");
}

TEST(Birth, IsNeitherInTheFutureNorBeforeTheConferenceAboutTheUnbornChild) {
  for (const char* wrong : {"2026-07-02T09:00:00Z", "2026-05-31T09:00:00Z"})
    given<Conference>(review_to_come())
        .when(born(wrong), as(kSocialWorker, "2026-07-01T09:00:00Z"))
        .then_refused("INVALID_REQUEST", {"born_at"});
}

// --- said as time passes ---

TEST(Conference, SaysThatItApproachesFiveWorkingDaysBeforeAndThatItWasMissed) {
  Events events = fallen_due(initial("2026-06-01T09:00:00Z"));  // until Monday 22 June
  const auto tell = [&](std::string_view now) {
    return Conference::decide(after(events), clocks::Tell{}, as(kSocialWorker, now)).value();
  };
  EXPECT_TRUE(tell("2026-06-15T22:59:58Z").empty());
  events += tell("2026-06-16T09:00:00Z");
  EXPECT_EQ(events.back().deadline_told().state(), common::v1::DEADLINE_STATE_APPROACHING);
  EXPECT_TRUE(tell("2026-06-22T22:59:59Z").empty());
  events += tell("2026-06-22T23:00:00Z");
  EXPECT_EQ(events.back().deadline_told().state(), common::v1::DEADLINE_STATE_MISSED);
  EXPECT_TRUE(tell("2026-07-22T23:00:00Z").empty());
}

TEST(Conference, IsCountedAgainWhenTheCalendarChangesUnlessItIsOver) {
  Events events = fallen_due(initial("2026-06-01T09:00:00Z"));
  Context context = as(kSocialWorker, "2026-06-02T09:00:00Z");
  const Calendar by_rule = Calendar::by_rule().value();
  context.calendar = &by_rule;
  // The same holidays: nothing comes out different.
  EXPECT_TRUE(Conference::decide(after(events), clocks::Recompute{}, context)->empty());
  // As if it had been set before a holiday was known.
  to_proto(utc("2026-06-19T22:59:59Z"),
           events.front().mutable_due()->mutable_deadline()->mutable_due());
  const auto again = Conference::decide(after(events), clocks::Recompute{}, context).value();
  ASSERT_EQ(again.size(), 1U);
  events += again;
  EXPECT_EQ(held_by(after(events)), "2026-06-22 23:59:59");
  EXPECT_EQ(after(events).clocks.current()->before.size(), 1U);
}

}  // namespace
}  // namespace mash::strategy
