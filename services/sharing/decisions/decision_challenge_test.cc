#include <gmock/gmock.h>

#include "policy/challenges.h"
#include "sharing/decisions/decision.h"
#include "sharing/testing/cast.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using Event = v1::DecisionEvent;

constexpr auto kNotUpheld = referral::v1::CHALLENGE_RESOLUTION_NOT_UPHELD;
constexpr char kLate[] = "2026-12-25T10:00:00Z";

// Health has withheld something from the police.
Event withheld() {
  auto event = proto<Event>(R"(recorded {
    agency: "health" body: "nhs-body" decided_by: "n-4"
    terms { outcome: SHARING_OUTCOME_WITHHOLD items { disposition: ITEM_DISPOSITION_WITHHELD }
            recipients { agency: "police" } } })");
  event.mutable_recorded()->mutable_terms()->set_case_id(uuid(900));
  event.mutable_recorded()->mutable_terms()->mutable_items(0)->set_item_id(uuid(901));
  return event;
}

v1::ChallengeDecisionRequest challenge(const std::string& challenge_id = "") {
  auto request = proto<v1::ChallengeDecisionRequest>("grounds: 'We need it tonight.'");
  request.set_challenge_id(challenge_id);
  return request;
}

v1::AnswerChallengeRequest answer(referral::v1::ChallengeResolution resolution = kNotUpheld) {
  auto request = proto<v1::AnswerChallengeRequest>("answer: 'We have looked at it again.'");
  request.set_challenge_id(uuid(0));
  request.set_resolution(resolution);
  return request;
}

std::vector<Event> then(std::vector<Event> events, const Result<Decision::Events>& outcome) {
  EXPECT_TRUE(outcome.has_value()) << (outcome ? "" : mash::testing::brief(outcome.error()));
  if (outcome) events.insert(events.end(), outcome->begin(), outcome->end());
  return events;
}

// The police disagree.
std::vector<Event> challenged() {
  return then({withheld()}, given<Decision>({withheld()}).when(challenge(), as(kPolice)).outcome());
}

TEST(SharingChallenge, IsForWhomTheDecisionNamesAndForTheHub) {
  for (const Actor& actor : {kPolice, kTriage, kSocialWorker})
    EXPECT_TRUE(given<Decision>({withheld()}).when(challenge(), as(actor)).outcome().has_value());
  given<Decision>({withheld()}).when(challenge(), as(kSchool)).then_refused("NOT_FOUND");
  given<Decision>({withheld()}).when(challenge(), as(kHealthManager)).then_refused("OWN_DECISION");
  given<Decision>({}).when(challenge(), as(kPolice)).then_refused("NOT_FOUND");
}

TEST(SharingChallenge, IsOfADecisionInForce) {
  Event waiting = withheld();
  waiting.mutable_recorded()->set_needs_second_signature(true);
  given<Decision>({waiting}).when(challenge(), as(kPolice)).then_refused("NOT_FOUND");
  const auto superseded = proto<Event>("superseded { by_decision_id: 'x' }");
  given<Decision>({withheld(), superseded})
      .when(challenge(), as(kPolice))
      .then_refused("DECISION_NOT_IN_FORCE");
}

TEST(SharingChallenge, BeginsAtTheFirstLevelWithATimeToAnswer) {
  const v1::SharingDecisionChallenged raised = challenged().back().challenged();
  EXPECT_EQ(raised.challenge_id(), uuid(0));
  EXPECT_EQ(raised.agency(), "police");
  EXPECT_EQ(raised.decision_agency(), "health");
  EXPECT_EQ(raised.step().level(), "team-manager");
  EXPECT_TRUE(raised.step().has_deadline());
}

TEST(SharingChallenge, IsSaidToBeMissedAtEachLevelOnce) {
  const auto tell = [](const std::vector<Event>& events) {
    return given<Decision>(events).when(clocks::Tell{}, as(kTriage, kLate)).outcome();
  };
  const auto missed = then(challenged(), tell(challenged()));
  ASSERT_EQ(missed.size(), challenged().size() + 2);
  EXPECT_EQ(missed.back().deadline_told().id(), uuid(0));
  EXPECT_EQ(missed.back().deadline_told().owed_by(), "health");
  EXPECT_EQ(tell(missed)->size(), 0);
  const auto above =
      then(missed, given<Decision>(missed).when(challenge(uuid(0)), as(kPolice, kLate)).outcome());
  EXPECT_EQ(tell(above)->size(), 0);  // there is time at the next level
}

