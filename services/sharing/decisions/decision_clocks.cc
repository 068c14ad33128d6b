#include "sharing/decisions/decision_clocks.h"

namespace mash::sharing {

void DecisionClocks::evolve(const v1::DecisionEvent& event) {
  using Event = v1::DecisionEvent;
  const auto is_of = [](const std::string& id) {
    return [&id](const clocks::Clock& clock) { return clock.id == id; };
  };
  switch (event.kind_case()) {
    case Event::kChallenged: {
      // Taken further unanswered, it waits at the level below no more.
      const v1::SharingDecisionChallenged& challenged = event.challenged();
      finish(challenged.step().raised_at(), is_of(challenged.challenge_id()));
      return start(0, challenged.challenge_id(), challenged.step().deadline());
    }
    case Event::kChallengeAnswered: {
      const v1::SharingChallengeAnswered& answered = event.challenge_answered();
      return finish(answered.step().answered_at(), is_of(answered.challenge_id()));
    }
    case Event::kDeadlineTold:
      return told(event.deadline_told());
    case Event::kDeadlineRecomputed:
      return recomputed(event.deadline_recomputed());
    case Event::kRecorded:
    case Event::kCountersigned:
    case Event::kDeclined:
    case Event::kSuperseded:
    case Event::kReviewed:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

bool DecisionClocks::concerns(const v1::DecisionEvent& event) {
  return event.has_challenged() || event.has_challenge_answered() || event.has_deadline_told() ||
         event.has_deadline_recomputed();
}

}  // namespace mash::sharing
