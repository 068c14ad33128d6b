#include "sharing/decisions/decision_terms.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "core/timestamp.h"
#include "sharing/checks.h"

namespace mash::sharing {
namespace {

std::string at(std::string_view list, int index, std::string_view field) {
  return "terms." + std::string(list) + "[" + std::to_string(index) + "]." + std::string(field);
}

// How many there are: at least `min`.
void count(std::string_view list, int size, int min, int max, Checks& checks) {
  const std::string field = "terms." + std::string(list);
  if (size < min) checks.fault(field, "is missing: at least one");
  if (size > max) checks.fault(field, "are more than " + std::to_string(max));
}

// A code of a pack, an agency, a document's reference: as others write them. They stand in plain,
// so there is no room for a sentence.
void check_word(const std::string& field, const std::string& word, Checks& checks) {
  checks.text(field, word, kReferenceBytesMax);
  if (has_control_characters(word)) checks.fault(field, "has a line break or control character");
}

// A role or a practitioner, as credentials name them (host/caller.h): never somebody's own name.
void check_opaque(const std::string& field, const std::string& id, Checks& checks) {
  check_word(field, id, checks);
  if (!std::ranges::all_of(id, [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("-_.:").find(static_cast<char>(c)) != std::string_view::npos;
      }))
    checks.fault(field, "is no id: letters, digits and .:_- only");
}

void check_item(const v1::DecidedItem& item, int i, Checks& checks) {
  check_id(at("items", i, "item_id"), item.item_id(), checks);
  if (!item.sanitised_item_id().empty())
    check_id(at("items", i, "sanitised_item_id"), item.sanitised_item_id(), checks);
  check_word(at("items", i, "ground"), item.ground(), checks);
  checks.text(at("items", i, "reasons"), item.reasons(), kTextBytesMax);
  checks.text(at("items", i, "release_protected_reason"), item.release_protected_reason(),
              kNoteBytesMax);
  if (item.has_look_again_at() && !from_proto(item.look_again_at()))
    checks.fault(at("items", i, "look_again_at"), "is no time");
}

void check_recipient(const v1::Recipient& recipient, int i, Checks& checks) {
  check_word(at("recipients", i, "agency"), recipient.agency(), checks);
  check_opaque(at("recipients", i, "practitioner"), recipient.practitioner(), checks);
  check_opaque(at("recipients", i, "role"), recipient.role(), checks);
}

void check_codes(const v1::DecisionTerms& terms, Checks& checks) {
  check_word("terms.basis", terms.basis(), checks);
  check_word("terms.special_condition", terms.special_condition(), checks);
  check_word("terms.schedule_1_condition", terms.schedule_1_condition(), checks);
  check_word("terms.criminal_condition", terms.criminal_condition(), checks);
  check_word("terms.schedule_8_condition", terms.schedule_8_condition(), checks);
  check_word("terms.policy_document", terms.policy_document(), checks);
  std::set<std::string> seen;
  for (int i = 0; i < terms.gateways_size(); ++i) {
    const std::string field = "terms.gateways[" + std::to_string(i) + "]";
    check_word(field, terms.gateways(i), checks);
    if (!seen.insert(terms.gateways(i)).second) checks.fault(field, "is named twice");
  }
}

void check_texts(const v1::DecisionTerms& terms, Checks& checks) {
  checks.text("terms.purpose", terms.purpose(), kNoteBytesMax);
  checks.text("terms.necessity", terms.necessity(), kTextBytesMax);
  checks.text("terms.proportionality", terms.proportionality(), kTextBytesMax);
  checks.text("terms.confidence_weighed", terms.confidence_weighed(), kTextBytesMax);
  checks.text("terms.family_told_reason", terms.family_told_reason(), kNoteBytesMax);
  for (int i = 0; i < terms.advice_size(); ++i) {
    checks.line(at("advice", i, "from"), terms.advice(i).from());
    checks.text(at("advice", i, "advice"), terms.advice(i).advice(), kNoteBytesMax);
  }
  const v1::ConsentWeighed& consent = terms.consent();
  checks.text("terms.consent.not_sought_reason", consent.not_sought_reason(), kNoteBytesMax);
  checks.text("terms.consent.override_reason", consent.override_reason(), kNoteBytesMax);
  check_opaque("terms.consent.override_manager", consent.override_manager(), checks);
  if (!consent.consent_id().empty())
    check_id("terms.consent.consent_id", consent.consent_id(), checks);
}

}  // namespace

void check_terms(const v1::DecisionTerms& terms, Checks& checks) {
  check_id("terms.case_id", terms.case_id(), checks);
  if (!terms.referral_id().empty()) check_id("terms.referral_id", terms.referral_id(), checks);
  if (!terms.information_request_id().empty())
    check_id("terms.information_request_id", terms.information_request_id(), checks);
  count("items", terms.items_size(), 1, kDecidedItemsMax, checks);
  for (int i = 0; i < terms.items_size(); ++i) check_item(terms.items(i), i, checks);
  count("recipients", terms.recipients_size(), 1, kRecipientsMax, checks);
  for (int i = 0; i < terms.recipients_size(); ++i) check_recipient(terms.recipients(i), i, checks);
  count("gateways", terms.gateways_size(), 0, kGatewaysMax, checks);
  count("advice", terms.advice_size(), 0, kAdviceMax, checks);
  check_codes(terms, checks);
  check_texts(terms, checks);
}

}  // namespace mash::sharing
