#include <gmock/gmock.h>

#include "referral/limits.h"
#include "referral/referral.h"
#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using Event = Referral::Event;

const auto kAccepted = proto<Event>(R"(contact_accepted { decision { decision_id: "d-1" } })");
const auto kDecided =
    proto<Event>(R"(referral_decided { decision { decision_id: "d-2" maker: "w-1" } })");
const auto kToldBySchool = proto<Event>(
    R"(information_added { information { information_id: "i-1" agency: "education" } })");

// A decision, by the social worker w-1, that the police and the school know of.
std::vector<Event> decided() { return {received(), kToldBySchool, kAccepted, kDecided}; }

v1::ChallengeDecisionRequest challenge(const char* decision_id = "d-2") {
  v1::ChallengeDecisionRequest request;
  request.set_decision_id(decision_id);
  request.set_grounds("He was seen there again.");
  return request;
}

v1::ChallengeDecisionRequest go_up() {
  v1::ChallengeDecisionRequest request;
  request.set_challenge_id("id-0");
  request.set_grounds("The answer says nothing of the second child.");
  return request;
}

v1::AnswerChallengeRequest answer(v1::ChallengeResolution resolution) {
  v1::AnswerChallengeRequest request;
  request.set_challenge_id("id-0");
  request.set_resolution(resolution);
  request.set_answer("We have looked at it again.");
  return request;
}

// The school has challenged, and these answers were given, each but the last taken further.
std::vector<Event> challenged(std::initializer_list<v1::ChallengeResolution> answers = {}) {
  std::vector<Event> events = decided();
  const auto then = [&](const auto& command, const Actor& actor) {
    events.push_back(event_of(given<Referral>(events).when(command, as(actor)).outcome()));
  };
  then(challenge(), kSchool);
  bool first = true;
  for (const auto resolution : answers) {
    if (!first) then(go_up(), kSchool);
    then(answer(resolution), kManager);
    first = false;
  }
  return events;
}

constexpr auto kNotUpheld = v1::CHALLENGE_RESOLUTION_NOT_UPHELD;

TEST(Challenge, BeginsAtTheFirstLevelWithATimeToAnswer) {
  const auto event = event_of(given<Referral>(decided()).when(challenge(), as(kSchool)).outcome());
  const v1::DecisionChallenged& challenged = event.decision_challenged();
  EXPECT_EQ(challenged.challenge_id(), "id-0");
  EXPECT_EQ(challenged.decision_id(), "d-2");
  EXPECT_EQ(challenged.agency(), "education");
  EXPECT_EQ(challenged.step().level(), "team-manager");
  EXPECT_EQ(challenged.step().raised_by(), "t-3");
  EXPECT_EQ(challenged.step().deadline().kind(), "challenge-team-manager");
  EXPECT_EQ(challenged.step().deadline().due().seconds(), second("2026-03-06T23:59:59Z"));
}

TEST(Challenge, IsForWhoToldSomethingAndForTheHub) {
  given<Referral>({received(), kAccepted, kDecided})
      .when(challenge(), as(kSchool))
      .then_refused("NOT_FOUND");
  for (const Actor& actor : {kPolice, kSchool, kTriage})
    event_of(given<Referral>(decided()).when(challenge(), as(actor)).outcome());
}

TEST(Challenge, IsOfTheDecisionInForce) {
  given<Referral>({received()}).when(challenge(), as(kPolice)).then_refused("NOTHING_DECIDED");
  given<Referral>(decided())
      .when(challenge("d-1"), as(kPolice))
      .then_refused("DECISION_NOT_IN_FORCE");
  EXPECT_THAT(faulty_fields(given<Referral>(decided()).when(challenge(""), as(kPolice)).outcome()),
              ElementsAre("decision_id"));
}

TEST(Challenge, OfAnAgencyIsOneAtATimeAndOthersHaveTheirOwn) {
  given<Referral>(challenged()).when(challenge(), as(kSchool)).then_refused("CHALLENGE_OPEN");
  event_of(given<Referral>(challenged()).when(challenge(), as(kPolice)).outcome());
  event_of(given<Referral>(challenged({v1::CHALLENGE_RESOLUTION_AGREED}))
               .when(challenge(), as(kSchool))
               .outcome());
}

