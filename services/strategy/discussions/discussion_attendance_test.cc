#include <gmock/gmock.h>

#include "strategy/discussions/discussion.h"
#include "strategy/testing/discussions.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> kMinimum = {"social-care", "police", "health"};

Course convened(std::string_view scheduled_at = kNow) {
  Course course;
  course.convened(minimum(), scheduled_at);
  return course;
}

// An attendance with times in it.
v1::RecordAttendanceRequest there(const Course& course, std::string_view function,
                                  const std::string& joined, const std::string& left = {}) {
  auto request = course.attendance(function);
  if (!joined.empty()) to_proto(utc(joined), request.mutable_joined_at());
  if (!left.empty()) to_proto(utc(left), request.mutable_left_at());
  return request;
}

Course::Scenario start(Course& course, const std::string& started_at = {},
                       const std::string& emergency_reason = {}) {
  v1::StartDiscussionRequest request;
  if (!started_at.empty()) to_proto(utc(started_at), request.mutable_started_at());
  request.set_emergency_reason(emergency_reason);
  return course.when(kManager, request);
}

// --- who is in the room ---

TEST(Attendance, IsOfWhoWasInvited) {
  Course course = convened();
  const auto stranger = course.attendance("education");
  course.when(kTriage, course.attend(stranger)).then_refused("NOT_INVITED");
  course.invited(invitation("education", "education", "t-3")).joined({"education"});
  EXPECT_TRUE(course.state().in_room("education", utc(kNow)));
}

TEST(Attendance, IsRecordedByTheHub) {
  Course course = convened();
  const auto police = course.attendance("police");
  course.when(kPolice, course.attend(police)).then_refused("NOT_FOUND");
  course.take(kTriage, course.attend(police));
}

TEST(Attendance, NeedsASittingThatIsToComeOrGoesOn) {
  Course over = Course::over();
  const auto police = over.attendance("police");
  over.when(kTriage, over.attend(police)).then_refused("DISCUSSION_CLOSED");
  Course none;
  none.when(kTriage, none.attend(police)).then_refused("NOT_FOUND");
}

TEST(Attendance, BeginsOnTheDayForWhichPeopleWereAskedToCome) {
  Course course = convened("2026-11-26T10:00:00Z");
  const auto request = there(course, "police", "");
  course.at("2026-11-25T23:59:59Z")
      .when(kTriage, course.attend(request))
      .then_refused("INVALID_REQUEST", {"joined_at"});
  course.at("2026-11-26T00:00:00Z").take(kTriage, course.attend(request));
}

TEST(Attendance, AtMidnightMayBeginAnHourBefore) {
  Course course = convened("2026-11-26T00:15:00Z");
  const auto request = there(course, "police", "");
  course.at("2026-11-25T23:14:59Z")
      .when(kTriage, course.attend(request))
      .then_refused("INVALID_REQUEST", {"joined_at"});
  course.at("2026-11-25T23:15:00Z").take(kTriage, course.attend(request));
}

TEST(Attendance, IsNeverAheadOfTheClock) {
  Course course = convened();
  const auto far = there(course, "police", "2026-11-25T10:05:01Z");
  course.when(kTriage, course.attend(far)).then_refused("INVALID_REQUEST", {"joined_at"});
  const auto near = there(course, "police", "2026-11-25T10:05:00Z");  // another's clock
  course.take(kTriage, course.attend(near));
  EXPECT_EQ(from_proto(course.last().attendance_recorded().joined_at()).value(), utc(kNow));
}

TEST(Attendance, EndsNoEarlierThanItBegan) {
  Course course = convened();
  const auto backwards = there(course, "police", "2026-11-25T09:30:00Z", "2026-11-25T09:20:00Z");
  course.when(kTriage, course.attend(backwards)).then_refused("INVALID_REQUEST", {"left_at"});
}

TEST(Attendance, OfWhoLeftSaysWhenTheyCame) {
  Course course = convened();
  const auto left = there(course, "police", "", "2026-11-25T09:20:00Z");
  course.when(kTriage, course.attend(left)).then_refused("INVALID_REQUEST", {"joined_at"});
  course.at("2026-11-25T09:10:00Z").joined({"police"}).at(kNow);
  course.take(kTriage, course.attend(left));
  EXPECT_EQ(from_proto(course.last().attendance_recorded().joined_at()).value(),
            utc("2026-11-25T09:10:00Z"));
  EXPECT_FALSE(course.state().in_room("police", utc(kNow)));
  EXPECT_TRUE(course.state().in_room("police", utc("2026-11-25T09:19:59Z")));
}

TEST(Attendance, SaidTwiceChangesNothing) {
  Course course = convened();
  course.joined({"police"});
  const auto again = course.attendance("police");
  course.when(kTriage, course.attend(again)).then_nothing_changes();
}

