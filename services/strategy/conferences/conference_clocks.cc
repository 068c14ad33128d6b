#include "strategy/conferences/conference_clocks.h"

namespace mash::strategy {
namespace {

bool is_answer(const clocks::Clock& clock) { return clock.group == ConferenceClocks::kAnswer; }

}  // namespace

// Who asked for it has an answer either way.
void ConferenceClocks::call_off(const v1::ConferenceNotHeld& event) {
  finish(event.decided_at(), is_answer);
  const auto at = from_proto(event.decided_at());
  if (!at) return;
  remove([&](const clocks::Clock& clock) {
    return clock.runs() && clock.deadline.state(*at) != DeadlineState::kMissed;
  });
}

// Where it comes out the same, what was said of it and any extension stand.
void ConferenceClocks::count_again(const v1::ConferenceDueAgain& event) {
  if (event.deadline().due().seconds() == event.before().due().seconds()) return;
  common::v1::DeadlineRecomputed again;
  *again.mutable_before() = event.before();
  *again.mutable_deadline() = event.deadline();
  recomputed(again);
}

void ConferenceClocks::evolve(const v1::ConferenceEvent& event) {
  using Event = v1::ConferenceEvent;
  switch (event.kind_case()) {
    case Event::kDue:
      finish(event.due().opened_at(), is_answer);
      return start(kHeld, "", event.due().deadline());
    case Event::kRequested:
      return start(kAnswer, "", event.requested().deadline());
    case Event::kHeld:
      return finish(event.held().held_at(), [](const clocks::Clock&) { return true; });
    case Event::kNotHeld:
      return call_off(event.not_held());
    case Event::kDueAgain:
      return count_again(event.due_again());
    case Event::kDeadlineExtended:
      return extend(event.deadline_extended().kind(), event.deadline_extended().id(),
                    event.deadline_extended().extension());
    case Event::kDeadlineTold:
      return told(event.deadline_told());
    case Event::kDeadlineRecomputed:
      return recomputed(event.deadline_recomputed());
    case Event::kScheduled:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

}  // namespace mash::strategy
