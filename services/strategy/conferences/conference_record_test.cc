#include <gtest/gtest.h>

#include "policy/pack.h"
#include "strategy/testing/conferences.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

using Events = Conference::Events;

constexpr char kHeldAt[] = "2026-11-24T10:00:00Z";
constexpr char kCalledFor[] = "2026-11-10T10:00:00Z";

Events opened(v1::ConferenceKind kind, std::vector<std::string> children = {kAda}) {
  const bool review = kind == v1::CONFERENCE_KIND_REVIEW;
  return fallen_due(due(kind, review ? policy::kNextReviewConference : policy::kInitialConference,
                        kCalledFor, std::move(children)));
}

Conference::Record record(const v1::RecordConferenceRequest& request,
                          std::set<std::string> on_plan = {}) {
  return {.request = request, .on_plan = std::move(on_plan), .next_ids = {}};
}

// A conference of a kind, about one child, decides so about their plan.
auto decided(v1::ConferenceKind kind, v1::PlanDecision plan, bool on_plan) {
  const auto request = held(kHeldAt, {outcome(kAda, plan)});
  return given<Conference>(opened(kind))
      .when(record(request, on_plan ? std::set<std::string>{kAda} : std::set<std::string>{}),
            as(kSocialWorker));
}

std::vector<Conference::FallDue> next_of(v1::ConferenceKind kind,
                                         const std::vector<v1::ChildOutcome>& outcomes) {
  const auto state = fold<Conference>(opened(kind, {kAda, kBen}));
  return Conference::next(state, kBellConference, held(kHeldAt, outcomes));
}

// --- held, or not ---

TEST(Held, InTimeTheClockIsMetAndLateItWasMissed) {
  const auto request = held(kHeldAt, {outcome(kAda, v1::PLAN_DECISION_NONE)});
  const auto scenario = given<Conference>(opened(v1::CONFERENCE_KIND_INITIAL))
                            .when(record(request), as(kSocialWorker));
  EXPECT_EQ(scenario.state().stage, v1::CONFERENCE_STAGE_HELD);
  EXPECT_EQ(stands(scenario.state(), kNow), DeadlineState::kMet);

  const auto late = held("2026-12-02T10:00:00Z", {outcome(kAda, v1::PLAN_DECISION_NONE)});
  const auto missed = given<Conference>(opened(v1::CONFERENCE_KIND_INITIAL))
                          .when(record(late), as(kSocialWorker, "2026-12-03T10:00:00Z"));
  EXPECT_EQ(stands(missed.state(), "2026-12-03T10:00:00Z"), DeadlineState::kMissed);
  EXPECT_FALSE(missed.state().open());
}

TEST(Held, NeitherInTheFutureNorBeforeItWasCalledFor) {
  for (const char* wrong : {"2026-11-26T10:00:00Z", "2026-11-10T09:59:59Z"}) {
    const auto request = held(wrong, {outcome(kAda, v1::PLAN_DECISION_NONE)});
    given<Conference>(opened(v1::CONFERENCE_KIND_INITIAL))
        .when(record(request), as(kSocialWorker))
        .then_refused("INVALID_REQUEST", {"held_at"});
  }
}

TEST(Held, OnceAndByTheHub) {
  const auto request = held(kHeldAt, {outcome(kAda, v1::PLAN_DECISION_NONE)});
  Events events = opened(v1::CONFERENCE_KIND_INITIAL);
  given<Conference>(events).when(record(request), as(kPolice)).then_refused("NOT_FOUND");
  given<Conference>({}).when(record(request), as(kSocialWorker)).then_refused("NOT_FOUND");
  const auto outcome = given<Conference>(events).when(record(request), as(kSocialWorker)).outcome();
  events.push_back(outcome->front());
  given<Conference>(events)
      .when(record(request), as(kSocialWorker))
      .then_refused("CONFERENCE_OVER");
}

