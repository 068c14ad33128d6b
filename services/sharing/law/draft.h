#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "policy/lawful_basis.h"
#include "sharing/law/decision_facts.h"

namespace mash::sharing {

// A decision's terms beside what they are judged on, looked up once for all rules. What is named
// and not there, or not in force on the day, is null: the rule that says so says it, and the others
// leave it alone. Made for one evaluation, on one thread; points into its arguments.
struct Draft {
  // An item that goes out, and where the terms name it.
  struct Leaving {
    const Item::State* item = nullptr;
    std::string field;
  };

  Draft(const v1::DecisionTerms& terms, const DecisionFacts& facts, const policy::LawfulBasis& law,
        Day day);

  const v1::DecisionTerms& terms;
  const DecisionFacts& facts;
  const policy::LawfulBasis& law;
  Day day;

  bool shares = false;           // something goes out
  bool law_enforcement = false;  // or UK GDPR, as long as nothing is said
  const policy::BodyKind* maker = nullptr;
  std::vector<const policy::BodyKind*> recipients;  // one for each of the terms'
  std::vector<const Item::State*> items;            // the same
  std::vector<const Item::State*> versions;         // the same: sanitised ones
  std::vector<Leaving> leaving;
  std::vector<const policy::Gateway*> gateways;  // one for each of the terms'

  // Where something is shared under UK GDPR.
  const policy::Article6Basis* basis = nullptr;
  const policy::SpecialCondition* special = nullptr;
  const policy::Schedule1Condition* schedule_1 = nullptr;
  const policy::Schedule1Condition* criminal = nullptr;
  // Where something is shared under law enforcement.
  const policy::Schedule8Condition* schedule_8 = nullptr;

  const Consent::State* consent = nullptr;  // that is named, and lies in the case

  bool leaves(v1::DataKind kind) const;
  bool shares_under_uk_gdpr() const { return shares && !law_enforcement; }
  // The basis or a condition is consent.
  bool relies_on_consent() const;
  bool consent_live() const { return consent != nullptr && consent->live(facts.now); }
  // It is for whoever shares and gets, and about everyone that what goes out is about.
  bool consent_covers() const;
  // A power or duty is named, whose kind the rule on gateways in force has to say where it is none.
  bool has_gateway(bool duty) const;

 private:
  const Item::State* find(const std::string& item_id) const;
  void look_up_bodies();
  void look_up_items();
  void look_up_law();
  void look_up_consent();
};

// The fields in which a draft breaks one rule.
class Found {
 public:
  void at(std::string field) { fields_.push_back(std::move(field)); }
  // In a list of the terms: at("items", 2, "ground") is "terms.items[2].ground".
  void at(std::string_view list, std::size_t index, std::string_view field = {});

  const std::vector<std::string>& fields() const { return fields_; }

 private:
  std::vector<std::string> fields_;
};

// Whether a text says nothing.
bool is_blank(std::string_view text);

// One function for each rule of policy::Rule; evaluate.cc has the table.
namespace rules {

// evaluate_items.cc
void outcome_agrees(const Draft& draft, Found& found);
void item_disposition(const Draft& draft, Found& found);
void item_named_once(const Draft& draft, Found& found);
void item_in_case(const Draft& draft, Found& found);
void item_is_own(const Draft& draft, Found& found);
void item_fields_agree(const Draft& draft, Found& found);
void item_recalled(const Draft& draft, Found& found);
void item_decided_once(const Draft& draft, Found& found);
void sanitised_version(const Draft& draft, Found& found);
void sanitised_is_clean(const Draft& draft, Found& found);
void protected_identity_stays(const Draft& draft, Found& found);
void withheld_needs_ground(const Draft& draft, Found& found);
void ground_in_force(const Draft& draft, Found& found);
void withheld_needs_reasons(const Draft& draft, Found& found);
void withheld_look_again(const Draft& draft, Found& found);

// evaluate_recipients.cc: who shares and gets, under which regime, by which power or duty.
void recipient_known(const Draft& draft, Found& found);
void recipient_is_another(const Draft& draft, Found& found);
void recipient_named_once(const Draft& draft, Found& found);
void recipient_regime(const Draft& draft, Found& found);
void maker_known(const Draft& draft, Found& found);
void regime_stated(const Draft& draft, Found& found);
void law_enforcement_body(const Draft& draft, Found& found);
void law_enforcement_alone(const Draft& draft, Found& found);
void gateway_in_force(const Draft& draft, Found& found);
void gateway_fits_discloser(const Draft& draft, Found& found);
void gateway_fits_recipient(const Draft& draft, Found& found);

// evaluate_basis.cc: the basis, and conditions for what is special.
void sensitive_needs_condition(const Draft& draft, Found& found);
void schedule_8_in_force(const Draft& draft, Found& found);
void schedule_8_is_law_enforcement(const Draft& draft, Found& found);
void basis_needed(const Draft& draft, Found& found);
void basis_in_force(const Draft& draft, Found& found);
void basis_open_to_body(const Draft& draft, Found& found);
void basis_needs_gateway(const Draft& draft, Found& found);
void special_needs_condition(const Draft& draft, Found& found);
void special_in_force(const Draft& draft, Found& found);
void special_needs_schedule_1(const Draft& draft, Found& found);
void schedule_1_in_force(const Draft& draft, Found& found);
void criminal_needs_condition(const Draft& draft, Found& found);
void criminal_in_force(const Draft& draft, Found& found);
void condition_open_to_body(const Draft& draft, Found& found);
void without_consent_needs_reason(const Draft& draft, Found& found);
void vital_interests_need_incapacity(const Draft& draft, Found& found);
void policy_document(const Draft& draft, Found& found);

// evaluate_consent.cc
void consent_live(const Draft& draft, Found& found);
void consent_freely_given(const Draft& draft, Found& found);
void consent_explicit(const Draft& draft, Found& found);
void consent_covers(const Draft& draft, Found& found);
void consent_sought(const Draft& draft, Found& found);
void consent_answer_agrees(const Draft& draft, Found& found);
void refusal_overridden(const Draft& draft, Found& found);

// evaluate_words.cc: what is said in words, openness, confidence.
void referral_in_case(const Draft& draft, Found& found);
void purpose_stated(const Draft& draft, Found& found);
void necessity_stated(const Draft& draft, Found& found);
void proportionality_stated(const Draft& draft, Found& found);
void family_told(const Draft& draft, Found& found);
void confidence_weighed(const Draft& draft, Found& found);
void public_interest_weighed(const Draft& draft, Found& found);
void confidence_set_aside(const Draft& draft, Found& found);

}  // namespace rules

}  // namespace mash::sharing
