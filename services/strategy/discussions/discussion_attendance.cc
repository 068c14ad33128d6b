// Who is in the room, and that a sitting begins.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/timestamp.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/discussion_rules.h"

namespace mash::strategy {
namespace {

using Attendance = Discussion::Attendance;
using Event = Discussion::Event;
using Events = Discussion::Events;
using Participant = Discussion::Participant;
using State = Discussion::State;

// When somebody was there by what is asked, together with what was recorded of it before.
struct Told {
  Attendance attendance;
  const Attendance* before = nullptr;  // that nothing has ended yet; null: none
};

// An hour that was recorded of them in this sitting, and ended after they came.
bool overlaps(const Participant& participant, const Attendance& told) {
  return std::ranges::any_of(participant.attendances, [&](const Attendance& other) {
    return other.sitting == told.sitting && other.left_at && *other.left_at > told.joined_at;
  });
}

void check_times(const v1::RecordAttendanceRequest& request, const State& state,
                 const Participant& participant, const Context& context, Told& told,
                 Checks& checks) {
  Attendance& attendance = told.attendance;
  if (request.has_joined_at() || told.before == nullptr)
    attendance.joined_at = time_or_now(
        "joined_at", request.has_joined_at() ? &request.joined_at() : nullptr, context.now, checks);
  if (request.has_left_at())
    attendance.left_at = time_or_now("left_at", &request.left_at(), context.now, checks);
  if (told.before == nullptr && request.has_left_at() && !request.has_joined_at())
    return checks.fault("joined_at", "is missing: they are not recorded as there");
  if (attendance.joined_at < earliest(state, context))
    checks.fault("joined_at",
                 "is before the day for which people were asked to come, or before "
                 "the sitting before was over");
  if (attendance.left_at && *attendance.left_at < attendance.joined_at)
    checks.fault("left_at", "is before they joined");
  if (overlaps(participant, attendance))
    checks.fault("joined_at", "is before they left the time before");
}

// A substitute decides only where their own agency says so.
void check_seniority(const v1::RecordAttendanceRequest& request, const Participant& participant,
                     const Told& told, Checks& checks) {
  if (request.can_decide() && told.attendance.substitute && !participant.substitute_can_decide)
    checks.fault("can_decide", "is not what their agency says of whom it sends instead");
}

Told told_by(const v1::RecordAttendanceRequest& request, const State& state,
             const Participant& participant) {
  Told told;
  told.before = participant.open_in(state.sitting());
  if (told.before != nullptr) told.attendance = *told.before;
  const bool leaves = told.before != nullptr && request.has_left_at();
  told.attendance.sitting = state.sitting();
  if (told.before == nullptr) told.attendance.substitute = participant.substituted();
  // Whoever is said to have left could decide as long as they were there.
  told.attendance.can_decide = request.can_decide() || (leaves && told.attendance.can_decide);
  return told;
}

Result<void> may_be_there(const Participant& participant, const Told& told,
                          const CaseAccess& access) {
  if (participant.who().empty())
    return refuse(Code::kFailedPrecondition, "NOBODY_NAMED",
                  "Who comes for the agency is not said yet: it answers its invitation.");
  if (told.attendance.left_at) return {};
  if (told.before != nullptr && told.before->substitute != participant.substituted())
    return refuse(Code::kFailedPrecondition, "STILL_IN_THE_ROOM",
                  "Whoever came before them is recorded as there, and leaves first.");
  return may_take_part(access, participant.agency, participant.who());
}

bool says_nothing_new(const Told& told) {
  return told.before != nullptr && !told.attendance.left_at &&
         told.before->joined_at == told.attendance.joined_at &&
         told.before->can_decide == told.attendance.can_decide;
}

Event recorded(const Participant& participant, const Attendance& attendance,
               const Context& context) {
  Event event;
  v1::AttendanceRecorded& said = *event.mutable_attendance_recorded();
  said.set_participant_id(participant.id);
  said.set_sitting(attendance.sitting);
  to_proto(attendance.joined_at, said.mutable_joined_at());
  if (attendance.left_at) to_proto(*attendance.left_at, said.mutable_left_at());
  said.set_substitute(attendance.substitute);
  said.set_can_decide(attendance.can_decide);
  said.set_recorded_by(context.actor.practitioner);
  to_proto(context.now, said.mutable_recorded_at());
  return event;
}

}  // namespace

Result<Events> Discussion::decide(const State& state, const Attend& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  const v1::RecordAttendanceRequest& request = command.request;
  if (auto open = at_a_sitting(state); !open) return tl::unexpected(open.error());
  const Participant* participant = state.participant(request.participant_id());
  if (participant == nullptr)
    return refuse(Code::kFailedPrecondition, "NOT_INVITED",
                  "Whoever is in the room was invited: they are invited first.");
  Told told = told_by(request, state, *participant);
  Checks checks;
  check_times(request, state, *participant, context, told, checks);
  check_seniority(request, *participant, told, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto may = may_be_there(*participant, told, command.family.access); !may)
    return tl::unexpected(may.error());
  if (says_nothing_new(told)) return Events{};
  return only(recorded(*participant, told.attendance, context));
}

Result<Events> Discussion::decide(const State& state, const v1::StartDiscussionRequest& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  if (auto open = at_a_sitting(state); !open) return tl::unexpected(open.error());
  if (state.stage == v1::DISCUSSION_STAGE_IN_PROGRESS)
    return refuse(Code::kFailedPrecondition, "DISCUSSION_IN_PROGRESS", "It has begun already.");
  Checks checks;
  const Time started_at =
      time_or_now("started_at", command.has_started_at() ? &command.started_at() : nullptr,
                  context.now, checks);
  if (started_at < earliest(state, context))
    checks.fault("started_at",
                 "is before the day for which people were asked to come, or before "
                 "the sitting before was over");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const v1::Quorum quorum =
      quorum_of(state.sittings.back().composition, state.deciding(started_at), context);
  if (auto may = goes_ahead(quorum, command.emergency_reason(), context); !may)
    return tl::unexpected(may.error());
  Event event;
  v1::DiscussionStarted& started = *event.mutable_started();
  started.set_sitting(state.sitting());
  to_proto(started_at, started.mutable_started_at());
  *started.mutable_quorum() = quorum;
  started.set_emergency_reason(command.emergency_reason());
  started.set_started_by(context.actor.practitioner);
  return only(std::move(event));
}

}  // namespace mash::strategy
