#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace mash::policy {

// The rules that a sharing decision is held to. What each asks is a function in services/sharing
// (evaluate.cc); its title, problem, remedy, source and dates are the lawful-basis pack's, which
// names every one of them and no other. In the order of docs/lawful-basis.md.
enum class Rule {
  // Items, and originator control.
  kOutcomeAgrees,
  kItemDisposition,
  kItemNamedOnce,
  kItemInCase,
  kItemIsOwn,
  kItemFieldsAgree,
  kItemRecalled,
  kItemDecidedOnce,
  kSanitisedVersion,
  kSanitisedIsClean,
  kProtectedIdentityStays,
  // What is withheld.
  kWithheldNeedsGround,
  kGroundInForce,
  kWithheldNeedsReasons,
  kWithheldLookAgain,
  // Who gets it.
  kRecipientKnown,
  kRecipientIsAnother,
  kRecipientNamedOnce,
  kRecipientRegime,
  // In words.
  kReferralInCase,
  kPurposeStated,
  kNecessityStated,
  kProportionalityStated,
  kFamilyTold,
  // The regime.
  kMakerKnown,
  kRegimeStated,
  kLawEnforcementBody,
  kLawEnforcementAlone,
  kSensitiveNeedsCondition,
  kSchedule8InForce,
  kSchedule8IsLawEnforcement,
  // The basis.
  kBasisNeeded,
  kBasisInForce,
  kBasisOpenToBody,
  kBasisNeedsGateway,
  // Conditions.
  kSpecialNeedsCondition,
  kSpecialInForce,
  kSpecialNeedsSchedule1,
  kSchedule1InForce,
  kCriminalNeedsCondition,
  kCriminalInForce,
  kConditionOpenToBody,
  kWithoutConsentNeedsReason,
  kVitalInterestsNeedIncapacity,
  kPolicyDocument,
  // Consent.
  kConsentLive,
  kConsentFreelyGiven,
  kConsentExplicit,
  kConsentCovers,
  kConsentSought,
  kConsentAnswerAgrees,
  kRefusalOverridden,
  // Gateways.
  kGatewayInForce,
  kGatewayFitsDiscloser,
  kGatewayFitsRecipient,
  // Confidence.
  kConfidenceWeighed,
  kPublicInterestWeighed,
  kConfidenceSetAside,
};
inline constexpr std::size_t kRules = static_cast<std::size_t>(Rule::kConfidenceSetAside) + 1;

// "special-category-needs-condition": what packs and faults call it.
std::string_view id_of(Rule rule);
std::optional<Rule> rule_named(std::string_view id);

}  // namespace mash::policy
