#include "strategy/children/child.h"

#include <gtest/gtest.h>

#include "strategy/testing/cast.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

const std::string kChild = uuid(901);
const std::string kCase = uuid(900);

v1::FlagMissingRequest missing(std::string_view since = "2026-11-24T21:00:00Z") {
  auto request = proto<v1::FlagMissingRequest>(
      "details: 'Last seen at the station.' authorities_told: 'E08000025'");
  request.set_child_id(kChild);
  to_proto(utc(since), request.mutable_missing_since());
  return request;
}
Child::FlagMissing flag(const v1::FlagMissingRequest& request, bool on_plan = false) {
  Child::FlagMissing command{.request = request, .case_id = kCase, .plan = {}};
  if (on_plan) command.plan = {.conference_id = uuid(910), .since = utc("2026-11-20T10:00:00Z")};
  return command;
}
v1::ClearMissingRequest found() {
  return proto<v1::ClearMissingRequest>("details: 'At her aunt\\'s, well.'");
}

Child::StartPlan start_plan() {
  return {.case_id = kCase,
          .child_id = kChild,
          .conference_id = uuid(910),
          .started_at = utc("2026-11-20T10:00:00Z")};
}
const Child::EndPlan kEndPlan{
    .conference_id = uuid(911), .end = v1::PLAN_END_SAFE, .ended_at = utc("2026-11-25T09:00:00Z")};

// The event that a command brings about, by itself.
template <class Command>
Child::Event event_of(const Command& command, const Actor& actor = kPolice) {
  return Child::decide({}, command, as(actor)).value().front();
}

TEST(Plan, RunsFromOneConferenceToAnother) {
  const Child::Event started = event_of(start_plan());
  const auto state = fold<Child>(std::vector{started});
  ASSERT_TRUE(state.on_plan());
  EXPECT_EQ(state.plan->conference_id, uuid(910));
  EXPECT_EQ(state.plan->since, utc("2026-11-20T10:00:00Z"));
  const auto ended = given<Child>({started}).when(kEndPlan, as(kSocialWorker));
  EXPECT_FALSE(ended.state().on_plan());
  EXPECT_EQ(ended.outcome()->front().plan_ended().end(), v1::PLAN_END_SAFE);
}

TEST(Plan, StartsWhereNoneRunsAndEndsWhereOneDoes) {
  given<Child>({event_of(start_plan())})
      .when(start_plan(), as(kSocialWorker))
      .then_refused("PLAN_MISMATCH");
  given<Child>({}).when(kEndPlan, as(kSocialWorker)).then_refused("PLAN_MISMATCH");
}

TEST(Missing, IsAFlagThatSaysWhetherAPlanRuns) {
  for (const bool on_plan : {true, false}) {
    const auto request = missing();
    const auto scenario = given<Child>({}).when(flag(request, on_plan), as(kPolice));
    const v1::FlaggedMissing& event = scenario.outcome()->front().flagged_missing();
    EXPECT_EQ(event.on_plan(), on_plan);
    EXPECT_EQ(event.plan_conference_id(), on_plan ? uuid(910) : "");
    EXPECT_FALSE(event.by_hub());
    EXPECT_EQ(event.case_id(), kCase);
    EXPECT_EQ(event.child_id(), kChild);
    EXPECT_EQ(event.agency(), "police");
    EXPECT_EQ(event.flagged_by(), "p-17");
    EXPECT_EQ(scenario.state().missing->since, utc("2026-11-24T21:00:00Z"));
  }
}

TEST(Missing, IsSaidMoreOfByTheAgencyThatFlaggedTheChild) {
  const auto request = missing();
  const Child::Event flagged = event_of(flag(request));
  auto more = missing();
  more.set_details("Seen in Newport.");
  more.clear_authorities_told();
  more.add_authorities_told("W06000015");
  const auto scenario = given<Child>({flagged}).when(flag(more, true), as(kPolice));
  const v1::MissingUpdated& event = scenario.outcome()->front().missing_updated();
  EXPECT_EQ(event.details(), "Seen in Newport.");
  EXPECT_EQ(event.authorities_told_size(), 2) << "who was told before was told";
  EXPECT_TRUE(event.on_plan());
  EXPECT_EQ(event.updated_by(), "p-17");
  EXPECT_EQ(event.child_id(), kChild);
  EXPECT_EQ(scenario.state().missing->authorities_told,
            (std::vector<std::string>{"E08000025", "W06000015"}));
  given<Child>({flagged}).when(flag(request), as(kSchool)).then_refused("ALREADY_MISSING");
  const auto earlier = missing("2026-11-24T20:00:00Z");
  given<Child>({flagged}).when(flag(earlier), as(kPolice)).then_refused("ALREADY_MISSING");
}

TEST(Missing, IsSaidMoreOfByTheHubToo) {
  auto request = missing();
  request.clear_authorities_told();
  const Child::Event flagged = event_of(flag(request, true));
  request.add_authorities_told("W06000015");
  const auto scenario = given<Child>({flagged}).when(flag(request, true), as(kSocialWorker));
  EXPECT_TRUE(scenario.outcome()->front().missing_updated().by_hub());
  EXPECT_FALSE(scenario.outcome()->front().missing_updated().authorities_open());
  EXPECT_EQ(scenario.state().missing->agency, "police");
  const auto earlier = missing("2026-11-24T20:00:00Z");
  given<Child>({flagged}).when(flag(earlier), as(kSocialWorker)).then_refused("ALREADY_MISSING");
}