TEST(Attendance, SaidAnewCorrectsWhatWasSaid) {
  Course course = convened();
  course.joined({"police"}, false);
  EXPECT_THAT(course.state().deciding(utc(kNow)), IsEmpty());
  course.joined({"police"}, true);
  EXPECT_THAT(course.state().deciding(utc(kNow)), ElementsAre("police"));
  EXPECT_EQ(course.state().participant(course.part("police"))->attendances.size(), 1u);
}

TEST(Attendance, OfWhoLeftAndCameBackIsToldApart) {
  Course course = convened();
  course.at("2026-11-25T10:00:00Z").joined({"police"});
  course.at("2026-11-25T10:10:00Z").left("police");
  const auto overlapping = there(course, "police", "2026-11-25T10:05:00Z");
  course.at("2026-11-25T10:30:00Z");
  course.when(kTriage, course.attend(overlapping)).then_refused("INVALID_REQUEST", {"joined_at"});
  course.joined({"police"});
  EXPECT_TRUE(course.state().in_room("police", utc("2026-11-25T10:05:00Z")));
  EXPECT_FALSE(course.state().in_room("police", utc("2026-11-25T10:10:00Z")));
  EXPECT_FALSE(course.state().in_room("police", utc("2026-11-25T10:20:00Z")));
  EXPECT_TRUE(course.state().in_room("police", utc("2026-11-25T10:30:00Z")));
}

TEST(Attendance, OfASubstituteDecidesOnlyWhereTheirAgencySaysSo) {
  constexpr char kJunior[] =
      "answer: INVITATION_ANSWER_SUBSTITUTED substitute { practitioner: 'p-99' }";
  constexpr char kSenior[] =
      "answer: INVITATION_ANSWER_SUBSTITUTED substitute { practitioner: 'p-99' can_decide: true }";
  Course course = convened();
  course.joined({"social-care", "health"}).answered(kPolice, "police", kJunior);
  const auto deciding = course.attendance("police", true);
  course.when(kTriage, course.attend(deciding)).then_refused("INVALID_REQUEST", {"can_decide"});
  course.joined({"police"}, false);
  EXPECT_TRUE(course.last().attendance_recorded().substitute());
  start(course).then_refused("NOT_QUORATE", {"absent.police"});
  course.answered(kPolice, "police", kSenior).joined({"police"}, true);
  course.started();
  EXPECT_TRUE(course.last().started().quorum().quorate());
}

TEST(Attendance, OfASubstituteWaitsUntilWhoCameBeforeHasLeft) {
  Course course = convened();
  course.joined({"police"});
  course.answered(kPolice, "police",
                  "answer: INVITATION_ANSWER_SUBSTITUTED substitute { practitioner: 'p-99' }");
  const auto substitute = course.attendance("police", false);
  course.when(kTriage, course.attend(substitute)).then_refused("STILL_IN_THE_ROOM");
  course.at("2026-11-25T10:10:00Z").left("police");
  EXPECT_FALSE(course.last().attendance_recorded().substitute());
  course.joined({"police"}, false);
  EXPECT_TRUE(course.last().attendance_recorded().substitute());
}

TEST(Attendance, IsOfSomebodyWhoIsNamed) {
  Course course;
  course.convened({invitation("police", "police", "")});
  const auto nobody = course.attendance("police");
  course.when(kTriage, course.attend(nobody)).then_refused("NOBODY_NAMED");
  course.answered(kPolice, "police", "answer: INVITATION_ANSWER_ACCEPTED").joined({"police"});
}

TEST(Attendance, IsNotOfWhoWasBarredMeanwhileUnlessTheyLeave) {
  Course course = convened();
  course.joined({"health"});
  course.family.access.barred = {{"police", "p-17"}, {"health", "n-4"}};
  const auto police = course.attendance("police");
  course.when(kTriage, course.attend(police)).then_refused("PRACTITIONER_BARRED");
  course.at("2026-11-25T10:10:00Z").left("health");
  course.family.access = {};
  course.family.access.restrict_to({{"health", "n-4"}});
  course.when(kTriage, course.attend(police)).then_refused("NOT_NAMED");
}

// --- that it begins ---

TEST(Starting, NeedsEverybodyWhoMustBeThere) {
  for (const std::string& missing : kMinimum) {
    Course course = convened();
    for (const std::string& function : kMinimum)
      if (function != missing) course.joined({function});
    const auto refused = start(course);
    refused.then_refused("NOT_QUORATE", {"absent." + missing});
    EXPECT_FALSE(refused.outcome().error().sources.empty());
    course.joined({missing}).started();
    EXPECT_EQ(course.state().stage, v1::DISCUSSION_STAGE_IN_PROGRESS);
    EXPECT_TRUE(course.last().started().quorum().quorate());
  }
}

