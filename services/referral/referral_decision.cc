#include <set>

#include "core/deadline.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "referral/limits.h"
#include "referral/referral.h"
#include "referral/rules.h"

// A referral is decided, decided anew, and its referrers and the family are told.
namespace mash::referral {
namespace {

using Event = Referral::Event;
using Events = Referral::Events;
using State = Referral::State;

Result<void> awaits_decision(const State& state) {
  switch (state.stage) {
    case v1::REFERRAL_STAGE_REFERRAL:
      return {};
    case v1::REFERRAL_STAGE_TRANSFERRED:
      return transferred();
    case v1::REFERRAL_STAGE_DECIDED:
      return refuse(Code::kFailedPrecondition, "REFERRAL_ALREADY_DECIDED",
                    "The referral has been decided; a decision is revised, not made twice.");
    default:
      return refuse(Code::kFailedPrecondition, "NOT_A_REFERRAL",
                    "The contact has not been accepted as a referral.");
  }
}

// What a decision rests on is there: the referral itself, or information added to it.
void check_evidence(const State& state, const std::string& referral_id,
                    const v1::Decision& decision, Checks& checks) {
  if (decision.evidence_ids_size() == 0)
    checks.fault("decision.evidence_ids",
                 "is missing: what it rests on; the referral's own id for what the referrer sent");
  if (decision.evidence_ids_size() > kEvidenceMax)
    return checks.fault("decision.evidence_ids", "are more than " + std::to_string(kEvidenceMax));
  std::set<std::string> seen;
  for (int i = 0; i < decision.evidence_ids_size(); ++i) {
    const std::string& id = decision.evidence_ids(i);
    const std::string field = "decision.evidence_ids[" + std::to_string(i) + "]";
    if (id != referral_id && !state.information_ids.contains(id))
      checks.fault(field, "is neither this referral nor information added to it");
    else if (!seen.insert(id).second)
      checks.fault(field, "is named twice");
  }
}

// Whether the family is told, and if not, why in words: Working Together 2018, chapter 1,
// paragraph 73. The fields' names are for the faults.
void check_informed(const std::string& informed_field, v1::FamilyInformed informed,
                    const std::string& why_not_field, const std::string& why_not, Checks& checks) {
  checks.text(why_not_field, why_not, kNoteBytesMax);
  const bool told =
      informed == v1::FAMILY_INFORMED_TOLD || informed == v1::FAMILY_INFORMED_TO_BE_TOLD;
  if (informed == v1::FAMILY_INFORMED_UNSPECIFIED)
    checks.fault(informed_field,
                 "is missing: whether the child and family are told, and if not, why");
  else if (!told && why_not.empty())
    checks.fault(why_not_field, "is missing: why the family is not told, in words");
}

// The outcome, if the pack has it; whatever does not fit the pack is a fault that cites its rule.
const policy::ReferralOutcome* check_outcome(const v1::Decision& decision, const Context& context,
                                             Checks& checks) {
  const policy::ReferralOutcome* outcome = context.pack->referral_outcome(decision.outcome());
  if (outcome == nullptr)
    checks.fault("decision.outcome", "is not an outcome of the policy pack in force");
  if (context.pack->level_of_need(decision.level_of_need()) == nullptr) {
    checks.fault("decision.level_of_need", "is not a level of need of the policy pack in force");
  } else if (outcome != nullptr && !outcome->allows_level(decision.level_of_need())) {
    checks.fault("decision.level_of_need", "does not go with this outcome");
    checks.cite(outcome->basis.source);
  }
  checks.text("decision.other_support", decision.other_support(), kNoteBytesMax);
  if (outcome != nullptr && outcome->needs_other_support && decision.other_support().empty()) {
    checks.fault("decision.other_support",
                 "is missing: the threshold is not met, so other sources of support are named");
    checks.cite(outcome->basis.source);
  }
  return outcome;
}

// The decision as it is kept: what the caller says, and what the hub knows.
Result<v1::Decision> checked(const State& state, const std::string& referral_id,
                             const v1::Decision& said, const Context& context) {
  Checks checks;
  const policy::ReferralOutcome* outcome = check_outcome(said, context, checks);
  if (said.rationale().empty()) checks.fault("decision.rationale", "is missing");
  checks.text("decision.rationale", said.rationale(), kTextBytesMax);
  check_evidence(state, referral_id, said, checks);
  check_informed("decision.family_informed", said.family_informed(), "decision.family_why_not",
                 said.family_why_not(), checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());

  v1::Decision decision = said;
  decision.set_decision_id(fresh_id(context));
  decision.set_maker(context.actor.practitioner);
  to_proto(context.now, decision.mutable_decided_at());
  decision.set_policy_pack(context.pack->citation());
  decision.set_threshold_met(outcome->threshold_met);
  decision.set_needs_other_support(outcome->needs_other_support);
  decision.clear_revises_decision_id();
  decision.clear_revision_ground();
  return decision;
}

// The clocks that an outcome starts. They run from receipt, like the referral's own: an assessment
// takes no longer than 45 working days "from the point of referral" (paragraph 75).
Result<void> set_outcome_clocks(const State& state, const v1::Decision& decision,
                                const Context& context, Deadlines& deadlines) {
  const auto received = from_proto(state.received_at);
  if (!received) return tl::unexpected(received.error());
  for (const std::string& timescale : context.pack->referral_outcome(decision.outcome())->starts)
    if (auto set = set_clock(timescale, *received, context, deadlines); !set) return set;
  return {};
}

bool rests_on_new_information(const State& state, const v1::Decision& decision) {
  for (const std::string& id : decision.evidence_ids())
    if (state.information_since_decision.contains(id)) return true;
  return false;
}

Result<void> may_revise(const State& state, const v1::ReviseDecisionRequest& command) {
  if (state.stage == v1::REFERRAL_STAGE_TRANSFERRED) return transferred();
  if (state.stage != v1::REFERRAL_STAGE_DECIDED)
    return refuse(Code::kFailedPrecondition, "NOTHING_DECIDED",
                  "The referral has not been decided yet.");
  if (command.ground() == v1::REVISION_GROUND_NEW_INFORMATION &&
      !rests_on_new_information(state, command.decision()))
    return refuse(Code::kFailedPrecondition, "NO_NEW_INFORMATION",
                  "None of the evidence has come since the decision in force: add it first, and "
                  "name it, or say that the decision is corrected.");
  return {};
}

}  // namespace

Result<Events> Referral::decide(const State& state, const v1::DecideReferralRequest& command,
                                const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  if (auto may = awaits_decision(state); !may) return tl::unexpected(may.error());
  auto decision = checked(state, command.referral_id(), command.decision(), context);
  if (!decision) return tl::unexpected(decision.error());
  Event event;
  v1::ReferralDecided& decided = *event.mutable_referral_decided();
  *decided.mutable_decision() = std::move(*decision);
  return set_outcome_clocks(state, decided.decision(), context, *decided.mutable_deadlines())
      .map([&] { return Events{std::move(event)}; });
}

Result<Events> Referral::decide(const State& state, const v1::ReviseDecisionRequest& command,
                                const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  if (auto may = may_revise(state, command); !may) return tl::unexpected(may.error());
  auto decision = checked(state, command.referral_id(), command.decision(), context);
  if (!decision) return tl::unexpected(decision.error());
  Event event;
  v1::DecisionRevised& revised = *event.mutable_decision_revised();
  *revised.mutable_decision() = std::move(*decision);
  revised.mutable_decision()->set_revises_decision_id(state.decision_id);
  revised.mutable_decision()->set_revision_ground(command.ground());
  return set_outcome_clocks(state, revised.decision(), context, *revised.mutable_deadlines())
      .map([&] { return Events{std::move(event)}; });
}

// Working Together 2018, chapter 1, paragraph 22: each referrer hears the decision and its reasons,
// and, where the threshold is not met, where else there is support.
Result<Events> Referral::decide(const State& state, const v1::GiveFeedbackRequest& command,
                                const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  if (!state.is_referrer(command.agency()))
    checks.fault("agency", "has told nothing of this referral");
  const policy::FeedbackRules& rules = context.pack->feedback();
  checks.text("text", command.text(), kTextBytesMax);
  checks.characters("text", command.text(), static_cast<size_t>(rules.text_max_characters));
  checks.text("other_support", command.other_support(), kNoteBytesMax);
  if (state.needs_other_support && command.other_support().empty()) {
    checks.fault("other_support",
                 "is missing: the threshold is not met, so other sources of support are named");
    checks.cite(rules.basis.source);
  }
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (!owes_feedback(state.stage))
    return refuse(Code::kFailedPrecondition, "NOTHING_DECIDED",
                  "There is no decision yet to tell a referrer of.");

  Event event;
  v1::Feedback& feedback = *event.mutable_feedback_given()->mutable_feedback();
  feedback.set_agency(command.agency());
  feedback.set_decision_id(state.decision_id);
  feedback.set_text(command.text());
  feedback.set_other_support(command.other_support());
  to_proto(context.now, feedback.mutable_given_at());
  return Events{event};
}

Result<Events> Referral::decide(const State& state, const v1::InformFamilyRequest& command,
                                const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  const v1::FamilyInforming& said = command.family();
  Checks checks;
  check_informed("family.informed", said.informed(), "family.why_not", said.why_not(), checks);
  checks.text("family.account", said.account(), kNoteBytesMax);
  if (said.informed() == v1::FAMILY_INFORMED_TOLD && said.account().empty())
    checks.fault("family.account", "is missing: who was told, how, and what they said");
  if (said.has_informed_at())
    checks.happened("family.informed_at", said.informed_at(), context.now);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.decision_id.empty())
    return refuse(Code::kFailedPrecondition, "NOTHING_DECIDED",
                  "There is no decision yet to tell the family of.");

  Event event;
  v1::FamilyInforming& family = *event.mutable_family_informing_recorded()->mutable_family();
  family = said;
  family.set_by(context.actor.practitioner);
  if (!said.has_informed_at()) to_proto(context.now, family.mutable_informed_at());
  return Events{event};
}

}  // namespace mash::referral
