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

Clocks clocks(const std::vector<Event>& events) {
  Clocks clocks;
  clocks.evolve(received());
  for (const Event& event : events) clocks.evolve(event);
  return clocks;
}

std::string done_at(const Clocks& clocks, const char* kind) {
  const Deadline* deadline = clocks.of_kind(kind);
  if (deadline == nullptr) return "none";
  return deadline->done_at ? to_rfc3339(*deadline->done_at) : "runs";
}

std::string due_at(const Clocks& clocks, const char* kind) {
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

}  // namespace
}  // namespace mash::referral
