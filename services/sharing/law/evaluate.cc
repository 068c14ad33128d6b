#include <array>

#include "core/check.h"
#include "sharing/law/draft.h"

namespace mash::sharing {
namespace {

using policy::Rule;

struct Judge {
  Rule rule;
  void (*look)(const Draft& draft, Found& found);
};

// What each rule asks, in the order of policy::Rule.
constexpr std::array<Judge, policy::kRules> kJudges = {{
    {Rule::kOutcomeAgrees, rules::outcome_agrees},
    {Rule::kItemDisposition, rules::item_disposition},
    {Rule::kItemNamedOnce, rules::item_named_once},
    {Rule::kItemInCase, rules::item_in_case},
    {Rule::kItemIsOwn, rules::item_is_own},
    {Rule::kItemFieldsAgree, rules::item_fields_agree},
    {Rule::kItemRecalled, rules::item_recalled},
    {Rule::kItemDecidedOnce, rules::item_decided_once},
    {Rule::kSanitisedVersion, rules::sanitised_version},
    {Rule::kSanitisedIsClean, rules::sanitised_is_clean},
    {Rule::kProtectedIdentityStays, rules::protected_identity_stays},
    {Rule::kWithheldNeedsGround, rules::withheld_needs_ground},
    {Rule::kGroundInForce, rules::ground_in_force},
    {Rule::kWithheldNeedsReasons, rules::withheld_needs_reasons},
    {Rule::kWithheldLookAgain, rules::withheld_look_again},
    {Rule::kRecipientKnown, rules::recipient_known},
    {Rule::kRecipientIsAnother, rules::recipient_is_another},
    {Rule::kRecipientNamedOnce, rules::recipient_named_once},
    {Rule::kRecipientRegime, rules::recipient_regime},
    {Rule::kReferralInCase, rules::referral_in_case},
    {Rule::kPurposeStated, rules::purpose_stated},
    {Rule::kNecessityStated, rules::necessity_stated},
    {Rule::kProportionalityStated, rules::proportionality_stated},
    {Rule::kFamilyTold, rules::family_told},
    {Rule::kMakerKnown, rules::maker_known},
    {Rule::kRegimeStated, rules::regime_stated},
    {Rule::kLawEnforcementBody, rules::law_enforcement_body},
    {Rule::kLawEnforcementAlone, rules::law_enforcement_alone},
    {Rule::kSensitiveNeedsCondition, rules::sensitive_needs_condition},
    {Rule::kSchedule8InForce, rules::schedule_8_in_force},
    {Rule::kSchedule8IsLawEnforcement, rules::schedule_8_is_law_enforcement},
    {Rule::kBasisNeeded, rules::basis_needed},
    {Rule::kBasisInForce, rules::basis_in_force},
    {Rule::kBasisOpenToBody, rules::basis_open_to_body},
    {Rule::kBasisNeedsGateway, rules::basis_needs_gateway},
    {Rule::kSpecialNeedsCondition, rules::special_needs_condition},
    {Rule::kSpecialInForce, rules::special_in_force},
    {Rule::kSpecialNeedsSchedule1, rules::special_needs_schedule_1},
    {Rule::kSchedule1InForce, rules::schedule_1_in_force},
    {Rule::kCriminalNeedsCondition, rules::criminal_needs_condition},
    {Rule::kCriminalInForce, rules::criminal_in_force},
    {Rule::kConditionOpenToBody, rules::condition_open_to_body},
    {Rule::kWithoutConsentNeedsReason, rules::without_consent_needs_reason},
    {Rule::kVitalInterestsNeedIncapacity, rules::vital_interests_need_incapacity},
    {Rule::kPolicyDocument, rules::policy_document},
    {Rule::kConsentLive, rules::consent_live},
    {Rule::kConsentFreelyGiven, rules::consent_freely_given},
    {Rule::kConsentExplicit, rules::consent_explicit},
    {Rule::kConsentCovers, rules::consent_covers},
    {Rule::kConsentSought, rules::consent_sought},
    {Rule::kConsentAnswerAgrees, rules::consent_answer_agrees},
    {Rule::kRefusalOverridden, rules::refusal_overridden},
    {Rule::kGatewayInForce, rules::gateway_in_force},
    {Rule::kGatewayFitsDiscloser, rules::gateway_fits_discloser},
    {Rule::kGatewayFitsRecipient, rules::gateway_fits_recipient},
    {Rule::kConfidenceWeighed, rules::confidence_weighed},
    {Rule::kPublicInterestWeighed, rules::public_interest_weighed},
    {Rule::kConfidenceSetAside, rules::confidence_set_aside},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kJudges.size(); ++i)
    if (kJudges[i].rule != static_cast<Rule>(i) || kJudges[i].look == nullptr) return false;
  return true;
}
static_assert(is_in_order(), "every rule has one judge, at its own place");

v1::RuleFault fault_of(const policy::LawfulRule& rule, const std::string& field) {
  v1::RuleFault fault;
  fault.set_rule(std::string(policy::id_of(rule.rule)));
  fault.set_field(field);
  fault.set_problem(rule.problem);
  fault.set_remedy(rule.remedy);
  fault.set_source(rule.basis.source.description);
  fault.set_source_url(rule.basis.source.url);
  return fault;
}

}  // namespace

std::vector<v1::RuleFault> evaluate(const v1::DecisionTerms& terms, const DecisionFacts& facts,
                                    const policy::LawfulBasis& law, Day day) {
  MASH_CHECK(
      law.in_force(day));  // outside its days a pack says nothing, and nothing would be wrong
  const Draft draft(terms, facts, law, day);
  std::vector<v1::RuleFault> faults;
  for (const policy::LawfulRule& rule : law.rules()) {
    if (!rule.basis.in_force.hold(day)) continue;
    Found found;
    kJudges.at(static_cast<std::size_t>(rule.rule)).look(draft, found);
    for (const std::string& field : found.fields()) faults.push_back(fault_of(rule, field));
  }
  return faults;
}

bool needs_second_signature(const v1::DecisionTerms& terms, const DecisionFacts& facts,
                            const policy::LawfulBasis& law, Day day) {
  const Draft draft(terms, facts, law, day);
  const policy::SecondSignature& wanted = law.second_signature();
  const bool asked = wanted.basis.in_force.hold(day);
  if (asked && wanted.overriding_refusal && draft.shares && terms.consent().refused()) return true;
  for (int i = 0; i < terms.items_size(); ++i) {
    const v1::DecidedItem& item = terms.items(i);
    const Item::State* state = draft.items[static_cast<std::size_t>(i)];
    if (item.disposition() == v1::ITEM_DISPOSITION_RELEASED) {
      if (asked && wanted.releasing_protected && state != nullptr &&
          state->protected_identities > 0)
        return true;
    } else if (const policy::Ground* ground = law.ground(item.ground(), day)) {
      if (ground->second_signature) return true;
    }
  }
  return false;
}

}  // namespace mash::sharing
