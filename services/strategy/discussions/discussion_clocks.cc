#include "strategy/discussions/discussion_clocks.h"

#include "policy/pack.h"

namespace mash::strategy {

using clocks::Clock;

std::string record_id(unsigned sitting) { return std::to_string(sitting); }

// Due sooner, it is spoken of anew; how it was set is kept.
void DiscussionClocks::bring_forward(const v1::DiscussionBroughtForward& forward) {
  common::v1::DeadlineRecomputed again;
  *again.mutable_before() = forward.before();
  *again.mutable_deadline() = forward.deadline();
  recomputed(again);
}

// In time, it is neither met nor missed; what was missed by then stays so.
void DiscussionClocks::call_off(const v1::DiscussionCalledOff& called_off) {
  const auto at = from_proto(called_off.called_off_at());
  if (!at) return;
  remove([&](const Clock& clock) {
    return clock.group == kToHold && clock.deadline.state(*at) != DeadlineState::kMissed;
  });
}

void DiscussionClocks::close(const v1::DiscussionClosed& closed) {
  for (const common::v1::Deadline& deadline : closed.deadlines()) {
    const bool record = deadline.kind() == policy::kDiscussionRecord;
    start(record ? kRecord : kToHoldAgain, record ? record_id(closed.sitting()) : "", deadline);
  }
}

// Taken further unanswered, a challenge waits at the level below no more.
void DiscussionClocks::challenge(const v1::DiscussionDecisionChallenged& challenged) {
  finish(challenged.step().raised_at(), [&](const Clock& clock) {
    return clock.group == kChallenge && clock.id == challenged.challenge_id();
  });
  start(kChallenge, challenged.challenge_id(), challenged.step().deadline());
}

void DiscussionClocks::evolve(const v1::DiscussionEvent& event) {
  using Event = v1::DiscussionEvent;
  switch (event.kind_case()) {
    case Event::kOpened:
      if (event.opened().has_deadline()) start(kToHold, "", event.opened().deadline());
      return;
    case Event::kStarted:
      return finish(event.started().started_at(), [](const Clock& clock) {
        return clock.group == kToHold || clock.group == kToHoldAgain;
      });
    case Event::kActionAssigned:
      return start(kAction, event.action_assigned().action_id(),
                   event.action_assigned().deadline());
    case Event::kActionCompleted:
      return finish(event.action_completed().completed_at(), [&](const Clock& clock) {
        return clock.group == kAction && clock.id == event.action_completed().action_id();
      });
    case Event::kChallenged:
      return challenge(event.challenged());
    case Event::kChallengeAnswered:
      return finish(event.challenge_answered().step().answered_at(), [&](const Clock& clock) {
        return clock.group == kChallenge && clock.id == event.challenge_answered().challenge_id();
      });
    case Event::kClosed:
      return close(event.closed());
    case Event::kRecordIssued:
      return finish(event.record_issued().issued_at(), [&](const Clock& clock) {
        return clock.group == kRecord && clock.id == record_id(event.record_issued().sitting());
      });
    case Event::kDeadlineExtended:
      return extend(event.deadline_extended().kind(), event.deadline_extended().id(),
                    event.deadline_extended().extension());
    case Event::kDeadlineTold:
      return told(event.deadline_told());
    case Event::kDeadlineRecomputed:
      return recomputed(event.deadline_recomputed());
    case Event::kBroughtForward:
      return bring_forward(event.brought_forward());
    case Event::kCalledOff:
      return call_off(event.called_off());
    case Event::kConvened:
    case Event::kInvited:
    case Event::kInvitationWithdrawn:
    case Event::kInvitationAnswered:
    case Event::kAttendanceRecorded:
    case Event::kDecisionRecorded:
    case Event::kDissentRecorded:
    case Event::kEnquiryConcluded:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

}  // namespace mash::strategy