TEST(NotHeld, SaysWhyAndDecidesNothing) {
  const auto scenario = given<Conference>(opened(v1::CONFERENCE_KIND_INITIAL))
                            .when(record(not_held()), as(kSocialWorker));
  EXPECT_EQ(scenario.state().stage, v1::CONFERENCE_STAGE_NOT_HELD);
  EXPECT_EQ(scenario.outcome()->front().not_held().reason(), not_held().text());
  auto request = not_held();
  request.clear_text();
  *request.add_outcomes() = outcome(kAda, v1::PLAN_DECISION_NONE);
  given<Conference>(opened(v1::CONFERENCE_KIND_INITIAL))
      .when(record(request), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"text", "outcomes"});
}

TEST(NotHeld, NeverAReviewForThePlanRuns) {
  const auto refused = given<Conference>(opened(v1::CONFERENCE_KIND_REVIEW))
                           .when(record(not_held(), {kAda}), as(kSocialWorker));
  refused.then_refused("REVIEW_OWED");
  EXPECT_EQ(refused.outcome().error().sources.size(), 1U);
}

// --- every child ---

TEST(Outcomes, AreOneForEveryChildAndForNobodyElse) {
  const Events both = opened(v1::CONFERENCE_KIND_INITIAL, {kAda, kBen});
  const v1::ChildOutcome ada = outcome(kAda, v1::PLAN_DECISION_NONE);
  const auto one = held(kHeldAt, {ada});
  given<Conference>(both)
      .when(record(one), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"outcomes"});
  const auto twice = held(kHeldAt, {ada, ada});
  given<Conference>(both)
      .when(record(twice), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"outcomes[1].child_id", "outcomes"});
  const auto stranger = held(kHeldAt, {ada, outcome(kBen, v1::PLAN_DECISION_NONE),
                                       outcome(uuid(7), v1::PLAN_DECISION_NONE)});
  given<Conference>(both)
      .when(record(stranger), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"outcomes[2].child_id"});
}

TEST(Outcomes, AreNotForACoreGroupToDecide) {
  const auto with = held(kHeldAt, {outcome(kAda, v1::PLAN_DECISION_CONTINUES)});
  given<Conference>(opened(v1::CONFERENCE_KIND_CORE_GROUP))
      .when(record(with, {kAda}), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"outcomes"});
  const auto without = held(kHeldAt, {});
  const auto scenario = given<Conference>(opened(v1::CONFERENCE_KIND_CORE_GROUP))
                            .when(record(without, {kAda}), as(kSocialWorker));
  EXPECT_EQ(scenario.state().stage, v1::CONFERENCE_STAGE_HELD);
}

// What is wrong with an outcome about one child that this text changes.
void expect_fault(v1::ConferenceKind kind, v1::PlanDecision plan, const char* change,
                  const char* field) {
  v1::ChildOutcome said = outcome(kAda, plan);
  said.MergeFrom(proto<v1::ChildOutcome>(change));
  const auto request = held(kHeldAt, {said});
  given<Conference>(opened(kind))
      .when(record(request, {kAda}), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {std::string("outcomes[0].") + field});
}

TEST(Outcomes, NameACategoryWherePlansStartOrGoOnAndOnlyThere) {
  expect_fault(v1::CONFERENCE_KIND_REVIEW, v1::PLAN_DECISION_CONTINUES, "category: 'ZZZ'",
               "category");
  expect_fault(v1::CONFERENCE_KIND_REVIEW, v1::PLAN_DECISION_ENDS, "category: 'NEG'", "category");
  auto none = held(kHeldAt, {outcome(kAda, v1::PLAN_DECISION_STARTS)});
  none.mutable_outcomes(0)->clear_category();
  given<Conference>(opened(v1::CONFERENCE_KIND_INITIAL))
      .when(record(none), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"outcomes[0].category"});
}

