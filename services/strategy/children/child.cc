#include "strategy/children/child.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/caller.h"
#include "core/checks.h"
#include "core/identifiers.h"
#include "core/timestamp.h"
#include "strategy/checks.h"

namespace mash::strategy {
namespace {

using Event = Child::Event;
using Events = Child::Events;
using State = Child::State;

tl::unexpected<Error> mismatch(const char* message) {
  return refuse(Code::kFailedPrecondition, "PLAN_MISMATCH", message);
}

// Those that were told, with those told before: that is not undone.
std::vector<std::string> all_told(const State& state, const v1::FlagMissingRequest& request) {
  std::vector<std::string> told;
  if (state.missing) told = state.missing->authorities_told;
  for (const std::string& area : request.authorities_told())
    if (std::ranges::find(told, area) == told.end()) told.push_back(area);
  return told;
}

void check_authorities(const State& state, const v1::FlagMissingRequest& request,
                       const Context& context, Checks& checks) {
  if (request.authorities_told_size() > kAuthoritiesToldMax ||
      all_told(state, request).size() > kAuthoritiesToldMax)
    return checks.fault("authorities_told", "are more than " + std::to_string(kAuthoritiesToldMax));
  std::set<std::string> seen;
  for (int i = 0; i < request.authorities_told_size(); ++i) {
    const std::string& area = request.authorities_told(i);
    const std::string field = "authorities_told[" + std::to_string(i) + "]";
    if (!is_area(area))
      checks.fault(field, "is not an authority's ONS code, like E08000025");
    else if (area == context.area)
      checks.fault(field, "is the authority whose hub this is");
    if (!seen.insert(area).second) checks.fault(field, "is named twice");
  }
}

Child::Missing missing_of(const v1::FlaggedMissing& event) {
  const auto since = from_proto(event.missing_since());
  return {.since = since.value_or(Time{}),
          .child_id = event.child_id(),
          .agency = event.agency(),
          .authorities_told = {event.authorities_told().begin(), event.authorities_told().end()},
          .looked_after = event.looked_after()};
}

// What both events say of a plan and of being looked after, and for whom. Other authorities are to
// know of such a child, "according to degree of concern": where none is named yet, somebody has
// still to find out which.
template <class Event>
void say_plan(const std::optional<Child::Plan>& plan, bool looked_after, const Context& context,
              Event& event) {
  event.set_by_hub(is_hub(context.actor));
  event.set_on_plan(plan.has_value());
  event.set_looked_after(looked_after);
  event.set_authorities_open((plan || looked_after) && event.authorities_told().empty());
  if (!plan) return;
  to_proto(plan->since, event.mutable_plan_since());
  event.set_plan_conference_id(plan->conference_id);
}

v1::MissingUpdated updated(const State& state, const Child::FlagMissing& command,
                           const Context& context) {
  v1::MissingUpdated updated;
  updated.set_details(command.request.details());
  for (std::string& area : all_told(state, command.request))
    updated.add_authorities_told(std::move(area));
  updated.set_updated_by(context.actor.practitioner);
  to_proto(context.now, updated.mutable_updated_at());
  say_plan(command.plan, state.missing->looked_after || command.request.looked_after(), context,
           updated);
  updated.set_child_id(state.missing->child_id);
  return updated;
}

v1::FlaggedMissing flagged(const Child::FlagMissing& command, const Context& context) {
  v1::FlaggedMissing flagged;
  flagged.set_case_id(command.case_id);
  flagged.set_child_id(command.request.child_id());
  *flagged.mutable_missing_since() = command.request.missing_since();
  flagged.set_details(command.request.details());
  *flagged.mutable_authorities_told() = command.request.authorities_told();
  flagged.set_agency(context.actor.agency);
  flagged.set_flagged_by(context.actor.practitioner);
  to_proto(context.now, flagged.mutable_flagged_at());
  say_plan(command.plan, command.request.looked_after(), context, flagged);
  return flagged;
}

}  // namespace

Result<Events> Child::decide(const State& state, const StartPlan& command, const Context&) {
  if (state.on_plan()) return mismatch("A plan runs already for the child.");
  Event event;
  v1::PlanStarted& started = *event.mutable_plan_started();
  started.set_case_id(command.case_id);
  started.set_child_id(command.child_id);
  started.set_conference_id(command.conference_id);
  to_proto(command.started_at, started.mutable_started_at());
  return only(std::move(event));
}

Result<Events> Child::decide(const State& state, const EndPlan& command, const Context&) {
  if (!state.on_plan()) return mismatch("No plan runs for the child.");
  Event event;
  v1::PlanEnded& ended = *event.mutable_plan_ended();
  ended.set_conference_id(command.conference_id);
  ended.set_end(command.end);
  to_proto(command.ended_at, ended.mutable_ended_at());
  return only(std::move(event));
}

Result<Events> Child::decide(const State& state, const FlagMissing& command,
                             const Context& context) {
  const v1::FlagMissingRequest& request = command.request;
  Checks checks;
  if (checks.happened("missing_since", request.missing_since(), context.now) && state.found_at &&
      *from_proto(request.missing_since()) < *state.found_at)
    checks.fault("missing_since", "is before the child was found last");
  check_text("details", request.details(), kNoteBytesMax, "what is known of it", checks);
  check_authorities(state, request, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  Event event;
  if (!state.missing) {
    *event.mutable_flagged_missing() = flagged(command, context);
    return only(std::move(event));
  }
  const bool may_say_more = state.missing->agency == context.actor.agency || is_hub(context.actor);
  if (!may_say_more || state.missing->since != *from_proto(request.missing_since()))
    return refuse(Code::kFailedPrecondition, "ALREADY_MISSING",
                  "The child is flagged as missing already.");
  *event.mutable_missing_updated() = updated(state, command, context);
  return only(std::move(event));
}

Result<Events> Child::decide(const State& state, const v1::ClearMissingRequest& request,
                             const Context& context) {
  Checks checks;
  const auto* said = request.has_found_at() ? &request.found_at() : nullptr;
  const Time found_at = time_or_now("found_at", said, context.now, checks);
  if (state.missing && found_at < state.missing->since)
    checks.fault("found_at", "is before the child went missing");
  check_text("details", request.details(), kNoteBytesMax,
             "where the child was found, and how they are", checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (!state.missing)
    return refuse(Code::kFailedPrecondition, "NOT_MISSING", "The child is not flagged as missing.");
  Event event;
  v1::FoundAgain& found = *event.mutable_found();
  to_proto(found_at, found.mutable_found_at());
  found.set_details(request.details());
  found.set_agency(context.actor.agency);
  found.set_cleared_by(context.actor.practitioner);
  found.set_child_id(state.missing->child_id);
  for (const std::string& area : state.missing->authorities_told) found.add_authorities_told(area);
  return only(std::move(event));
}

State Child::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kPlanStarted: {
      const auto since = from_proto(event.plan_started().started_at());
      state.plan = Plan{.conference_id = event.plan_started().conference_id(),
                        .since = since.value_or(Time{})};
      return state;
    }
    case Event::kPlanEnded:
      state.plan.reset();
      return state;
    case Event::kFlaggedMissing:
      state.missing = missing_of(event.flagged_missing());
      return state;
    case Event::kFound:
      state.missing.reset();
      if (const auto at = from_proto(event.found().found_at())) state.found_at = *at;
      return state;
    case Event::kMissingUpdated:
      if (!state.missing) return state;
      state.missing->authorities_told = {event.missing_updated().authorities_told().begin(),
                                         event.missing_updated().authorities_told().end()};
      state.missing->looked_after = event.missing_updated().looked_after();
      return state;
    case Event::KIND_NOT_SET:  // refused when read
      return state;
  }
  return state;
}

}  // namespace mash::strategy
