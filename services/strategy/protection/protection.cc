#include "strategy/protection/protection.h"

#include <utility>

#include "core/caller.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "strategy/checks.h"
#include "strategy/protection/court_period.h"
#include "strategy/protection/other_authority.h"

namespace mash::strategy {
namespace {

using Event = Protection::Event;
using Events = Protection::Events;
using State = Protection::State;

constexpr std::string_view kPoliceForce = "police-force";  // a kind of body in law

bool is_police_force(const std::string& agency, const Context& context) {
  const auto found = context.agencies->find(agency);
  return found != context.agencies->end() && found->second == kPoliceForce;
}

bool by_police(const v1::RecordProtectionRequest& request) {
  return request.kind() == v1::PROTECTION_KIND_POLICE_PROTECTION;
}

// Which agency acted: the hub may say that of another. A police force that is none of this hub's
// has no name here.
std::string acting(const v1::RecordProtectionRequest& request, const Actor& actor) {
  if (!request.agency().empty()) return request.agency();
  return by_police(request) && is_hub(actor) ? "" : actor.agency;
}

void check_agency_that_acted(const v1::RecordProtectionRequest& request, const Context& context,
                             Checks& checks) {
  if (request.agency().empty() || request.agency() == context.actor.agency) return;
  if (!is_hub(context.actor))
    return checks.fault("agency", "is another one: the hub says what that did");
  check_agency("agency", request.agency(), context, checks);
  if (by_police(request) && !is_police_force(request.agency(), context))
    checks.fault("agency", "is no police force: nobody else has this power");
}

void check_plan(const Protection::Record& command, Checks& checks) {
  const v1::RecordProtectionRequest& request = command.request;
  if (request.discussion_id().empty() == request.acted_alone().empty())
    checks.fault("acted_alone",
                 "is given where no discussion planned it, and only there: why an agency acted "
                 "before one");
  if (!request.discussion_id().empty() && !command.planned.known)
    checks.fault("discussion_id", "is no discussion of the case");
  checks.text("acted_alone", request.acted_alone(), kNoteBytesMax);
}

constexpr std::string_view kOrder = policy::kEmergencyProtectionOrder;

Time counted_from(const v1::RecordProtectionRequest& request) {
  const auto started_at = from_proto(request.started_at());
  const auto said = from_proto(request.counted_from());
  return request.has_counted_from() && said ? *said : started_at.value_or(Time{});
}

// Children Act 1989 section 45(3): no sooner than police protection can have begun, so that the
// order took its place.
void check_counted_from(const v1::RecordProtectionRequest& request, const Context& context,
                        Checks& checks) {
  const auto said = from_proto(request.counted_from());
  const auto started_at = from_proto(request.started_at());
  if (!said) return checks.fault("counted_from", "is not a time");
  if (!started_at) return;
  if (*said > *started_at) return checks.fault("counted_from", "is after the order");
  const auto police = context.pack->deadline(policy::kPoliceProtection, *said, *context.calendar);
  if (!police || police->due < *started_at)
    checks.fault("counted_from", "is sooner than police protection lasts before the order");
}

// Of a court's order: at most what the policy pack says, and not over before it was made.
void check_court(const v1::RecordProtectionRequest& request, const Context& context,
                 Checks& checks) {
  if (by_police(request)) {
    if (request.has_days()) checks.fault("days", "go with a court's order");
    if (request.has_counted_from()) checks.fault("counted_from", "goes with a court's order");
    return;
  }
  const policy::TimescaleRule* rule = context.pack->timescale(kOrder);
  const int days_max = rule == nullptr ? 0 : rule->timescale.allowed.amount;
  if (request.has_counted_from()) check_counted_from(request, context, checks);
  if (!request.has_days()) return;
  if (request.days() < 1 || request.days() > static_cast<unsigned>(days_max)) {
    checks.fault("days", "are not 1 to " + std::to_string(days_max));
    if (rule != nullptr) checks.cite(rule->basis.source);
    return;
  }
  const auto period =
      court_period(kOrder, counted_from(request), static_cast<int>(request.days()), context);
  if (period && from_proto(request.started_at()) &&
      period->due <= *from_proto(request.started_at()))
    checks.fault("days", "were over before the order was made");
}

// By when it ends, as it began.
Result<Deadline> first_period(const v1::RecordProtectionRequest& request, const Context& context) {
  if (by_police(request))
    return context.pack->deadline(policy::kPoliceProtection, *from_proto(request.started_at()),
                                  *context.calendar);
  if (request.has_days())
    return court_period(kOrder, counted_from(request), static_cast<int>(request.days()), context);
  return context.pack->deadline(kOrder, counted_from(request), *context.calendar);
}

void check_record(const Protection::Record& command, const Context& context, Checks& checks) {
  const v1::RecordProtectionRequest& request = command.request;
  check_said("kind", request.kind(), v1::ProtectionKind_IsValid(request.kind()), "by what power",
             checks);
  check_children("child_ids", request.child_ids(), command.family, checks);
  checks.happened("started_at", request.started_at(), context.now);
  if (request.authority().empty())
    checks.fault("authority", "is missing: the officer, or the court");
  checks.line("authority", request.authority());
  check_text("reason", request.reason(), kTextBytesMax, "what led to it", checks);
  check_text("other_children", request.other_children(), kNoteBytesMax,
             "other children in the household, or in that of who is alleged to have harmed the "
             "child, are always considered",
             checks);
  check_court(request, context, checks);
  check_plan(command, checks);
  check_agency_that_acted(request, context, checks);
  if (request.has_other_authority())
    check_other_authority(request.other_authority(), context, checks);
}

Result<void> may_record(const Protection::Record& command, const Context& context) {
  const v1::RecordProtectionRequest& request = command.request;
  if (by_police(request) && !is_hub(context.actor) &&
      !is_police_force(context.actor.agency, context))
    return refuse(Code::kFailedPrecondition, "NOT_THE_POLICE",
                  "Police protection is recorded by the police, or by the hub.");
  const bool planned = request.discussion_id().empty() ||
                       (command.planned.started_at &&
                        *command.planned.started_at <= *from_proto(request.started_at()));
  if (!planned)
    return refuse(Code::kFailedPrecondition, "DISCUSSION_NOT_STARTED",
                  "The discussion had not begun when the child was protected, so it did not plan "
                  "that: the agency acted alone, and says why.");
  return {};
}

void start(State& state, const v1::ProtectionStarted& event) {
  state.case_id = event.case_id();
  state.kind = event.kind();
  state.child_ids.assign(event.child_ids().begin(), event.child_ids().end());
  state.agency = event.agency();
  if (const auto at = from_proto(event.started_at())) state.started_at = *at;
  state.discussion_id = event.discussion_id();
  state.other = event.other_authority();
}

}  // namespace

Result<Events> Protection::decide(const State& state, const Record& command,
                                  const Context& context) {
  const v1::RecordProtectionRequest& request = command.request;
  Checks checks;
  check_record(command, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto may = may_record(command, context); !may) return tl::unexpected(may.error());
  if (state.exists())
    return refuse(Code::kAlreadyExists, "PROTECTION_EXISTS",
                  "Protection with this id is there already.");
  const auto deadline = first_period(request, context);
  if (!deadline) return tl::unexpected(deadline.error());
  Event event;
  v1::ProtectionStarted& started = *event.mutable_started();
  started.set_case_id(command.case_id);
  started.set_kind(request.kind());
  *started.mutable_child_ids() = request.child_ids();
  *started.mutable_started_at() = request.started_at();
  started.set_authority(request.authority());
  started.set_reason(request.reason());
  started.set_other_children(request.other_children());
  started.set_agency(acting(request, context.actor));
  started.set_acted_alone(request.acted_alone());
  started.set_discussion_id(command.discussion_id);
  to_proto(*deadline, started.mutable_deadline());
  if (request.has_other_authority()) *started.mutable_other_authority() = request.other_authority();
  started.set_recorded_by(context.actor.practitioner);
  to_proto(context.now, started.mutable_recorded_at());
  started.set_recorded_by_agency(context.actor.agency);
  return only(std::move(event));
}

Result<Events> Protection::decide(const State& state, const clocks::Tell&, const Context& context) {
  return clocks::tell<Event>(state.clocks, context);
}

State Protection::evolve(State state, const Event& event) {
  state.clocks.evolve(event);
  switch (event.kind_case()) {
    case Event::kStarted:
      start(state, event.started());
      return state;
    case Event::kExtended:
      state.extended = true;
      return state;
    case Event::kResponsibilityRecorded:
      state.other = event.responsibility_recorded().other_authority();
      return state;
    case Event::kEnded:
      state.end = event.ended().end();
      return state;
    case Event::kDeadlineTold:
    case Event::KIND_NOT_SET:  // refused when read
      return state;
  }
  return state;
}

// What ran out is missed until somebody says so, and what follows.
void ProtectionClocks::evolve(const v1::ProtectionEvent& event) {
  const auto all_of_them = [](const clocks::Clock&) { return true; };
  switch (event.kind_case()) {
    case Event::kStarted:
      return Clocks::start(0, "", event.started().deadline());
    case Event::kExtended:
      finish(event.extended().extended_at(), all_of_them);
      return Clocks::start(0, "", event.extended().deadline());
    case Event::kEnded:
      return finish(event.ended().end() == v1::PROTECTION_END_LAPSED ? event.ended().recorded_at()
                                                                     : event.ended().ended_at(),
                    all_of_them);
    case Event::kDeadlineTold:
      return told(event.deadline_told());
    case Event::kResponsibilityRecorded:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

}  // namespace mash::strategy
