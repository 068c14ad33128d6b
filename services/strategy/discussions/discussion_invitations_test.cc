#include <gmock/gmock.h>

#include "strategy/discussions/discussion.h"
#include "strategy/testing/discussions.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

const Actor kOtherOfficer{"police", "pol-01", "p-99", "practitioner"};

Course convened() {
  Course course;
  course.convened();
  return course;
}

v1::InviteParticipantRequest inviting(const v1::Invitation& whom) {
  v1::InviteParticipantRequest request;
  *request.mutable_invitation() = whom;
  return request;
}

Course::Scenario invite(Course& course, const Actor& actor, const v1::Invitation& whom) {
  const auto request = inviting(whom);
  return course.when(actor, Discussion::Invite{.request = request, .family = course.family});
}

Course::Scenario answer(Course& course, const Actor& actor, std::string_view function,
                        const char* text) {
  auto request = proto<v1::AnswerInvitationRequest>(text);
  request.set_participant_id(course.part(function));
  return course.when(actor, Discussion::Answer{.request = request, .family = course.family});
}

constexpr char kAccepts[] = "answer: INVITATION_ANSWER_ACCEPTED";
constexpr char kDeclines[] = "answer: INVITATION_ANSWER_DECLINED reason: 'On leave.'";
constexpr char kSends[] =
    "answer: INVITATION_ANSWER_SUBSTITUTED substitute { practitioner: 'p-99' can_decide: true }";

TEST(Invitations, AddSomebodyBeforeTheSittingAndDuringIt) {
  for (Course course : {convened(), Course::begun()}) {
    course.invited(invitation("education", "education", "t-3"));
    EXPECT_EQ(course.last().invited().invited_by(), "o-1");
    EXPECT_TRUE(course.state().is_invited("education"));
    EXPECT_NE(course.state().participant(course.part("education")), nullptr);
  }
}

v1::WithdrawInvitationRequest withdrawing(const Course& course, std::string_view function) {
  auto request = proto<v1::WithdrawInvitationRequest>("reason: 'Another practice is theirs.'");
  request.set_participant_id(course.part(function));
  return request;
}

TEST(Withdrawing, TakesAnAgencyOutWhereNoOtherPartOfItRemains) {
  Course course = convened();
  course.invited(invitation("health", "maternity", "n-7"));
  course.take(kTriage, withdrawing(course, "maternity"));
  EXPECT_EQ(course.last().invitation_withdrawn().agency_out(), "");
  EXPECT_EQ(course.last().invitation_withdrawn().invited().agency(), "health");
  EXPECT_EQ(course.last().invitation_withdrawn().invited().practitioner(), "n-7");
  EXPECT_TRUE(course.state().is_invited("health"));
  course.take(kTriage, withdrawing(course, "health"));
  EXPECT_EQ(course.last().invitation_withdrawn().agency_out(), "health");
  EXPECT_FALSE(course.state().is_invited("health"));
  course.invited(invitation("health", "health", "n-4"));  // may be invited again
}

TEST(Withdrawing, NeedsAReasonAndIsTheHubs) {
  Course course = convened();
  auto request = withdrawing(course, "health");
  course.when(kHealth, request).then_refused("NOT_FOUND");
  request.clear_reason();
  course.when(kTriage, request).then_refused("INVALID_REQUEST", {"reason"});
  request = withdrawing(course, "health");
  request.set_participant_id(uuid(1));
  course.when(kTriage, request).then_refused("NOT_FOUND");
}

TEST(Withdrawing, IsNotOfSomebodyWhoCame) {
  Course course = Course::over();
  course.when(kTriage, withdrawing(course, "police")).then_refused("PARTICIPANT_ATTENDED");
}

TEST(Withdrawing, IsOfNoAgencyThatHasSomethingToDo) {
  Course course = Course::begun();
  course.invited(invitation("education", "education", "t-3"));
  auto action = Course::action("education");
  action.set_agreed_with("t-3");
  course.take(kSocialWorker, course.assign(action));
  course.when(kTriage, withdrawing(course, "education")).then_refused("AGENCY_TAKES_PART");
}