TEST(Outcomes, SayWhyAPlanEndsAndWhereToTheChildMoved) {
  const auto review = v1::CONFERENCE_KIND_REVIEW;
  expect_fault(review, v1::PLAN_DECISION_CONTINUES, "end: PLAN_END_SAFE", "end");
  expect_fault(review, v1::PLAN_DECISION_ENDS, "end: PLAN_END_MOVED", "moved_to_area");
  expect_fault(review, v1::PLAN_DECISION_ENDS, "end: PLAN_END_MOVED moved_to_area: 'E10000013'",
               "moved_to_area");
  expect_fault(review, v1::PLAN_DECISION_ENDS, "moved_to_area: 'E08000025'", "moved_to_area");
  v1::ChildOutcome moved = outcome(kAda, v1::PLAN_DECISION_ENDS);
  moved.set_end(v1::PLAN_END_MOVED);
  moved.set_moved_to_area("E08000025");
  const auto request = held(kHeldAt, {moved});
  EXPECT_EQ(given<Conference>(opened(review))
                .when(record(request, {kAda}), as(kSocialWorker))
                .state()
                .stage,
            v1::CONFERENCE_STAGE_HELD);
  auto unsaid = held(kHeldAt, {outcome(kAda, v1::PLAN_DECISION_ENDS)});
  unsaid.mutable_outcomes(0)->clear_end();
  given<Conference>(opened(review))
      .when(record(unsaid, {kAda}), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"outcomes[0].end"});
}

// --- what fits ---

TEST(Plans, StartWhereNoneRunsAndGoOnOrEndWhereOneDoes) {
  struct Case {
    v1::ConferenceKind kind;
    v1::PlanDecision plan;
    bool on_plan;
    bool fits;
  };
  const auto initial = v1::CONFERENCE_KIND_INITIAL;
  const auto review = v1::CONFERENCE_KIND_REVIEW;
  const std::vector<Case> cases = {
      {initial, v1::PLAN_DECISION_STARTS, false, true},
      {initial, v1::PLAN_DECISION_STARTS, true, false},
      {initial, v1::PLAN_DECISION_NONE, false, true},
      {initial, v1::PLAN_DECISION_NONE, true, false},
      {initial, v1::PLAN_DECISION_CONTINUES, true, true},
      {initial, v1::PLAN_DECISION_CONTINUES, false, false},
      {initial, v1::PLAN_DECISION_ENDS, true, false},
      {v1::CONFERENCE_KIND_TRANSFER_IN, v1::PLAN_DECISION_STARTS, false, true},
      {v1::CONFERENCE_KIND_PRE_BIRTH, v1::PLAN_DECISION_STARTS, false, true},
      {review, v1::PLAN_DECISION_CONTINUES, true, true},
      {review, v1::PLAN_DECISION_ENDS, true, true},
      {review, v1::PLAN_DECISION_NONE, true, false},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(v1::ConferenceKind_Name(each.kind) + " " + v1::PlanDecision_Name(each.plan) +
                 (each.on_plan ? " on a plan" : " on none"));
    const auto scenario = decided(each.kind, each.plan, each.on_plan);
    if (each.fits)
      EXPECT_EQ(scenario.state().stage, v1::CONFERENCE_STAGE_HELD);
    else
      scenario.then_refused("PLAN_MISMATCH", {"outcomes[0].plan"});
  }
}

// --- what follows ---

TEST(WhatFollows, WherePlansStartIsACoreGroupAndTheFirstReviewForThoseChildren) {
  for (const auto kind : {v1::CONFERENCE_KIND_INITIAL, v1::CONFERENCE_KIND_TRANSFER_IN}) {
    const auto next = next_of(
        kind, {outcome(kAda, v1::PLAN_DECISION_STARTS), outcome(kBen, v1::PLAN_DECISION_NONE)});
    ASSERT_EQ(next.size(), 2U);
    EXPECT_EQ(next[0].kind, v1::CONFERENCE_KIND_CORE_GROUP);
    EXPECT_EQ(next[0].timescale, "core-group");
    EXPECT_EQ(next[1].kind, v1::CONFERENCE_KIND_REVIEW);
    EXPECT_EQ(next[1].timescale, "first-review-conference");
    for (const auto& each : next) {
      EXPECT_EQ(each.child_ids, std::vector<std::string>{kAda});
      EXPECT_EQ(each.counted_from, utc(kHeldAt));
      EXPECT_EQ(each.follows, kBellConference);
      EXPECT_EQ(each.case_id, kBellCase);
    }
  }
}

