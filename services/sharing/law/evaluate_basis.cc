// The lawful basis, and the conditions that special category and criminal-offence data ask for.
#include <algorithm>
#include <array>

#include "sharing/law/draft.h"

namespace mash::sharing::rules {
namespace {

using policy::PolicyDocument;

// Whether the maker's kind of body may rely on it; what is not there, or not known, says nothing.
template <class Entry>
bool is_open(const Draft& draft, const Entry* entry) {
  return entry == nullptr || draft.maker == nullptr ||
         policy::names_body(entry->bodies, draft.maker->code);
}

// Whether one of the conditions relied on has a flag.
template <class Flag>
bool any_of_schedule_1(const Draft& draft, Flag flag) {
  return (draft.schedule_1 != nullptr && draft.schedule_1->*flag) ||
         (draft.criminal != nullptr && draft.criminal->*flag);
}

bool asks_for_document(const Draft& draft, PolicyDocument when) {
  const auto is_competent = [](const policy::BodyKind* body) {
    return body != nullptr && body->competent_authority;
  };
  switch (when) {
    case PolicyDocument::kNever:
      return false;
    case PolicyDocument::kAlways:
      return true;
    case PolicyDocument::kUnlessToCompetentAuthority:
      return !std::ranges::all_of(draft.recipients, is_competent);
  }
  return true;
}

}  // namespace

void sensitive_needs_condition(const Draft& draft, Found& found) {
  if (draft.law_enforcement && draft.leaves(v1::DATA_KIND_SPECIAL_CATEGORY) &&
      draft.terms.schedule_8_condition().empty())
    found.at("terms.schedule_8_condition");
}

void schedule_8_in_force(const Draft& draft, Found& found) {
  const std::string& code = draft.terms.schedule_8_condition();
  if (!code.empty() && draft.law.schedule_8(code, draft.day) == nullptr)
    found.at("terms.schedule_8_condition");
}

void schedule_8_is_law_enforcement(const Draft& draft, Found& found) {
  if (draft.terms.regime() == v1::REGIME_UK_GDPR && !draft.terms.schedule_8_condition().empty())
    found.at("terms.schedule_8_condition");
}

void basis_needed(const Draft& draft, Found& found) {
  if (draft.shares_under_uk_gdpr() && draft.terms.basis().empty()) found.at("terms.basis");
}

void basis_in_force(const Draft& draft, Found& found) {
  const std::string& code = draft.terms.basis();
  if (!code.empty() && draft.law.article_6(code, draft.day) == nullptr) found.at("terms.basis");
}

void basis_open_to_body(const Draft& draft, Found& found) {
  if (!is_open(draft, draft.basis)) found.at("terms.basis");
}

void basis_needs_gateway(const Draft& draft, Found& found) {
  if (draft.basis == nullptr || draft.basis->gateway == policy::GatewayNeed::kNone) return;
  if (!draft.has_gateway(draft.basis->gateway == policy::GatewayNeed::kDuty))
    found.at("terms.gateways");
}

void special_needs_condition(const Draft& draft, Found& found) {
  if (draft.shares_under_uk_gdpr() && draft.leaves(v1::DATA_KIND_SPECIAL_CATEGORY) &&
      draft.terms.special_condition().empty())
    found.at("terms.special_condition");
}

void special_in_force(const Draft& draft, Found& found) {
  const std::string& code = draft.terms.special_condition();
  if (!code.empty() && draft.law.special_condition(code, draft.day) == nullptr)
    found.at("terms.special_condition");
}

void special_needs_schedule_1(const Draft& draft, Found& found) {
  if (draft.special == nullptr || draft.special->schedule_1.empty()) return;
  const std::string& code = draft.terms.schedule_1_condition();
  const bool unknown = !code.empty() && draft.schedule_1 == nullptr;  // said by the next rule
  if (!unknown &&
      std::ranges::find(draft.special->schedule_1, code) == draft.special->schedule_1.end())
    found.at("terms.schedule_1_condition");
}

void schedule_1_in_force(const Draft& draft, Found& found) {
  const std::string& code = draft.terms.schedule_1_condition();
  if (!code.empty() && draft.law.schedule_1(code, draft.day) == nullptr)
    found.at("terms.schedule_1_condition");
}

void criminal_needs_condition(const Draft& draft, Found& found) {
  if (draft.shares_under_uk_gdpr() && draft.leaves(v1::DATA_KIND_CRIMINAL_OFFENCE) &&
      draft.terms.criminal_condition().empty())
    found.at("terms.criminal_condition");
}

void criminal_in_force(const Draft& draft, Found& found) {
  const std::string& code = draft.terms.criminal_condition();
  if (code.empty()) return;
  const policy::Schedule1Condition* condition = draft.law.schedule_1(code, draft.day);
  if (condition == nullptr || !condition->criminal_offence) found.at("terms.criminal_condition");
}

void condition_open_to_body(const Draft& draft, Found& found) {
  if (!is_open(draft, draft.special)) found.at("terms.special_condition");
  if (!is_open(draft, draft.schedule_1)) found.at("terms.schedule_1_condition");
  if (!is_open(draft, draft.criminal)) found.at("terms.criminal_condition");
}

void without_consent_needs_reason(const Draft& draft, Found& found) {
  const bool asks = any_of_schedule_1(draft, &policy::Schedule1Condition::without_consent_reason) ||
                    (draft.schedule_8 != nullptr && draft.schedule_8->without_consent_reason);
  const bool with_consent = draft.consent_live() && draft.consent_covers();
  if (asks && !with_consent && draft.terms.without_consent() == v1::WITHOUT_CONSENT_UNSPECIFIED)
    found.at("terms.without_consent");
}

void vital_interests_need_incapacity(const Draft& draft, Found& found) {
  const bool asks = any_of_schedule_1(draft, &policy::Schedule1Condition::needs_incapacity) ||
                    (draft.special != nullptr && draft.special->needs_incapacity);
  if (asks && draft.terms.without_consent() != v1::WITHOUT_CONSENT_CANNOT_BE_GIVEN)
    found.at("terms.without_consent");
}

void policy_document(const Draft& draft, Found& found) {
  const auto asks = [&](const auto* condition) {
    return condition != nullptr && asks_for_document(draft, condition->policy_document);
  };
  if ((asks(draft.schedule_1) || asks(draft.criminal) || asks(draft.schedule_8)) &&
      is_blank(draft.terms.policy_document()))
    found.at("terms.policy_document");
}

}  // namespace mash::sharing::rules