TEST(Missing, IsToldToNoMoreAuthoritiesInAllThanToTwenty) {
  auto many = missing();
  for (int i = 1; i < kAuthoritiesToldMax; ++i)
    many.add_authorities_told("E0800" + std::to_string(1000 + i));
  const Child::Event flagged = event_of(flag(many));
  EXPECT_TRUE(given<Child>({flagged}).when(flag(many), as(kPolice)).outcome());
  auto more = missing();
  more.add_authorities_told("W06000015");
  given<Child>({flagged})
      .when(flag(more), as(kPolice))
      .then_refused("INVALID_REQUEST", {"authorities_told"});
}

TEST(Missing, NamesEverythingThatIsWrong) {
  auto request = missing("2026-11-26T21:00:00Z");
  request.clear_details();
  request.add_authorities_told("E08000025");
  request.add_authorities_told("Bristol");
  request.add_authorities_told("E10000013");
  given<Child>({})
      .when(flag(request), as(kPolice))
      .then_refused("INVALID_REQUEST", {"missing_since", "details", "authorities_told[1]",
                                        "authorities_told[2]", "authorities_told[3]"});
  auto many = missing();
  for (int i = 0; i < kAuthoritiesToldMax; ++i)
    many.add_authorities_told("E0800" + std::to_string(1000 + i));
  given<Child>({})
      .when(flag(many), as(kPolice))
      .then_refused("INVALID_REQUEST", {"authorities_told"});
}

TEST(Found, TakesTheFlagDownForWhicheverAgencySaysSo) {
  const auto request = missing();
  const auto scenario = given<Child>({event_of(flag(request))}).when(found(), as(kSchool));
  EXPECT_FALSE(scenario.state().missing);
  EXPECT_EQ(scenario.state().found_at, utc(kNow));
  EXPECT_EQ(scenario.outcome()->front().found().agency(), "education");
  EXPECT_EQ(scenario.outcome()->front().found().child_id(), kChild);
}

TEST(Found, SaysWhichOtherAuthoritiesWereToldThatTheChildIsMissing) {
  const auto request = missing();
  const Child::Event flagged = event_of(flag(request));
  auto more = missing();
  more.clear_authorities_told();
  more.add_authorities_told("W06000015");
  const auto told = given<Child>({flagged}).when(flag(more), as(kPolice)).outcome()->front();
  const auto found_again = given<Child>({flagged, told}).when(found(), as(kSchool)).outcome();
  const auto& areas = found_again->front().found().authorities_told();
  EXPECT_EQ(std::vector<std::string>(areas.begin(), areas.end()),
            (std::vector<std::string>{"E08000025", "W06000015"}));
}

// West Midlands procedures 1.18: other local authorities are notified according to concern.
TEST(Missing, OnAPlanOrLookedAfterLeavesOpenWhichAuthoritiesAreToKnowUntilOneIsNamed) {
  const auto is_open = [](bool on_plan, bool looked_after, bool named) {
    auto request = missing();
    if (!named) request.clear_authorities_told();
    request.set_looked_after(looked_after);
    return event_of(flag(request, on_plan)).flagged_missing().authorities_open();
  };
  EXPECT_TRUE(is_open(true, false, false));
  EXPECT_TRUE(is_open(false, true, false));
  EXPECT_FALSE(is_open(false, false, false)) << "nobody is to be asked for";
  EXPECT_FALSE(is_open(true, false, true));
  EXPECT_FALSE(is_open(false, true, true));

  auto request = missing();
  request.clear_authorities_told();
  request.set_looked_after(true);
  const Child::Event flagged = event_of(flag(request));
  request.set_looked_after(false);
  const auto still = given<Child>({flagged}).when(flag(request), as(kPolice));
  EXPECT_TRUE(still.outcome()->front().missing_updated().looked_after()) << "once said";
  EXPECT_TRUE(still.outcome()->front().missing_updated().authorities_open());
  request.add_authorities_told("E08000025");
  const auto named =
      given<Child>({flagged, still.outcome()->front()}).when(flag(request), as(kPolice));
  EXPECT_FALSE(named.outcome()->front().missing_updated().authorities_open());
}

TEST(Found, IsNobodyWhoIsNotMissing) {
  given<Child>({}).when(found(), as(kPolice)).then_refused("NOT_MISSING");
}

TEST(Found, IsNotBeforeGoingMissingNorInTheFuture) {
  const auto request = missing();
  for (const char* wrong : {"2026-11-24T20:59:59Z", "2026-11-25T11:00:00Z"}) {
    auto when = found();
    to_proto(utc(wrong), when.mutable_found_at());
    given<Child>({event_of(flag(request))})
        .when(when, as(kPolice))
        .then_refused("INVALID_REQUEST", {"found_at"});
  }
}

TEST(Missing, AgainIsAfterBeingFoundLast) {
  const auto request = missing();
  const Child::Event flagged = event_of(flag(request));
  auto when = found();
  to_proto(utc("2026-11-25T08:00:00Z"), when.mutable_found_at());
  const Child::Event cleared =
      Child::decide(fold<Child>(std::vector{flagged}), when, as(kPolice)).value().front();
  given<Child>({flagged, cleared})
      .when(flag(request), as(kPolice))
      .then_refused("INVALID_REQUEST", {"missing_since"});
  const auto again = missing("2026-11-25T08:00:00Z");
  EXPECT_TRUE(
      given<Child>({flagged, cleared}).when(flag(again), as(kHealth)).state().missing.has_value());
}

TEST(Missing, LeavesThePlanAsItIs) {
  const auto request = missing();
  const auto scenario =
      given<Child>({event_of(start_plan())}).when(flag(request, true), as(kPolice));
  EXPECT_TRUE(scenario.state().on_plan());
}

}  // namespace
}  // namespace mash::strategy
