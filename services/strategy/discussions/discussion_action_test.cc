#include <gmock/gmock.h>

#include "policy/pack.h"
#include "strategy/discussions/discussion.h"
#include "strategy/testing/discussions.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

Course::Scenario assign(Course& course, const v1::AssignActionRequest& request,
                        const Actor& actor = kSocialWorker) {
  return course.when(actor, course.assign(request));
}

v1::CompleteActionRequest completing(const std::string& action_id,
                                     v1::ActionResult result = v1::ACTION_RESULT_DONE) {
  auto request = proto<v1::CompleteActionRequest>("text: 'She was seen.'");
  request.set_action_id(action_id);
  request.set_result(result);
  return request;
}
const std::string& last_action(const Course& course) { return course.state().actions.back().id; }

TEST(Actions, AreDueAsThePackSaysWhereNobodySaysMore) {
  Course course = Course::begun();
  course.assigned("health");
  const v1::ActionAssigned& assigned = course.last().action_assigned();
  EXPECT_EQ(assigned.assigned_by(), "w-1");
  EXPECT_EQ(assigned.deadline().kind(), "discussion-action");
  EXPECT_EQ(from_proto(assigned.deadline().due()).value(),
            utc("2026-12-02T23:59:59Z"));  // 5 working days
}

TEST(Actions, AreDueByATimeThatIsAgreed) {
  Course course = Course::begun();
  auto request = Course::action("health");
  to_proto(utc("2026-11-28T18:00:00Z"), request.mutable_due());  // a Saturday evening
  course.take(kSocialWorker, course.assign(request));
  const common::v1::Deadline& deadline = course.last().action_assigned().deadline();
  EXPECT_EQ(deadline.clock(), common::v1::CLOCK_KIND_AGREED);
  EXPECT_EQ(from_proto(deadline.due()).value(), utc("2026-11-28T18:00:00Z"));
  EXPECT_EQ(deadline.pack(), pack().id());
  to_proto(utc(kNow), request.mutable_due());
  assign(course, request).then_refused("INVALID_REQUEST", {"due"});
}

TEST(Actions, AreAgreedAtASittingOrFollowOneUp) {
  Course convened;
  convened.convened();
  const auto request = Course::action("health");
  assign(convened, request).then_refused("DISCUSSION_NOT_IN_PROGRESS");
  Course over = Course::over();
  over.assigned("health");
  over.reconvened("2026-11-27T10:00:00Z");
  assign(over, request).then_refused("DISCUSSION_NOT_IN_PROGRESS");
  assign(over, request, kRefuge).then_refused("NOT_FOUND");
}

TEST(Actions, SayWhatIsToBeDoneByWhom) {
  Course course = Course::begun();
  auto request =
      proto<v1::AssignActionRequest>("agency: 'coastguard' practitioner: 'a b' agreed_with: 'c d'");
  assign(course, request)
      .then_refused("INVALID_REQUEST", {"agency", "practitioner", "what", "agreed_with"});
}

TEST(Actions, AreForAgenciesThatWereInvited) {
  Course course = Course::begun();
  assign(course, Course::action("education")).then_refused("AGENCY_NOT_INVITED");
  course.invited(invitation("education", "education", "t-3"));
  assign(course, Course::action("education")).then_refused("ACTION_NOT_AGREED");
  auto agreed = Course::action("education");
  agreed.set_agreed_with("t-3");
  course.take(kSocialWorker, course.assign(agreed));
}

TEST(Actions, OfAnAgencyThatHasLeftAreAgreedWithIt) {
  Course course = Course::begun();
  course.at("2026-11-25T10:10:00Z").left("health");
  auto request = Course::action("health");
  assign(course, request).then_refused("ACTION_NOT_AGREED");
  request.set_agreed_with("n-4");
  course.take(kSocialWorker, course.assign(request));
  EXPECT_EQ(course.last().action_assigned().agreed_with(), "n-4");
}

TEST(Actions, AfterTheEndAreForWhoStayedUntilThen) {
  Course course = Course::begun();
  course.decided(single_agency()).at("2026-11-25T10:10:00Z").left("health").closed();
  course.at("2026-11-25T12:00:00Z").assigned("police");
  assign(course, Course::action("health")).then_refused("ACTION_NOT_AGREED");
}

TEST(Actions, AreNotForWhoMayNotSeeTheCase) {
  Course course = Course::begun();
  auto request = Course::action("health");
  request.set_practitioner("n-13");
  course.family.access.barred = {{"health", "n-13"}};
  assign(course, request).then_refused("PRACTITIONER_BARRED", {"practitioner"});
  course.family.access = {};
  course.family.access.restrict_to({{"health", "n-4"}});
  assign(course, request).then_refused("NOT_NAMED", {"practitioner"});
  request.set_practitioner("n-4");
  course.take(kSocialWorker, course.assign(request));
}

TEST(Actions, LeaveRoomForWhatNobodyCanRefuse) {
  Course course = Course::begun();
  const auto request = Course::action("health");
  for (int i = 0; i < 30; ++i) course.assigned("health");
  assign(course, request).then_refused("TOO_MANY_ACTIONS");
  course.take(kHealth, completing(last_action(course))).assigned("health");
  course.decided(single_agency()).closed();
  EXPECT_LE(course.state().clocks.running(), clocks::kRunningMax);
  const auto again = Course::reconvening(kNow);
  course.when(kManager, course.reconvene(again)).then_refused("TOO_MANY_DEADLINES");
}

TEST(Actions, AreCompletedByTheAgencyOrTheHub) {
  for (const Actor& actor : {kHealth, kManager}) {
    Course course = Course::begun();
    course.assigned("health").take(actor, completing(last_action(course)));
    EXPECT_EQ(course.last().action_completed().agency(), actor.agency);
    EXPECT_EQ(course.state().clocks.running(), 0u);
  }
  Course course = Course::begun();
  course.assigned("health");
  course.when(kPolice, completing(last_action(course))).then_refused("NOT_THE_AGENCY_ASSIGNED");
  course.when(kRefuge, completing(last_action(course))).then_refused("NOT_FOUND");
  course.when(kHealth, completing(uuid(1))).then_refused("NOT_FOUND");
}

TEST(Actions, EndOnce) {
  Course course = Course::begun();
  course.assigned("health").take(kHealth, completing(last_action(course)));
  course.when(kHealth, completing(last_action(course))).then_nothing_changes();
  course.when(kHealth, completing(last_action(course), v1::ACTION_RESULT_NOT_NEEDED))
      .then_refused("ACTION_ENDED");
}

TEST(Actions, WereDoneAtATimeThatIsPast) {
  Course course = Course::begun();
  course.assigned("health");
  auto request = completing(last_action(course));
  to_proto(utc("2026-11-26T10:00:00Z"), request.mutable_completed_at());
  course.when(kHealth, request).then_refused("INVALID_REQUEST", {"completed_at"});
  request.clear_text();
  request.clear_result();
  request.clear_completed_at();
  course.when(kHealth, request).then_refused("INVALID_REQUEST", {"result", "text"});
}

TEST(Actions, ThatAreDoneLateWereMissed) {
  Course course = Course::begun();
  course.assigned("health");
  const std::string id = last_action(course);
  course.at("2026-12-03T09:00:00Z").take(kHealth, completing(id));
  EXPECT_EQ(course.clock("discussion-action", id)->deadline.state(utc("2026-12-03T09:00:00Z")),
            DeadlineState::kMissed);
}

}  // namespace
}  // namespace mash::strategy
