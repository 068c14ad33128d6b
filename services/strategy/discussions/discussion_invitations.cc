// Who is asked to come, and what their agencies answer.
#include <algorithm>
#include <string>
#include <utility>

#include "core/timestamp.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/discussion_rules.h"

namespace mash::strategy {
namespace {

using Event = Discussion::Event;
using Events = Discussion::Events;
using Participant = Discussion::Participant;
using State = Discussion::State;

void check_substitute(const v1::Substitute& substitute, const Participant& participant,
                      Checks& checks) {
  check_practitioner("substitute.practitioner", substitute.practitioner(), checks);
  checks.line("substitute.name", substitute.name());
  if (!participant.practitioner.empty() && substitute.practitioner() == participant.practitioner)
    checks.fault("substitute.practitioner", "is who was invited");
}

void check_answer(const v1::AnswerInvitationRequest& request, const Participant& participant,
                  Checks& checks) {
  check_said("answer", request.answer(), v1::InvitationAnswer_IsValid(request.answer()),
             "whether somebody comes", checks);
  checks.text("reason", request.reason(), kNoteBytesMax);
  if (request.answer() == v1::INVITATION_ANSWER_DECLINED && request.reason().empty())
    checks.fault("reason", "is missing: why nobody comes");
  if (request.answer() == v1::INVITATION_ANSWER_ACCEPTED && !request.reason().empty())
    checks.fault("reason", "goes with an answer that they do not come");
  if (request.answer() == v1::INVITATION_ANSWER_SUBSTITUTED)
    check_substitute(request.substitute(), participant, checks);
  else if (request.has_substitute())
    checks.fault("substitute", "goes with an answer that somebody else comes");
}

// Whoever the answer brings in.
Result<void> may_bring(const v1::AnswerInvitationRequest& request, const State& state,
                       const Participant& participant, const CaseAccess& access,
                       const Actor& actor) {
  const People people = people_of(state, participant.id);
  if (request.answer() == v1::INVITATION_ANSWER_SUBSTITUTED)
    return may_come(actor.agency, request.substitute().practitioner(), people, access,
                    "substitute.practitioner");
  const bool comes_themself = request.answer() == v1::INVITATION_ANSWER_ACCEPTED &&
                              participant.practitioner.empty() && !actor.practitioner.empty();
  if (!comes_themself) return {};
  return may_come(actor.agency, actor.practitioner, people, access, "answer");
}

// Whether nothing else has the agency in the discussion.
bool is_last_part(const State& state, const Participant& part) {
  return std::ranges::none_of(state.participants, [&](const Participant& other) {
    return other.id != part.id && other.agency == part.agency;
  });
}

// Whether the agency has something to do by what was agreed, or has disagreed with it.
bool takes_part(const State& state, const std::string& agency) {
  return std::ranges::any_of(
             state.actions,
             [&](const Discussion::Action& action) { return action.agency == agency; }) ||
         std::ranges::any_of(state.decisions, [&](const Discussion::Decision& decision) {
           return decision.dissenting.contains(agency);
         });
}

}  // namespace

Result<Events> Discussion::decide(const State& state, const Invite& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  const v1::Invitation& invitation = command.request.invitation();
  Checks checks;
  check_invitation("invitation", invitation, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto open = at_a_sitting(state); !open) return tl::unexpected(open.error());
  if (state.participants.size() >= static_cast<size_t>(kParticipantsMax))
    return refuse(Code::kFailedPrecondition, "TOO_MANY_PARTICIPANTS",
                  "As many people as can be are invited.");
  if (auto may = may_come(invitation.agency(), invitation.practitioner(), people_of(state),
                          command.family.access, "invitation.practitioner");
      !may)
    return tl::unexpected(may.error());
  return only(invited(invitation, fresh_id(context), context));
}

Result<Events> Discussion::decide(const State& state, const v1::WithdrawInvitationRequest& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  check_text("reason", command.reason(), kNoteBytesMax, "why it is taken back", checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const Participant* participant = state.participant(command.participant_id());
  if (participant == nullptr) return no_such("invitation");
  if (!participant->attendances.empty())
    return refuse(Code::kFailedPrecondition, "PARTICIPANT_ATTENDED",
                  "Somebody came by this invitation: that they were there stays.");
  const bool out = is_last_part(state, *participant);
  if (out && takes_part(state, participant->agency))
    return refuse(Code::kFailedPrecondition, "AGENCY_TAKES_PART",
                  "Its agency has something to do by the discussion, or disagrees with it.");
  Event event;
  v1::InvitationWithdrawn& withdrawn = *event.mutable_invitation_withdrawn();
  withdrawn.set_participant_id(participant->id);
  *withdrawn.mutable_invited() = invitee(*participant);
  withdrawn.set_reason(command.reason());
  if (out) withdrawn.set_agency_out(participant->agency);
  withdrawn.set_withdrawn_by(context.actor.practitioner);
  to_proto(context.now, withdrawn.mutable_withdrawn_at());
  return only(std::move(event));
}

Result<Events> Discussion::decide(const State& state, const Answer& command,
                                  const Context& context) {
  if (auto may = for_those_in_it(state, context); !may) return tl::unexpected(may.error());
  const v1::AnswerInvitationRequest& request = command.request;
  const Participant* participant = state.participant(request.participant_id());
  if (participant == nullptr) return no_such("invitation");
  if (participant->agency != context.actor.agency)
    return refuse(Code::kFailedPrecondition, "NOT_THE_AGENCY_INVITED",
                  "An invitation is answered by the agency that was invited.");
  Checks checks;
  check_answer(request, *participant, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto open = at_a_sitting(state); !open) return tl::unexpected(open.error());
  if (auto may = may_bring(request, state, *participant, command.family.access, context.actor);
      !may)
    return tl::unexpected(may.error());
  if (request.answer() == v1::INVITATION_ANSWER_ACCEPTED &&
      participant->answer == request.answer() && !participant->asked_again)
    return Events{};  // already so
  Event event;
  v1::InvitationAnswered& answered = *event.mutable_invitation_answered();
  answered.set_participant_id(participant->id);
  answered.set_answer(request.answer());
  answered.set_reason(request.reason());
  if (request.has_substitute()) *answered.mutable_substitute() = request.substitute();
  answered.set_answered_by(context.actor.practitioner);
  to_proto(context.now, answered.mutable_answered_at());
  return only(std::move(event));
}

}  // namespace mash::strategy