TEST(Challenge, WaitsInLimitedNumber) {
  std::vector<Event> events = challenged();
  for (int i = 1; i < kOpenChallengesMax; ++i) {
    events.push_back(events.back());
    v1::DecisionChallenged& another = *events.back().mutable_decision_challenged();
    another.set_challenge_id("c-" + std::to_string(i));
    another.set_agency("agency-" + std::to_string(i));
  }
  given<Referral>(events).when(challenge(), as(kPolice)).then_refused("TOO_MANY_CHALLENGES");
}

TEST(Challenge, IsResolvedWhenItIsUpheldOrBothAgree) {
  for (const auto resolution : {v1::CHALLENGE_RESOLUTION_UPHELD, v1::CHALLENGE_RESOLUTION_AGREED}) {
    const auto event =
        event_of(given<Referral>(challenged()).when(answer(resolution), as(kManager)).outcome());
    const v1::ChallengeAnswered& answered = event.challenge_answered();
    EXPECT_TRUE(answered.resolved());
    EXPECT_EQ(answered.step().level(), "team-manager");
    EXPECT_EQ(answered.agency(), "education");
    EXPECT_EQ(answered.step().answered_by(), "m-1");
    EXPECT_EQ(answered.step().answered_at().seconds(), second(kNow));
  }
}

// Nothing is answered until then.
Context overdue(const Actor& actor) {
  Context context = as(actor);
  context.now = utc("2026-03-07T00:00:00Z");
  return context;
}

TEST(Challenge, GoesUpALevelWhenNoAnswerComesInTime) {
  Context in_time = overdue(kSchool);
  in_time.now -= std::chrono::seconds(1);
  given<Referral>(challenged()).when(go_up(), in_time).then_refused("CHALLENGE_NOT_ANSWERED");

  std::vector<Event> events = challenged();
  events.push_back(event_of(given<Referral>(events).when(go_up(), overdue(kSchool)).outcome()));
  EXPECT_EQ(events.back().decision_challenged().step().level(), "head-of-service");
  const auto answered =
      event_of(given<Referral>(events).when(answer(kNotUpheld), overdue(kManager)).outcome());
  EXPECT_EQ(answered.challenge_answered().step().level(), "head-of-service");
}

TEST(Challenge, ThatWentUpUnansweredIsMissedBelowAndOwedAbove) {
  std::vector<Event> events = challenged();
  events.push_back(event_of(given<Referral>(events).when(go_up(), overdue(kSchool)).outcome()));
  const auto state = fold<Referral>(events);
  const Time now = overdue(kSchool).now;
  const Deadline* below = state.clocks.of_kind("challenge-team-manager");
  ASSERT_NE(below, nullptr);
  EXPECT_EQ(below->done_at, now);
  EXPECT_EQ(below->state(now), DeadlineState::kMissed);
  const Deadline* above = state.clocks.of_kind("challenge-head-of-service");
  ASSERT_NE(above, nullptr);
  EXPECT_FALSE(above->done_at.has_value());
}

TEST(Challenge, WaitsForAnAnswerThatWasPutOff) {
  auto extend = proto<v1::ExtendDeadlineRequest>(
      R"(kind: "challenge-team-manager" reasons: "The manager is away.")");
  extend.mutable_due()->set_seconds(second("2026-03-12T12:00:00Z"));
  std::vector<Event> events = challenged();
  events.push_back(event_of(given<Referral>(events).when(extend, as(kManager)).outcome()));
  given<Referral>(events).when(go_up(), overdue(kSchool)).then_refused("CHALLENGE_NOT_ANSWERED");
}

TEST(Challenge, WaitsAtTheLastLevelHoweverLate) {
  std::vector<Event> events = challenged({kNotUpheld, kNotUpheld});
  events.push_back(event_of(given<Referral>(events).when(go_up(), as(kSchool)).outcome()));
  Context late = overdue(kSchool);
  late.now += std::chrono::days(100);
  given<Referral>(events).when(go_up(), late).then_refused("CHALLENGE_NOT_ANSWERED");
}

