#include "policy/lawful_rules.h"

#include <algorithm>
#include <array>

namespace mash::policy {
namespace {

constexpr std::array<std::string_view, kRules> kIds = {
    "outcome-agrees-with-items",
    "item-needs-disposition",
    "item-named-once",
    "item-in-case",
    "item-is-own",
    "item-fields-agree",
    "item-recalled",
    "item-decided-once",
    "sanitised-version-of-item",
    "sanitised-holds-no-protected-identity",
    "protected-identity-stays",
    "withheld-needs-ground",
    "ground-in-force",
    "withheld-needs-reasons",
    "withheld-is-looked-at-again",
    "recipient-known",
    "recipient-is-another",
    "recipient-named-once",
    "recipient-regime",
    "referral-in-case",
    "purpose-stated",
    "necessity-stated",
    "proportionality-stated",
    "family-told-or-why-not",
    "maker-known",
    "regime-stated",
    "law-enforcement-needs-competent-authority",
    "law-enforcement-stands-alone",
    "sensitive-processing-needs-condition",
    "schedule-8-in-force",
    "schedule-8-is-law-enforcement",
    "basis-needed",
    "basis-in-force",
    "basis-open-to-body",
    "basis-needs-gateway",
    "special-category-needs-condition",
    "special-condition-in-force",
    "special-condition-needs-schedule-1",
    "schedule-1-in-force",
    "criminal-offence-needs-condition",
    "criminal-condition-in-force",
    "condition-open-to-body",
    "without-consent-needs-reason",
    "vital-interests-need-incapacity",
    "policy-document-named",
    "consent-live",
    "consent-freely-given",
    "consent-explicit",
    "consent-covers",
    "consent-sought-or-why-not",
    "consent-answer-agrees",
    "refusal-overridden-needs-manager",
    "gateway-in-force",
    "gateway-fits-discloser",
    "gateway-fits-recipient",
    "confidence-weighed",
    "public-interest-weighed",
    "confidence-set-aside-by-duty",
};

}  // namespace

std::string_view id_of(Rule rule) { return kIds.at(static_cast<std::size_t>(rule)); }

std::optional<Rule> rule_named(std::string_view id) {
  const auto found = std::ranges::find(kIds, id);
  if (found == kIds.end()) return std::nullopt;
  return static_cast<Rule>(found - kIds.begin());
}

}  // namespace mash::policy
