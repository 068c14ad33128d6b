#include <gmock/gmock.h>

#include "policy/pack.h"
#include "strategy/discussions/discussion.h"
#include "strategy/testing/discussions.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;

// What the hub says of a referral whose outcome calls for a discussion.
Discussion::Open due() {
  return {.case_id = kBellCase,
          .referral_id = kBellReferral,
          .reason = v1::DISCUSSION_REASON_OUTCOME,
          .decision_id = uuid(940),
          .protection_id = {},
          .child_ids = {kAda},
          .unborn = false,
          .timescale = std::string(policy::kStrategyDiscussion),
          .counted_from = utc("2026-11-25T09:00:00Z")};
}

Course due_course() {
  Course course;
  course.take(kTriage, due());
  return course;
}
v1::ConveneDiscussionRequest of_due() {
  auto request = convening("2026-11-26T10:00:00Z", minimum());
  request.set_discussion_id(uuid(950));
  request.clear_case_id();
  return request;
}

TEST(Opening, SaysByWhenADiscussionIsHeldCountedFromWhatCallsForIt) {
  Course course = due_course();
  EXPECT_EQ(course.state().stage, v1::DISCUSSION_STAGE_DUE);
  EXPECT_EQ(course.state().child_ids, std::vector<std::string>{kAda});
  const clocks::Clock* clock = course.clock(policy::kStrategyDiscussion);
  ASSERT_NE(clock, nullptr);
  EXPECT_EQ(clock->deadline.start, utc("2026-11-25T09:00:00Z"));
  EXPECT_EQ(clock->deadline.due, utc("2026-11-30T23:59:59Z"));  // three working days, a weekend
}

TEST(Opening, IsSaidOnce) { due_course().when(kTriage, due()).then_nothing_changes(); }

TEST(Convening, OpensADiscussionAndInvitesInOneStep) {
  Course course;
  course.convened();
  ASSERT_EQ(course.events().size(), 5u);
  EXPECT_EQ(course.events()[0].opened().reason(), v1::DISCUSSION_REASON_CONVENED);
  EXPECT_EQ(course.events()[1].convened().sitting(), 1u);
  EXPECT_EQ(course.events()[1].convened().chair(), "m-1");
  EXPECT_EQ(course.events()[1].convened().agency(), "social-care");
  EXPECT_THAT(course.events()[1].convened().child_ids(), ElementsAre(kAda));
  EXPECT_EQ(course.state().stage, v1::DISCUSSION_STAGE_CONVENED);
  ASSERT_EQ(course.state().participants.size(), 3u);
  EXPECT_EQ(course.state().participants[1].agency, "police");
  EXPECT_NE(course.clock(policy::kStrategyDiscussion), nullptr);
}

TEST(Convening, IsChairedByTheCallerWhereNobodyElseIsNamed) {
  Course course;
  auto request = convening(kNow, {});
  request.clear_chair();
  course.take(kTriage, course.convene(request));
  EXPECT_EQ(course.last().convened().chair(), "o-1");
}

TEST(Convening, TakesUpOneThatIsDueAndKeepsItsClock) {
  Course course = due_course();
  const auto request = of_due();
  course.take(kTriage, course.convene(request));
  EXPECT_EQ(course.events().size(), 5u);  // opened before
  EXPECT_EQ(course.state().stage, v1::DISCUSSION_STAGE_CONVENED);
  EXPECT_TRUE(course.clock(policy::kStrategyDiscussion)->runs());
  course.when(kTriage, course.convene(request)).then_refused("DISCUSSION_NOT_DUE");
}

TEST(Convening, IsTheHubs) {
  for (const Actor& actor : {kPolice, kHealth, kAuditor}) {
    Course course;
    const auto request = convening(kNow, minimum());
    course.when(actor, course.convene(request)).then_refused("NOT_FOUND");
  }
}

TEST(Convening, OfADiscussionThatIsNotThereFindsNone) {
  Course course;
  const auto request = of_due();
  course.when(kTriage, course.convene(request)).then_refused("NOT_FOUND");
}

TEST(Convening, HearsOfEverythingThatIsWrongAtOnce) {
  Course course;
  auto request = proto<v1::ConveneDiscussionRequest>(R"(
    chair: "Mrs Bell" invitations { agency: "coastguard" function: "health" }
    invitations { agency: "police" function: "sailor" }
    invitations { agency: "education" function: "police" practitioner: "a b" })");
  request.add_child_ids(uuid(77));
  course.when(kTriage, course.convene(request))
      .then_refused("INVALID_REQUEST", {"form", "scheduled_at", "chair", "reason", "child_ids[0]",
                                        "invitations[0].agency", "invitations[1].function",
                                        "invitations[2].practitioner", "invitations[2].function"});
}

TEST(Convening, IsAboutOneToTwentyChildrenNoneTwice) {
  Course course;
  auto request = convening(kNow, {});
  request.clear_child_ids();
  course.when(kTriage, course.convene(request)).then_refused("INVALID_REQUEST", {"child_ids"});
  request.add_child_ids(kAda);
  request.add_child_ids(kAda);
  course.when(kTriage, course.convene(request)).then_refused("INVALID_REQUEST", {"child_ids[1]"});
}

TEST(Convening, ForgetsNoChildAboutWhomItIsDue) {
  Course course = due_course();
  auto request = of_due();
  request.clear_child_ids();
  request.add_child_ids(kBen);
  course.when(kTriage, course.convene(request)).then_refused("INVALID_REQUEST", {"child_ids"});
  request.add_child_ids(kAda);
  course.take(kTriage, course.convene(request));
  EXPECT_EQ(course.state().child_ids, (std::vector<std::string>{kBen, kAda}));
}

