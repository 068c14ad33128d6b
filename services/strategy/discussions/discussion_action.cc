// Who does what by when, and that it was done.
#include <string>
#include <utility>

#include "core/calendar.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/discussion_rules.h"

namespace mash::strategy {
namespace {

using Event = Discussion::Event;
using Events = Discussion::Events;
using State = Discussion::State;

void check_action(const v1::AssignActionRequest& request, const Context& context, Checks& checks) {
  check_agency("agency", request.agency(), context, checks);
  if (!request.practitioner().empty())
    check_practitioner("practitioner", request.practitioner(), checks);
  check_text("what", request.what(), kNoteBytesMax, "what is to be done", checks);
  if (!request.agreed_with().empty())
    check_practitioner("agreed_with", request.agreed_with(), checks);
  if (!request.has_due()) return;
  const auto due = from_proto(request.due());
  if (!due || *due <= context.now) checks.fault("due", "is no time to come");
}

// Actions are agreed at a sitting, or follow up one that is over.
Result<void> takes_actions(const State& state) {
  if (state.stage == v1::DISCUSSION_STAGE_CLOSED) return {};
  return in_progress(state);
}

bool is_there(const State& state, const std::string& agency, Time now) {
  return state.stage == v1::DISCUSSION_STAGE_CLOSED ? state.stayed(agency)
                                                    : state.in_room(agency, now);
}

Result<void> is_agreed(const State& state, const v1::AssignActionRequest& request, Time now) {
  if (!state.is_invited(request.agency()))
    return refuse(Code::kFailedPrecondition, "AGENCY_NOT_INVITED",
                  "An action is for an agency that was invited.");
  if (!request.agreed_with().empty() || is_there(state, request.agency(), now)) return {};
  return refuse(Code::kFailedPrecondition, "ACTION_NOT_AGREED",
                "Nobody of the agency is in the room: name who there has agreed to it.");
}

Result<Deadline> due_of(const v1::AssignActionRequest& request, const Context& context) {
  const policy::Pack& pack = *context.pack;
  if (!request.has_due())
    return pack.deadline(policy::kDiscussionAction, context.now, *context.calendar);
  const policy::TimescaleRule* rule = pack.timescale(policy::kDiscussionAction);
  if (rule == nullptr)
    return refuse(Code::kNotFound, "UNKNOWN_TIMESCALE", "The policy pack has no such timescale.");
  return from_proto(request.due()).and_then([&](Time due) {
    return agreed_deadline(rule->timescale, context.now, due, pack.id(), *context.calendar,
                           pack.hub_hours());
  });
}

Result<void> may_complete(const Discussion::Action* action, const Actor& actor) {
  if (action == nullptr) return no_such("action");
  if (is_hub(actor) || action->agency == actor.agency) return {};
  return refuse(Code::kFailedPrecondition, "NOT_THE_AGENCY_ASSIGNED",
                "An action is completed by the agency that does it, or by the hub.");
}

}  // namespace

Result<Events> Discussion::decide(const State& state, const Assign& command,
                                  const Context& context) {
  if (auto may = for_those_in_it(state, context); !may) return tl::unexpected(may.error());
  const v1::AssignActionRequest& request = command.request;
  Checks checks;
  check_action(request, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto takes = takes_actions(state); !takes) return tl::unexpected(takes.error());
  if (auto agreed = is_agreed(state, request, context.now); !agreed)
    return tl::unexpected(agreed.error());
  if (!request.practitioner().empty())
    if (auto may = may_come(request.agency(), request.practitioner(), {}, command.family.access,
                            "practitioner");
        !may)
      return tl::unexpected(may.error());
  if (!has_room_for_clocks(state))
    return refuse(Code::kFailedPrecondition, "TOO_MANY_ACTIONS",
                  "As much of the discussion is due as can be: end actions first.");
  const auto deadline = due_of(request, context);
  if (!deadline) return tl::unexpected(deadline.error());
  Event event;
  v1::ActionAssigned& assigned = *event.mutable_action_assigned();
  assigned.set_action_id(fresh_id(context));
  assigned.set_agency(request.agency());
  assigned.set_practitioner(request.practitioner());
  assigned.set_what(request.what());
  assigned.set_immediate(request.immediate());
  assigned.set_agreed_with(request.agreed_with());
  to_proto(*deadline, assigned.mutable_deadline());
  assigned.set_assigned_by(context.actor.practitioner);
  to_proto(context.now, assigned.mutable_assigned_at());
  return only(std::move(event));
}

Result<Events> Discussion::decide(const State& state, const v1::CompleteActionRequest& command,
                                  const Context& context) {
  if (auto may = for_those_in_it(state, context); !may) return tl::unexpected(may.error());
  const Action* action = state.action(command.action_id());
  if (auto may = may_complete(action, context.actor); !may) return tl::unexpected(may.error());
  Checks checks;
  check_said("result", command.result(), v1::ActionResult_IsValid(command.result()),
             "how the action ended", checks);
  check_text("text", command.text(), kNoteBytesMax, "what came of it", checks);
  const Time completed_at =
      time_or_now("completed_at", command.has_completed_at() ? &command.completed_at() : nullptr,
                  context.now, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (action->result == command.result()) return Events{};  // already so
  if (action->result != v1::ACTION_RESULT_UNSPECIFIED)
    return refuse(Code::kFailedPrecondition, "ACTION_ENDED",
                  "The action ended before, in another way.");
  Event event;
  v1::ActionCompleted& completed = *event.mutable_action_completed();
  completed.set_action_id(command.action_id());
  completed.set_result(command.result());
  completed.set_text(command.text());
  to_proto(completed_at, completed.mutable_completed_at());
  completed.set_completed_by(context.actor.practitioner);
  completed.set_agency(context.actor.agency);
  return only(std::move(event));
}

}  // namespace mash::strategy
