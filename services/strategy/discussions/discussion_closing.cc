// A sitting ends, and its record goes to those who attended; or the discussion is not held.
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
using Sitting = Discussion::Sitting;
using State = Discussion::State;

// Nothing of a sitting is after its end.
void check_nothing_later(const State& state, Time closed_at, Checks& checks) {
  for (const Discussion::Decision& decision : state.decisions)
    if (decision.sitting == state.sitting() && decision.decided_at > closed_at)
      return checks.fault("closed_at", "is before something was decided");
  for (const Discussion::Participant& participant : state.participants)
    for (const Discussion::Attendance& attendance : participant.attendances)
      if (attendance.sitting == state.sitting() &&
          std::max(attendance.joined_at, attendance.left_at.value_or(attendance.joined_at)) >
              closed_at)
        return checks.fault("closed_at", "is before somebody came or left");
}

Result<void> add_deadline(std::string_view timescale, Time closed_at, const Context& context,
                          v1::DiscussionClosed& closed) {
  return context.pack->deadline(timescale, closed_at, *context.calendar)
      .map([&](const Deadline& deadline) { to_proto(deadline, closed.add_deadlines()); });
}

// The sitting that is asked for, or the last one that is over; 0: there is none.
unsigned sitting_asked_for(const State& state, unsigned number) {
  const auto is_over = [&](unsigned n) {
    return n >= 1 && n <= state.sitting() && state.sittings[n - 1].closed_at.has_value();
  };
  if (number != 0) return is_over(number) ? number : 0;
  for (unsigned n = state.sitting(); n >= 1; --n)
    if (is_over(n)) return n;
  return 0;
}

void check_agencies_told(const State& state, unsigned sitting, const Ids& agencies,
                         const Context& context, Checks& checks) {
  check_agencies("agencies", agencies, context, checks);
  for (const std::string& agency : state.attended(sitting))
    if (std::ranges::find(agencies, agency) == agencies.end())
      checks.fault("agencies." + agency, "is missing: it attended");
}

}  // namespace

Result<Events> Discussion::decide(const State& state, const v1::CloseDiscussionRequest& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  check_text("summary", command.summary(), kTextBytesMax, "what was said and agreed", checks);
  const Time closed_at =
      in_sitting("closed_at", command.has_closed_at() ? &command.closed_at() : nullptr, state,
                 context, checks);
  if (command.has_closed_at()) check_nothing_later(state, closed_at, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto open = in_progress(state); !open) return tl::unexpected(open.error());
  const Sitting& sitting = state.sittings.back();
  if (!sitting.decided)
    return refuse(Code::kFailedPrecondition, "NO_DECISION",
                  "A sitting ends with a decision, also where nothing more is to be done.");
  Event event;
  v1::DiscussionClosed& closed = *event.mutable_closed();
  closed.set_sitting(state.sitting());
  closed.set_summary(command.summary());
  to_proto(closed_at, closed.mutable_closed_at());
  closed.set_closed_by(context.actor.practitioner);
  auto set = add_deadline(policy::kDiscussionRecord, closed_at, context, closed);
  if (set && !sitting.quorate)
    set = add_deadline(policy::kDiscussionReconvening, closed_at, context, closed);
  if (!set) return tl::unexpected(set.error());
  return only(std::move(event));
}

Result<Events> Discussion::decide(const State& state, const v1::CallOffDiscussionRequest& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  check_text("reason", command.reason(), kNoteBytesMax, "why nothing calls for it any more",
             checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.stage == v1::DISCUSSION_STAGE_CALLED_OFF) return Events{};  // already so
  const bool held = std::ranges::any_of(
      state.sittings, [](const Sitting& sitting) { return sitting.started_at.has_value(); });
  if (held)
    return refuse(Code::kFailedPrecondition, "DISCUSSION_HELD",
                  "It has been held: what was said and decided stays.");
  Event event;
  v1::DiscussionCalledOff& called_off = *event.mutable_called_off();
  called_off.set_reason(command.reason());
  to_proto(context.now, called_off.mutable_called_off_at());
  called_off.set_called_off_by(context.actor.practitioner);
  *called_off.mutable_invited() = invitees(state);
  return only(std::move(event));
}

Result<Events> Discussion::decide(const State& state, const v1::IssueRecordRequest& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  const unsigned sitting = sitting_asked_for(state, command.sitting());
  if (sitting == 0)
    return refuse(Code::kFailedPrecondition, "DISCUSSION_NOT_CLOSED",
                  "A record goes out of a sitting that is over.");
  Checks checks;
  check_agencies_told(state, sitting, command.agencies(), context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  for (const std::string& agency : command.agencies())
    if (!state.is_invited(agency))
      return refuse(Code::kFailedPrecondition, "AGENCY_NOT_INVITED",
                    "The record goes to agencies that were invited.");
  const auto& sent_to = state.sittings[sitting - 1].record_sent_to;
  if (!sent_to.empty() && std::ranges::all_of(command.agencies(), [&](const std::string& agency) {
        return sent_to.contains(agency);
      }))
    return Events{};  // already so
  Event event;
  v1::RecordIssued& issued = *event.mutable_record_issued();
  issued.set_sitting(sitting);
  *issued.mutable_agencies() = command.agencies();
  to_proto(context.now, issued.mutable_issued_at());
  issued.set_issued_by(context.actor.practitioner);
  return only(std::move(event));
}

}  // namespace mash::strategy
