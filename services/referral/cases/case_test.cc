#include "referral/cases/case.h"

#include <gmock/gmock.h>

#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::Pair;

const Actor kManager{"social-care", "mash", "m-1", "mash-manager"};
const Actor kAuditor{"auditor", "aud-01", "a-1", "auditor"};
const Actor kPoliceSystem{"police", "pol-01", "", "referrer-system"};

v1::RestrictCaseRequest restrict_to(std::vector<std::string> social_workers) {
  auto request = proto<v1::RestrictCaseRequest>(R"(reason: "A colleague's family.")");
  for (const std::string& one : social_workers) {
    request.add_named()->set_agency("social-care");
    request.mutable_named()->rbegin()->set_practitioner(one);
  }
  return request;
}

v1::BarPractitionerRequest bar(const Actor& actor) {
  auto request = proto<v1::BarPractitionerRequest>(
      R"(ground: BAR_GROUND_KNOWN_TO_FAMILY reason: "Their neighbour.")");
  request.mutable_practitioner()->set_agency(actor.agency);
  request.mutable_practitioner()->set_practitioner(actor.practitioner);
  return request;
}

v1::BarPractitionerRequest lift_bar(const Actor& actor) {
  auto request = bar(actor);
  request.set_lift(true);
  return request;
}

// The state after commands, each of which must be accepted.
template <class... Commands>
Case::State after(Case::State state, const Commands&... commands) {
  const auto apply = [&](const auto& command) {
    const auto events = Case::decide(state, command, as(kManager));
    EXPECT_TRUE(events.has_value()) << mash::testing::brief(events.error());
    if (events) state = fold<Case>(*events, std::move(state));
  };
  (apply(commands), ...);
  return state;
}

template <class T>
std::string reason(const Result<T>& refused) {
  return refused ? "accepted" : refused.error().reason;
}

TEST(RestrictedCase, IsForThoseNamedAndWhoRestrictedIt) {
  const Case::State restricted = after({}, restrict_to({"w-1"}));
  EXPECT_TRUE(restricted.access.admits(kSocialWorker));
  EXPECT_TRUE(restricted.access.admits(kManager));
  EXPECT_FALSE(restricted.access.admits(kTriage));
  EXPECT_FALSE(restricted.access.admits({"social-care", "mash", "m-2", "mash-manager"}));
  EXPECT_FALSE(restricted.access.admits(kPolice));
}

TEST(RestrictedCase, IsReadByAuditorsAndByTheSystemThatSentIt) {
  const Case::State restricted = after({}, restrict_to({"w-1"}));
  EXPECT_TRUE(restricted.access.admits(kAuditor));
  EXPECT_TRUE(restricted.access.admits(kPoliceSystem));
}

TEST(RestrictedCase, NamesTakeThePlaceOfThoseBefore) {
  const Case::State restricted = after({}, restrict_to({"w-1"}), restrict_to({"o-1"}));
  EXPECT_TRUE(restricted.access.admits(kTriage));
  EXPECT_FALSE(restricted.access.admits(kSocialWorker));
}

TEST(RestrictedCase, IsOpenAgainWithoutNames) {
  EXPECT_TRUE(after({}, restrict_to({"w-1"}), restrict_to({})).access.admits(kTriage));
}

TEST(RestrictedCase, SaidAgainChangesNothing) {
  given<Case>({}).when(restrict_to({}), as(kManager)).then_nothing_changes();
  given<Case>({})
      .when(restrict_to({"w-1", "o-1"}), as(kManager))
      .when(restrict_to({"o-1", "w-1", "m-1"}), as(kManager))
      .then_nothing_changes();
}

TEST(RestrictedCase, NamesAHundredAtMost) {
  given<Case>({})
      .when(restrict_to(std::vector<std::string>(101, "w-1")), as(kManager))
      .then_refused("INVALID_REQUEST", {"named"});
}

TEST(Bar, WinsOverEveryRoleAndName) {
  const Case::State state = after({}, restrict_to({"w-1"}), bar(kSocialWorker), bar(kAuditor));
  EXPECT_FALSE(state.access.admits(kSocialWorker));
  EXPECT_FALSE(state.access.admits(kAuditor));
  EXPECT_TRUE(state.access.admits(kManager));
}

TEST(Bar, IsOfAPractitionerAtOneAgency) {
  const Case::State state = after({}, bar(kPolice));
  EXPECT_FALSE(state.access.admits(kPolice));
  EXPECT_TRUE(state.access.admits({"health", "gp-01", kPolice.practitioner, "practitioner"}));
  EXPECT_TRUE(state.access.admits(kPoliceSystem));
}

TEST(Bar, IsLifted) {
  EXPECT_TRUE(after({}, bar(kPolice), lift_bar(kPolice)).access.admits(kPolice));
  given<Case>({}).when(lift_bar(kPolice), as(kManager)).then_nothing_changes();
  given<Case>({})
      .when(bar(kPolice), as(kManager))
      .when(bar(kPolice), as(kManager))
      .then_nothing_changes();
}

TEST(Bar, HasAGround) {
  auto groundless = bar(kPolice);
  groundless.clear_ground();
  given<Case>({}).when(groundless, as(kManager)).then_refused("INVALID_REQUEST", {"ground"});
}

TEST(Bar, IsOfAHundredAtMost) {
  Case::State state;
  for (int i = 0; i < 100; ++i)
    state = after(state, bar({"police", "pol-01", "p-" + std::to_string(i), "practitioner"}));
  EXPECT_EQ(reason(Case::decide(state, bar(kSchool), as(kManager))), "TOO_MANY_BARRED");
}

TEST(JoinedCase, IsPartOfTheOthersHead) {
  const auto events = Case::decide(
      {}, Case::JoinInto{.head = "b", .own_head = "a", .reason = "One family."}, as(kManager));
  ASSERT_TRUE(events.has_value());
  EXPECT_EQ(fold<Case>(*events).joined_into, "b");
}

TEST(JoinedCase, IsRefusedInACircle) {
  EXPECT_EQ(reason(Case::decide({}, Case::JoinInto{.head = "a", .own_head = "a", .reason = ""},
                                as(kManager))),
            "CASES_IN_A_CIRCLE");
}

TEST(JoinedCase, IsNotJoinedTwice) {
  const Case::State joined = {.joined_into = "b"};
  const auto again = Case::decide(
      joined, Case::JoinInto{.head = "b", .own_head = "b", .reason = ""}, as(kManager));
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->empty());
  EXPECT_EQ(reason(Case::decide(joined, Case::JoinInto{.head = "c", .own_head = "b", .reason = ""},
                                as(kManager))),
            "CASE_IS_JOINED");
}

