#include "cli/strategy_shown.h"

#include <google/protobuf/repeated_ptr_field.h>

#include <ostream>
#include <string>

#include "cli/print.h"
#include "cli/story.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::cli {
namespace {

namespace v1 = strategy::v1;
using google::protobuf::Message;

void print_next_page(const std::string& token, std::ostream& out) {
  if (!token.empty()) out << "There are more: --page " << token << '\n';
}

std::string or_dash(std::string text) { return text.empty() ? "-" : text; }

template <class Texts>
std::string joined(const Texts& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + shown(text);
  return or_dash(all);
}

std::string state_of(const common::v1::DeadlineStatus& deadline) {
  return enum_word(common::v1::DeadlineState_Name(deadline.state()), "DeadlineState");
}

std::string stage_of(const v1::DiscussionSummary& summary) {
  return enum_word(v1::DiscussionStage_Name(summary.stage()), "DiscussionStage");
}

std::string section_47_of(v1::Section47 section_47) {
  return section_47 == v1::SECTION47_UNSPECIFIED
             ? "-"
             : enum_word(v1::Section47_Name(section_47), "Section47");
}

// "yes", "no: police, health", or nothing before it began.
std::string quorum_of(const v1::DiscussionSummary& summary) {
  if (!summary.has_started_at()) return "-";
  return summary.quorate() ? "yes" : "no: " + joined(summary.absent());
}

std::string quorum_of(const v1::Quorum& quorum) {
  return quorum.quorate() ? "quorate" : "NOT QUORATE, without " + joined(quorum.absent());
}

std::string who(const v1::Participant& participant) {
  const v1::Invitation& invitation = participant.invitation();
  const bool substituted = participant.answer() == v1::INVITATION_ANSWER_SUBSTITUTED;
  const std::string& id =
      substituted ? participant.substitute().practitioner() : invitation.practitioner();
  const std::string& name = substituted ? participant.substitute().name() : invitation.name();
  std::string text = shown(id);
  if (!name.empty()) text += (text.empty() ? "" : ", ") + shown(name);
  if (substituted)
    text += " for " + or_dash(shown(invitation.practitioner().empty() ? invitation.name()
                                                                      : invitation.practitioner()));
  return or_dash(text);
}

std::string answer_of(const v1::Participant& participant) {
  if (participant.has_withdrawn_at()) return "withdrawn";
  if (participant.answer() == v1::INVITATION_ANSWER_UNSPECIFIED) return "-";
  return enum_word(v1::InvitationAnswer_Name(participant.answer()), "InvitationAnswer");
}

std::string presence_of(const v1::Participant& participant) {
  std::string text;
  for (const v1::Attendance& attendance : participant.attendances()) {
    text += (text.empty() ? "" : "; ") + std::to_string(attendance.sitting()) + ": " +
            shown(attendance.joined_at());
    if (attendance.has_left_at()) text += " to " + shown(attendance.left_at());
  }
  return or_dash(text);
}

void print_participants(const v1::DiscussionDetail& discussion, std::ostream& out) {
  Table table({"PARTICIPANT", "AGENCY", "AS", "WHO", "ANSWER", "IN SITTING, FROM"});
  for (const v1::Participant& participant : discussion.participants())
    table.add({shown(participant.participant_id()), shown(participant.invitation().agency()),
               shown(participant.invitation().function()), who(participant), answer_of(participant),
               presence_of(participant)});
  out << '\n';
  table.print(out);
}

void print_sittings(const v1::DiscussionDetail& discussion, std::ostream& out) {
  for (const v1::Sitting& sitting : discussion.sittings()) {
    out << "\nsitting " << sitting.number() << ", "
        << enum_word(v1::DiscussionForm_Name(sitting.form()), "DiscussionForm") << ", "
        << shown(sitting.started_at()) << " to " << shown(sitting.closed_at());
    if (sitting.has_started_at()) out << ", " << quorum_of(sitting.quorum());
    out << '\n';
    out << "  asked for " << shown(sitting.scheduled_at()) << ", chaired by "
        << shown(sitting.chair()) << '\n';
    for (const auto& [name, text] :
         {std::pair("place", sitting.place()), std::pair("reason", sitting.reason()),
          std::pair("emergency", sitting.emergency_reason()),
          std::pair("summary", sitting.summary())})
      if (!text.empty()) out << "  " << name << ": " << shown(text) << '\n';
    if (sitting.has_record_issued_at())
      out << "  record issued " << shown(sitting.record_issued_at()) << '\n';
  }
}

void print_decisions(const v1::DiscussionDetail& discussion, std::ostream& out) {
  for (const v1::DiscussionDecision& decision : discussion.decisions()) {
    out << "\ndecision " << shown(decision.decision_id()) << ", sitting " << decision.sitting()
        << ", " << shown(decision.decided_at()) << ", in the room: " << joined(decision.agencies())
        << ", " << quorum_of(decision.quorum()) << '\n';
    print_fields(decision.terms(), "  ", out);
    for (const v1::Dissent& dissent : decision.dissents())
      out << "  " << shown(dissent.agency()) << " disagrees: " << shown(dissent.reason()) << '\n';
  }
}

Table table_of(const google::protobuf::RepeatedPtrField<v1::Action>& actions) {
  Table table({"ACTION", "AGENCY", "DUE", "STATE", "RESULT", "WHAT", "WHAT CAME OF IT"});
  for (const v1::Action& action : actions)
    table.add({shown(action.action_id()), shown(action.agency()), shown(action.deadline().due()),
               state_of(action.deadline()),
               action.result() == v1::ACTION_RESULT_UNSPECIFIED
                   ? "-"
                   : enum_word(v1::ActionResult_Name(action.result()), "ActionResult"),
               or_dash(shown(action.what())), or_dash(shown(action.result_text()))});
  return table;
}

}  // namespace