TEST(SharingChallenge, WaitsAsLongAsTheChangedCalendarSays) {
  Event event;
  auto& again = *event.mutable_deadline_recomputed();
  again.set_id(uuid(0));
  *again.mutable_before() = challenged().back().challenged().step().deadline();
  *again.mutable_deadline() = again.before();
  to_proto(utc("2027-01-10T10:00:00Z"), again.mutable_deadline()->mutable_due());
  auto events = challenged();
  events.push_back(event);
  given<Decision>(events)
      .when(challenge(uuid(0)), as(kPolice, kLate))
      .then_refused("CHALLENGE_NOT_ANSWERED");
  EXPECT_EQ(fold<Decision>(events).clocks.all()[0].before.size(), 1);
}

TEST(SharingChallenge, GoesUpWhenItIsNotUpheldOrNotAnsweredInTime) {
  given<Decision>(challenged())
      .when(challenge(uuid(0)), as(kPolice))
      .then_refused("CHALLENGE_NOT_ANSWERED");
  const auto late =
      then(challenged(),
           given<Decision>(challenged()).when(challenge(uuid(0)), as(kPolice, kLate)).outcome());
  EXPECT_EQ(late.back().challenged().step().level(), "head-of-service");
  const auto answered = then(
      challenged(), given<Decision>(challenged()).when(answer(), as(kHealthManager)).outcome());
  EXPECT_FALSE(answered.back().challenge_answered().resolved());
  EXPECT_TRUE(
      given<Decision>(answered).when(challenge(uuid(0)), as(kPolice)).outcome().has_value());
  given<Decision>(answered)
      .when(challenge(uuid(0)), as(kTriage))
      .then_refused("NOT_THE_CHALLENGER");
}

TEST(SharingChallenge, IsAnsweredByTheMakersAgencyAndNotByWhoeverMadeIt) {
  given<Decision>(challenged()).when(answer(), as(kHealth)).then_refused("NOT_INDEPENDENT");
  given<Decision>(challenged()).when(answer(), as(kTriage)).then_refused("NOT_THE_MAKER");
  given<Decision>(challenged()).when(answer(), as(kPolice)).then_refused("NOT_THE_MAKER");
  given<Decision>(challenged()).when(answer(), as(kSchool)).then_refused("NOT_FOUND");
  const auto upheld =
      given<Decision>(challenged())
          .when(answer(referral::v1::CHALLENGE_RESOLUTION_UPHELD), as(kHealthManager))
          .outcome()
          .value();
  EXPECT_TRUE(upheld.front().challenge_answered().resolved());
  EXPECT_EQ(upheld.front().challenge_answered().agency(), "police");
  EXPECT_EQ(upheld.front().challenge_answered().step().answered_by(), "n-9");
}

TEST(SharingChallenge, IsNotAnsweredByWhoSignedTheDecisionEither) {
  Event waiting = withheld();
  waiting.mutable_recorded()->set_needs_second_signature(true);
  std::vector<Event> events = {waiting, proto<Event>("countersigned { by: 'n-9' }")};
  events = then(events, given<Decision>(events).when(challenge(), as(kPolice)).outcome());
  given<Decision>(events).when(answer(), as(kHealthManager)).then_refused("NOT_INDEPENDENT");
}

TEST(SharingChallenge, OfNobodysIsNotFound) {
  auto another = answer();
  another.set_challenge_id(uuid(7));
  given<Decision>(challenged()).when(another, as(kHealthManager)).then_refused("NOT_FOUND");
  given<Decision>(challenged())
      .when(answer(referral::v1::CHALLENGE_RESOLUTION_UNSPECIFIED), as(kHealthManager))
      .then_refused("INVALID_REQUEST", {"resolution"});
}

}  // namespace
}  // namespace mash::sharing
