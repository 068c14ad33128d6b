// What a decision says in words, whether the family knows, and the common-law duty of confidence.
#include <algorithm>

#include "sharing/law/draft.h"

namespace mash::sharing::rules {

void referral_in_case(const Draft& draft, Found& found) {
  const std::string& id = draft.terms.referral_id();
  if (!id.empty() && !draft.facts.family.referrals.contains(id)) found.at("terms.referral_id");
}

void purpose_stated(const Draft& draft, Found& found) {
  if (is_blank(draft.terms.purpose())) found.at("terms.purpose");
}

void necessity_stated(const Draft& draft, Found& found) {
  if (is_blank(draft.terms.necessity())) found.at("terms.necessity");
}

void proportionality_stated(const Draft& draft, Found& found) {
  if (is_blank(draft.terms.proportionality())) found.at("terms.proportionality");
}

void family_told(const Draft& draft, Found& found) {
  const v1::FamilyTold told = draft.terms.family_told();
  if (told == v1::FAMILY_TOLD_UNSPECIFIED) found.at("terms.family_told");
  if (told == v1::FAMILY_TOLD_NO && is_blank(draft.terms.family_told_reason()))
    found.at("terms.family_told_reason");
}

void confidence_weighed(const Draft& draft, Found& found) {
  const bool in_confidence = std::ranges::any_of(
      draft.leaving, [](const Draft::Leaving& each) { return each.item->in_confidence; });
  if (in_confidence && draft.terms.confidence() == v1::CONFIDENCE_BASIS_UNSPECIFIED)
    found.at("terms.confidence");
}

void public_interest_weighed(const Draft& draft, Found& found) {
  if (draft.terms.confidence() == v1::CONFIDENCE_BASIS_PUBLIC_INTEREST &&
      is_blank(draft.terms.confidence_weighed()))
    found.at("terms.confidence_weighed");
}

void confidence_set_aside(const Draft& draft, Found& found) {
  if (draft.shares && draft.terms.confidence() == v1::CONFIDENCE_BASIS_STATUTORY_DUTY &&
      !draft.has_gateway(true))
    found.at("terms.confidence");
}

}  // namespace mash::sharing::rules
