// What becomes of emergency protection: a court extends it, another authority takes over, it ends.
#include <google/protobuf/util/message_differencer.h>

#include <utility>

#include "core/caller.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "strategy/checks.h"
#include "strategy/protection/court_period.h"
#include "strategy/protection/other_authority.h"
#include "strategy/protection/protection.h"

namespace mash::strategy {
namespace {

using Event = Protection::Event;
using Events = Protection::Events;
using State = Protection::State;
using google::protobuf::util::MessageDifferencer;

constexpr std::string_view kOrderExtension = policy::kEmergencyProtectionOrderExtension;

tl::unexpected<Error> refused(const char* reason, const char* message) {
  return refuse(Code::kFailedPrecondition, reason, message);
}

bool ran_out(const State& state, Time at) {
  return state.clocks.current()->state(at) == DeadlineState::kMissed;
}

// When something came of it: by default now.
Time time_since(const char* field, const google::protobuf::Timestamp* said, const State& state,
                Time now, Checks& checks) {
  const Time at = time_or_now(field, said, now, checks);
  if (at < state.started_at) checks.fault(field, "is before the child was protected");
  return at;
}

Result<void> may_be_extended(const State& state, Time extended_at) {
  if (state.kind == v1::PROTECTION_KIND_POLICE_PROTECTION)
    return refused("POLICE_PROTECTION_NOT_EXTENDED",
                   "Police protection is not extended: an emergency protection order takes its "
                   "place.");
  if (state.ended()) return refused("PROTECTION_ENDED", "The protection has ended.");
  if (state.extended)
    return refused("ALREADY_EXTENDED", "A court extends an order once, and has done so.");
  if (ran_out(state, extended_at))
    return refused("PROTECTION_LAPSED",
                   "The time of the order had run out before it was extended.");
  return {};
}

}  // namespace

Result<Events> Protection::decide(const State& state, const v1::ExtendProtectionRequest& request,
                                  const Context& context) {
  if (!state.exists() || !is_hub(context.actor)) return no_such("protection");
  const auto longest =
      context.pack->deadline(kOrderExtension, state.runs_out_at(), *context.calendar);
  if (!longest) return tl::unexpected(longest.error());
  const int days_max = longest->allowed.amount;
  Checks checks;
  if (request.days() < 1 || request.days() > static_cast<unsigned>(days_max)) {
    checks.fault("days", "are not 1 to " + std::to_string(days_max));
    checks.cite(context.pack->timescale(kOrderExtension)->basis.source);
  }
  check_text("reason", request.reason(), kNoteBytesMax, "the court, and why", checks);
  const Time extended_at =
      time_since("extended_at", request.has_extended_at() ? &request.extended_at() : nullptr, state,
                 context.now, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto may = may_be_extended(state, extended_at); !may) {
    may.error().sources.push_back(context.pack->timescale(kOrderExtension)->basis.source);
    return tl::unexpected(may.error());
  }
  const auto deadline =
      court_period(kOrderExtension, state.runs_out_at(), static_cast<int>(request.days()), context);
  if (!deadline) return tl::unexpected(deadline.error());
  Event event;
  v1::ProtectionExtended& extended = *event.mutable_extended();
  to_proto(*deadline, extended.mutable_deadline());
  extended.set_reason(request.reason());
  to_proto(extended_at, extended.mutable_extended_at());
  extended.set_recorded_by(context.actor.practitioner);
  to_proto(context.now, extended.mutable_recorded_at());
  return only(std::move(event));
}

// It may be confirmed in writing, or corrected, after the protection has ended.
Result<Events> Protection::decide(const State& state,
                                  const v1::RecordResponsibilityRequest& request,
                                  const Context& context) {
  if (!state.exists() || !is_hub(context.actor)) return no_such("protection");
  const v1::OtherAuthority& other = request.other_authority();
  Checks checks;
  check_other_authority(other, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const bool takes_back = !other.has_accepted_at() || other.area() != state.other.area() ||
                          (state.other.has_written_at() && !other.has_written_at());
  if (!state.responsible_here() && takes_back)
    return refused("RESPONSIBILITY_ACCEPTED",
                   "Another authority accepted responsibility: that is not taken back by saying "
                   "less.");
  // Who accepted is personal and not remembered here, so where that is said it is recorded.
  if (other.accepted_by().empty() && MessageDifferencer::Equals(other, state.other))
    return Events{};
  Event event;
  v1::ResponsibilityRecorded& recorded = *event.mutable_responsibility_recorded();
  *recorded.mutable_other_authority() = other;
  recorded.set_recorded_by(context.actor.practitioner);
  to_proto(context.now, recorded.mutable_recorded_at());
  return only(std::move(event));
}

Result<Events> Protection::decide(const State& state, const v1::EndProtectionRequest& request,
                                  const Context& context) {
  const bool acted = state.exists() && state.agency == context.actor.agency;
  if (!state.exists() || (!is_hub(context.actor) && !acted)) return no_such("protection");
  const bool lapsed = request.end() == v1::PROTECTION_END_LAPSED;
  Checks checks;
  check_said("end", request.end(), v1::ProtectionEnd_IsValid(request.end()), "how it ended",
             checks);
  check_text("text", request.text(), kNoteBytesMax, "what follows for the child", checks);
  Time ended_at = time_since("ended_at", request.has_ended_at() ? &request.ended_at() : nullptr,
                             state, context.now, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.ended()) return refused("PROTECTION_ENDED", "The protection has ended.");
  if (lapsed && !ran_out(state, context.now))
    return refused("PROTECTION_RUNS", "Its time has not run out.");
  if (!lapsed && ran_out(state, ended_at))
    return refused("PROTECTION_LAPSED", "Its time had run out before: it lapsed.");
  if (lapsed) ended_at = state.runs_out_at();
  Event event;
  v1::ProtectionEnded& ended = *event.mutable_ended();
  ended.set_end(request.end());
  to_proto(ended_at, ended.mutable_ended_at());
  ended.set_text(request.text());
  ended.set_recorded_by(context.actor.practitioner);
  to_proto(context.now, ended.mutable_recorded_at());
  return only(std::move(event));
}

}  // namespace mash::strategy