TEST(JoinedCase, LeavesWhoMaySeeItToItsHead) {
  const Case::State joined = {.joined_into = "b"};
  EXPECT_EQ(reason(Case::decide(joined, restrict_to({"w-1"}), as(kManager))), "CASE_IS_JOINED");
  EXPECT_EQ(reason(Case::decide(joined, bar(kPolice), as(kManager))), "CASE_IS_JOINED");
}

Case::TakeIn take_in(Case::State taken, std::size_t cases_then = 2) {
  return {.case_id = "a", .taken = std::move(taken), .cases_then = cases_then};
}

TEST(Head, TakesOverBarsAndRestrictions) {
  const Case::State taken = after({}, restrict_to({"w-1"}), bar(kPolice));
  const Case::State head = after({}, take_in(taken));
  EXPECT_THAT(head.joined, ElementsAre("a"));
  EXPECT_FALSE(head.access.admits(kPolice));
  EXPECT_FALSE(head.access.admits(kTriage));
  EXPECT_TRUE(head.access.admits(kSocialWorker));
}

TEST(Head, OfTwoRestrictedCasesIsForWhoeverCouldSeeBoth) {
  const Case::State taken = after({}, restrict_to({"w-1", "o-1"}));
  const Case::State head = after({}, restrict_to({"w-1", "w-2"}), take_in(taken));
  EXPECT_THAT(head.access.named,
              ElementsAre(Pair("social-care", "m-1"), Pair("social-care", "w-1")));
}

TEST(Head, TakesInWhatIsRestrictedByAManagerAlone) {
  const Case::State restricted = after({}, restrict_to({"w-1"}));
  EXPECT_EQ(reason(Case::decide({}, take_in(restricted), as(kSocialWorker))),
            "RESTRICTION_NEEDS_MANAGER");
  EXPECT_EQ(reason(Case::decide(restricted, take_in({}), as(kSocialWorker))),
            "RESTRICTION_NEEDS_MANAGER");
  EXPECT_EQ(reason(Case::decide({}, take_in({}), as(kSocialWorker))), "accepted");
}

TEST(Head, TakesInAHundredCasesAndBarsAtMost) {
  EXPECT_EQ(reason(Case::decide({}, take_in({}, 101), as(kManager))), "TOO_MANY_CASES_JOINED");
  Case::State one;
  Case::State other;
  for (int i = 0; i < 51; ++i) {
    one = after(one, bar({"police", "pol-01", "p-" + std::to_string(i), "practitioner"}));
    other = after(other, bar({"health", "gp-01", "h-" + std::to_string(i), "practitioner"}));
  }
  EXPECT_EQ(reason(Case::decide(one, take_in(other), as(kManager))), "TOO_MANY_BARRED");
}

TEST(PartedCase, KeepsWhatProtectedItAsPartOfTheOther) {
  const Case::State head = after({}, restrict_to({"w-1"}), bar(kPolice), take_in({}));
  const Case::State parted =
      after({.joined_into = "b"}, Case::PartFrom{.head = head, .reason = "Another family."});
  EXPECT_EQ(parted.joined_into, "");
  EXPECT_FALSE(parted.access.admits(kPolice));
  EXPECT_FALSE(parted.access.admits(kTriage));
  EXPECT_TRUE(parted.access.admits(kSocialWorker));
}

TEST(PartedCase, LeavesTheHeadItsBars) {
  const Case::State head =
      after({}, take_in(after({}, bar(kPolice))), Case::GiveBack{.case_id = "a"});
  EXPECT_TRUE(head.joined.empty());
  EXPECT_FALSE(head.access.admits(kPolice));
}

TEST(PartedCase, ThatStoodAloneStaysAsItIs) {
  const auto parted = Case::decide({}, Case::PartFrom{.head = {}, .reason = "One."}, as(kManager));
  ASSERT_TRUE(parted.has_value());
  EXPECT_TRUE(parted->empty());
}

}  // namespace
}  // namespace mash::referral
