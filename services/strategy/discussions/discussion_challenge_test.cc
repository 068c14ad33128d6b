#include <gmock/gmock.h>

#include "strategy/discussions/discussion.h"
#include "strategy/testing/discussions.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

// Education was invited and did not come; the others decided, by the social worker.
Course decided() {
  Course course;
  course.convened()
      .invited(invitation("education", "education", "t-3"))
      .joined({"social-care", "police", "health"})
      .started()
      .decided(no_grounds());
  return course;
}

v1::RecordDissentRequest dissent(const Course& course, const std::string& agency = {}) {
  auto request = proto<v1::RecordDissentRequest>("reason: 'There are grounds.'");
  request.set_decision_id(course.decision());
  request.set_agency(agency);
  return request;
}
v1::ChallengeDiscussionDecisionRequest challenge(const std::string& decision_id,
                                                 const std::string& challenge_id = {}) {
  auto request = proto<v1::ChallengeDiscussionDecisionRequest>("grounds: 'There are grounds.'");
  request.set_decision_id(decision_id);
  request.set_challenge_id(challenge_id);
  return request;
}
v1::AnswerChallengeRequest answer(const std::string& challenge_id,
                                  referral::v1::ChallengeResolution resolution) {
  auto request = proto<v1::AnswerChallengeRequest>("answer: 'It was weighed.'");
  request.set_challenge_id(challenge_id);
  request.set_resolution(resolution);
  return request;
}
constexpr auto kStands = referral::v1::CHALLENGE_RESOLUTION_NOT_UPHELD;

TEST(Dissent, IsEachAgencysOwn) {
  for (const Actor& actor : {kPolice, kSchool, kSocialWorker}) {
    Course course = decided();
    course.take(actor, dissent(course));
    EXPECT_EQ(course.last().dissent_recorded().agency(), actor.agency);
    EXPECT_EQ(course.last().dissent_recorded().said_by(), actor.practitioner);
  }
  Course course = decided();
  course.when(kPolice, dissent(course, "health")).then_refused("NOT_THE_AGENCY_INVITED");
  course.when(kRefuge, dissent(course)).then_refused("NOT_FOUND");
}

TEST(Dissent, IsRecordedByTheHubForWhoWasInTheRoom) {
  Course course = decided();
  course.when(kManager, dissent(course, "education")).then_refused("NOT_IN_THE_ROOM");
  course.take(kManager, dissent(course, "health"));
  EXPECT_EQ(course.last().dissent_recorded().agency(), "health");
  EXPECT_EQ(course.last().dissent_recorded().said_by(), "m-1");
}

TEST(Dissent, IsSaidOnceAndWithAReason) {
  Course course = decided();
  auto request = dissent(course, "coastguard");
  request.clear_reason();
  course.when(kManager, request).then_refused("INVALID_REQUEST", {"reason", "agency"});
  course.take(kPolice, dissent(course));
  course.when(kPolice, dissent(course)).then_refused("ALREADY_DISSENTED");
  course.when(kManager, dissent(course, "police")).then_refused("ALREADY_DISSENTED");
  course.decided(no_grounds()).take(kPolice, dissent(course));  // with another decision
}

TEST(Dissent, IsWithADecision) {
  Course course = decided();
  auto request = dissent(course);
  request.set_decision_id(uuid(1));
  course.when(kPolice, request).then_refused("NOT_FOUND");
}

TEST(Dissent, MayComeAfterTheEnd) {
  Course course = decided();
  course.closed().take(kSchool, dissent(course));
}

TEST(Challenges, AreRaisedByAgenciesThatWereInvited) {
  for (const Actor& actor : {kPolice, kSchool, kManager}) {
    Course course = decided();
    course.take(actor, challenge(course.decision()));
    EXPECT_EQ(course.last().challenged().agency(), actor.agency);
    EXPECT_EQ(course.last().challenged().step().level(), pack().challenge_levels()[0].code);
    EXPECT_EQ(course.state().clocks.running(), 1u);
  }
  Course course = decided();
  course.when(kRefuge, challenge(course.decision())).then_refused("NOT_FOUND");
  course.when(kPolice, challenge(uuid(1))).then_refused("NOT_FOUND");
  course.when(kPolice, challenge("", uuid(1))).then_refused("NOT_FOUND");
  auto request = challenge(course.decision());
  request.clear_grounds();
  course.when(kPolice, request).then_refused("INVALID_REQUEST", {"grounds"});
  Course without_hub;
  without_hub.convened({invitation("police", "police", "p-17")})
      .joined({"police"})
      .started("He is on his way to her.");
  without_hub.when(kManager, challenge(uuid(1))).then_refused("NOT_THE_AGENCY_INVITED");
}

TEST(Challenges, GoUpALevelOnceAnsweredAndEndAtTheLast) {
  Course course = decided();
  course.take(kPolice, challenge(course.decision()));
  const std::string id = course.last().challenged().challenge_id();
  course.when(kPolice, challenge("", id)).then_refused("CHALLENGE_NOT_ANSWERED");
  course.when(kHealth, challenge("", id)).then_refused("NOT_THE_CHALLENGER");
  for (size_t level = 0; level < pack().challenge_levels().size(); ++level) {
    if (level > 0) course.take(kPolice, challenge("", id));
    EXPECT_EQ(course.state().clocks.running(), 1u);
    course.take(kManager, answer(id, kStands));
    EXPECT_EQ(course.state().clocks.running(), 0u);
  }
  EXPECT_TRUE(course.last().challenge_answered().resolved());
  EXPECT_EQ(course.last().challenge_answered().agency(), "police");
  course.when(kPolice, challenge("", id)).then_refused("CHALLENGE_RESOLVED");
}

TEST(Challenges, GoUpALevelWhereNobodyAnswersInTime) {
  Course course = decided();
  course.take(kPolice, challenge(course.decision()));
  const std::string id = course.last().challenged().challenge_id();
  const Time due =
      course.clock(course.last().challenged().step().deadline().kind(), id)->deadline.current_due();
  course.at(to_rfc3339(due))
      .when(kPolice, challenge("", id))
      .then_refused("CHALLENGE_NOT_ANSWERED");
  course.at(to_rfc3339(due + std::chrono::seconds(1))).take(kPolice, challenge("", id));
  EXPECT_EQ(course.last().challenged().decision_id(), course.decision());
  EXPECT_EQ(course.state().clocks.running(), 1u);  // that of the level it is at
}

TEST(Challenges, AreAnsweredByTheHubButNotByWhoDecided) {
  Course course = decided();
  course.take(kPolice, challenge(course.decision()));
  const std::string id = course.last().challenged().challenge_id();
  course.when(kSocialWorker, answer(id, kStands)).then_refused("NOT_INDEPENDENT");
  course.when(kHealth, answer(id, kStands)).then_refused("NOT_FOUND");
  course.when(kManager, answer(uuid(1), kStands)).then_refused("NOT_FOUND");
  course.when(kManager, proto<v1::AnswerChallengeRequest>(("challenge_id: '" + id + "'").c_str()))
      .then_refused("INVALID_REQUEST", {"resolution", "answer"});
  course.take(kManager, answer(id, referral::v1::CHALLENGE_RESOLUTION_UPHELD));
  EXPECT_TRUE(course.last().challenge_answered().resolved());
}

}  // namespace
}  // namespace mash::strategy
