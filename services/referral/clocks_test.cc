#include "referral/clocks.h"

#include <gmock/gmock.h>

#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using Event = v1::ReferralEvent;

// An event with times as people write them: "@2026-03-04T10:00:00Z" stands for its seconds.
Event event(std::string text) {
  for (size_t at = text.find('@'); at != std::string::npos; at = text.find('@')) {
    const std::string time = text.substr(at + 1, std::string_view(kNow).size());
    text.replace(at, time.size() + 1, "{ seconds: " + std::to_string(second(time)) + " }");
  }
  return proto<Event>(text.c_str());
}

std::string due(const char* kind, const char* time) {
  return std::string("deadlines { kind: \"") + kind +
         "\" start @2026-03-04T10:00:00Z clock: CLOCK_KIND_WORKING_DAYS amount: 1 due @" + time +
         " approaching_from @" + time + " }";
}

ReferralClocks clocks(const std::vector<Event>& events) {
  ReferralClocks folded;
  folded.evolve(received());
  for (const Event& event : events) folded.evolve(event);
  return folded;
}

std::string done_at(const ReferralClocks& clocks, const char* kind) {
  const Deadline* deadline = clocks.of_kind(kind);
  if (deadline == nullptr) return "none";
  return deadline->done_at ? to_rfc3339(*deadline->done_at) : "runs";
}

std::string due_at(const ReferralClocks& clocks, const char* kind) {
  const Deadline* deadline = clocks.of_kind(kind);
  return deadline == nullptr ? "none" : to_rfc3339(deadline->current_due());
}

const Event kClosed =
    event("contact_closed { decision { decision_id: 'd-1' decided_at @2026-03-04T12:00:00Z } }");
const Event kWithdrawn = event("contact_withdrawn { withdrawn_at @2026-03-04T11:00:00Z }");
const Event kAccepted = event("contact_accepted { decision { decision_id: 'd-2' } }");
const Event kAcknowledged = event("contact_acknowledged { acknowledged_at @2026-03-04T10:30:00Z }");
const Event kAssess =
    event("referral_decided { decision { decision_id: 'd-3' decided_at @2026-03-05T09:00:00Z } " +
          due("assessment", "2026-05-11T22:59:59Z") + " }");
const Event kPutOff = event(
    "deadline_extended { kind: 'assessment' extension { previous_due @2026-05-11T22:59:59Z "
    "due @2026-06-01T12:00:00Z extended_at @2026-05-01T12:00:00Z } }");

TEST(Clocks, RunFromReceiptUntilWhatTheyAskForIsDone) {
  EXPECT_EQ(done_at(clocks({}), "acknowledgement"), "runs");
  EXPECT_EQ(done_at(clocks({kAcknowledged}), "acknowledgement"), "2026-03-04T10:30:00Z");
  EXPECT_EQ(done_at(clocks({kAcknowledged}), "first-decision"), "runs");
  EXPECT_EQ(done_at(clocks({kClosed}), "first-decision"), "2026-03-04T12:00:00Z");
  EXPECT_EQ(done_at(clocks({kAccepted, kAssess}), "first-decision"), "2026-03-05T09:00:00Z");
  EXPECT_EQ(done_at(clocks({kAccepted, kAssess}), "assessment"), "runs");
  EXPECT_EQ(done_at(clocks({}), "assessment"), "none");
}

TEST(Clocks, RunAgainFromReceiptWhenAContactIsGoneOnWith) {
  EXPECT_EQ(done_at(clocks({kClosed, kAccepted}), "first-decision"), "runs");
  EXPECT_EQ(done_at(clocks({kWithdrawn}), "acknowledgement"), "2026-03-04T11:00:00Z");
  EXPECT_EQ(done_at(clocks({kWithdrawn, kAccepted}), "acknowledgement"), "runs");
  EXPECT_EQ(done_at(clocks({kAcknowledged, kWithdrawn, kAccepted}), "acknowledgement"),
            "2026-03-04T10:30:00Z");
  EXPECT_EQ(due_at(clocks({kWithdrawn, kAccepted}), "first-decision"), "2026-03-05T23:59:59Z");
  EXPECT_EQ(done_at(clocks({kWithdrawn, kClosed}), "acknowledgement"), "runs");
  EXPECT_EQ(done_at(clocks({kWithdrawn, kClosed}), "first-decision"), "2026-03-04T12:00:00Z");
}

