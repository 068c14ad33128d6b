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
  course.when(kTriage, course.convene(request)).then_refused("ALREADY_INVITED");
}

TEST(Convening, MovesASittingThatHasNotBegun) {
  Course course = due_course();
  const auto request = of_due();
  course.take(kTriage, course.convene(request));
  const std::string due = to_rfc3339(course.clock(policy::kStrategyDiscussion)->deadline.due);
  auto later = of_due();
  later.clear_invitations();
  *later.add_invitations() = invitation("education", "education", "t-3");
  later.set_form(v1::DISCUSSION_FORM_VIDEO);
  later.set_chair("m-2");
  to_proto(utc("2026-11-27T10:00:00Z"), later.mutable_scheduled_at());
  course.take(kTriage, course.convene(later));
  ASSERT_EQ(course.state().sittings.size(), 1u);
  EXPECT_EQ(course.state().sittings.back().scheduled_at, utc("2026-11-27T10:00:00Z"));
  EXPECT_EQ(course.state().sittings.back().chair, "m-2");
  EXPECT_EQ(course.state().participants.size(), 4u);  // they stay invited
  EXPECT_EQ(to_rfc3339(course.clock(policy::kStrategyDiscussion)->deadline.due), due);
}

TEST(Convening, HasWhoeverCameBeforeASittingWasMovedComeAnew) {
  Course course;
  course.convened().joined({"social-care", "police", "health"});
  auto later = of_due();
  later.clear_invitations();
  course.take(kTriage, course.convene(later));
  EXPECT_TRUE(course.state().agencies_in_room(utc("2026-11-26T10:00:00Z")).empty());
  course.at("2026-11-26T10:00:00Z")
      .when(kManager, v1::StartDiscussionRequest())
      .then_refused("NOT_QUORATE");
}

TEST(Convening, MovesALaterSittingAndNoneThatHasBegunOrWasCalledOff) {
  Course course = Course::over();
  course.reconvened("2026-11-27T10:00:00Z");
  auto later = of_due();
  later.clear_invitations();
  course.take(kTriage, course.convene(later));
  EXPECT_EQ(course.last().convened().sitting(), 2u);
  EXPECT_EQ(course.state().sitting(), 2u);
  Course called_off = due_course();
  called_off.take(kSocialWorker, proto<v1::CallOffDiscussionRequest>("reason: 'Revised.'"));
  for (Course not_due : {Course::begun(), Course::over(), called_off})
    not_due.when(kTriage, not_due.convene(later)).then_refused("DISCUSSION_NOT_DUE");
}

TEST(Convening, InvitesNoMoreThanFortyWithThoseInvitedBefore) {
  Course course;
  course.convened(std::vector<v1::Invitation>(38, invitation("police", "police", "")));
  auto later = of_due();
  course.when(kTriage, course.convene(later)).then_refused("INVALID_REQUEST", {"invitations"});
}

TEST(Convening, IsAboutAsManyChildrenAsAReferral) {
  Course course;
  auto request = convening(kNow, minimum());
  request.clear_child_ids();
  for (int i = 0; i <= 50; ++i) {
    request.add_child_ids(uuid(3000 + i));
    course.family.referrals.begin()->second.children.insert(uuid(3000 + i));
    course.family.referrals.begin()->second.people.insert(uuid(3000 + i));
  }
  course.when(kTriage, course.convene(request)).then_refused("INVALID_REQUEST", {"child_ids"});
  request.mutable_child_ids()->RemoveLast();
  course.take(kTriage, course.convene(request));
  EXPECT_EQ(course.state().child_ids.size(), 50u);
}

TEST(BringingForward, IsToASoonerTimeAloneAndBeforeItHasBegun) {
  Discussion::Open urgent = due();
  urgent.timescale = policy::kStrategyDiscussionUrgent;
  Course course = due_course();
  course.when(kTriage, Discussion::BringForward{.called = due()}).then_nothing_changes();
  course.take(kTriage, Discussion::BringForward{.called = urgent});
  const clocks::Clock* clock = course.clock(policy::kStrategyDiscussionUrgent);
  ASSERT_NE(clock, nullptr);
  EXPECT_EQ(clock->deadline.due, utc("2026-11-25T13:00:00Z"));
  EXPECT_EQ(clock->before.front().due, utc("2026-11-30T23:59:59Z"));
  course.when(kTriage, Discussion::BringForward{.called = due()}).then_nothing_changes();
  Course::begun().when(kTriage, Discussion::BringForward{.called = urgent}).then_nothing_changes();
}

TEST(BringingForward, HasItSpokenOfAnew) {
  Course course = due_course();
  course.at("2026-12-01T09:00:00Z").take(kTriage, clocks::Tell{});
  const auto told = course.events().size();
  Discussion::Open urgent = due();
  urgent.timescale = policy::kStrategyDiscussionUrgent;
  course.take(kTriage, Discussion::BringForward{.called = urgent}).take(kTriage, clocks::Tell{});
  EXPECT_EQ(course.events().size(), told + 3);  // brought forward, approaching, missed
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

// Whom an event names: "police p-17".
std::vector<std::string> asked_again(const Discussion::Event& event) {
  std::vector<std::string> asked;
  for (const v1::Invitee& who : event.convened().asked_again())
    asked.push_back(who.agency() + " " + who.practitioner());
  return asked;
}

TEST(Reconvening, AsksEveryoneWhoIsInvitedToComeAgain) {
  Course course;
  course.convened()
      .invited(invitation("education", "education", ""))
      .invited(invitation("refuge", "other", "r-2"))
      .answered(kPolice, "police",
                "answer: INVITATION_ANSWER_SUBSTITUTED substitute { practitioner: 'p-99' }");
  auto withdrawal = proto<v1::WithdrawInvitationRequest>("reason: 'Not needed.'");
  withdrawal.set_participant_id(course.part("other"));
  course.take(kTriage, withdrawal)
      .joined({"social-care", "health"})
      .started("He is at home with her.")
      .decided(single_agency(), "He is at home with her.")
      .closed();
  course.reconvened("2026-11-27T10:00:00Z");
  EXPECT_THAT(asked_again(course.last()),
              ElementsAre("social-care w-1", "police p-99", "health n-4", "education "));
  EXPECT_EQ(course.last().convened().asked_again(1).participant_id(), course.part("police"));
}

TEST(Convening, AtAnotherTimeAsksEveryoneWhoIsInvitedAgain) {
  Course course = due_course();
  auto request = of_due();
  course.take(kTriage, course.convene(request));
  EXPECT_THAT(asked_again(course.events()[1]), ElementsAre());  // invitations say it
  request.clear_invitations();
  *request.add_invitations() = invitation("education", "education", "t-3");
  course.take(kTriage, course.convene(request));
  EXPECT_THAT(asked_again(course.events()[course.events().size() - 2]),
              ElementsAre("social-care w-1", "police p-17", "health n-4"));
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