TEST(WhatFollows, APreBirthConferenceIsAReviewWithAClockOfItsOwn) {
  const auto next =
      next_of(v1::CONFERENCE_KIND_PRE_BIRTH, {outcome(kAda, v1::PLAN_DECISION_STARTS)});
  ASSERT_EQ(next.size(), 2U);
  EXPECT_EQ(next[1].timescale, "review-after-pre-birth-conference");
}

TEST(WhatFollows, AReviewIsTheNextForThoseWhosePlanGoesOn) {
  const auto next =
      next_of(v1::CONFERENCE_KIND_REVIEW,
              {outcome(kAda, v1::PLAN_DECISION_ENDS), outcome(kBen, v1::PLAN_DECISION_CONTINUES)});
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].timescale, "next-review-conference");
  EXPECT_EQ(next[0].child_ids, std::vector<std::string>{kBen});
}

TEST(WhatFollows, IsNothingWhereNoPlanRunsOrOneHasAReviewToCome) {
  EXPECT_TRUE(next_of(v1::CONFERENCE_KIND_INITIAL, {outcome(kAda, v1::PLAN_DECISION_NONE),
                                                    outcome(kBen, v1::PLAN_DECISION_CONTINUES)})
                  .empty());
  EXPECT_TRUE(next_of(v1::CONFERENCE_KIND_REVIEW, {outcome(kAda, v1::PLAN_DECISION_ENDS),
                                                   outcome(kBen, v1::PLAN_DECISION_ENDS)})
                  .empty());
  EXPECT_TRUE(next_of(v1::CONFERENCE_KIND_CORE_GROUP, {}).empty());
  const auto state = fold<Conference>(opened(v1::CONFERENCE_KIND_INITIAL));
  EXPECT_TRUE(Conference::next(state, kBellConference, not_held()).empty());
}

TEST(Review, StartsNoPlan) {
  const auto request = held(kHeldAt, {outcome(kAda, v1::PLAN_DECISION_STARTS)});
  given<Conference>(opened(v1::CONFERENCE_KIND_REVIEW))
      .when(record(request), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"outcomes[0].plan"});
}

TEST(Review, IsCalledOffWhereNoPlanRuns) {
  EXPECT_EQ(given<Conference>(opened(v1::CONFERENCE_KIND_REVIEW))
                .when(record(not_held()), as(kSocialWorker))
                .state()
                .stage,
            v1::CONFERENCE_STAGE_NOT_HELD);
}

TEST(Review, IsNotNeededWhereThePlanOfEveryChildEndedByItself) {
  for (const v1::PlanEnd end : {v1::PLAN_END_DIED, v1::PLAN_END_LEFT, v1::PLAN_END_MOVED}) {
    auto request = not_held();
    *request.add_outcomes() = outcome(kAda, v1::PLAN_DECISION_ENDS);
    request.mutable_outcomes(0)->set_end(end);
    if (end == v1::PLAN_END_MOVED) request.mutable_outcomes(0)->set_moved_to_area("E08000025");
    const auto scenario = given<Conference>(opened(v1::CONFERENCE_KIND_REVIEW))
                              .when(record(request, {kAda}), as(kSocialWorker));
    EXPECT_EQ(scenario.outcome()->front().not_held().outcomes(0).end(), end);
    given<Conference>(opened(v1::CONFERENCE_KIND_REVIEW))
        .when(record(request), as(kSocialWorker))
        .then_refused("PLAN_MISMATCH");
    given<Conference>(opened(v1::CONFERENCE_KIND_REVIEW, {kAda, kBen}))
        .when(record(request, {kAda, kBen}), as(kSocialWorker))
        .then_refused("INVALID_REQUEST", {"outcomes"});
  }
}

TEST(Review, IsHeldToDecideThatAPlanEnds) {
  auto request = not_held();
  *request.add_outcomes() = outcome(kAda, v1::PLAN_DECISION_ENDS);
  given<Conference>(opened(v1::CONFERENCE_KIND_REVIEW))
      .when(record(request, {kAda}), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"outcomes[0].plan"});
}

}  // namespace
}  // namespace mash::strategy
