#include <gmock/gmock.h>

#include "policy/pack.h"
#include "strategy/discussions/discussion.h"
#include "strategy/testing/discussions.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;

v1::CloseDiscussionRequest closing() {
  return proto<v1::CloseDiscussionRequest>("summary: 'As decided.'");
}

v1::IssueRecordRequest record(const std::vector<std::string>& agencies, unsigned sitting = 0) {
  v1::IssueRecordRequest request;
  request.mutable_agencies()->Add(agencies.begin(), agencies.end());
  request.set_sitting(sitting);
  return request;
}

// Health was missing when it began.
Course emergency() {
  Course course;
  course.convened()
      .joined({"social-care", "police"})
      .started("He is on his way to her.")
      .decided(joint(), "He is on his way to her.");
  return course;
}

std::vector<std::string> kinds(const v1::DiscussionClosed& closed) {
  std::vector<std::string> kinds;
  for (const auto& deadline : closed.deadlines()) kinds.push_back(deadline.kind());
  return kinds;
}

// --- that it ends ---

TEST(Closing, EndsASittingWithItsRecordDue) {
  Course course = Course::over();
  EXPECT_THAT(kinds(course.last().closed()), ElementsAre("discussion-record"));
  EXPECT_EQ(course.state().stage, v1::DISCUSSION_STAGE_CLOSED);
  EXPECT_NE(course.clock(policy::kDiscussionRecord, "1"), nullptr);
  EXPECT_FALSE(course.state().in_room("police", utc("2026-11-25T10:00:01Z")));
  EXPECT_TRUE(course.state().stayed("police"));
}

TEST(Closing, MayBeRecordedAfterwards) {
  Course course = Course::begun();
  course.decided(single_agency());
  auto request = closing();
  to_proto(utc("2026-11-25T11:00:00Z"), request.mutable_closed_at());
  course.at("2026-11-25T18:00:00Z").take(kManager, request);
  EXPECT_EQ(course.state().sittings.back().closed_at, utc("2026-11-25T11:00:00Z"));
  EXPECT_EQ(course.clock(policy::kDiscussionRecord, "1")->deadline.start,
            utc("2026-11-25T11:00:00Z"));
}

TEST(Closing, IsNeitherToComeNorBeforeWhatHappenedInTheSitting) {
  Course course = Course::begun();
  course.at("2026-11-25T10:30:00Z").decided(single_agency());
  course.at("2026-11-25T11:00:00Z").left("police");
  auto request = closing();
  for (const char* at : {"2026-11-25T10:29:59Z", "2026-11-25T10:59:59Z", "2026-11-25T12:00:00Z"}) {
    to_proto(utc(at), request.mutable_closed_at());
    course.when(kManager, request).then_refused("INVALID_REQUEST", {"closed_at"});
  }
  to_proto(utc("2026-11-25T09:59:59Z"), request.mutable_closed_at());
  course.when(kManager, request).then_refused("INVALID_REQUEST", {"closed_at", "closed_at"});
  to_proto(utc("2026-11-25T11:00:00Z"), request.mutable_closed_at());
  course.take(kManager, request);
}

TEST(CallingOff, LeavesWhatWasMissedByThen) {
  const auto call_off = proto<v1::CallOffDiscussionRequest>("reason: 'Revised.'");
  Course in_time, late;
  in_time.convened().take(kSocialWorker, call_off);
  EXPECT_EQ(in_time.clock(policy::kStrategyDiscussion), nullptr);
  late.convened().at("2026-12-01T09:00:00Z").take(kSocialWorker, call_off);
  const clocks::Clock* clock = late.clock(policy::kStrategyDiscussion);
  ASSERT_NE(clock, nullptr);
  EXPECT_EQ(clock->deadline.state(utc("2026-12-01T09:00:00Z")), DeadlineState::kMissed);
}

TEST(Closing, NeedsADecision) {
  Course course = Course::begun();
  course.when(kManager, closing()).then_refused("NO_DECISION");
  course.decided(no_grounds()).take(kManager, closing());
}

