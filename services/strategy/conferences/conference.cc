#include "strategy/conferences/conference.h"

#include <algorithm>
#include <utility>

#include "core/caller.h"
#include "core/checks.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "strategy/conferences/conference_rules.h"

namespace mash::strategy {
namespace {

using Event = Conference::Event;
using Events = Conference::Events;
using State = Conference::State;

// --- what became of it ---

void fall_due(State& state, const v1::ConferenceDue& event) {
  state.case_id = event.case_id();
  state.kind = event.kind();
  state.stage = v1::CONFERENCE_STAGE_DUE;
  state.child_ids.assign(event.child_ids().begin(), event.child_ids().end());
  state.discussion_id = event.discussion_id();
  state.follows = event.follows_conference_id();
  const auto opened_at = from_proto(event.opened_at());
  const auto counted_from = from_proto(event.deadline().start());
  if (opened_at && counted_from) state.since = std::min(*opened_at, *counted_from);
}

void ask_for(State& state, const v1::ConferenceRequested& event) {
  state.case_id = event.case_id();
  state.kind = v1::CONFERENCE_KIND_INITIAL;
  state.stage = v1::CONFERENCE_STAGE_REQUESTED;
  state.child_ids.assign(event.child_ids().begin(), event.child_ids().end());
  state.requested_by_agency = event.agency();
  if (const auto at = from_proto(event.requested_at())) state.since = *at;
}

}  // namespace

Result<void> open_to_the_hub(const State& state, const Actor& actor) {
  if (!state.exists() || !is_hub(actor)) return no_such("conference");
  if (!state.open())
    return refuse(Code::kFailedPrecondition, "CONFERENCE_OVER",
                  "The conference was held, or it was said that it is not.");
  return {};
}

const clocks::Clock* running(const State& state) {
  const clocks::Clock* clock = state.clocks.current();
  return state.open() && clock != nullptr && clock->runs() ? clock : nullptr;
}

Event due_again(const Deadline& before, const Deadline& now, const Context& context) {
  Event event;
  v1::ConferenceDueAgain& again = *event.mutable_due_again();
  to_proto(now, again.mutable_deadline());
  to_proto(before, again.mutable_before());
  again.set_recorded_by(context.actor.practitioner);
  to_proto(context.now, again.mutable_recorded_at());
  return event;
}

bool State::open() const {
  return stage == v1::CONFERENCE_STAGE_REQUESTED || stage == v1::CONFERENCE_STAGE_DUE ||
         stage == v1::CONFERENCE_STAGE_SCHEDULED;
}

Result<Events> Conference::decide(const State& state, const FallDue& command,
                                  const Context& context) {
  if (state.exists())
    return refuse(Code::kAlreadyExists, "CONFERENCE_EXISTS",
                  "A conference with this id is there already.");
  const auto deadline =
      context.pack->deadline(command.timescale, command.counted_from, *context.calendar);
  if (!deadline) return tl::unexpected(deadline.error());
  Event event;
  v1::ConferenceDue& due = *event.mutable_due();
  due.set_case_id(command.case_id);
  due.set_kind(command.kind);
  for (const std::string& child_id : command.child_ids) due.add_child_ids(child_id);
  to_proto(*deadline, due.mutable_deadline());
  due.set_discussion_id(command.discussion_id);
  due.set_follows_conference_id(command.follows);
  due.set_opened_by(context.actor.practitioner);
  to_proto(context.now, due.mutable_opened_at());
  due.set_reason(command.reason);
  return only(std::move(event));
}

// A miss is not undone by counting anew, and time that was given stays given.
Result<Events> Conference::decide(const State& state, const CountAgain& command,
                                  const Context& context) {
  const clocks::Clock* clock = running(state);
  if (clock == nullptr || clock->state(context.now) == DeadlineState::kMissed) return Events{};
  const auto deadline =
      context.pack->deadline(clock->deadline.kind, command.counted_from, *context.calendar);
  if (!deadline) return tl::unexpected(deadline.error());
  if (deadline->due <= clock->deadline.current_due()) return Events{};
  Event event = due_again(clock->deadline, *deadline, context);
  event.mutable_due_again()->set_discussion_id(command.discussion_id);
  return only(std::move(event));
}

Result<Events> Conference::decide(const State& state, const CallOff& command,
                                  const Context& context) {
  if (!state.open()) return Events{};
  Event event;
  v1::ConferenceNotHeld& not_held = *event.mutable_not_held();
  not_held.set_reason(command.reason);
  not_held.set_discussion_id(command.discussion_id);
  not_held.set_decided_by(context.actor.practitioner);
  to_proto(context.now, not_held.mutable_decided_at());
  return only(std::move(event));
}

// West Midlands procedures 1.18, holding a review conference: within a month of the birth, or three
// of the pre-birth conference, whichever is sooner.
Result<Events> Conference::decide(const State& state, const v1::RecordBirthRequest& command,
                                  const Context& context) {
  if (auto may = open_to_the_hub(state, context.actor); !may) return tl::unexpected(may.error());
  const clocks::Clock* clock = running(state);
  if (clock == nullptr || clock->deadline.kind != policy::kReviewAfterPreBirth)
    return refuse(Code::kFailedPrecondition, "NOT_AFTER_PRE_BIRTH",
                  "A birth is recorded of the review that follows a pre-birth conference.");
  if (state.born)
    return refuse(Code::kFailedPrecondition, "BIRTH_RECORDED",
                  "The birth is recorded, and the time of the review counted from it.");
  const London& london = context.calendar->london();
  Checks checks;
  const auto born_at = from_proto(command.born_at());
  if (checks.happened("born_at", command.born_at(), context.now) &&
      london.day(*born_at) < london.day(clock->deadline.start))
    checks.fault("born_at", "is before the conference about the child who was not born yet");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const auto from_birth =
      context.pack->deadline(policy::kReviewAfterBirth, *born_at, *context.calendar);
  if (!from_birth) return tl::unexpected(from_birth.error());
  Event event = due_again(clock->deadline, capped(clock->deadline, *from_birth), context);
  *event.mutable_due_again()->mutable_born_at() = command.born_at();
  return only(std::move(event));
}

Result<Events> Conference::decide(const State& state, const v1::ExtendDeadlineRequest& command,
                                  const Context& context) {
  if (auto may = open_to_the_hub(state, context.actor); !may) return tl::unexpected(may.error());
  Checks checks;
  checks.text("reasons", command.reasons(), kNoteBytesMax);
  const auto due = from_proto(command.due());
  if (!due) checks.fault("due", "is no time in the years 1 to 9999");
  if (!command.id().empty()) checks.fault("id", "is of an action: a conference has none");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const clocks::Clock* clock = running(state);
  if (clock == nullptr || clock->deadline.kind != command.kind())
    return refuse(Code::kFailedPrecondition, "NO_SUCH_DEADLINE",
                  "Nothing of this kind is due of the conference.");
  return extend(clock->deadline, *due, command.reasons(), context.now)
      .map([&](const Extension& extension) {
        Event event;
        v1::StrategyDeadlineExtended& extended = *event.mutable_deadline_extended();
        extended.set_kind(command.kind());
        to_proto(extension, extended.mutable_extension());
        extended.set_extended_by(context.actor.practitioner);
        return only(std::move(event));
      });
}

Result<Events> Conference::decide(const State& state, const clocks::Tell&, const Context& context) {
  return clocks::tell<Event>(state.clocks, context);
}

Result<Events> Conference::decide(const State& state, const clocks::Recompute&,
                                  const Context& context) {
  if (!state.open()) return Events{};  // it was missed, and is not to be held any more
  return clocks::recompute<Event>(state.clocks, context);
}

State Conference::evolve(State state, const Event& event) {
  state.clocks.evolve(event);
  switch (event.kind_case()) {
    case Event::kDue:
      fall_due(state, event.due());
      return state;
    case Event::kRequested:
      ask_for(state, event.requested());
      return state;
    case Event::kScheduled:
      state.stage = v1::CONFERENCE_STAGE_SCHEDULED;
      return state;
    case Event::kHeld:
      state.stage = v1::CONFERENCE_STAGE_HELD;
      return state;
    case Event::kNotHeld:
      state.stage = v1::CONFERENCE_STAGE_NOT_HELD;
      return state;
    case Event::kDueAgain:
      state.born = state.born ||
                   (event.due_again().discussion_id().empty() && !event.due_again().before_birth());
      return state;
    case Event::kDeadlineExtended:
    case Event::kDeadlineTold:
    case Event::kDeadlineRecomputed:
    case Event::KIND_NOT_SET:  // refused when read
      return state;
  }
  return state;
}

}  // namespace mash::strategy
