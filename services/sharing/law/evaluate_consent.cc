// Consent: as the basis or a condition, and as something that was asked for, or not.
#include "sharing/law/draft.h"

namespace mash::sharing::rules {
namespace {

constexpr const char* kConsent = "terms.consent.consent_id";

bool relies_on_a_live_one(const Draft& draft) {
  return draft.relies_on_consent() && draft.consent_live();
}

}  // namespace

// One that is named is to hold, also where nothing rests on it.
void consent_live(const Draft& draft, Found& found) {
  const bool named = !draft.terms.consent().consent_id().empty();
  if ((named || draft.relies_on_consent()) && !draft.consent_live()) found.at(kConsent);
}

void consent_freely_given(const Draft& draft, Found& found) {
  if (relies_on_a_live_one(draft) && !draft.consent->terms.freely_given()) found.at(kConsent);
}

void consent_explicit(const Draft& draft, Found& found) {
  const bool asks = draft.leaves(v1::DATA_KIND_SPECIAL_CATEGORY) ||
                    (draft.special != nullptr && draft.special->needs_consent);
  if (asks && relies_on_a_live_one(draft) && !draft.consent->terms.explicit_()) found.at(kConsent);
}

void consent_covers(const Draft& draft, Found& found) {
  if (relies_on_a_live_one(draft) && !draft.consent_covers()) found.at(kConsent);
}

void consent_sought(const Draft& draft, Found& found) {
  const v1::ConsentWeighed& consent = draft.terms.consent();
  if (draft.shares && !consent.sought() && is_blank(consent.not_sought_reason()))
    found.at("terms.consent.not_sought_reason");
}

void consent_answer_agrees(const Draft& draft, Found& found) {
  const v1::ConsentWeighed& consent = draft.terms.consent();
  if (consent.refused() && !consent.sought()) found.at("terms.consent.sought");
  if (consent.refused() && draft.relies_on_consent()) found.at("terms.consent.refused");
}

void refusal_overridden(const Draft& draft, Found& found) {
  const v1::ConsentWeighed& consent = draft.terms.consent();
  if (!draft.shares || !consent.refused()) return;
  if (is_blank(consent.override_reason())) found.at("terms.consent.override_reason");
  if (is_blank(consent.override_manager())) found.at("terms.consent.override_manager");
}

}  // namespace mash::sharing::rules