TEST(Closing, NeedsADecisionOfTheSittingItself) {
  Course course = Course::over();
  course.reconvened(kNow).joined({"social-care", "police", "health"}).started();
  course.when(kManager, closing()).then_refused("NO_DECISION");
}

TEST(Closing, IsTheHubsAndSaysWhatWasAgreed) {
  Course course = Course::begun();
  course.decided(no_grounds());
  course.when(kPolice, closing()).then_refused("NOT_FOUND");
  course.when(kManager, v1::CloseDiscussionRequest()).then_refused("INVALID_REQUEST", {"summary"});
}

TEST(Closing, ByTwoChairsHappensOnce) {
  Course course = Course::over();
  course.when(kSocialWorker, closing()).then_refused("DISCUSSION_NOT_IN_PROGRESS");
  Course none;
  none.when(kManager, closing()).then_refused("NOT_FOUND");
}

TEST(Closing, OfAnEmergencyHasItHeldAgain) {
  Course course = emergency();
  course.closed();
  EXPECT_THAT(kinds(course.last().closed()),
              ElementsAre("discussion-record", "discussion-reconvening"));
  EXPECT_TRUE(course.clock(policy::kDiscussionReconvening)->runs());
}

TEST(Closing, AfterSomebodyLeftBeforeTheDecisionHasItHeldAgain) {
  Course course = Course::begun();
  course.at("2026-11-25T10:10:00Z").left("health");
  course.decided(single_agency(), "He is on his way to her.").closed();
  EXPECT_TRUE(course.clock(policy::kDiscussionReconvening)->runs());
}

TEST(Closing, AfterSomebodyLeftSinceTheDecisionDoesNot) {
  Course course = Course::begun();
  course.decided(single_agency()).at("2026-11-25T10:10:00Z").left("health").closed();
  EXPECT_EQ(course.clock(policy::kDiscussionReconvening), nullptr);
}

TEST(Reconvening, AfterAnEmergencyIsDoneWhenTheNextSittingBegins) {
  Course course = emergency();
  course.closed().at("2026-11-25T15:00:00Z").reconvened("2026-11-25T16:00:00Z");
  EXPECT_TRUE(course.clock(policy::kDiscussionReconvening)->runs());
  course.at("2026-11-25T16:00:00Z")
      .joined({"social-care", "police", "health"})
      .started()
      .decided(going_on())
      .closed();
  EXPECT_EQ(course.clock(policy::kDiscussionReconvening)->deadline.done_at,
            utc("2026-11-25T16:00:00Z"));
  EXPECT_THAT(kinds(course.last().closed()), ElementsAre("discussion-record"));
}

// --- that it is not held ---

v1::CallOffDiscussionRequest calling_off() {
  return proto<v1::CallOffDiscussionRequest>("reason: 'The injury has another cause.'");
}

TEST(CallingOff, IsForADiscussionThatNobodyHasComeTo) {
  Course course;
  course.convened();
  course.when(kPolice, calling_off()).then_refused("NOT_FOUND");
  course.when(kManager, v1::CallOffDiscussionRequest()).then_refused("INVALID_REQUEST", {"reason"});
  course.take(kManager, calling_off());
  EXPECT_EQ(course.state().stage, v1::DISCUSSION_STAGE_CALLED_OFF);
  ASSERT_EQ(course.last().called_off().invited_size(), 3);
  EXPECT_EQ(course.last().called_off().invited(1).agency(), "police");
  EXPECT_EQ(course.last().called_off().invited(1).practitioner(), "p-17");
  EXPECT_EQ(course.state().clocks.running(), 0u);
  course.when(kManager, calling_off()).then_nothing_changes();
}

TEST(CallingOff, IsTooLateOnceItHasBegun) {
  for (Course course : {Course::begun(), Course::over()})
    course.when(kManager, calling_off()).then_refused("DISCUSSION_HELD");
  Course again = Course::over();
  again.reconvened("2026-11-27T10:00:00Z");
  again.when(kManager, calling_off()).then_refused("DISCUSSION_HELD");
}

