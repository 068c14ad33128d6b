#include "strategy/discussions/discussion.h"

#include <algorithm>
#include <utility>

#include "core/timestamp.h"

namespace mash::strategy {
namespace {

using Attendance = Discussion::Attendance;
using Participant = Discussion::Participant;
using Sitting = Discussion::Sitting;
using State = Discussion::State;
using google::protobuf::Timestamp;

Time time_of(const Timestamp& time) { return from_proto(time).value_or(Time{}); }

// The one with an id, among things that have one; null: none has.
template <class Things>
auto with_id(Things& things, std::string_view id) {
  const auto found =
      std::ranges::find_if(things, [&](const auto& thing) { return thing.id == id; });
  return found == things.end() ? nullptr : &*found;
}

Sitting* sitting_of(State& state, unsigned number) {
  return number == 0 || number > state.sittings.size() ? nullptr : &state.sittings[number - 1];
}

// --- what happened ---

void open(State& state, const v1::DiscussionOpened& event) {
  state.case_id = event.case_id();
  state.referral_id = event.referral_id();
  state.reason = event.reason();
  state.stage = v1::DISCUSSION_STAGE_DUE;
  state.child_ids.assign(event.child_ids().begin(), event.child_ids().end());
  state.unborn = event.unborn();
}

// Whoever came before it was moved comes anew.
void forget_attendances(State& state, unsigned sitting) {
  for (Participant& participant : state.participants)
    std::erase_if(participant.attendances,
                  [&](const Attendance& attendance) { return attendance.sitting == sitting; });
}

void convene(State& state, const v1::DiscussionConvened& event) {
  state.stage = v1::DISCUSSION_STAGE_CONVENED;
  state.child_ids.assign(event.child_ids().begin(), event.child_ids().end());
  const Sitting* anew = sitting_of(state, event.sitting());
  if (anew == nullptr)
    state.sittings.emplace_back();
  else
    forget_attendances(state, event.sitting());
  Sitting& sitting = state.sittings.back();
  sitting.scheduled_at = time_of(event.scheduled_at());
  sitting.chair = event.chair();
  sitting.composition = {.looked_after = event.looked_after(), .unborn = event.unborn()};
  for (const v1::Invitee& asked : event.asked_again())
    if (Participant* participant = with_id(state.participants, asked.participant_id()))
      participant->asked_again = true;
}

void invite(State& state, const v1::ParticipantInvited& event) {
  Participant& participant = state.participants.emplace_back();
  participant.id = event.participant_id();
  participant.agency = event.invitation().agency();
  participant.function = event.invitation().function();
  participant.practitioner = event.invitation().practitioner();
}

// Whoever accepts what named nobody comes themself.
void answer(State& state, const v1::InvitationAnswered& event) {
  Participant* participant = with_id(state.participants, event.participant_id());
  if (participant == nullptr) return;
  participant->answer = event.answer();
  participant->asked_again = false;
  participant->substitute = event.substitute().practitioner();
  participant->substitute_can_decide = event.substitute().can_decide();
  if (event.answer() == v1::INVITATION_ANSWER_ACCEPTED && participant->practitioner.empty())
    participant->practitioner = event.answered_by();
}

// What is recorded of somebody who is there takes the place of what was.
void attend(State& state, const v1::AttendanceRecorded& event) {
  Participant* participant = with_id(state.participants, event.participant_id());
  if (participant == nullptr) return;
  Attendance attendance{.sitting = event.sitting(),
                        .joined_at = time_of(event.joined_at()),
                        .left_at = {},
                        .substitute = event.substitute(),
                        .can_decide = event.can_decide()};
  if (event.has_left_at()) attendance.left_at = time_of(event.left_at());
  const auto open = std::ranges::find_if(participant->attendances, [&](const Attendance& each) {
    return each.sitting == event.sitting() && !each.left_at;
  });
  if (open == participant->attendances.end())
    participant->attendances.push_back(attendance);
  else
    *open = attendance;
}

void start(State& state, const v1::DiscussionStarted& event) {
  state.stage = v1::DISCUSSION_STAGE_IN_PROGRESS;
  Sitting* sitting = sitting_of(state, event.sitting());
  if (sitting == nullptr) return;
  sitting->started_at = time_of(event.started_at());
  sitting->quorate = event.quorum().quorate();
}

void record_decision(State& state, const v1::DiscussionDecisionRecorded& event) {
  const v1::Section47 section_47 = event.terms().section_47();
  state.decisions.push_back({.id = event.decision_id(),
                             .sitting = event.sitting(),
                             .agency = event.agency(),
                             .decided_by = event.decided_by(),
                             .decided_at = time_of(event.decided_at()),
                             .agencies = {event.agencies().begin(), event.agencies().end()},
                             .section_47 = section_47,
                             .dissenting = {}});
  if (section_47 != v1::SECTION47_NOT_STARTED) state.enquiry.runs = true;
  if (!event.conference_id().empty()) state.enquiry.conference_id = event.conference_id();
  Sitting* sitting = sitting_of(state, event.sitting());
  if (sitting == nullptr) return;
  sitting->decided = true;
  sitting->quorate = sitting->quorate && event.quorum().quorate();
}

void complete(State& state, const v1::ActionCompleted& event) {
  if (Discussion::Action* action = with_id(state.actions, event.action_id()))
    action->result = event.result();
}

void dissent(State& state, const v1::Dissent& event) {
  if (Discussion::Decision* decision = with_id(state.decisions, event.decision_id()))
    decision->dissenting.insert(event.agency());
}

void conclude(State& state, const v1::EnquiryConclusion& event) {
  state.enquiry.runs = false;
  state.enquiry.conclusion = event.outcome();
  if (!event.conference_id().empty()) state.enquiry.conference_id = event.conference_id();
}

// Whoever is still there was there to its end.
void close(State& state, const v1::DiscussionClosed& event) {
  state.stage = v1::DISCUSSION_STAGE_CLOSED;
  const Time closed_at = time_of(event.closed_at());
  if (Sitting* sitting = sitting_of(state, event.sitting())) sitting->closed_at = closed_at;
  for (Participant& participant : state.participants)
    for (Attendance& attendance : participant.attendances) {
      if (attendance.sitting != event.sitting() || attendance.left_at) continue;
      attendance.left_at = closed_at;
      attendance.to_the_end = true;
    }
}

void issue(State& state, const v1::RecordIssued& event) {
  if (Sitting* sitting = sitting_of(state, event.sitting()))
    sitting->record_sent_to.insert(event.agencies().begin(), event.agencies().end());
}

}  // namespace

// --- what is asked of it ---

const Attendance* Participant::open_in(unsigned sitting) const {
  const auto found = std::ranges::find_if(attendances, [&](const Attendance& attendance) {
    return attendance.sitting == sitting && !attendance.left_at;
  });
  return found == attendances.end() ? nullptr : &*found;
}

const Attendance* Participant::lasting_at(unsigned sitting, Time time) const {
  const auto found = std::ranges::find_if(attendances, [&](const Attendance& attendance) {
    return attendance.sitting == sitting && attendance.lasts_at(time);
  });
  return found == attendances.end() ? nullptr : &*found;
}

bool State::is_to_be_held() const {
  if (stage == v1::DISCUSSION_STAGE_DUE) return true;
  return stage == v1::DISCUSSION_STAGE_CONVENED && sitting() == 1;
}

bool State::is_invited(const std::string& agency) const {
  return std::ranges::any_of(
      participants, [&](const Participant& participant) { return participant.agency == agency; });
}

const Participant* State::participant(std::string_view id) const {
  return with_id(participants, id);
}

const Discussion::Decision* State::decision(std::string_view id) const {
  return with_id(decisions, id);
}

const Discussion::Action* State::action(std::string_view id) const { return with_id(actions, id); }

bool State::in_room(const std::string& agency, Time at, std::string_view function) const {
  return std::ranges::any_of(participants, [&](const Participant& participant) {
    return participant.agency == agency && (function.empty() || participant.function == function) &&
           participant.lasting_at(sitting(), at) != nullptr;
  });
}

std::set<std::string> State::agencies_in_room(Time at) const {
  std::set<std::string> agencies;
  for (const Participant& participant : participants)
    if (participant.lasting_at(sitting(), at) != nullptr) agencies.insert(participant.agency);
  return agencies;
}

std::set<std::string> State::deciding(Time at) const {
  std::set<std::string> functions;
  for (const Participant& participant : participants) {
    const Attendance* attendance = participant.lasting_at(sitting(), at);
    if (attendance != nullptr && attendance->can_decide) functions.insert(participant.function);
  }
  return functions;
}

std::set<std::string> State::attended(unsigned number) const {
  std::set<std::string> agencies;
  if (number == 0 || number > sittings.size() || !sittings[number - 1].started_at) return agencies;
  const Time started_at = *sittings[number - 1].started_at;
  for (const Participant& participant : participants)
    for (const Attendance& attendance : participant.attendances)
      if (attendance.sitting == number &&
          (!attendance.left_at || *attendance.left_at > started_at || attendance.to_the_end))
        agencies.insert(participant.agency);
  return agencies;
}

bool State::stayed(const std::string& agency) const {
  return std::ranges::any_of(participants, [&](const Participant& participant) {
    return participant.agency == agency &&
           std::ranges::any_of(participant.attendances, [&](const Attendance& attendance) {
             return attendance.sitting == sitting() && attendance.to_the_end;
           });
  });
}

State Discussion::evolve(State state, const Event& event) {
  ++state.version;
  state.clocks.evolve(event);
  switch (event.kind_case()) {
    case Event::kOpened:
      open(state, event.opened());
      return state;
    case Event::kConvened:
      convene(state, event.convened());
      return state;
    case Event::kInvited:
      invite(state, event.invited());
      return state;
    case Event::kInvitationWithdrawn:
      std::erase_if(state.participants, [&](const Participant& participant) {
        return participant.id == event.invitation_withdrawn().participant_id();
      });
      return state;
    case Event::kInvitationAnswered:
      answer(state, event.invitation_answered());
      return state;
    case Event::kAttendanceRecorded:
      attend(state, event.attendance_recorded());
      return state;
    case Event::kStarted:
      start(state, event.started());
      return state;
    case Event::kDecisionRecorded:
      record_decision(state, event.decision_recorded());
      return state;
    case Event::kActionAssigned:
      state.actions.push_back(
          {.id = event.action_assigned().action_id(), .agency = event.action_assigned().agency()});
      return state;
    case Event::kActionCompleted:
      complete(state, event.action_completed());
      return state;
    case Event::kDissentRecorded:
      dissent(state, event.dissent_recorded());
      return state;
    case Event::kChallenged:
      state.challenges.raised(event.challenged().challenge_id(), event.challenged().decision_id(),
                              event.challenged().agency(), event.challenged().step());
      return state;
    case Event::kChallengeAnswered:
      state.challenges.answered(event.challenge_answered().challenge_id(),
                                event.challenge_answered().step(),
                                event.challenge_answered().resolved());
      return state;
    case Event::kEnquiryConcluded:
      conclude(state, event.enquiry_concluded());
      return state;
    case Event::kClosed:
      close(state, event.closed());
      return state;
    case Event::kRecordIssued:
      issue(state, event.record_issued());
      return state;
    case Event::kCalledOff:
      state.stage = v1::DISCUSSION_STAGE_CALLED_OFF;
      return state;
    case Event::kBroughtForward:
    case Event::kDeadlineExtended:
    case Event::kDeadlineTold:
    case Event::kDeadlineRecomputed:
    case Event::KIND_NOT_SET:  // refused when read
      return state;
  }
  return state;
}

}  // namespace mash::strategy
