#include <gtest/gtest.h>

#include "strategy/testing/protections.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

using Events = Protection::Events;

constexpr char kSince[] = "2026-11-24T20:00:00Z";  // an order lasts until 2 December at 20:00

v1::ExtendProtectionRequest extend(unsigned days) {
  auto request = proto<v1::ExtendProtectionRequest>("reason: 'The family court: more time.'");
  request.set_days(days);
  return request;
}

v1::EndProtectionRequest end(v1::ProtectionEnd how) {
  auto request = proto<v1::EndProtectionRequest>("text: 'She stays with her aunt.'");
  request.set_end(how);
  return request;
}
v1::EndProtectionRequest end(v1::ProtectionEnd how, std::string_view at) {
  v1::EndProtectionRequest request = end(how);
  to_proto(utc(at), request.mutable_ended_at());
  return request;
}

// What the command brings about, after what was before.
template <class Command>
Events then(Events events, const Command& command, std::string_view now) {
  const auto more =
      Protection::decide(fold<Protection>(events), command, as(kSocialWorker, now)).value();
  events.insert(events.end(), more.begin(), more.end());
  return events;
}

Events tell(const Events& events, std::string_view now) {
  return Protection::decide(fold<Protection>(events), clocks::Tell{}, as(kSocialWorker, now))
      .value();
}

// --- a court's extension ---

TEST(Extension, CountsFromTheEndOfTheFirstPeriod) {
  const Events events = then(protected_by(order(kSince)), extend(7), "2026-12-01T12:00:00Z");
  EXPECT_EQ(runs_out(fold<Protection>(events)), "2026-12-09 20:00:00");
  const Events shorter = then(protected_by(order(kSince)), extend(1), "2026-11-26T12:00:00Z");
  EXPECT_EQ(runs_out(fold<Protection>(shorter)), "2026-12-03 20:00:00");
}

TEST(Extension, TakesThePlaceOfTheFirstPeriodOfWhichNothingMoreIsSaid) {
  const Events events = then(protected_by(order(kSince)), extend(7), "2026-11-26T12:00:00Z");
  EXPECT_TRUE(tell(events, "2026-12-02T20:00:01Z").empty());
  const Events told = tell(events, "2026-12-09T20:00:01Z");
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told.back().deadline_told().kind(), "emergency-protection-order-extension");
}

TEST(Extension, IsOneToSevenDays) {
  for (const unsigned days : {0U, 8U}) {
    const auto refused =
        given<Protection>(protected_by(order(kSince))).when(extend(days), as(kSocialWorker));
    refused.then_refused("INVALID_REQUEST", {"days"});
    EXPECT_EQ(refused.outcome().error().sources.size(), 1U);
  }
}

TEST(Extension, IsMadeOnce) {
  given<Protection>(then(protected_by(order(kSince)), extend(2), kNow))
      .when(extend(2), as(kSocialWorker))
      .then_refused("ALREADY_EXTENDED");
}

TEST(Extension, IsOfAnOrderAndNeverOfPoliceProtection) {
  given<Protection>(protected_by(police_protection(kSince)))
      .when(extend(2), as(kSocialWorker))
      .then_refused("POLICE_PROTECTION_NOT_EXTENDED");
}

TEST(Extension, IsMadeWhileTheOrderIsInForceAndMayBeRecordedLater) {
  const Events events = protected_by(order(kSince));
  given<Protection>(events)
      .when(extend(7), as(kSocialWorker, "2026-12-02T20:00:01Z"))
      .then_refused("PROTECTION_LAPSED");
  auto late = extend(7);
  to_proto(utc("2026-12-02T20:00:00Z"), late.mutable_extended_at());
  EXPECT_EQ(runs_out(fold<Protection>(then(events, late, "2026-12-04T09:00:00Z"))),
            "2026-12-09 20:00:00");
  to_proto(utc("2026-11-24T19:00:00Z"), late.mutable_extended_at());
  given<Protection>(events)
      .when(late, as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"extended_at"});
}

TEST(Extension, IsTheHubsToRecordAndNotOfWhatHasEnded) {
  given<Protection>(protected_by(order(kSince), kPolice))
      .when(extend(7), as(kPolice))
      .then_refused("NOT_FOUND");
  given<Protection>(then(protected_by(order(kSince)), end(v1::PROTECTION_END_RETURNED), kNow))
      .when(extend(7), as(kSocialWorker))
      .then_refused("PROTECTION_ENDED");
}

