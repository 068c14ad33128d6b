#include "sharing/law/draft.h"

#include <algorithm>
#include <set>

namespace mash::sharing {
namespace {

bool goes_out(const v1::DecidedItem& item) {
  return item.disposition() == v1::ITEM_DISPOSITION_RELEASED ||
         item.disposition() == v1::ITEM_DISPOSITION_SANITISED;
}

const policy::BodyKind* body_of(const std::string& agency, const DecisionFacts& facts,
                                const policy::LawfulBasis& law, Day day) {
  const auto found = facts.agencies.find(agency);
  return found == facts.agencies.end() ? nullptr : law.body(found->second, day);
}

std::string place(std::string_view list, std::size_t index, std::string_view field) {
  std::string text = "terms." + std::string(list) + "[" + std::to_string(index) + "]";
  if (!field.empty()) text += "." + std::string(field);
  return text;
}

}  // namespace

Draft::Draft(const v1::DecisionTerms& the_terms, const DecisionFacts& the_facts,
             const policy::LawfulBasis& the_law, Day the_day)
    : terms(the_terms), facts(the_facts), law(the_law), day(the_day) {
  // An outcome that shares asks for all that sharing asks for, whatever its items say.
  shares = terms.outcome() == v1::SHARING_OUTCOME_SHARE ||
           terms.outcome() == v1::SHARING_OUTCOME_SHARE_IN_PART ||
           std::ranges::any_of(terms.items(), goes_out);
  law_enforcement = terms.regime() == v1::REGIME_LAW_ENFORCEMENT;
  look_up_bodies();
  look_up_items();
  look_up_law();
  look_up_consent();
}

void Draft::look_up_bodies() {
  maker = body_of(facts.maker.agency, facts, law, day);
  for (const v1::Recipient& recipient : terms.recipients())
    recipients.push_back(body_of(recipient.agency(), facts, law, day));
}

const Item::State* Draft::find(const std::string& item_id) const {
  const auto found = facts.items.find(item_id);
  const bool here = found != facts.items.end() && found->second.exists() &&
                    facts.family.has_case(found->second.case_id);
  return here ? &found->second : nullptr;
}

void Draft::look_up_items() {
  for (int i = 0; i < terms.items_size(); ++i) {
    const v1::DecidedItem& item = terms.items(i);
    items.push_back(find(item.item_id()));
    versions.push_back(find(item.sanitised_item_id()));
    const bool released = item.disposition() == v1::ITEM_DISPOSITION_RELEASED;
    const Item::State* out = released ? items.back() : versions.back();
    if (out != nullptr && goes_out(item))
      leaving.push_back({out, place("items", static_cast<std::size_t>(i),
                                    released ? "item_id" : "sanitised_item_id")});
  }
}

void Draft::look_up_law() {
  for (const std::string& code : terms.gateways()) gateways.push_back(law.gateway(code, day));
  if (!shares) return;
  if (law_enforcement) {
    schedule_8 = law.schedule_8(terms.schedule_8_condition(), day);
    return;
  }
  basis = law.article_6(terms.basis(), day);
  special = law.special_condition(terms.special_condition(), day);
  schedule_1 = law.schedule_1(terms.schedule_1_condition(), day);
  criminal = law.schedule_1(terms.criminal_condition(), day);
}

void Draft::look_up_consent() {
  if (terms.consent().consent_id().empty() || !facts.consent || !facts.consent->exists()) return;
  if (facts.family.has_case(facts.consent->terms.case_id())) consent = &*facts.consent;
}

bool Draft::leaves(v1::DataKind kind) const {
  return std::ranges::any_of(leaving,
                             [&](const Leaving& each) { return each.item->data_kind == kind; });
}

bool Draft::relies_on_consent() const {
  return (basis != nullptr && basis->needs_consent) ||
         (special != nullptr && special->needs_consent) ||
         (schedule_1 != nullptr && schedule_1->needs_consent) ||
         (criminal != nullptr && criminal->needs_consent);
}

bool Draft::consent_covers() const {
  std::set<std::string> persons;
  for (const Leaving& each : leaving)
    persons.insert(each.item->person_ids.begin(), each.item->person_ids.end());
  return consent != nullptr &&
         std::ranges::all_of(terms.recipients(), [&](const v1::Recipient& recipient) {
           return consent->covers(facts.maker.agency, recipient.agency(), persons);
         });
}

bool Draft::has_gateway(bool duty) const {
  return std::ranges::any_of(gateways, [&](const policy::Gateway* gateway) {
    return gateway == nullptr || gateway->duty || !duty;
  });
}

void Found::at(std::string_view list, std::size_t index, std::string_view field) {
  fields_.push_back(place(list, index, field));
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace mash::sharing