TEST(CallingOff, LeavesNothingToBeDone) {
  Course course;
  course.convened().take(kManager, calling_off());
  course.when(kManager, v1::StartDiscussionRequest()).then_refused("DISCUSSION_CALLED_OFF");
  const auto police = course.attendance("police");
  course.when(kTriage, course.attend(police)).then_refused("DISCUSSION_CALLED_OFF");
  const auto again = Course::reconvening("2026-11-27T10:00:00Z");
  course.when(kManager, course.reconvene(again)).then_refused("DISCUSSION_NOT_CLOSED");
  course.when(kTriage, clocks::Tell{}).then_nothing_changes();
}

// --- its record ---

TEST(Records, GoToEveryAgencyThatAttended) {
  Course course = Course::over();
  course.when(kTriage, record({"police"}))
      .then_refused("INVALID_REQUEST", {"agencies.health", "agencies.social-care"});
  course.take(kTriage, record({"police", "health", "social-care"}));
  EXPECT_EQ(course.last().record_issued().sitting(), 1u);
  EXPECT_EQ(course.last().record_issued().issued_by(), "o-1");
  EXPECT_FALSE(course.clock(policy::kDiscussionRecord, "1")->runs());
}

TEST(Records, NeedNotGoToWhoWasInvitedAndDidNotCome) {
  Course course;
  course.convened()
      .invited(invitation("education", "education", "t-3"))
      .invited(invitation("refuge", "other", "r-2"))
      .at("2026-11-25T09:00:00Z")
      .joined({"other"})
      .at("2026-11-25T09:30:00Z")
      .left("other")  // before it began
      .at(kNow)
      .joined({"social-care", "police", "health"})
      .started()
      .decided(no_grounds())
      .closed();
  course.take(kTriage, record({"police", "health", "social-care"}));
  course.take(kTriage, record({"education", "police", "health", "social-care"}));
  EXPECT_TRUE(course.state().sittings[0].record_sent_to.contains("education"));
}

TEST(Records, GoToWhoLeftEarlyToo) {
  Course course = Course::begun();
  course.decided(no_grounds()).at("2026-11-25T10:10:00Z").left("health").closed();
  course.when(kTriage, record({"police", "social-care"}))
      .then_refused("INVALID_REQUEST", {"agencies.health"});
}

TEST(Records, GoToNobodyElse) {
  Course course = Course::over();
  course.when(kTriage, record({"police", "health", "social-care", "education"}))
      .then_refused("AGENCY_NOT_INVITED");
  course.when(kTriage, record({"police", "health", "social-care", "police", "coastguard"}))
      .then_refused("INVALID_REQUEST", {"agencies[3]", "agencies[4]"});
  course.when(kPolice, record({"police", "health", "social-care"})).then_refused("NOT_FOUND");
}

TEST(Records, AreOfASittingThatIsOver) {
  Course course = Course::begun();
  course.when(kTriage, record({"police", "health", "social-care"}))
      .then_refused("DISCUSSION_NOT_CLOSED");
  course.decided(no_grounds()).closed();
  course.when(kTriage, record({"police", "health", "social-care"}, 2))
      .then_refused("DISCUSSION_NOT_CLOSED");
  course.reconvened(kNow);
  course.take(kTriage, record({"police", "health", "social-care"}));  // of the first
  EXPECT_EQ(course.last().record_issued().sitting(), 1u);
}

TEST(Records, SentAgainChangeNothing) {
  Course course = Course::over();
  course.take(kTriage, record({"police", "health", "social-care"}));
  course.when(kTriage, record({"health", "police", "social-care"})).then_nothing_changes();
}

TEST(Records, OfEachSittingAreDueByThemselves) {
  Course course = Course::over();
  course.reconvened(kNow)
      .joined({"social-care", "police", "health"})
      .started()
      .decided(going_on())
      .closed();
  course.take(kTriage, record({"police", "health", "social-care"}, 1));
  EXPECT_FALSE(course.clock(policy::kDiscussionRecord, "1")->runs());
  EXPECT_TRUE(course.clock(policy::kDiscussionRecord, "2")->runs());
}

}  // namespace
}  // namespace mash::strategy
