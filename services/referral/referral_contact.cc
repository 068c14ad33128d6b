#include "core/caller.h"
#include "core/identifiers.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "referral/intake/intake_checks.h"
#include "referral/limits.h"
#include "referral/referral.h"
#include "referral/rules.h"

// A contact comes in, is acknowledged, accepted or closed, or taken back, and more is told of it.
namespace mash::referral {
namespace {

using Event = Referral::Event;
using Events = Referral::Events;
using State = Referral::State;

bool needs_checking(const Submission& submission) {
  return submission.checks().set_anything_aside();
}

Event received(const Submission& submission, const Context& context) {
  const v1::SubmitContactRequest& request = submission.request();
  Event event;
  v1::ContactReceived& contact = *event.mutable_contact_received();
  contact.set_case_id(fresh_id(context));
  contact.set_agency(context.actor.agency);
  contact.set_area(context.area);
  contact.set_source(request.source());
  to_proto(context.now, contact.mutable_received_at());
  if (request.has_occurred_at()) *contact.mutable_occurred_at() = request.occurred_at();
  contact.set_immediate_danger(request.immediate_danger());
  if (request.has_lawful_basis()) *contact.mutable_lawful_basis() = request.lawful_basis();
  contact.set_needs_checking(needs_checking(submission));
  *contact.mutable_account() = request.account();
  const PersonIds ids = person_ids(request, context);
  contact.mutable_child_ids()->Assign(ids.children.begin(), ids.children.end());
  for (const v1::SubmittedChild& child : request.children()) {
    *contact.add_children() = child.account();
    if (child.identity().unborn()) contact.set_unborn(contact.unborn() + 1);
  }
  contact.mutable_person_ids()->Assign(ids.people.begin(), ids.people.end());
  for (const v1::SubmittedPerson& person : request.people()) {
    v1::InvolvedPerson& involved = *contact.add_people();
    involved.set_role(person.role());
    involved.set_part(person.part());
    involved.set_in_household(person.in_household());
  }
  *contact.mutable_set_aside() = submission.set_aside();
  return event;
}

// A closed contact is opened again only for what was not known when it was closed. One that was
// taken back is still the hub's to go on with.
Result<void> may_be_decided(const State& state) {
  if (state.stage == v1::REFERRAL_STAGE_CONTACT || state.stage == v1::REFERRAL_STAGE_WITHDRAWN)
    return {};
  if (state.stage == v1::REFERRAL_STAGE_TRANSFERRED) return transferred();
  if (state.stage == v1::REFERRAL_STAGE_CLOSED && !state.information_since_decision.empty())
    return {};
  return refuse(Code::kFailedPrecondition, "CONTACT_ALREADY_DECIDED",
                state.stage == v1::REFERRAL_STAGE_CLOSED
                    ? "The contact is closed, and nothing has been added since."
                    : "The contact has been accepted as a referral.");
}

// Only what is nobody's concern but the sender's is the sender's to take back: with immediate
// danger, or once others have told of it too, the contact stays where it is. The sender is not told
// which, since what others tell is not for it.
Result<void> may_be_withdrawn(const State& state) {
  switch (state.stage) {
    case v1::REFERRAL_STAGE_CONTACT:
      break;
    case v1::REFERRAL_STAGE_TRANSFERRED:
      return transferred();
    default:
      return refuse(Code::kFailedPrecondition, "CONTACT_ALREADY_DECIDED",
                    "The contact has been decided on: tell the hub instead what has changed.");
  }
  if (!state.immediate_danger && state.referrers.size() == 1) return {};
  return refuse(Code::kFailedPrecondition, "CONTACT_STAYS_OPEN",
                "The hub goes on with this contact: tell it instead what has changed.");
}

// Another authority that was asked to take it need not answer any more.
template <class Ending>
void end_transfer(const State& state, Ending& ending) {
  for (const auto& [id, transfer] : state.transfers) {
    if (!transfer.waits()) continue;
    ending.mutable_unanswered_transfer()->set_transfer_id(id);
    ending.mutable_unanswered_transfer()->set_to_area(transfer.to_area);
  }
}

Result<void> has_room(const State& state, const std::string& agency) {
  const bool many = state.information_ids.size() >= static_cast<size_t>(kInformationMax);
  const bool crowded = state.referrers.size() >= static_cast<size_t>(kReferrersMax);
  if (!many && (!crowded || state.is_referrer(agency))) return {};
  return refuse(Code::kFailedPrecondition, "TOO_MUCH_INFORMATION",
                many ? "The referral holds as much as one can; submit a new contact."
                     : "As many agencies as can have told of this referral; submit a new contact.");
}

Result<v1::LawfulBasis> basis_of(const v1::AddInformationRequest& command, IntakeChecks& checks,
                                 SetAsides& set_aside) {
  v1::LawfulBasis basis = command.lawful_basis();
  if (!command.has_lawful_basis())
    checks.missing("lawful_basis", "is missing: on what basis the hub is told");
  else
    check_lawful_basis("lawful_basis", basis, checks, set_aside);
  return basis;
}

}  // namespace

Result<Events> Referral::decide(const State& state, const v1::SubmitContactRequest& command,
                                const Context& context) {
  return decide(state, Submission::of(command, context), context);
}

Result<Events> Referral::decide(const State& state, const Submission& command,
                                const Context& context) {
  if (state.exists())
    return refuse(Code::kAlreadyExists, "REFERRAL_EXISTS", "There is a referral with this id.");
  if (auto sound = command.checks().verdict(); !sound) return tl::unexpected(sound.error());
  return clocks_from_receipt(context).map([&](const Deadlines& deadlines) {
    Event event = received(command, context);
    *event.mutable_contact_received()->mutable_deadlines() = deadlines;
    return only(std::move(event));
  });
}

Result<Events> Referral::decide(const State& state, const v1::WithdrawContactRequest& command,
                                const Context& context) {
  if (auto may = for_those_who_told(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  checks.text("reason", command.reason(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (context.actor.agency != state.referrers.front())
    return refuse(Code::kFailedPrecondition, "NOT_THE_SENDER",
                  "A contact is taken back by the agency that sent it.");
  if (state.stage == v1::REFERRAL_STAGE_WITHDRAWN) return Events{};
  if (auto may = may_be_withdrawn(state); !may) return tl::unexpected(may.error());
  Event event;
  v1::ContactWithdrawn& withdrawn = *event.mutable_contact_withdrawn();
  to_proto(context.now, withdrawn.mutable_withdrawn_at());
  withdrawn.set_reason(command.reason());
  end_transfer(state, withdrawn);
  return Events{event};
}

Result<Events> Referral::decide(const State& state, const v1::AcknowledgeContactRequest& command,
                                const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  checks.text("message", command.message(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.acknowledged) return Events{};
  Event event;
  v1::ContactAcknowledged& acknowledged = *event.mutable_contact_acknowledged();
  to_proto(context.now, acknowledged.mutable_acknowledged_at());
  acknowledged.set_message(command.message());
  return Events{event};
}

Result<Events> Referral::decide(const State& state, const v1::DecideContactRequest& command,
                                const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  const policy::ContactOutcome* outcome = context.pack->contact_outcome(code_of(command.outcome()));
  if (outcome == nullptr)
    checks.fault("outcome", "is not an outcome of a contact in the policy pack in force");
  checks.text("rationale", command.rationale(), kTextBytesMax);
  if (!command.open_case_id().empty() && command.outcome() != v1::CONTACT_OUTCOME_TO_OPEN_CASE)
    checks.fault("open_case_id", "is given, but the contact does not go to an open case");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto may = may_be_decided(state); !may) return tl::unexpected(may.error());

  Event event;
  v1::ContactDecision& decision = outcome->becomes_referral
                                      ? *event.mutable_contact_accepted()->mutable_decision()
                                      : *event.mutable_contact_closed()->mutable_decision();
  decision.set_decision_id(fresh_id(context));
  decision.set_outcome(command.outcome());
  decision.set_rationale(command.rationale());
  decision.set_maker(context.actor.practitioner);
  to_proto(context.now, decision.mutable_decided_at());
  decision.set_policy_pack(context.pack->citation());
  decision.set_needs_other_support(outcome->needs_other_support);
  if (event.has_contact_closed()) end_transfer(state, *event.mutable_contact_closed());
  return Events{event};
}

Result<Events> Referral::decide(const State& state, const v1::AddInformationRequest& command,
                                const Context& context) {
  if (auto may = for_those_who_told(state, context); !may) return tl::unexpected(may.error());
  IntakeChecks checks(command.immediate_danger());
  Event event;
  v1::InformationAdded& added = *event.mutable_information_added();
  v1::Information& information = *added.mutable_information();
  checks.text("text", command.text(), kTextBytesMax);
  checks.text("danger", command.danger(), kTextBytesMax);
  if (!command.danger().empty() && !command.immediate_danger())
    checks.fault("danger", "is given, but immediate_danger is not set: set it, or use the text");
  const std::string& other = command.on_behalf_of_agency();
  if (!other.empty() && !is_hub(context.actor))
    checks.fault("on_behalf_of_agency", "is for the hub to give");
  else if (!other.empty() && !is_agency_name(other))
    checks.fault("on_behalf_of_agency", "is not the name of an agency, like social-care");
  const auto basis = basis_of(command, checks, *added.mutable_set_aside());
  if (command.has_occurred_at() && checks.happened("occurred_at", command.occurred_at(),
                                                   context.now, *added.mutable_set_aside()))
    *information.mutable_occurred_at() = command.occurred_at();
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto may = has_room(state, other.empty() ? context.actor.agency : other); !may)
    return tl::unexpected(may.error());

  information.set_information_id(fresh_id(context));
  information.set_agency(other.empty() ? context.actor.agency : other);
  to_proto(context.now, information.mutable_received_at());
  information.set_immediate_danger(command.immediate_danger());
  if (command.has_lawful_basis()) *information.mutable_lawful_basis() = *basis;
  information.set_text(command.text());
  information.set_danger(command.danger());
  added.set_needs_checking(checks.set_anything_aside());
  added.set_assignee(state.assignee);
  return Events{event};
}

}  // namespace mash::referral