void print_discussions(const Message& reply, std::ostream& out) {
  const auto& found = static_cast<const v1::ListDiscussionsResponse&>(reply);
  Table table({"DISCUSSION", "CASE", "STAGE", "WHEN", "DUE", "QUORATE", "SECTION 47", "ACTIONS"});
  for (const v1::DiscussionSummary& summary : found.discussions())
    table.add({shown(summary.discussion_id()), shown(summary.case_id()), stage_of(summary),
               shown(summary.scheduled_at()), shown(summary.due_at()), quorum_of(summary),
               section_47_of(summary.section_47()), std::to_string(summary.open_actions())});
  table.print(out);
  print_next_page(found.next_page_token(), out);
}

void print_discussion(const Message& reply, std::ostream& out) {
  const v1::DiscussionDetail& discussion =
      static_cast<const v1::GetDiscussionResponse&>(reply).discussion();
  const v1::DiscussionSummary& summary = discussion.summary();
  Facts facts;
  facts.add("discussion", shown(summary.discussion_id()));
  facts.add("case", shown(summary.case_id()));
  facts.add("stage", stage_of(summary));
  facts.add("children", joined(summary.child_ids()));
  if (!discussion.missing_child_ids().empty())
    facts.add("MISSING", joined(discussion.missing_child_ids()));
  for (const common::v1::DeadlineStatus& deadline : discussion.deadlines())
    facts.add(shown(deadline.deadline().kind()),
              "due " + shown(deadline.due()) + ", " + state_of(deadline));
  if (!discussion.conference_id().empty())
    facts.add("conference", shown(discussion.conference_id()));
  if (discussion.has_conclusion()) {
    facts.add("enquiries", shown(discussion.conclusion().outcome()) + ", concluded " +
                               shown(discussion.conclusion().concluded_at()));
    facts.add("because", or_dash(shown(discussion.conclusion().rationale())));
  }
  if (!discussion.called_off_reason().empty())
    facts.add("called off", shown(discussion.called_off_reason()));
  facts.add("version", std::to_string(summary.version()));
  facts.print(out);
  if (discussion.erased()) out << "Its texts were erased with its case.\n";
  print_participants(discussion, out);
  print_sittings(discussion, out);
  print_decisions(discussion, out);
  if (!discussion.actions().empty()) {
    out << '\n';
    table_of(discussion.actions()).print(out);
  }
  for (const referral::v1::Challenge& challenge : discussion.challenges()) {
    out << "\nchallenge " << shown(challenge.challenge_id()) << " by " << shown(challenge.agency())
        << (challenge.resolved() ? ", resolved\n" : ", open\n");
    print_fields(challenge, "  ", out);
  }
}

void print_actions(const Message& reply, std::ostream& out) {
  const auto& found = static_cast<const v1::ListActionsResponse&>(reply);
  Table table({"ACTION", "DISCUSSION", "CASE", "AGENCY", "DUE", "STATE"});
  for (const v1::Action& action : found.actions())
    table.add({shown(action.action_id()), shown(action.discussion_id()), shown(action.case_id()),
               shown(action.agency()), shown(action.deadline().due()),
               state_of(action.deadline())});
  table.print(out);
  print_next_page(found.next_page_token(), out);
}

void print_conferences(const Message& reply, std::ostream& out) {
  const auto& found = static_cast<const v1::ListConferencesResponse&>(reply);
  Table table({"CONFERENCE", "CASE", "KIND", "STAGE", "DUE", "STATE", "WHEN"});
  for (const v1::Conference& conference : found.conferences())
    table.add({shown(conference.conference_id()), shown(conference.case_id()),
               enum_word(v1::ConferenceKind_Name(conference.kind()), "ConferenceKind"),
               enum_word(v1::ConferenceStage_Name(conference.stage()), "ConferenceStage"),
               shown(conference.deadline().due()), state_of(conference.deadline()),
               shown(conference.has_held_at() ? conference.held_at() : conference.scheduled_at())});
  table.print(out);
  print_next_page(found.next_page_token(), out);
}

void print_missing(const Message& reply, std::ostream& out) {
  const auto& found = static_cast<const v1::ListMissingResponse&>(reply);
  Table table({"CHILD", "CASE", "MISSING SINCE", "FLAGGED BY", "ON A PLAN SINCE", "TOLD"});
  for (const v1::ChildStatus& child : found.children())
    table.add({shown(child.child_id()), shown(child.case_id()), shown(child.missing_since()),
               shown(child.flagged_by_agency()), shown(child.plan_since()),
               joined(child.authorities_told())});
  table.print(out);
  print_next_page(found.next_page_token(), out);
}

}  // namespace mash::cli
