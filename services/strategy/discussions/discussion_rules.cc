#include "strategy/discussions/discussion_rules.h"

#include <algorithm>

#include "core/calendar.h"

namespace mash::strategy {
namespace {

using State = Discussion::State;

// A record and that it is held again, besides challenges.
constexpr std::size_t kRoomForOthers = policy::kOpenChallengesMax + 2;

}  // namespace

Result<void> for_the_hub(const State& state, const Context& context) {
  if (!state.exists() || !is_hub(context.actor)) return no_such("discussion");
  return {};
}

Result<void> for_those_in_it(const State& state, const Context& context) {
  const bool may = is_hub(context.actor) || state.is_invited(context.actor.agency);
  if (!state.exists() || !may) return no_such("discussion");
  return {};
}

Result<void> for_those_invited(const State& state, const Context& context) {
  if (auto may = for_those_in_it(state, context); !may) return may;
  if (state.is_invited(context.actor.agency)) return {};
  return refuse(Code::kFailedPrecondition, "NOT_THE_AGENCY_INVITED",
                "This is for the agencies that were invited.");
}

Result<void> at_a_sitting(const State& state) {
  if (state.stage == v1::DISCUSSION_STAGE_CLOSED)
    return refuse(Code::kFailedPrecondition, "DISCUSSION_CLOSED",
                  "The sitting is over: the discussion is reconvened first.");
  if (state.stage == v1::DISCUSSION_STAGE_CALLED_OFF)
    return refuse(Code::kFailedPrecondition, "DISCUSSION_CALLED_OFF",
                  "The discussion was called off: another one is convened.");
  if (state.stage == v1::DISCUSSION_STAGE_CONVENED ||
      state.stage == v1::DISCUSSION_STAGE_IN_PROGRESS)
    return {};
  return refuse(Code::kFailedPrecondition, "DISCUSSION_NOT_CONVENED",
                "The discussion has to be convened first.");
}

Result<void> in_progress(const State& state) {
  if (state.stage == v1::DISCUSSION_STAGE_IN_PROGRESS) return {};
  return refuse(Code::kFailedPrecondition, "DISCUSSION_NOT_IN_PROGRESS",
                "No sitting of the discussion is being held.");
}

Time earliest(const State& state, const Context& context) {
  const London& london = context.calendar->london();
  const Time scheduled_at = state.sittings.back().scheduled_at;
  const Time day_begins = london.instant(LocalTime(london.day(scheduled_at)));
  // One asked for just after midnight may begin a little early.
  Time first = std::min(day_begins, scheduled_at - std::chrono::hours(1));
  if (state.sittings.size() > 1)
    first = std::max(first, state.sittings[state.sittings.size() - 2].closed_at.value_or(first));
  return first;
}

Time in_sitting(const std::string& field, const google::protobuf::Timestamp* asked,
                const State& state, const Context& context, Checks& checks) {
  const Time time = time_or_now(field, asked, context.now, checks);
  const bool held = state.stage == v1::DISCUSSION_STAGE_IN_PROGRESS;
  if (held && time < state.sittings.back().started_at.value_or(time))
    checks.fault(field, "is before the sitting began");
  return time;
}

People people_of(const State& state, std::string_view but_for) {
  People people;
  for (const Discussion::Participant& participant : state.participants) {
    if (participant.id == but_for) continue;
    for (const std::string& who : {participant.practitioner, participant.substitute})
      if (!who.empty()) people.insert({participant.agency, who});
  }
  return people;
}

v1::Invitee invitee(const Discussion::Participant& participant) {
  v1::Invitee who;
  who.set_participant_id(participant.id);
  who.set_agency(participant.agency);
  who.set_practitioner(participant.who());
  return who;
}

google::protobuf::RepeatedPtrField<v1::Invitee> invitees(const Discussion::State& state) {
  google::protobuf::RepeatedPtrField<v1::Invitee> all;
  for (const Discussion::Participant& participant : state.participants)
    *all.Add() = invitee(participant);
  return all;
}

Result<void> may_come(const std::string& agency, const std::string& practitioner,
                      const People& people, const CaseAccess& access, const std::string& field) {
  Result<void> may = may_take_part(access, agency, practitioner);
  if (may && people.contains({agency, practitioner}))
    may = refuse(Code::kFailedPrecondition, "ALREADY_INVITED",
                 "Somebody who is named has a part in the discussion already.");
  if (!may) may.error().faults.push_back({field, "names who may not come, or comes already"});
  return may;
}

void check_invitation(const std::string& field, const v1::Invitation& invitation,
                      const Context& context, Checks& checks) {
  check_agency(field + ".agency", invitation.agency(), context, checks);
  if (!invitation.practitioner().empty())
    check_practitioner(field + ".practitioner", invitation.practitioner(), checks);
  checks.line(field + ".name", invitation.name());
  const policy::DiscussionRules& rules = context.pack->discussions();
  const policy::DiscussionFunction* function = rules.function(invitation.function());
  if (function == nullptr)
    return checks.fault(field + ".function", "is no function of the policy pack");
  const auto agency = context.agencies->find(invitation.agency());
  if (agency == context.agencies->end() || function->open_to(agency->second)) return;
  checks.fault(field + ".function", "is not one for what kind of body the agency is");
  checks.cite(function->basis.source);
}

Discussion::Event invited(const v1::Invitation& invitation, const std::string& participant_id,
                          const Context& context) {
  Discussion::Event event;
  v1::ParticipantInvited& said = *event.mutable_invited();
  said.set_participant_id(participant_id);
  *said.mutable_invitation() = invitation;
  said.set_invited_by(context.actor.practitioner);
  to_proto(context.now, said.mutable_invited_at());
  return event;
}

bool has_room_for_clocks(const State& state) {
  return state.clocks.running() + kRoomForOthers < clocks::kRunningMax;
}

}  // namespace mash::strategy