TEST(Challenge, GoesUpALevelOnlyWhenItIsNotUpheld) {
  given<Referral>(challenged()).when(go_up(), as(kSchool)).then_refused("CHALLENGE_NOT_ANSWERED");
  given<Referral>(challenged({v1::CHALLENGE_RESOLUTION_UPHELD}))
      .when(go_up(), as(kSchool))
      .then_refused("CHALLENGE_RESOLVED");
  const auto event =
      event_of(given<Referral>(challenged({kNotUpheld})).when(go_up(), as(kSchool)).outcome());
  EXPECT_EQ(event.decision_challenged().challenge_id(), "id-0");
  EXPECT_EQ(event.decision_challenged().decision_id(), "d-2");
  EXPECT_EQ(event.decision_challenged().step().level(), "head-of-service");
}

TEST(Challenge, EndsAtTheLastLevelWhateverTheAnswer) {
  EXPECT_FALSE(challenged({kNotUpheld}).back().challenge_answered().resolved());
  EXPECT_FALSE(challenged({kNotUpheld, kNotUpheld}).back().challenge_answered().resolved());
  const auto ended = challenged({kNotUpheld, kNotUpheld, kNotUpheld});
  EXPECT_EQ(ended.back().challenge_answered().step().level(), "safeguarding-partners");
  EXPECT_TRUE(ended.back().challenge_answered().resolved());
  given<Referral>(ended).when(go_up(), as(kSchool)).then_refused("CHALLENGE_RESOLVED");
}

TEST(Challenge, IsItsChallengersAndTheHubs) {
  given<Referral>(challenged({kNotUpheld})).when(go_up(), as(kPolice)).then_refused("NOT_FOUND");
  given<Referral>(challenged({kNotUpheld}))
      .when(go_up(), as(kTriage))
      .then_refused("NOT_THE_CHALLENGER");
  auto both = go_up();
  both.set_decision_id("d-2");
  EXPECT_THAT(
      faulty_fields(given<Referral>(challenged({kNotUpheld})).when(both, as(kSchool)).outcome()),
      ElementsAre("decision_id"));
}

TEST(Answer, IsNotGivenByWhoMadeTheDecisionOrRaisedTheChallenge) {
  given<Referral>(challenged())
      .when(answer(kNotUpheld), as(kSocialWorker))
      .then_refused("NOT_INDEPENDENT");
  auto by_hub = decided();
  by_hub.push_back(event_of(given<Referral>(by_hub).when(challenge(), as(kManager)).outcome()));
  given<Referral>(by_hub).when(answer(kNotUpheld), as(kManager)).then_refused("NOT_INDEPENDENT");
  // Somebody of another agency who happens to have the same id is somebody else.
  Actor namesake = kManager;
  namesake.practitioner = kSchool.practitioner;
  event_of(given<Referral>(challenged()).when(answer(kNotUpheld), as(namesake)).outcome());
}

TEST(Answer, IsGivenOnceAtEachLevelAndSaysHowItEnds) {
  given<Referral>(challenged({kNotUpheld}))
      .when(answer(kNotUpheld), as(kManager))
      .then_refused("CHALLENGE_ANSWERED");
  EXPECT_THAT(faulty_fields(given<Referral>(challenged())
                                .when(answer(v1::CHALLENGE_RESOLUTION_UNSPECIFIED), as(kManager))
                                .outcome()),
              ElementsAre("resolution"));
  auto another = answer(kNotUpheld);
  another.set_challenge_id("none");
  given<Referral>(challenged()).when(another, as(kManager)).then_refused("NOT_FOUND");
}

TEST(Answer, HasADeadlineThatIsMetOrPutOff) {
  auto extend = proto<v1::ExtendDeadlineRequest>(
      R"(kind: "challenge-team-manager" reasons: "The manager is away.")");
  extend.mutable_due()->set_seconds(second("2026-03-12T12:00:00Z"));
  event_of(given<Referral>(challenged()).when(extend, as(kManager)).outcome());
  given<Referral>(challenged({kNotUpheld}))
      .when(extend, as(kManager))
      .then_refused("DEADLINE_DONE");
}

}  // namespace
}  // namespace mash::referral