TEST(Convening, TakesOneThatBeganByPhoneWithinTheHour) {
  Course course;
  const auto hour = convening("2026-11-25T09:00:00Z", {});
  const auto more = convening("2026-11-25T08:59:59Z", {});
  course.when(kTriage, course.convene(more)).then_refused("INVALID_REQUEST", {"scheduled_at"});
  course.take(kTriage, course.convene(hour));
}

TEST(Convening, OfAnUnbornChildNeedNotSayWhatTheReferralSays) {
  Course course;
  course.family.referrals[kBellReferral].unborn = 1;
  auto request = convening(kNow, {});
  course.take(kTriage, course.convene(request));
  EXPECT_FALSE(course.state().sittings.back().composition.unborn);  // about no referral
  Course about_referral;
  about_referral.family.referrals[kBellReferral].unborn = 1;
  request.set_referral_id(kBellReferral);
  about_referral.take(kTriage, about_referral.convene(request));
  EXPECT_TRUE(about_referral.state().sittings.back().composition.unborn);
}

TEST(Convening, InvitesNobodyTwice) {
  auto invited = minimum();
  invited.push_back(invitation("police", "other", "p-17"));
  Course course;
  const auto request = convening(kNow, invited);
  course.when(kTriage, course.convene(request))
      .then_refused("ALREADY_INVITED", {"invitations[3].practitioner"});
}

TEST(Convening, TakesNoMoreThanFortyInvitations) {
  Course course;
  const std::vector<v1::Invitation> all(41, invitation("police", "police", ""));
  const auto request = convening(kNow, all);
  course.when(kTriage, course.convene(request)).then_refused("INVALID_REQUEST", {"invitations"});
}

TEST(Convening, InvitesNobodyWhoIsBarredAndHasNoneChair) {
  Course course;
  course.family.access.barred = {{"police", "p-17"}};
  auto request = convening(kNow, minimum());
  course.when(kTriage, course.convene(request))
      .then_refused("PRACTITIONER_BARRED", {"invitations[1].practitioner"});
  course.family.access.barred = {{"social-care", "m-1"}};
  course.when(kTriage, course.convene(request)).then_refused("PRACTITIONER_BARRED", {"chair"});
}

TEST(Convening, OfARestrictedCaseIsAmongThoseNamedInIt) {
  Course course;
  course.family.access.restrict_to(
      {{"social-care", "m-1"}, {"social-care", "w-1"}, {"police", "p-17"}});
  auto request = convening(kNow, minimum());
  course.when(kTriage, course.convene(request))
      .then_refused("NOT_NAMED", {"invitations[2].practitioner"});
  request.mutable_invitations(2)->clear_practitioner();  // whom the agency sends
  course.when(kTriage, course.convene(request)).then_refused("NOT_NAMED");
  request.mutable_invitations()->RemoveLast();
  course.take(kTriage, course.convene(request));
}

TEST(Reconvening, HoldsTheDiscussionOnceMore) {
  Course course = Course::over();
  course.reconvened("2026-11-27T10:00:00Z");
  EXPECT_EQ(course.last().convened().sitting(), 2u);
  EXPECT_THAT(course.last().convened().child_ids(), ElementsAre(kAda));
  EXPECT_EQ(course.state().stage, v1::DISCUSSION_STAGE_CONVENED);
  EXPECT_EQ(course.state().participants.size(), 3u);  // they stay invited
  EXPECT_TRUE(course.state().agencies_in_room(utc(kNow)).empty());
}

TEST(Reconvening, WaitsUntilTheSittingIsOver) {
  const auto request = Course::reconvening("2026-11-27T10:00:00Z");
  Course convened;
  convened.convened();
  for (Course course : {due_course(), convened, Course::begun()})
    course.when(kManager, course.reconvene(request)).then_refused("DISCUSSION_NOT_CLOSED");
  Course none;
  none.when(kManager, none.reconvene(request)).then_refused("NOT_FOUND");
  Course over = Course::over();
  over.when(kPolice, over.reconvene(request)).then_refused("NOT_FOUND");
}

TEST(Reconvening, SaysAnewWhetherAChildIsUnbornOrLookedAfter) {
  Course course;
  course.convened({}, kNow, true, true);
  course.invited(invitation("social-care", "social-care", "w-1"))
      .joined({"social-care"})
      .started("She is at home with him.")
      .decided(single_agency(), "She is at home with him.")
      .closed()
      .reconvened("2026-11-26T10:00:00Z");
  EXPECT_FALSE(course.state().sittings.back().composition.unborn);
  EXPECT_FALSE(course.state().sittings.back().composition.looked_after);
}

TEST(Reconvening, EndsSomewhere) {
  Course course = Course::over();
  const auto request = Course::reconvening(kNow);
  while (course.state().sitting() < kSittingsMax) {
    course.take(kManager, course.reconvene(request))
        .joined({"social-care", "police", "health"})
        .started()
        .decided(going_on())
        .closed();
    auto record = proto<v1::IssueRecordRequest>("agencies: ['social-care', 'police', 'health']");
    course.take(kManager, record);
  }
  course.when(kManager, course.reconvene(request)).then_refused("TOO_MANY_SITTINGS");
}

}  // namespace
}  // namespace mash::strategy