// --- its end ---

TEST(End, WithinItsTimeMeetsTheClock) {
  const Events events =
      then(protected_by(order(kSince)), end(v1::PROTECTION_END_ORDER), "2026-11-30T12:00:00Z");
  const Protection::State state = fold<Protection>(events);
  EXPECT_TRUE(state.ended());
  EXPECT_EQ(state.clocks.current()->deadline.state(utc("2026-12-30T12:00:00Z")),
            DeadlineState::kMet);
  EXPECT_TRUE(tell(events, "2026-12-30T12:00:00Z").empty());
}

TEST(End, MayBeRecordedAfterItsTimeWhereItEndedWithinIt) {
  const Events events = protected_by(order(kSince));
  const auto returned = v1::PROTECTION_END_RETURNED;
  const Protection::State state =
      fold<Protection>(then(events, end(returned, "2026-12-02T20:00:00Z"), "2026-12-05T09:00:00Z"));
  EXPECT_EQ(state.clocks.current()->deadline.state(utc("2026-12-05T09:00:00Z")),
            DeadlineState::kMet);
  given<Protection>(events)
      .when(end(returned, "2026-12-02T20:00:01Z"), as(kSocialWorker, "2026-12-05T09:00:00Z"))
      .then_refused("PROTECTION_LAPSED");
  given<Protection>(events)
      .when(end(returned), as(kSocialWorker, "2026-12-05T09:00:00Z"))
      .then_refused("PROTECTION_LAPSED");
}

TEST(End, LapsedIsWhatRanOutAndStaysMissed) {
  const Events events = protected_by(order(kSince));
  const auto lapsed = v1::PROTECTION_END_LAPSED;
  given<Protection>(events)
      .when(end(lapsed), as(kSocialWorker, "2026-12-02T20:00:00Z"))
      .then_refused("PROTECTION_RUNS");
  const Events ended = then(events, end(lapsed), "2026-12-03T09:00:00Z");
  EXPECT_EQ(from_proto(ended.back().ended().ended_at()), utc("2026-12-02T20:00:00Z"));
  EXPECT_EQ(fold<Protection>(ended).clocks.current()->deadline.state(utc("2026-12-03T09:00:00Z")),
            DeadlineState::kMissed);
}

TEST(End, AfterAnExtensionIsJudgedByIt) {
  const Events events = then(protected_by(order(kSince)), extend(2), "2026-12-01T12:00:00Z");
  const auto returned = v1::PROTECTION_END_RETURNED;
  EXPECT_TRUE(fold<Protection>(then(events, end(returned), "2026-12-04T20:00:00Z")).ended());
  given<Protection>(events)
      .when(end(returned), as(kSocialWorker, "2026-12-04T20:00:01Z"))
      .then_refused("PROTECTION_LAPSED");
}

TEST(End, ComesOnceAndIsSaidWhole) {
  const Events events = protected_by(order(kSince));
  given<Protection>(then(events, end(v1::PROTECTION_END_DISCHARGED), kNow))
      .when(end(v1::PROTECTION_END_DISCHARGED), as(kSocialWorker))
      .then_refused("PROTECTION_ENDED");
  given<Protection>(events)
      .when(v1::EndProtectionRequest(), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"end", "text"});
  given<Protection>(events)
      .when(end(v1::PROTECTION_END_RETURNED, "2026-11-24T19:59:59Z"), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"ended_at"});
}

TEST(End, IsForTheHubAndTheAgencyThatActed) {
  const Events events = protected_by(order(kSince), kPolice);
  EXPECT_TRUE(given<Protection>(events)
                  .when(end(v1::PROTECTION_END_RETURNED), as(kPolice))
                  .state()
                  .ended());
  given<Protection>(events)
      .when(end(v1::PROTECTION_END_RETURNED), as(kHealth))
      .then_refused("NOT_FOUND");
  given<Protection>({})
      .when(end(v1::PROTECTION_END_RETURNED), as(kSocialWorker))
      .then_refused("NOT_FOUND");
}

}  // namespace
}  // namespace mash::strategy