TEST(Clocks, OfARevisedDecisionKeepTheTimeThatWasGivenAndWhatWasDone) {
  const auto revised = [](const std::string& deadlines) {
    return event("decision_revised { decision { decision_id: 'd-4' } " + deadlines + " }");
  };
  const Event same = revised(due("assessment", "2026-05-11T22:59:59Z"));
  EXPECT_EQ(due_at(clocks({kAccepted, kAssess, kPutOff, same}), "assessment"),
            "2026-06-01T12:00:00Z");
  EXPECT_EQ(due_at(clocks({kAccepted, kAssess, kPutOff, revised("")}), "assessment"), "none");
  const Event complete =
      event("assessment_completed { assessment { completed_at @2026-04-01T12:00:00Z } }");
  EXPECT_EQ(done_at(clocks({kAccepted, kAssess, complete, same}), "assessment"),
            "2026-04-01T12:00:00Z");
}

TEST(Clocks, OfOneKindAreAskedForWhatIsDueFirst) {
  const auto challenge = [](const char* id, const char* time) {
    return event(std::string("decision_challenged { challenge_id: '") + id +
                 "' step { deadline { kind: 'challenge-team-manager' start @2026-03-04T10:00:00Z "
                 "clock: CLOCK_KIND_WORKING_DAYS amount: 2 due @" +
                 time + " approaching_from @" + time + " } } }");
  };
  const Event later = challenge("c-1", "2026-03-09T12:00:00Z");
  const Event sooner = challenge("c-2", "2026-03-06T12:00:00Z");
  const Event answered = event(
      "challenge_answered { challenge_id: 'c-2' step { answered_at @2026-03-05T12:00:00Z } }");
  EXPECT_EQ(due_at(clocks({later, sooner}), "challenge-team-manager"), "2026-03-06T12:00:00Z");
  EXPECT_EQ(due_at(clocks({later, sooner, answered}), "challenge-team-manager"),
            "2026-03-09T12:00:00Z");
}

// What is said at a time, as "kind missed"; the clocks have then been told.
std::vector<std::string> say(ReferralClocks& clocks, const char* now) {
  std::vector<std::string> said;
  for (const auto& told : clocks.to_tell(utc(now))) {
    Event event;
    *event.mutable_deadline_told() = told;
    clocks.evolve(event);
    const bool missed = told.state() == common::v1::DEADLINE_STATE_MISSED;
    said.push_back(told.kind() + (missed ? " missed" : " approaching"));
  }
  return said;
}

TEST(Alarms, AreNotSaidOfARatingsClock) {
  const Event rated = event(
      "referral_rated { deadlines { kind: 'information-request-red' start @2026-03-04T10:00:00Z "
      "clock: CLOCK_KIND_ELAPSED_HOURS amount: 4 due @2026-03-04T14:00:00Z "
      "approaching_from @2026-03-04T13:00:00Z } }");
  ReferralClocks some = clocks({kAcknowledged, kAccepted, rated});
  EXPECT_THAT(say(some, "2026-03-04T16:00:00Z"), ::testing::IsEmpty());
  EXPECT_THAT(say(some, "2026-03-06T16:00:00Z"),
              ::testing::ElementsAre("first-decision approaching", "first-decision missed"));
}

TEST(Alarms, AreNotSaidAgainWhenADecisionIsRevisedAndTheDutyIsDueAsBefore) {
  const Event revised = event("decision_revised { decision { decision_id: 'd-4' } " +
                              due("assessment", "2026-05-11T22:59:59Z") + " }");
  const Event sooner = event("decision_revised { decision { decision_id: 'd-5' } " +
                             due("assessment", "2026-05-08T22:59:59Z") + " }");
  ReferralClocks some = clocks({kAcknowledged, kAccepted, kAssess});
  EXPECT_THAT(say(some, "2026-06-01T00:00:00Z"),
              ::testing::ElementsAre("assessment approaching", "assessment missed"));
  some.evolve(revised);
  EXPECT_THAT(say(some, "2026-06-01T00:00:00Z"), ::testing::IsEmpty());
  some.evolve(sooner);  // due at another time
  EXPECT_EQ(say(some, "2026-06-01T00:00:00Z").size(), 2);
}

TEST(Alarms, AreNotSaidOfWhatHadBeenMetWhenAContactIsGoneOnWith) {
  ReferralClocks some = clocks({kAcknowledged, kClosed, kAccepted});
  EXPECT_EQ(due_at(some, "first-decision"), "2026-03-05T23:59:59Z");
  EXPECT_EQ(done_at(some, "first-decision"), "runs");
  EXPECT_THAT(say(some, "2026-04-01T00:00:00Z"), ::testing::IsEmpty());
  ReferralClocks taken_back = clocks({kWithdrawn, kAccepted});
  EXPECT_EQ(done_at(taken_back, "acknowledgement"), "runs");
  EXPECT_THAT(say(taken_back, "2026-04-01T00:00:00Z"), ::testing::IsEmpty());
}

