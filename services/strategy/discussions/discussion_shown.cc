#include "strategy/discussions/discussion_shown.h"

#include <algorithm>
#include <utility>

#include "policy/challenges_shown.h"
#include "strategy/discussions/discussion_clocks.h"
#include "strategy/lists/rows.h"

namespace mash::strategy {
namespace {

using Detail = v1::DiscussionDetail;

v1::Participant* participant(Detail& detail, const std::string& id) {
  auto& all = *detail.mutable_participants();
  const auto found = std::ranges::find(all, id, &v1::Participant::participant_id);
  return found == all.end() ? nullptr : &*found;
}

v1::Sitting* sitting(Detail& detail, unsigned number) {
  const auto at = static_cast<int>(number) - 1;
  return at < 0 || at >= detail.sittings_size() ? nullptr : detail.mutable_sittings(at);
}

v1::Action* action(Detail& detail, const std::string& id) {
  auto& all = *detail.mutable_actions();
  const auto found = std::ranges::find(all, id, &v1::Action::action_id);
  return found == all.end() ? nullptr : &*found;
}

// Whoever came before it was moved comes anew.
void forget_attendances(Detail& detail, unsigned sitting) {
  for (v1::Participant& participant : *detail.mutable_participants()) {
    auto& all = *participant.mutable_attendances();
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const v1::Attendance& each) { return each.sitting() == sitting; }),
              all.end());
  }
}

void convene(Detail& detail, const v1::DiscussionConvened& convened) {
  detail.set_looked_after(convened.looked_after());
  detail.set_unborn(convened.unborn());
  v1::Sitting* anew = sitting(detail, convened.sitting());
  if (anew != nullptr) forget_attendances(detail, convened.sitting());
  v1::Sitting& shown = anew != nullptr ? *anew : *detail.add_sittings();
  shown.set_number(convened.sitting());
  shown.set_form(convened.form());
  *shown.mutable_scheduled_at() = convened.scheduled_at();
  shown.set_place(convened.place());
  shown.set_chair(convened.chair());
  shown.set_reason(convened.reason());
  for (const v1::Invitee& asked : convened.asked_again())
    if (v1::Participant* again = participant(detail, asked.participant_id()))
      *again->mutable_asked_again_at() = convened.convened_at();
}

void invite(Detail& detail, const v1::ParticipantInvited& invited) {
  v1::Participant& shown = *detail.add_participants();
  shown.set_participant_id(invited.participant_id());
  *shown.mutable_invitation() = invited.invitation();
}

void answer(Detail& detail, const v1::InvitationAnswered& answered) {
  v1::Participant* shown = participant(detail, answered.participant_id());
  if (shown == nullptr) return;
  shown->set_answer(answered.answer());
  shown->set_answer_reason(answered.reason());
  shown->clear_substitute();
  if (answered.has_substitute()) *shown->mutable_substitute() = answered.substitute();
  *shown->mutable_answered_at() = answered.answered_at();
}

void withdraw(Detail& detail, const v1::InvitationWithdrawn& withdrawn) {
  v1::Participant* shown = participant(detail, withdrawn.participant_id());
  if (shown == nullptr) return;
  *shown->mutable_withdrawn_at() = withdrawn.withdrawn_at();
  shown->set_withdrawn_reason(withdrawn.reason());
}

// What is recorded of somebody who is there takes the place of what was.
void attend(Detail& detail, const v1::AttendanceRecorded& recorded) {
  v1::Participant* shown = participant(detail, recorded.participant_id());
  if (shown == nullptr) return;
  auto& all = *shown->mutable_attendances();
  const auto open = std::ranges::find_if(all, [&](const v1::Attendance& each) {
    return each.sitting() == recorded.sitting() && !each.has_left_at();
  });
  v1::Attendance& attendance = open == all.end() ? *all.Add() : *open;
  attendance.set_sitting(recorded.sitting());
  *attendance.mutable_joined_at() = recorded.joined_at();
  if (recorded.has_left_at()) *attendance.mutable_left_at() = recorded.left_at();
  attendance.set_substitute(recorded.substitute());
}

void begin(Detail& detail, const v1::DiscussionStarted& started) {
  v1::Sitting* shown = sitting(detail, started.sitting());
  if (shown == nullptr) return;
  *shown->mutable_started_at() = started.started_at();
  *shown->mutable_quorum() = started.quorum();
  shown->set_emergency_reason(started.emergency_reason());
}

void decide(Detail& detail, const v1::DiscussionDecisionRecorded& recorded) {
  v1::DiscussionDecision& shown = *detail.add_decisions();
  shown.set_decision_id(recorded.decision_id());
  shown.set_sitting(recorded.sitting());
  *shown.mutable_terms() = recorded.terms();
  *shown.mutable_quorum() = recorded.quorum();
  shown.set_emergency_reason(recorded.emergency_reason());
  *shown.mutable_agencies() = recorded.agencies();
  shown.set_decided_by(recorded.decided_by());
  *shown.mutable_decided_at() = recorded.decided_at();
  if (!recorded.conference_id().empty()) detail.set_conference_id(recorded.conference_id());
}

