// Who shares and who gets, under which regime, and by which power or duty.
#include <algorithm>
#include <set>
#include <tuple>

#include "sharing/law/draft.h"

namespace mash::sharing::rules {
namespace {

template <class Look>
void each_recipient(const Draft& draft, Look look) {
  for (std::size_t i = 0; i < draft.recipients.size(); ++i)
    look(draft.terms.recipients(static_cast<int>(i)), i, draft.recipients[i]);
}

// Whether the maker may disclose under the gateway to this kind of body.
bool serves(const Draft& draft, const policy::Gateway& gateway, const policy::BodyKind* body) {
  return body != nullptr && gateway.serves(draft.maker->code, body->code);
}

}  // namespace

void recipient_known(const Draft& draft, Found& found) {
  each_recipient(draft, [&](const v1::Recipient&, std::size_t i, const policy::BodyKind* body) {
    if (body == nullptr) found.at("recipients", i, "agency");
  });
}

void recipient_is_another(const Draft& draft, Found& found) {
  each_recipient(draft,
                 [&](const v1::Recipient& recipient, std::size_t i, const policy::BodyKind*) {
                   if (recipient.agency() == draft.facts.maker.agency)
                     found.at("recipients", i, "agency");
                 });
}

void recipient_named_once(const Draft& draft, Found& found) {
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  each_recipient(
      draft, [&](const v1::Recipient& recipient, std::size_t i, const policy::BodyKind*) {
        if (!seen.emplace(recipient.agency(), recipient.practitioner(), recipient.role()).second)
          found.at("recipients", i);
      });
}

void recipient_regime(const Draft& draft, Found& found) {
  each_recipient(draft,
                 [&](const v1::Recipient& recipient, std::size_t i, const policy::BodyKind* body) {
                   const bool possible = recipient.regime() == v1::REGIME_UK_GDPR ||
                                         (recipient.regime() == v1::REGIME_LAW_ENFORCEMENT &&
                                          (body == nullptr || body->competent_authority));
                   if (!possible) found.at("recipients", i, "regime");
                 });
}

void maker_known(const Draft& draft, Found& found) {
  if (draft.maker == nullptr) found.at("terms.regime");
}

void regime_stated(const Draft& draft, Found& found) {
  if (draft.terms.regime() != v1::REGIME_UK_GDPR && !draft.law_enforcement)
    found.at("terms.regime");
}

void law_enforcement_body(const Draft& draft, Found& found) {
  if (draft.law_enforcement && draft.maker != nullptr && !draft.maker->competent_authority)
    found.at("terms.regime");
}

void law_enforcement_alone(const Draft& draft, Found& found) {
  if (!draft.law_enforcement) return;
  if (!draft.terms.basis().empty()) found.at("terms.basis");
  if (!draft.terms.special_condition().empty()) found.at("terms.special_condition");
  if (!draft.terms.schedule_1_condition().empty()) found.at("terms.schedule_1_condition");
  if (!draft.terms.criminal_condition().empty()) found.at("terms.criminal_condition");
}

void gateway_in_force(const Draft& draft, Found& found) {
  for (std::size_t i = 0; i < draft.gateways.size(); ++i)
    if (draft.gateways[i] == nullptr) found.at("gateways", i);
}

void gateway_fits_discloser(const Draft& draft, Found& found) {
  if (!draft.shares || draft.maker == nullptr) return;
  for (std::size_t i = 0; i < draft.gateways.size(); ++i)
    if (draft.gateways[i] != nullptr && !draft.gateways[i]->discloses(draft.maker->code))
      found.at("gateways", i);
}

// Of gateways that the maker discloses under: the rule above has said which it does not. One that
// is not known might serve anybody: the rule before that has said so.
void gateway_fits_recipient(const Draft& draft, Found& found) {
  if (!draft.shares || draft.maker == nullptr) return;
  std::vector<std::size_t> open;
  bool all_known = true;
  for (std::size_t i = 0; i < draft.gateways.size(); ++i) {
    all_known = all_known && draft.gateways[i] != nullptr;
    if (draft.gateways[i] != nullptr && draft.gateways[i]->discloses(draft.maker->code))
      open.push_back(i);
  }
  if (open.empty()) return;
  each_recipient(draft, [&](const v1::Recipient&, std::size_t i, const policy::BodyKind* body) {
    const bool served = std::ranges::any_of(
        open, [&](std::size_t gateway) { return serves(draft, *draft.gateways[gateway], body); });
    if (body != nullptr && all_known && !served) found.at("recipients", i, "agency");
  });
  const bool all_bodies_known =
      std::ranges::find(draft.recipients, nullptr) == draft.recipients.end();
  for (const std::size_t i : open) {
    const bool serves_one = std::ranges::any_of(
        draft.recipients,
        [&](const policy::BodyKind* body) { return serves(draft, *draft.gateways[i], body); });
    if (all_bodies_known && !draft.recipients.empty() && !serves_one) found.at("gateways", i);
  }
}

}  // namespace mash::sharing::rules