TEST(Alarms, AreStillSaidOfWhatHadBeenMissedWhenAContactIsGoneOnWith) {
  const Event late = event("contact_closed { decision { decided_at @2026-03-06T12:00:00Z } }");
  ReferralClocks some = clocks({kAcknowledged, late, kAccepted});
  EXPECT_THAT(say(some, "2026-04-01T00:00:00Z"),
              ::testing::ElementsAre("first-decision approaching", "first-decision missed"));
  EXPECT_THAT(say(some, "2026-05-01T00:00:00Z"), ::testing::IsEmpty());
}

// Revised on a day, with the assessment or without it.
Event revised(const char* day, const std::string& deadlines = {}) {
  return event("decision_revised { decision { decision_id: 'd-4' decided_at @" + std::string(day) +
               "T12:00:00Z } " + deadlines + " }");
}
const std::string kAssessment45 = due("assessment", "2026-05-11T22:59:59Z");

TEST(Alarms, AreNotSaidAgainWhenADecisionGoesBackToWhatItWas) {
  ReferralClocks some = clocks({kAcknowledged, kAccepted, kAssess});
  EXPECT_EQ(say(some, "2026-06-01T00:00:00Z").size(), 2);
  some.evolve(revised("2026-06-02"));
  EXPECT_EQ(due_at(some, "assessment"), "none");
  EXPECT_THAT(say(some, "2026-06-03T00:00:00Z"), ::testing::IsEmpty());
  some.evolve(revised("2026-06-03", kAssessment45));
  EXPECT_EQ(done_at(some, "assessment"), "runs");
  EXPECT_THAT(say(some, "2026-06-04T00:00:00Z"), ::testing::IsEmpty());
}

TEST(Clocks, OfADecisionThatGoesBackKeepTheTimeThatWasGiven) {
  ReferralClocks some = clocks({kAccepted, kAssess, kPutOff, revised("2026-05-02")});
  EXPECT_EQ(due_at(some, "assessment"), "none");
  EXPECT_EQ(some.running(), 1);  // the acknowledgement
  some.evolve(revised("2026-05-03", kAssessment45));
  EXPECT_EQ(due_at(some, "assessment"), "2026-06-01T12:00:00Z");
}

TEST(Alarms, AreStillSaidOfWhatHadBeenMissedWhenADecisionIsRevised) {
  ReferralClocks in_time = clocks({kAcknowledged, kAccepted, kAssess, revised("2026-05-11")});
  EXPECT_THAT(say(in_time, "2026-06-01T00:00:00Z"), ::testing::IsEmpty());
  ReferralClocks late = clocks({kAcknowledged, kAccepted, kAssess, revised("2026-05-12")});
  EXPECT_THAT(say(late, "2026-06-01T00:00:00Z"),
              ::testing::ElementsAre("assessment approaching", "assessment missed"));
  // Also where the next decision asks for the same by another time.
  ReferralClocks again = clocks({kAcknowledged, kAccepted, kAssess,
                                 revised("2026-05-12", due("assessment", "2026-07-01T22:59:59Z"))});
  EXPECT_THAT(say(again, "2026-06-01T00:00:00Z"),
              ::testing::ElementsAre("assessment approaching", "assessment missed"));
  EXPECT_EQ(due_at(again, "assessment"), "2026-07-01T22:59:59Z");
}

TEST(Referral, SaysWhatIsDueAndComputesAgainWhatTheCalendarChanged) {
  std::vector<Event> events = {received()};
  const auto told =
      given<Referral>(events).when(clocks::Tell{}, as(kTriage, "2026-03-20T10:00:00Z")).outcome();
  ASSERT_TRUE(told.has_value());
  ASSERT_FALSE(told->empty());
  EXPECT_TRUE(told->front().has_deadline_told());
  events.insert(events.end(), told->begin(), told->end());
  given<Referral>(events).when(clocks::Tell{}, as(kTriage, "2026-03-20T10:00:00Z")).then({});
  given<Referral>({}).when(clocks::Tell{}, as(kTriage)).then({});
  // Set under another calendar, and due on another day.
  Event elsewhere = received();
  for (auto& deadline : *elsewhere.mutable_contact_received()->mutable_deadlines()) {
    deadline.set_calendar("england-2018-2019-000000000000");
    deadline.mutable_due()->set_seconds(deadline.due().seconds() - 86'400);
  }
  const auto again = given<Referral>({elsewhere}).when(clocks::Recompute{}, as(kTriage)).outcome();
  ASSERT_TRUE(again.has_value());
  ASSERT_EQ(again->size(), elsewhere.contact_received().deadlines_size());
  EXPECT_TRUE(again->front().has_deadline_recomputed());
}

}  // namespace
}  // namespace mash::referral
