// That a discussion has to be held, and that people are asked to come together.
#include <algorithm>
#include <string>
#include <utility>

#include "core/timestamp.h"
#include "policy/pack.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/discussion_rules.h"

namespace mash::strategy {
namespace {

using Event = Discussion::Event;
using Events = Discussion::Events;
using State = Discussion::State;

// What is said of one that has begun by phone is still taken.
constexpr auto kScheduledAgoMax = std::chrono::hours(1);

// --- a sitting, convened for the first time or again ---

template <class Request>
void check_sitting(const Request& request, const Context& context, Checks& checks) {
  check_said("form", request.form(), v1::DiscussionForm_IsValid(request.form()),
             "how people come together", checks);
  const auto scheduled_at = from_proto(request.scheduled_at());
  if (!scheduled_at || !request.has_scheduled_at())
    checks.fault("scheduled_at", "is missing: when people come together");
  else if (*scheduled_at < context.now - kScheduledAgoMax)
    checks.fault("scheduled_at", "is more than an hour ago");
  checks.text("place", request.place(), kNoteBytesMax);
  if (!request.chair().empty()) check_practitioner("chair", request.chair(), checks);
  check_text("reason", request.reason(), kTextBytesMax, "why it is held", checks);
}

// Whoever chairs is of the caller's agency, and may see the case.
template <class Request>
Result<void> may_chair(const Request& request, const CaseAccess& access, const Context& context) {
  if (request.chair().empty()) return {};
  return may_come(context.actor.agency, request.chair(), {}, access, "chair");
}

// Everyone who is invited by now is asked to come to it, or at its new time.
template <class Request>
Event convened(const Request& request, const State& state, unsigned sitting,
               const Context& context) {
  Event event;
  v1::DiscussionConvened& said = *event.mutable_convened();
  said.set_sitting(sitting);
  said.set_form(request.form());
  *said.mutable_scheduled_at() = request.scheduled_at();
  said.set_place(request.place());
  said.set_chair(request.chair().empty() ? context.actor.practitioner : request.chair());
  said.set_reason(request.reason());
  said.set_looked_after(request.looked_after());
  said.set_unborn(request.unborn());
  said.set_convened_by(context.actor.practitioner);
  said.set_agency(context.actor.agency);
  to_proto(context.now, said.mutable_convened_at());
  *said.mutable_asked_again() = invitees(state);
  return event;
}

// --- for the first time ---

void check_children_of(const State& state, const Discussion::Convene& command, Checks& checks) {
  const Ids& children = command.request.child_ids();
  check_children("child_ids", children, command.family, checks);
  if (std::ranges::any_of(state.child_ids, [&](const std::string& child) {
        return std::ranges::find(children, child) == children.end();
      }))
    checks.fault("child_ids", "lack a child about whom the discussion is due");
}

void check_invitations(const State& state, const Discussion::Convene& command,
                       const Context& context, Checks& checks) {
  const auto& invitations = command.request.invitations();
  const auto invited = static_cast<int>(state.participants.size());
  if (invited + invitations.size() > kParticipantsMax)
    checks.fault("invitations", "are more than " + std::to_string(kParticipantsMax) + " in all");
  for (int i = 0; i < std::min(invitations.size(), kParticipantsMax); ++i)
    check_invitation("invitations[" + std::to_string(i) + "]", invitations[i], context, checks);
}

Result<void> may_invite(const State& state, const Discussion::Convene& command) {
  People people = people_of(state);
  for (int i = 0; i < command.request.invitations_size(); ++i) {
    const v1::Invitation& invitation = command.request.invitations(i);
    if (auto may =
            may_come(invitation.agency(), invitation.practitioner(), people, command.family.access,
                     "invitations[" + std::to_string(i) + "].practitioner");
        !may)
      return may;
    if (!invitation.practitioner().empty())
      people.insert({invitation.agency(), invitation.practitioner()});
  }
  return {};
}

// What the referral says of the children counts where the request does not say it.
bool is_about_unborn(const State& state, const Discussion::Convene& command) {
  const std::string& id = state.exists() ? state.referral_id : command.request.referral_id();
  const auto referral = command.family.referrals.find(id);
  const bool told = referral != command.family.referrals.end() && referral->second.unborn > 0;
  return command.request.unborn() || state.unborn || told;
}

// By when what is opened so is to be held.
Result<Deadline> due_by(const Discussion::Open& command, const Context& context) {
  const policy::Pack& pack = command.pack != nullptr ? *command.pack : *context.pack;
  return pack.deadline(command.timescale, command.counted_from, *context.calendar);
}

// When it is to be held for the first time; null: that is over, or nothing said so.
const clocks::Clock* to_hold(const State& state) {
  const auto& all = state.clocks.all();
  const auto found = std::ranges::find_if(all, [](const clocks::Clock& clock) {
    return clock.group == DiscussionClocks::kToHold && clock.runs();
  });
  return found == all.end() ? nullptr : &*found;
}

Result<Event> opened(const Discussion::Open& command, const Context& context) {
  const auto deadline = due_by(command, context);
  if (!deadline) return tl::unexpected(deadline.error());
  Event event;
  v1::DiscussionOpened& said = *event.mutable_opened();
  said.set_case_id(command.case_id);
  said.set_referral_id(command.referral_id);
  said.set_reason(command.reason);
  said.set_decision_id(command.decision_id);
  said.set_protection_id(command.protection_id);
  said.mutable_child_ids()->Add(command.child_ids.begin(), command.child_ids.end());
  said.set_unborn(command.unborn);
  to_proto(*deadline, said.mutable_deadline());
  to_proto(context.now, said.mutable_opened_at());
  return event;
}

}  // namespace

Result<Events> Discussion::decide(const State& state, const Open& command, const Context& context) {
  if (state.exists()) return Events{};
  return opened(command, context).map([](Event event) { return only(std::move(event)); });
}

Result<Events> Discussion::decide(const State& state, const BringForward& command,
                                  const Context& context) {
  const clocks::Clock* clock = to_hold(state);
  if (!state.is_to_be_held() || clock == nullptr) return Events{};
  const auto deadline = due_by(command.called, context);
  if (!deadline) return tl::unexpected(deadline.error());
  if (deadline->due >= clock->deadline.current_due()) return Events{};
  Event event;
  v1::DiscussionBroughtForward& said = *event.mutable_brought_forward();
  to_proto(*deadline, said.mutable_deadline());
  to_proto(clock->deadline, said.mutable_before());
  said.set_reason(command.called.reason);
  said.set_decision_id(command.called.decision_id);
  said.set_protection_id(command.called.protection_id);
  to_proto(context.now, said.mutable_brought_forward_at());
  return only(std::move(event));
}

Result<Events> Discussion::decide(const State& state, const Convene& command,
                                  const Context& context) {
  const v1::ConveneDiscussionRequest& request = command.request;
  const bool is_due = !request.discussion_id().empty();
  if (!is_hub(context.actor) || is_due != state.exists()) return no_such("discussion");
  Checks checks;
  check_sitting(request, context, checks);
  check_children_of(state, command, checks);
  check_invitations(state, command, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const bool moves = state.stage == v1::DISCUSSION_STAGE_CONVENED;
  if (is_due && !moves && state.stage != v1::DISCUSSION_STAGE_DUE)
    return refuse(Code::kFailedPrecondition, "DISCUSSION_NOT_DUE",
                  "The discussion has begun before, or was called off.");
  if (auto may = may_chair(request, command.family.access, context); !may)
    return tl::unexpected(may.error());
  if (auto may = may_invite(state, command); !may) return tl::unexpected(may.error());

  Events events;
  const bool unborn = is_about_unborn(state, command);
  if (!is_due) {
    auto event = opened({.case_id = command.case_id,
                         .referral_id = request.referral_id(),
                         .reason = v1::DISCUSSION_REASON_CONVENED,
                         .decision_id = {},
                         .protection_id = {},
                         .child_ids = {request.child_ids().begin(), request.child_ids().end()},
                         .unborn = unborn,
                         .timescale = std::string(policy::kStrategyDiscussion),
                         .counted_from = context.now},
                        context);
    if (!event) return tl::unexpected(event.error());
    events.push_back(std::move(*event));
  }
  events.push_back(convened(request, state, moves ? state.sitting() : 1, context));
  *events.back().mutable_convened()->mutable_child_ids() = request.child_ids();
  events.back().mutable_convened()->set_unborn(unborn);
  std::size_t next_id = command.first_id;
  for (const v1::Invitation& invitation : request.invitations())
    events.push_back(invited(invitation, fresh_id(context, next_id++), context));
  return events;
}

Result<Events> Discussion::decide(const State& state, const Reconvene& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  check_sitting(command.request, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.stage != v1::DISCUSSION_STAGE_CLOSED)
    return refuse(Code::kFailedPrecondition, "DISCUSSION_NOT_CLOSED",
                  "Only a discussion that is over is reconvened.");
  if (state.sitting() >= kSittingsMax)
    return refuse(Code::kFailedPrecondition, "TOO_MANY_SITTINGS",
                  "The discussion has been held as often as one can be: convene another.");
  if (!has_room_for_clocks(state))
    return refuse(Code::kFailedPrecondition, "TOO_MANY_DEADLINES",
                  "Too much of the discussion is still due: end actions or issue records first.");
  if (auto may = may_chair(command.request, command.family.access, context); !may)
    return tl::unexpected(may.error());
  Event event = convened(command.request, state, state.sitting() + 1, context);
  event.mutable_convened()->mutable_child_ids()->Add(state.child_ids.begin(),
                                                     state.child_ids.end());
  return only(std::move(event));
}

}  // namespace mash::strategy