void assign(Detail& detail, const v1::ActionAssigned& assigned) {
  v1::Action& shown = *detail.add_actions();
  shown.set_action_id(assigned.action_id());
  shown.set_discussion_id(detail.summary().discussion_id());
  shown.set_case_id(detail.summary().case_id());
  shown.set_agency(assigned.agency());
  shown.set_practitioner(assigned.practitioner());
  shown.set_what(assigned.what());
  shown.set_immediate(assigned.immediate());
  shown.set_agreed_with(assigned.agreed_with());
}

void complete(Detail& detail, const v1::ActionCompleted& completed) {
  v1::Action* shown = action(detail, completed.action_id());
  if (shown == nullptr) return;
  shown->set_result(completed.result());
  shown->set_result_text(completed.text());
  shown->set_completed_by(completed.completed_by());
}

void dissent(Detail& detail, const v1::Dissent& said) {
  for (v1::DiscussionDecision& decision : *detail.mutable_decisions())
    if (decision.decision_id() == said.decision_id()) *decision.add_dissents() = said;
}

void close(Detail& detail, const v1::DiscussionClosed& closed) {
  v1::Sitting* shown = sitting(detail, closed.sitting());
  if (shown == nullptr) return;
  *shown->mutable_closed_at() = closed.closed_at();
  shown->set_summary(closed.summary());
}

void take(Detail& detail, const v1::DiscussionEvent& event) {
  using Event = v1::DiscussionEvent;
  switch (event.kind_case()) {
    case Event::kOpened:
      return detail.set_unborn(event.opened().unborn());
    case Event::kConvened:
      return convene(detail, event.convened());
    case Event::kInvited:
      return invite(detail, event.invited());
    case Event::kInvitationWithdrawn:
      return withdraw(detail, event.invitation_withdrawn());
    case Event::kInvitationAnswered:
      return answer(detail, event.invitation_answered());
    case Event::kAttendanceRecorded:
      return attend(detail, event.attendance_recorded());
    case Event::kStarted:
      return begin(detail, event.started());
    case Event::kDecisionRecorded:
      return decide(detail, event.decision_recorded());
    case Event::kActionAssigned:
      return assign(detail, event.action_assigned());
    case Event::kActionCompleted:
      return complete(detail, event.action_completed());
    case Event::kDissentRecorded:
      return dissent(detail, event.dissent_recorded());
    case Event::kChallenged:
      return policy::show_raised(*detail.mutable_challenges(), event.challenged().challenge_id(),
                                 event.challenged().decision_id(), event.challenged().agency(),
                                 event.challenged().step());
    case Event::kChallengeAnswered:
      return policy::show_answered(
          *detail.mutable_challenges(), event.challenge_answered().challenge_id(),
          event.challenge_answered().step(), event.challenge_answered().resolved());
    case Event::kEnquiryConcluded:
      *detail.mutable_conclusion() = event.enquiry_concluded();
      if (!event.enquiry_concluded().conference_id().empty())
        detail.set_conference_id(event.enquiry_concluded().conference_id());
      return;
    case Event::kClosed:
      return close(detail, event.closed());
    case Event::kRecordIssued:
      if (v1::Sitting* shown = sitting(detail, event.record_issued().sitting()))
        *shown->mutable_record_issued_at() = event.record_issued().issued_at();
      return;
    case Event::kCalledOff:
      return detail.set_called_off_reason(event.called_off().reason());
    case Event::kBroughtForward:
    case Event::kDeadlineExtended:
    case Event::kDeadlineTold:
    case Event::kDeadlineRecomputed:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

// Those of actions stand with them, those of challenges with their steps.
void show_deadlines(Detail& detail, const DiscussionClocks& clocks, Time now) {
  for (const clocks::Clock& clock : clocks.all()) {
    if (clock.group == DiscussionClocks::kChallenge) continue;
    if (clock.group != DiscussionClocks::kAction)
      to_proto(clock, now, detail.add_deadlines());
    else if (v1::Action* shown = action(detail, clock.id))
      to_proto(clock, now, shown->mutable_deadline());
  }
}

}  // namespace

v1::DiscussionDetail detail_of(const std::string& discussion_id,
                               const std::vector<v1::DiscussionEvent>& events, Time now) {
  Detail detail;
  v1::DiscussionRow row;
  DiscussionClocks clocks;
  for (const v1::DiscussionEvent& event : events) {
    evolve_row(row, discussion_id, event);
    *detail.mutable_summary() = row.summary();
    clocks.evolve(event);
    take(detail, event);
  }
  *detail.mutable_summary() = shown(row);
  show_deadlines(detail, clocks, now);
  return detail;
}

}  // namespace mash::strategy
