#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sharing/law/decision_facts.h"
#include "sharing/testing/items.h"

// Decisions of the sharing tests, each lawful as it stands: a test changes one thing.
namespace mash::sharing::testing {

// A draft with everything it is judged on.
struct Papers {
  v1::DecisionTerms terms;
  std::map<std::string, Item::State> items;
  std::optional<Consent::State> consent;
  Agencies agencies;
  cases::Family family;
  Actor maker;
  std::string supersedes;
  const policy::LawfulBasis* law = nullptr;
  Time now{};

  DecisionFacts facts() const {
    return {.maker = maker,
            .agencies = agencies,
            .family = family,
            .items = items,
            .consent = consent,
            .supersedes = supersedes,
            .now = now};
  }
  Day day() const { return calendar().london().day(now); }
  std::vector<v1::RuleFault> faults() const { return evaluate(terms, facts(), *law, day()); }
  bool needs_second_signature() const {
    return sharing::needs_second_signature(terms, facts(), *law, day());
  }

  v1::DecidedItem& item(int index = 0) { return *terms.mutable_items(index); }
  Item::State& state(int index = 0) { return items.at(terms.items(index).item_id()); }
  v1::Recipient& recipient(int index = 0) { return *terms.mutable_recipients(index); }
};

inline const std::string kFirstItem = uuid(1001);
inline const std::string kSecondItem = uuid(1002);
inline const std::string kVersion = uuid(1003);  // a sanitised one of the first
inline const std::string kConsent = uuid(1010);
inline const std::string kReferral = uuid(910);

inline const Actor kProbation{"probation", "pro-01", "o-7", "practitioner"};

inline Item::State item_of(const std::string& owner, v1::DataKind kind) {
  Item::State item;
  item.case_id = kCase;
  item.owner = owner;
  item.data_kind = kind;
  item.person_ids = {kChild};
  return item;
}

// What is said in every decision, of one item.
inline Papers papers(const Actor& maker, v1::DataKind kind, const char* terms) {
  Papers made;
  made.maker = maker;
  made.now = utc(kNow);
  made.law = &law();
  made.agencies = agencies();
  made.agencies["probation"] = "probation";
  made.family = family();
  made.terms = proto<v1::DecisionTerms>(R"(
    outcome: SHARING_OUTCOME_SHARE
    items { disposition: ITEM_DISPOSITION_RELEASED }
    purpose: "To decide whether she is safe at home."
    necessity: "Nobody else has seen it."
    proportionality: "Two sentences of a long file."
    regime: REGIME_UK_GDPR
    consent { not_sought_reason: "He reads her letters." }
    family_told: FAMILY_TOLD_LATER)");
  made.terms.MergeFrom(proto<v1::DecisionTerms>(terms));
  made.terms.set_case_id(kCase);
  made.item().set_item_id(kFirstItem);
  made.items[kFirstItem] = item_of(maker.agency, kind);
  return made;
}

// Health shares a diagnosis with social care, as health and social care do.
inline Papers health_shares() {
  return papers(kHealth, v1::DATA_KIND_SPECIAL_CATEGORY, R"(
    recipients { agency: "social-care" regime: REGIME_UK_GDPR }
    basis: "6-1-e" special_condition: "9-2-h" schedule_1_condition: "sch1-2"
    gateways: "ca1989-s47")");
}

// Health shares with social care and the police, to safeguard.
inline Papers health_safeguards() {
  return papers(kHealth, v1::DATA_KIND_SPECIAL_CATEGORY, R"(
    recipients { agency: "social-care" regime: REGIME_UK_GDPR }
    recipients { agency: "police" regime: REGIME_LAW_ENFORCEMENT }
    basis: "6-1-c" special_condition: "9-2-g" schedule_1_condition: "sch1-18"
    without_consent: WITHOUT_CONSENT_WOULD_PREJUDICE_PROTECTION
    policy_document: "APD 2026/3" gateways: "ca2004-s16la")");
}

// Health withholds from the police.
inline Papers health_withholds() {
  Papers made = papers(kHealth, v1::DATA_KIND_SPECIAL_CATEGORY, R"(
    outcome: SHARING_OUTCOME_WITHHOLD
    recipients { agency: "police" regime: REGIME_LAW_ENFORCEMENT })");
  made.item().MergeFrom(proto<v1::DecidedItem>(R"(
    disposition: ITEM_DISPOSITION_WITHHELD ground: "not-relevant"
    reasons: "It is about somebody else." look_again_at { seconds: 1800000000 })"));
  made.terms.clear_consent();
  return made;
}

// Health sends a version without what must not go out.
inline Papers health_sanitises() {
  Papers made = health_shares();
  made.terms.set_outcome(v1::SHARING_OUTCOME_SHARE_IN_PART);
  made.item().MergeFrom(proto<v1::DecidedItem>(R"(
    disposition: ITEM_DISPOSITION_SANITISED ground: "third-party-harm"
    reasons: "It names who told.")"));
  made.item().set_sanitised_item_id(kVersion);
  made.state().protected_identities = 1;
  made.items[kVersion] = item_of("health", v1::DATA_KIND_SPECIAL_CATEGORY);
  made.items[kVersion].source_item_id = kFirstItem;
  return made;
}

// The school shares how often she came.
inline Papers school_shares() {
  return papers(kSchool, v1::DATA_KIND_ORDINARY, R"(
    recipients { agency: "social-care" regime: REGIME_UK_GDPR }
    basis: "6-1-e" gateways: "ea2002-s175")");
}

// The police share intelligence with social care, to safeguard.
inline Papers police_safeguard() {
  return papers(kPolice, v1::DATA_KIND_CRIMINAL_OFFENCE, R"(
    recipients { agency: "social-care" regime: REGIME_UK_GDPR }
    basis: "6-1-e" criminal_condition: "sch1-18"
    without_consent: WITHOUT_CONSENT_CANNOT_REASONABLY_BE_EXPECTED
    policy_document: "APD 7" gateways: "common-law-police")");
}

// The police share what they know of somebody's health with probation, for law enforcement.
inline Papers police_enforce() {
  return papers(kPolice, v1::DATA_KIND_SPECIAL_CATEGORY, R"(
    recipients { agency: "probation" regime: REGIME_LAW_ENFORCEMENT }
    regime: REGIME_LAW_ENFORCEMENT schedule_8_condition: "sch8-4"
    without_consent: WITHOUT_CONSENT_WOULD_PREJUDICE_PROTECTION
    policy_document: "APD 9" gateways: "common-law-police")");
}

// The refuge shares with health, because the mother asked for it.
inline Papers refuge_shares_by_consent() {
  Papers made = papers(kRefuge, v1::DATA_KIND_SPECIAL_CATEGORY, R"(
    recipients { agency: "health" regime: REGIME_UK_GDPR }
    basis: "6-1-a" special_condition: "9-2-a" consent { sought: true })");
  made.terms.mutable_consent()->set_consent_id(kConsent);
  made.consent.emplace();
  made.consent->agency = "refuge";
  made.consent->terms = proto<v1::ConsentTerms>("explicit: true freely_given: true");
  made.consent->terms.set_case_id(kCase);
  made.consent->terms.add_person_ids(kChild);
  return made;
}

// The refuge shares on its own account: a charity.
inline Papers refuge_shares() {
  return papers(kRefuge, v1::DATA_KIND_ORDINARY, R"(
    recipients { agency: "social-care" regime: REGIME_UK_GDPR } basis: "6-1-ea")");
}

// A fault in one line: "basis-needed terms.basis".
inline std::vector<std::string> lines(const std::vector<v1::RuleFault>& faults) {
  std::vector<std::string> lines;
  lines.reserve(faults.size());
  for (const v1::RuleFault& fault : faults) lines.push_back(fault.rule() + " " + fault.field());
  return lines;
}

}  // namespace mash::sharing::testing