TEST(Withdrawing, IsPossibleOnceASittingIsOver) {
  Course course = Course::begun();
  course.invited(invitation("education", "education", "t-3")).decided(single_agency()).closed();
  course.take(kTriage, withdrawing(course, "education"));
  EXPECT_FALSE(course.state().is_invited("education"));
}

TEST(Invitations, AreTheHubs) {
  Course course = convened();
  invite(course, kPolice, invitation("education", "education", "t-3")).then_refused("NOT_FOUND");
}

TEST(Invitations, NeedADiscussionThatIsToComeOrGoesOn) {
  const auto school = invitation("education", "education", "t-3");
  Course none;
  invite(none, kTriage, school).then_refused("NOT_FOUND");
  Course due;
  due.take(kTriage, Discussion::Open{.case_id = kBellCase,
                                     .referral_id = {},
                                     .reason = v1::DISCUSSION_REASON_OUTCOME,
                                     .decision_id = {},
                                     .protection_id = {},
                                     .child_ids = {kAda},
                                     .unborn = false,
                                     .timescale = "strategy-discussion",
                                     .counted_from = utc(kNow)});
  invite(due, kTriage, school).then_refused("DISCUSSION_NOT_CONVENED");
  Course over = Course::over();
  invite(over, kTriage, school).then_refused("DISCUSSION_CLOSED");
}

TEST(Invitations, AreForAFunctionThatTheAgencyCanBe) {
  Course course = convened();
  const auto refused = invite(course, kTriage, invitation("refuge", "police", "r-2"));
  refused.then_refused("INVALID_REQUEST", {"invitation.function"});
  ASSERT_FALSE(refused.outcome().has_value());
  EXPECT_FALSE(refused.outcome().error().sources.empty());
  course.invited(invitation("refuge", "accommodation", "r-2"));
}

TEST(Invitations, GoToNobodyWhoIsInvitedOrComesInstead) {
  Course course = convened();
  course.answered(kPolice, "police", kSends);
  for (const char* who : {"p-17", "p-99"})
    invite(course, kTriage, invitation("police", "other", who))
        .then_refused("ALREADY_INVITED", {"invitation.practitioner"});
  course.invited(invitation("police", "other", "p-18"));
  course.invited(invitation("health", "maternity", "p-17"));  // another agency's p-17
}

TEST(Invitations, GoToNobodyWhoMayNotSeeTheCase) {
  Course course = convened();
  course.family.access.barred = {{"education", "t-3"}};
  invite(course, kTriage, invitation("education", "education", "t-3"))
      .then_refused("PRACTITIONER_BARRED");
  course.family.access = {};
  course.family.access.restrict_to({{"education", "t-9"}});
  invite(course, kTriage, invitation("education", "education", "t-3")).then_refused("NOT_NAMED");
  invite(course, kTriage, invitation("education", "education", "")).then_refused("NOT_NAMED");
  course.invited(invitation("education", "education", "t-9"));
}

TEST(Invitations, AreFortyAtMost) {
  Course course = convened();
  while (course.state().participants.size() < kParticipantsMax)
    course.invited(invitation("police", "other", ""));
  invite(course, kTriage, invitation("police", "other", "")).then_refused("TOO_MANY_PARTICIPANTS");
}

TEST(Answers, AreGivenByTheAgencyThatWasInvited) {
  Course course = convened();
  answer(course, kRefuge, "police", kAccepts).then_refused("NOT_FOUND");
  answer(course, kHealth, "police", kAccepts).then_refused("NOT_THE_AGENCY_INVITED");
  answer(course, kTriage, "police", kAccepts).then_refused("NOT_THE_AGENCY_INVITED");
  answer(course, kPolice, "maternity", kAccepts).then_refused("NOT_FOUND");  // no such part
  course.answered(kPolice, "police", kAccepts);
  EXPECT_EQ(course.last().invitation_answered().answered_by(), "p-17");
  course.answered(kTriage, "social-care", kAccepts);  // the hub's own agency
}

