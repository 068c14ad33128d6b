#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sharing/testing/papers.h"

// Every rule both ways: a lawful decision, one change to it, and exactly the fault that follows.
namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Case {
  const char* rule;
  const char* field;
  Papers (*lawful)();
  void (*change)(Papers&);
};
using Cases = std::vector<Case>;

void add_item(Papers& papers, const std::string& id, v1::DataKind kind) {
  v1::DecidedItem& item = *papers.terms.add_items();
  item.set_item_id(id);
  item.set_disposition(v1::ITEM_DISPOSITION_RELEASED);
  papers.items.try_emplace(id, item_of(papers.maker.agency, kind));
}

void decide_on(Item::State& item, const v1::Recipient& recipient, const std::string& decision) {
  item.grants.push_back({.recipient = recipient,
                         .decision_id = decision,
                         .decision_version = 1,
                         .disclosed = true,
                         .ground = ""});
}

void refuse_consent(Papers& papers) {
  *papers.terms.mutable_consent() = proto<v1::ConsentWeighed>(R"(
    sought: true refused: true override_reason: "She is nine." override_manager: "m-1")");
}

const Cases kItems = {
    {"outcome-agrees-with-items", "terms.outcome", school_shares,
     [](Papers& p) { p.terms.set_outcome(v1::SHARING_OUTCOME_SHARE_IN_PART); }},
    {"outcome-agrees-with-items", "terms.outcome", school_shares,
     [](Papers& p) { p.terms.set_outcome(v1::SHARING_OUTCOME_WITHHOLD); }},
    {"outcome-agrees-with-items", "terms.outcome", school_shares,
     [](Papers& p) { p.terms.clear_outcome(); }},
    {"outcome-agrees-with-items", "terms.outcome", health_sanitises,
     [](Papers& p) { p.terms.set_outcome(v1::SHARING_OUTCOME_SHARE); }},
    {"item-needs-disposition", "terms.items[0].disposition", school_shares,
     [](Papers& p) { p.item().clear_disposition(); }},
    {"item-named-once", "terms.items[1].item_id", school_shares,
     [](Papers& p) { add_item(p, kFirstItem, v1::DATA_KIND_ORDINARY); }},
    {"item-named-once", "terms.items[1].item_id", health_sanitises,
     [](Papers& p) { add_item(p, kVersion, v1::DATA_KIND_ORDINARY); }},
    {"item-in-case", "terms.items[0].item_id", school_shares, [](Papers& p) { p.items.clear(); }},
    {"item-in-case", "terms.items[0].item_id", school_shares,
     [](Papers& p) { p.state().case_id = uuid(999); }},
    {"item-is-own", "terms.items[0].item_id", school_shares,
     [](Papers& p) { p.state().owner = "police"; }},
    {"item-fields-agree", "terms.items[0].sanitised_item_id", school_shares,
     [](Papers& p) { p.item().set_sanitised_item_id(kVersion); }},
    {"item-fields-agree", "terms.items[0].ground", school_shares,
     [](Papers& p) { p.item().set_ground("unverified"); }},
    {"item-fields-agree", "terms.items[0].reasons", school_shares,
     [](Papers& p) { p.item().set_reasons("Why not."); }},
    {"item-fields-agree", "terms.items[0].look_again_at", health_sanitises,
     [](Papers& p) { p.item().mutable_look_again_at()->set_seconds(1'800'000'000); }},
    {"item-fields-agree", "terms.items[0].release_protected_reason", health_withholds,
     [](Papers& p) { p.item().set_release_protected_reason("Why."); }},
    {"item-recalled", "terms.items[0].item_id", school_shares,
     [](Papers& p) { p.state().recalled = true; }},
    {"item-recalled", "terms.items[0].item_id", health_sanitises,
     [](Papers& p) { p.state().recalled = true; }},
    {"item-recalled", "terms.items[0].sanitised_item_id", health_sanitises,
     [](Papers& p) { p.items.at(kVersion).recalled = true; }},
    {"item-decided-once", "terms.items[0].item_id", school_shares,
     [](Papers& p) { decide_on(p.state(), p.recipient(), uuid(1)); }},
    {"item-decided-once", "terms.items[0].sanitised_item_id", health_sanitises,
     [](Papers& p) { decide_on(p.items.at(kVersion), p.recipient(), uuid(1)); }},
    {"sanitised-version-of-item", "terms.items[0].sanitised_item_id", health_sanitises,
     [](Papers& p) { p.item().clear_sanitised_item_id(); }},
    {"sanitised-version-of-item", "terms.items[0].sanitised_item_id", health_sanitises,
     [](Papers& p) { p.items.at(kVersion).source_item_id = kSecondItem; }},
    {"sanitised-version-of-item", "terms.items[0].sanitised_item_id", health_sanitises,
     [](Papers& p) { p.items.at(kVersion).owner = "police"; }},
    {"sanitised-holds-no-protected-identity", "terms.items[0].sanitised_item_id", health_sanitises,
     [](Papers& p) { p.items.at(kVersion).protected_identities = 1; }},
    {"protected-identity-stays", "terms.items[0].release_protected_reason", school_shares,
     [](Papers& p) { p.state().protected_identities = 1; }},
    {"withheld-needs-ground", "terms.items[0].ground", health_withholds,
     [](Papers& p) { p.item().clear_ground(); }},
    {"withheld-needs-ground", "terms.items[0].ground", health_sanitises,
     [](Papers& p) { p.item().clear_ground(); }},
    {"ground-in-force", "terms.items[0].ground", health_withholds,
     [](Papers& p) { p.item().set_ground("because"); }},
    {"withheld-needs-reasons", "terms.items[0].reasons", health_withholds,
     [](Papers& p) { p.item().set_reasons(" \n"); }},
    {"withheld-is-looked-at-again", "terms.items[0].look_again_at", health_withholds,
     [](Papers& p) { p.item().clear_look_again_at(); }},
    {"withheld-is-looked-at-again", "terms.items[0].look_again_at", health_withholds,
     [](Papers& p) { p.item().mutable_look_again_at()->set_seconds(1'700'000'000); }},
};

const Cases kRecipients = {
    {"recipient-known", "terms.recipients[0].agency", school_shares,
     [](Papers& p) { p.recipient().set_agency("the-moon"); }},
    {"recipient-known", "terms.recipients[0].agency", school_shares,
     [](Papers& p) { p.agencies["social-care"] = ""; }},
    {"recipient-is-another", "terms.recipients[0].agency", school_shares,
     [](Papers& p) { p.recipient().set_agency("education"); }},
    {"recipient-named-once", "terms.recipients[1]", school_shares,
     [](Papers& p) { *p.terms.add_recipients() = p.recipient(); }},
    {"recipient-regime", "terms.recipients[0].regime", school_shares,
     [](Papers& p) { p.recipient().clear_regime(); }},
    {"recipient-regime", "terms.recipients[0].regime", school_shares,
     [](Papers& p) { p.recipient().set_regime(v1::REGIME_LAW_ENFORCEMENT); }},
    {"maker-known", "terms.regime", school_shares,
     [](Papers& p) { p.agencies["education"] = "wizards"; }},
    {"regime-stated", "terms.regime", school_shares, [](Papers& p) { p.terms.clear_regime(); }},
    {"law-enforcement-needs-competent-authority", "terms.regime", health_withholds,
     [](Papers& p) { p.terms.set_regime(v1::REGIME_LAW_ENFORCEMENT); }},
    {"law-enforcement-stands-alone", "terms.basis", police_enforce,
     [](Papers& p) { p.terms.set_basis("6-1-e"); }},
    {"law-enforcement-stands-alone", "terms.special_condition", police_enforce,
     [](Papers& p) { p.terms.set_special_condition("9-2-g"); }},
    {"law-enforcement-stands-alone", "terms.schedule_1_condition", police_enforce,
     [](Papers& p) { p.terms.set_schedule_1_condition("sch1-18"); }},
    {"law-enforcement-stands-alone", "terms.criminal_condition", police_enforce,
     [](Papers& p) { p.terms.set_criminal_condition("sch1-18"); }},
    {"gateway-in-force", "terms.gateways[0]", school_shares,
     [](Papers& p) { p.terms.set_gateways(0, "ea1944-s1"); }},
    {"gateway-fits-discloser", "terms.gateways[0]", school_shares,
     [](Papers& p) { p.terms.set_gateways(0, "common-law-police"); }},
    {"gateway-fits-recipient", "terms.recipients[1].agency", health_shares,
     [](Papers& p) {
       *p.terms.add_recipients() =
           proto<v1::Recipient>("agency: 'police' regime: REGIME_LAW_ENFORCEMENT");
     }},
    {"gateway-fits-recipient", "terms.gateways[1]", health_shares,
     [](Papers& p) {
       p.recipient().set_agency("refuge");
       p.terms.set_gateways(0, "ca2004-s11");
       p.terms.add_gateways("cda1998-s115");
     }},
};

const Cases kWords = {
    {"referral-in-case", "terms.referral_id", school_shares,
     [](Papers& p) { p.terms.set_referral_id(uuid(4)); }},
    {"purpose-stated", "terms.purpose", school_shares, [](Papers& p) { p.terms.clear_purpose(); }},
    {"necessity-stated", "terms.necessity", school_shares,
     [](Papers& p) { p.terms.set_necessity("\t"); }},
    {"proportionality-stated", "terms.proportionality", health_withholds,
     [](Papers& p) { p.terms.clear_proportionality(); }},
    {"family-told-or-why-not", "terms.family_told", school_shares,
     [](Papers& p) { p.terms.clear_family_told(); }},
    {"family-told-or-why-not", "terms.family_told_reason", school_shares,
     [](Papers& p) { p.terms.set_family_told(v1::FAMILY_TOLD_NO); }},
    {"confidence-weighed", "terms.confidence", school_shares,
     [](Papers& p) { p.state().in_confidence = true; }},
    {"public-interest-weighed", "terms.confidence_weighed", school_shares,
     [](Papers& p) { p.terms.set_confidence(v1::CONFIDENCE_BASIS_PUBLIC_INTEREST); }},
    {"confidence-set-aside-by-duty", "terms.confidence", school_shares,
     [](Papers& p) { p.terms.set_confidence(v1::CONFIDENCE_BASIS_STATUTORY_DUTY); }},
};

const Cases kBasis = {
    {"sensitive-processing-needs-condition", "terms.schedule_8_condition", police_enforce,
     [](Papers& p) { p.terms.clear_schedule_8_condition(); }},
    {"schedule-8-in-force", "terms.schedule_8_condition", police_enforce,
     [](Papers& p) { p.terms.set_schedule_8_condition("sch8-99"); }},
    {"schedule-8-is-law-enforcement", "terms.schedule_8_condition", school_shares,
     [](Papers& p) { p.terms.set_schedule_8_condition("sch8-4"); }},
    {"basis-needed", "terms.basis", school_shares, [](Papers& p) { p.terms.clear_basis(); }},
    {"basis-in-force", "terms.basis", school_shares, [](Papers& p) { p.terms.set_basis("6-1-z"); }},
    {"basis-open-to-body", "terms.basis", school_shares,
     [](Papers& p) { p.terms.set_basis("6-1-ea"); }},
    {"basis-open-to-body", "terms.basis", school_shares,
     [](Papers& p) { p.terms.set_basis("6-1-f"); }},
    {"basis-needs-gateway", "terms.gateways", school_shares,
     [](Papers& p) { p.terms.clear_gateways(); }},
    {"basis-needs-gateway", "terms.gateways", school_shares,
     [](Papers& p) { p.terms.set_basis("6-1-c"); }},
    {"special-category-needs-condition", "terms.special_condition", health_shares,
     [](Papers& p) { p.terms.clear_special_condition(); }},
    {"special-condition-in-force", "terms.special_condition", health_shares,
     [](Papers& p) { p.terms.set_special_condition("9-2-z"); }},
    {"special-condition-needs-schedule-1", "terms.schedule_1_condition", health_shares,
     [](Papers& p) { p.terms.clear_schedule_1_condition(); }},
    {"special-condition-needs-schedule-1", "terms.schedule_1_condition", health_shares,
     [](Papers& p) { p.terms.set_special_condition("9-2-g"); }},
    {"special-condition-needs-schedule-1", "terms.schedule_1_condition", health_safeguards,
     [](Papers& p) { p.terms.set_special_condition("9-2-h"); }},
    {"schedule-1-in-force", "terms.schedule_1_condition", health_shares,
     [](Papers& p) { p.terms.set_schedule_1_condition("sch1-99"); }},
    {"criminal-offence-needs-condition", "terms.criminal_condition", police_safeguard,
     [](Papers& p) { p.terms.clear_criminal_condition(); }},
    {"criminal-condition-in-force", "terms.criminal_condition", police_safeguard,
     [](Papers& p) { p.terms.set_criminal_condition("sch1-99"); }},
    {"criminal-condition-in-force", "terms.criminal_condition", police_safeguard,
     [](Papers& p) { p.terms.set_criminal_condition("sch1-8"); }},
    {"condition-open-to-body", "terms.special_condition", police_safeguard,
     [](Papers& p) {
       p.state().data_kind = v1::DATA_KIND_SPECIAL_CATEGORY;
       p.terms.set_special_condition("9-2-h");
       p.terms.set_schedule_1_condition("sch1-2");
     }},
    {"without-consent-needs-reason", "terms.without_consent", health_safeguards,
     [](Papers& p) { p.terms.clear_without_consent(); }},
    {"without-consent-needs-reason", "terms.without_consent", police_safeguard,
     [](Papers& p) { p.terms.clear_without_consent(); }},
    {"without-consent-needs-reason", "terms.without_consent", police_enforce,
     [](Papers& p) { p.terms.clear_without_consent(); }},
    {"vital-interests-need-incapacity", "terms.without_consent", health_safeguards,
     [](Papers& p) { p.terms.set_special_condition("9-2-c"); }},
    {"vital-interests-need-incapacity", "terms.without_consent", police_safeguard,
     [](Papers& p) { p.terms.set_criminal_condition("sch1-30"); }},
    {"policy-document-named", "terms.policy_document", health_safeguards,
     [](Papers& p) { p.terms.clear_policy_document(); }},
    {"policy-document-named", "terms.policy_document", police_enforce,
     [](Papers& p) { p.terms.clear_policy_document(); }},
    {"policy-document-named", "terms.policy_document", police_safeguard,
     [](Papers& p) {
       p.terms.set_criminal_condition("sch1-10");
       p.terms.clear_policy_document();
     }},
};

const Cases kConsents = {
    {"consent-live", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.terms.mutable_consent()->clear_consent_id(); }},
    {"consent-live", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.consent.reset(); }},
    {"consent-live", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.consent->withdrawn_at = p.now; }},
    {"consent-live", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.consent->terms.set_refused(true); }},
    {"consent-live", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.consent->terms.mutable_until()->set_seconds(1'700'000'000); }},
    {"consent-live", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.consent->terms.set_case_id(uuid(999)); }},
    {"consent-live", "terms.consent.consent_id", school_shares,
     [](Papers& p) { p.terms.mutable_consent()->set_consent_id(kConsent); }},
    {"consent-freely-given", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.consent->terms.set_freely_given(false); }},
    {"consent-explicit", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.consent->terms.set_explicit_(false); }},
    {"consent-covers", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.consent->terms.add_recipients("police"); }},
    {"consent-covers", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.consent->terms.add_holders("police"); }},
    {"consent-covers", "terms.consent.consent_id", refuge_shares_by_consent,
     [](Papers& p) { p.state().person_ids.insert(kMother); }},
    {"consent-sought-or-why-not", "terms.consent.not_sought_reason", school_shares,
     [](Papers& p) { p.terms.clear_consent(); }},
    {"consent-answer-agrees", "terms.consent.sought", health_withholds,
     [](Papers& p) { p.terms.mutable_consent()->set_refused(true); }},
    {"consent-answer-agrees", "terms.consent.refused", refuge_shares_by_consent,
     [](Papers& p) {
       refuse_consent(p);
       p.terms.mutable_consent()->set_consent_id(kConsent);
     }},
    {"refusal-overridden-needs-manager", "terms.consent.override_reason", school_shares,
     [](Papers& p) {
       refuse_consent(p);
       p.terms.mutable_consent()->clear_override_reason();
     }},
    {"refusal-overridden-needs-manager", "terms.consent.override_manager", school_shares,
     [](Papers& p) {
       refuse_consent(p);
       p.terms.mutable_consent()->clear_override_manager();
     }},
};

Cases all_cases() {
  Cases all;
  for (const Cases* group : {&kItems, &kRecipients, &kWords, &kBasis, &kConsents})
    all.insert(all.end(), group->begin(), group->end());
  return all;
}

TEST(Rules, AreEachBrokenByOneChangeAndNoOther) {
  for (const Case& each : all_cases()) {
    Papers papers = each.lawful();
    EXPECT_THAT(lines(papers.faults()), IsEmpty()) << "before " << each.rule;
    each.change(papers);
    EXPECT_THAT(lines(papers.faults()),
                ElementsAre(std::string(each.rule) + " " + std::string(each.field)))
        << papers.terms.ShortDebugString();
  }
}

TEST(Rules, AreAllInTheTable) {
  std::set<std::string> tried;
  for (const Case& each : all_cases()) tried.insert(each.rule);
  for (const policy::LawfulRule& rule : law().rules())
    EXPECT_THAT(tried, Contains(std::string(policy::id_of(rule.rule))));
  EXPECT_EQ(tried.size(), policy::kRules);
}

}  // namespace
}  // namespace mash::sharing