TEST(Starting, NeedsPeopleWhoCanDecide) {
  Course course = convened();
  course.joined(kMinimum, false);
  start(course).then_refused("NOT_QUORATE",
                             {"absent.social-care", "absent.police", "absent.health"});
}

TEST(Starting, CountsNobodyWhoHasLeft) {
  Course course = convened();
  course.joined(kMinimum).at("2026-11-25T10:10:00Z").left("health");
  start(course).then_refused("NOT_QUORATE", {"absent.health"});
  // As it was when it began, where that is recorded afterwards.
  start(course, "2026-11-25T10:09:59Z").outcome().value();
}

TEST(Starting, OfALookedAfterOrUnbornChildNeedsWhoeverKnowsThem) {
  Course course;
  course.convened(minimum(), kNow, true, true).joined(kMinimum);
  start(course).then_refused("NOT_QUORATE", {"absent.accommodation", "absent.maternity"});
  course.invited(invitation("refuge", "accommodation", "r-2"))
      .invited(invitation("health", "maternity", "n-7"))
      .joined({"accommodation"});
  start(course).then_refused("NOT_QUORATE", {"absent.maternity"});
  course.joined({"maternity"}).started();
  EXPECT_THAT(course.last().started().quorum().needed(),
              ElementsAre("social-care", "police", "health", "accommodation", "maternity"));
}

TEST(Starting, GoesAheadInAnEmergencyThatSaysWhy) {
  Course course = convened();
  course.joined({"social-care", "police"}).started("He is on his way to her.");
  EXPECT_FALSE(course.last().started().quorum().quorate());
  EXPECT_THAT(course.last().started().quorum().absent(), ElementsAre("health"));
  EXPECT_EQ(course.last().started().emergency_reason(), "He is on his way to her.");
  EXPECT_FALSE(course.state().sittings.back().quorate);
}

TEST(Starting, TakesNoEmergencyWhereNobodyIsMissing) {
  Course course = convened();
  course.joined(kMinimum);
  start(course, "", "To be sure.").then_refused("INVALID_REQUEST", {"emergency_reason"});
}

TEST(Starting, HappensOnce) {
  Course course = Course::begun();
  start(course).then_refused("DISCUSSION_IN_PROGRESS");
  course.decided(single_agency()).closed();
  start(course).then_refused("DISCUSSION_CLOSED");
  Course none;
  start(none).then_refused("NOT_FOUND");
}

TEST(Starting, IsTheHubs) {
  Course course = convened();
  course.joined(kMinimum);
  course.when(kPolice, v1::StartDiscussionRequest()).then_refused("NOT_FOUND");
}

TEST(Starting, HappensAtAnyHourOfAnyDay) {
  for (const char* hour : {"2026-11-25T19:30:00Z",     // an evening
                           "2026-11-28T11:00:00Z",     // a Saturday
                           "2026-12-25T03:00:00Z",     // Christmas night
                           "2026-11-25T23:59:59Z",     // the last second of a day
                           "2026-06-30T23:30:00Z"}) {  // after midnight in London
    Course course;
    course.at(hour).convened(minimum(), hour).joined(kMinimum).started();
    EXPECT_EQ(from_proto(course.last().started().started_at()).value(), utc(hour)) << hour;
    EXPECT_EQ(course.clock("strategy-discussion")->deadline.done_at, utc(hour));
  }
}

TEST(Starting, IsNotBeforeTheDayForWhichPeopleWereAskedToCome) {
  Course course = convened();
  start(course, "2026-11-24T23:59:59Z", "She is alone.")
      .then_refused("INVALID_REQUEST", {"started_at"});
  start(course, "2026-11-25T10:05:01Z", "She is alone.")
      .then_refused("INVALID_REQUEST", {"started_at"});
}

TEST(Starting, OfALaterSittingIsAfterTheOneBeforeWithPeopleOfItsOwn) {
  Course course = Course::over();  // at ten o'clock
  course.at("2026-11-25T12:00:00Z").reconvened("2026-11-25T12:00:00Z");
  start(course).then_refused("NOT_QUORATE",
                             {"absent.social-care", "absent.police", "absent.health"});
  const auto before = there(course, "police", "2026-11-25T09:59:00Z");
  course.when(kTriage, course.attend(before)).then_refused("INVALID_REQUEST", {"joined_at"});
  start(course, "2026-11-25T09:59:59Z", "She is alone.")
      .then_refused("INVALID_REQUEST", {"started_at"});
  course.joined(kMinimum).started();
  EXPECT_EQ(course.last().started().sitting(), 2u);
}

}  // namespace
}  // namespace mash::strategy