TEST(Answers, AreGivenOnceAndMayChange) {
  Course course = convened();
  course.answered(kPolice, "police", kAccepts);
  answer(course, kPolice, "police", kAccepts).then_nothing_changes();
  course.answered(kPolice, "police", kDeclines).answered(kPolice, "police", kSends);
  EXPECT_EQ(course.state().participant(course.part("police"))->who(), "p-99");
  course.answered(kPolice, "police", kAccepts);
  EXPECT_EQ(course.state().participant(course.part("police"))->who(), "p-17");
}

TEST(Answers, AreGivenAnewForAnotherSittingOrTime) {
  Course course = convened();
  course.answered(kHealth, "health", kAccepts);
  answer(course, kHealth, "health", kAccepts).then_nothing_changes();
  course.joined({"social-care", "police", "health"})
      .started()
      .decided(single_agency())
      .closed()
      .reconvened("2026-11-27T10:00:00Z");
  EXPECT_TRUE(course.state().participant(course.part("health"))->asked_again);
  course.answered(kHealth, "health", kAccepts);
  EXPECT_TRUE(course.last().has_invitation_answered());
  EXPECT_FALSE(course.state().participant(course.part("health"))->asked_again);
  answer(course, kHealth, "health", kAccepts).then_nothing_changes();
}

TEST(Answers, EndWithTheSitting) {
  Course course = Course::begun();
  course.answered(kPolice, "police", kAccepts).decided(single_agency()).closed();
  answer(course, kPolice, "police", kDeclines).then_refused("DISCUSSION_CLOSED");
  course.reconvened("2026-11-26T10:00:00Z").answered(kPolice, "police", kDeclines);
}

TEST(Answers, SayWhatBelongsToThem) {
  Course course = convened();
  answer(course, kPolice, "police", "").then_refused("INVALID_REQUEST", {"answer"});
  answer(course, kPolice, "police", "answer: INVITATION_ANSWER_DECLINED")
      .then_refused("INVALID_REQUEST", {"reason"});
  answer(course, kPolice, "police",
         "answer: INVITATION_ANSWER_ACCEPTED reason: 'Yes.' substitute { practitioner: 'p-99' }")
      .then_refused("INVALID_REQUEST", {"reason", "substitute"});
  answer(course, kPolice, "police", "answer: INVITATION_ANSWER_SUBSTITUTED")
      .then_refused("INVALID_REQUEST", {"substitute.practitioner"});
  answer(course, kPolice, "police",
         "answer: INVITATION_ANSWER_SUBSTITUTED substitute { practitioner: 'p-17' }")
      .then_refused("INVALID_REQUEST", {"substitute.practitioner"});
}

TEST(Answers, SendNobodyWhoMayNotComeOrComesAlready) {
  Course course = convened();
  course.invited(invitation("police", "other", "p-18"));
  answer(course, kPolice, "police",
         "answer: INVITATION_ANSWER_SUBSTITUTED substitute { practitioner: 'p-18' }")
      .then_refused("ALREADY_INVITED", {"substitute.practitioner"});
  course.family.access.barred = {{"police", "p-99"}};
  answer(course, kPolice, "police", kSends)
      .then_refused("PRACTITIONER_BARRED", {"substitute.practitioner"});
  course.family.access = {};
  course.family.access.restrict_to({{"police", "p-17"}});
  answer(course, kPolice, "police", kSends).then_refused("NOT_NAMED");
}

TEST(Answers, NameWhoComesWhereTheInvitationNamedNobody) {
  Course course;
  course.convened({invitation("police", "police", ""), invitation("police", "other", "p-17")});
  EXPECT_TRUE(course.state().participant(course.part("police"))->who().empty());
  answer(course, kPolice, "police", kAccepts).then_refused("ALREADY_INVITED", {"answer"});
  course.answered(kOtherOfficer, "police", kAccepts);
  EXPECT_EQ(course.state().participant(course.part("police"))->who(), "p-99");
}

}  // namespace
}  // namespace mash::strategy
