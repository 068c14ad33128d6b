#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <functional>
#include <set>

#include "sharing/testing/papers.h"

// Properties of the evaluator over drafts that were put together at random.
namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

template <class T>
T any_of(const std::vector<T>& choices) {
  // By its place: what rapidcheck prints of a function is without end.
  return choices.at(*rc::gen::inRange<std::size_t>(0, choices.size()));
}

bool coin() { return *rc::gen::arbitrary<bool>(); }

std::string text_or_none() { return any_of<std::string>({"", "Some words.", "More of them."}); }

// A decision of the cast, lawful as it stands.
Papers any_lawful() {
  return any_of<Papers (*)()>({health_shares, health_safeguards, health_withholds, health_sanitises,
                               school_shares, police_safeguard, police_enforce,
                               refuge_shares_by_consent, refuge_shares})();
}

const std::vector<std::string> kBases = {"",      "6-1-a",  "6-1-b", "6-1-c", "6-1-d",
                                         "6-1-e", "6-1-ea", "6-1-f", "6-1-x"};
const std::vector<std::string> kSpecial = {"",      "9-2-a", "9-2-b", "9-2-c", "9-2-f",
                                           "9-2-g", "9-2-h", "9-2-i", "9-2-x"};
const std::vector<std::string> kSchedule1 = {"",        "sch1-1",  "sch1-2",  "sch1-8", "sch1-10",
                                             "sch1-18", "sch1-29", "sch1-30", "sch1-x"};
const std::vector<std::string> kSchedule8 = {"", "sch8-1", "sch8-4", "sch8-x"};
const std::vector<std::string> kGateways = {"ca1989-s17",        "ca1989-s47",   "ca2004-s11",
                                            "ca2004-s16la",      "ea2002-s175",  "cda1998-s115",
                                            "common-law-police", "no-such-power"};
const std::vector<std::string> kGrounds = {"", "not-relevant", "detriment-16la-3", "not-a-ground"};

template <class Enum>
Enum any_enum(int max) {
  return static_cast<Enum>(*rc::gen::inRange(0, max + 1));
}

// One thing changed at random, for the worse or the better.
using Change = std::function<void(Papers&)>;
const std::vector<Change>& changes() {
  static const std::vector<Change> changes = {
      [](Papers& p) { p.terms.set_outcome(any_enum<v1::SharingOutcome>(3)); },
      [](Papers& p) { p.item().set_disposition(any_enum<v1::ItemDisposition>(3)); },
      [](Papers& p) { p.item().set_ground(any_of(kGrounds)); },
      [](Papers& p) { p.item().set_reasons(text_or_none()); },
      [](Papers& p) { p.state().data_kind = any_enum<v1::DataKind>(3); },
      [](Papers& p) { p.state().in_confidence = coin(); },
      [](Papers& p) { p.state().protected_identities = coin() ? 1 : 0; },
      [](Papers& p) { p.state().recalled = coin(); },
      [](Papers& p) { p.state().owner = any_of<std::string>({"health", p.maker.agency}); },
      [](Papers& p) {
        p.recipient().set_agency(
            any_of<std::string>({"police", "social-care", "refuge", "probation", "nobody"}));
      },
      [](Papers& p) { p.recipient().set_regime(any_enum<v1::Regime>(2)); },
      [](Papers& p) { p.terms.set_regime(any_enum<v1::Regime>(2)); },
      [](Papers& p) { p.terms.set_basis(any_of(kBases)); },
      [](Papers& p) { p.terms.set_special_condition(any_of(kSpecial)); },
      [](Papers& p) { p.terms.set_schedule_1_condition(any_of(kSchedule1)); },
      [](Papers& p) { p.terms.set_criminal_condition(any_of(kSchedule1)); },
      [](Papers& p) { p.terms.set_schedule_8_condition(any_of(kSchedule8)); },
      [](Papers& p) { p.terms.set_without_consent(any_enum<v1::WithoutConsent>(3)); },
      [](Papers& p) { p.terms.set_policy_document(text_or_none()); },
      [](Papers& p) { p.terms.clear_gateways(); },
      [](Papers& p) { p.terms.add_gateways(any_of(kGateways)); },
      [](Papers& p) { p.terms.set_confidence(any_enum<v1::ConfidenceBasis>(3)); },
      [](Papers& p) { p.terms.set_confidence_weighed(text_or_none()); },
      [](Papers& p) { p.terms.set_family_told(any_enum<v1::FamilyTold>(3)); },
      [](Papers& p) { p.terms.set_purpose(text_or_none()); },
      [](Papers& p) { p.terms.mutable_consent()->set_sought(coin()); },
      [](Papers& p) { p.terms.mutable_consent()->set_refused(coin()); },
      [](Papers& p) { p.terms.mutable_consent()->set_override_reason(text_or_none()); },
      [](Papers& p) { p.terms.mutable_consent()->set_override_manager(coin() ? "m-1" : ""); },
      [](Papers& p) { p.terms.mutable_consent()->set_consent_id(coin() ? kConsent : ""); },
      [](Papers& p) {
        if (p.consent) p.consent->withdrawn_at = coin() ? std::optional(p.now) : std::nullopt;
      },
      [](Papers& p) {
        if (p.consent) p.consent->terms.set_explicit_(coin());
      },
  };
  return changes;
}

Papers any_papers() {
  Papers papers = any_lawful();
  const int so_many = *rc::gen::inRange(0, 6);
  for (int i = 0; i < so_many; ++i) any_of(changes())(papers);
  return papers;
}

// The law said over again, in other words: what must be so of a decision that may be recorded. It
// knows nothing of the evaluator, and reads the codes of the packs as a lawyer would.
class Lawyer {
 public:
  explicit Lawyer(const Papers& papers) : p_(papers), t_(papers.terms) {
    for (const v1::DecidedItem& item : t_.items()) {
      const bool released = item.disposition() == v1::ITEM_DISPOSITION_RELEASED;
      const bool sanitised = item.disposition() == v1::ITEM_DISPOSITION_SANITISED;
      if (released) out_.push_back(&p_.items.at(item.item_id()));
      if (sanitised) out_.push_back(&p_.items.at(item.sanitised_item_id()));
    }
  }

  void say() const {
    say_of_items();
    say_of_recipients();
    if (out_.empty()) return;
    t_.regime() == v1::REGIME_UK_GDPR ? say_of_uk_gdpr() : say_of_law_enforcement();
    say_of_consent();
    for (const Item::State* item : out_)
      RC_ASSERT(!item->in_confidence || t_.confidence() != v1::CONFIDENCE_BASIS_UNSPECIFIED);
  }

 private:
  bool names_gateway(const std::set<std::string>& codes) const {
    return std::ranges::any_of(t_.gateways(),
                               [&](const std::string& code) { return codes.contains(code); });
  }
  bool goes_out(v1::DataKind kind) const {
    return std::ranges::any_of(out_,
                               [&](const Item::State* item) { return item->data_kind == kind; });
  }
  bool is_public() const { return p_.maker.agency != "refuge"; }
  bool is_competent(const std::string& agency) const {
    return agency == "police" || agency == "probation";
  }
  bool has_consent() const {
    return !t_.consent().consent_id().empty() && p_.consent && p_.consent->live(p_.now);
  }

  void say_of_items() const {
    RC_ASSERT(!t_.purpose().empty());
    RC_ASSERT(out_.empty() == (t_.outcome() == v1::SHARING_OUTCOME_WITHHOLD));
    for (const Item::State* item : out_) {
      RC_ASSERT(item->owner == p_.maker.agency);
      RC_ASSERT(!item->recalled);
    }
    for (const v1::DecidedItem& item : t_.items()) {
      if (item.disposition() == v1::ITEM_DISPOSITION_RELEASED) {
        RC_ASSERT(p_.items.at(item.item_id()).protected_identities == 0 ||
                  !item.release_protected_reason().empty());
      } else {
        RC_ASSERT(!item.ground().empty() && item.ground() != "not-a-ground");
        RC_ASSERT(!item.reasons().empty());
      }
    }
  }

  void say_of_recipients() const {
    for (const v1::Recipient& recipient : t_.recipients()) {
      RC_ASSERT(p_.agencies.contains(recipient.agency()));
      RC_ASSERT(recipient.agency() != p_.maker.agency);
      RC_ASSERT(recipient.regime() == v1::REGIME_UK_GDPR || is_competent(recipient.agency()));
    }
    RC_ASSERT(t_.regime() == v1::REGIME_UK_GDPR || is_competent(p_.maker.agency));
  }

  void say_of_uk_gdpr() const {
    RC_ASSERT(t_.schedule_8_condition().empty());
    const std::set<std::string> known(kBases.begin() + 1, kBases.end() - 1);
    RC_ASSERT(known.contains(t_.basis()));
    if (t_.basis() == "6-1-ea" || t_.basis() == "6-1-f") RC_ASSERT(!is_public());
    if (t_.basis() == "6-1-e") RC_ASSERT(t_.gateways_size() > 0);
    if (t_.basis() == "6-1-c")
      RC_ASSERT(names_gateway({"ca1989-s27", "ca1989-s47", "ca2004-s16la"}));
    if (goes_out(v1::DATA_KIND_SPECIAL_CATEGORY)) RC_ASSERT(!t_.special_condition().empty());
    if (t_.special_condition() == "9-2-h") RC_ASSERT(t_.schedule_1_condition() == "sch1-2");
    if (t_.special_condition() == "9-2-g")
      RC_ASSERT(std::set<std::string>({"sch1-8", "sch1-10", "sch1-18"})
                    .contains(t_.schedule_1_condition()));
    if (t_.special_condition() == "9-2-c")
      RC_ASSERT(t_.without_consent() == v1::WITHOUT_CONSENT_CANNOT_BE_GIVEN);
    if (goes_out(v1::DATA_KIND_CRIMINAL_OFFENCE)) RC_ASSERT(!t_.criminal_condition().empty());
    if (t_.schedule_1_condition() == "sch1-18" || t_.criminal_condition() == "sch1-18") {
      RC_ASSERT(!t_.policy_document().empty());
      RC_ASSERT(t_.without_consent() != v1::WITHOUT_CONSENT_UNSPECIFIED || has_consent());
    }
    if (t_.basis() == "6-1-a" || t_.special_condition() == "9-2-a") {
      RC_ASSERT(has_consent());
      RC_ASSERT(p_.consent->terms.freely_given());
      RC_ASSERT(!goes_out(v1::DATA_KIND_SPECIAL_CATEGORY) || p_.consent->terms.explicit_());
    }
  }

  void say_of_law_enforcement() const {
    RC_ASSERT(t_.basis().empty() && t_.special_condition().empty());
    if (!goes_out(v1::DATA_KIND_SPECIAL_CATEGORY)) return;
    RC_ASSERT(!t_.schedule_8_condition().empty());
    RC_ASSERT(!t_.policy_document().empty());
  }

  void say_of_consent() const {
    const v1::ConsentWeighed& consent = t_.consent();
    RC_ASSERT(consent.sought() || !consent.not_sought_reason().empty());
    if (consent.refused())
      RC_ASSERT(!consent.override_reason().empty() && !consent.override_manager().empty());
  }

  const Papers& p_;
  const v1::DecisionTerms& t_;
  std::vector<const Item::State*> out_;
};

RC_GTEST_PROP(Evaluation, AcceptsNothingThatALawyerWouldRefuse, ()) {
  const Papers papers = any_papers();
  const bool accepted = papers.faults().empty();
  RC_CLASSIFY(accepted, "accepted");
  if (accepted) Lawyer(papers).say();
}

RC_GTEST_PROP(Evaluation, SaysTheSameOfTheSame, ()) {
  const Papers papers = any_papers();
  RC_ASSERT(lines(papers.faults()) == lines(Papers(papers).faults()));
}

// The rules that speak of a field, besides those that ask for it: what may come up when it is
// filled in.
struct Element {
  const char* asked_for;  // the rule that misses it
  Change clear;
  std::set<std::string> related;
};
const std::vector<Element>& elements() {
  static const std::vector<Element> elements = {
      {"purpose-stated", [](Papers& p) { p.terms.clear_purpose(); }, {}},
      {"necessity-stated", [](Papers& p) { p.terms.clear_necessity(); }, {}},
      {"proportionality-stated", [](Papers& p) { p.terms.clear_proportionality(); }, {}},
      {"family-told-or-why-not", [](Papers& p) { p.terms.clear_family_told(); }, {}},
      {"recipient-regime", [](Papers& p) { p.recipient().clear_regime(); }, {}},
      {"basis-needed",
       [](Papers& p) { p.terms.clear_basis(); },
       {"law-enforcement-stands-alone", "basis-in-force", "basis-open-to-body",
        "basis-needs-gateway", "consent-live", "consent-freely-given", "consent-explicit",
        "consent-covers", "consent-answer-agrees"}},
      {"special-category-needs-condition",
       [](Papers& p) { p.terms.clear_special_condition(); },
       {"law-enforcement-stands-alone", "special-condition-in-force",
        "special-condition-needs-schedule-1", "condition-open-to-body",
        "vital-interests-need-incapacity", "consent-live", "consent-freely-given",
        "consent-explicit", "consent-covers", "consent-answer-agrees"}},
      {"criminal-offence-needs-condition",
       [](Papers& p) { p.terms.clear_criminal_condition(); },
       {"law-enforcement-stands-alone", "criminal-condition-in-force", "condition-open-to-body",
        "without-consent-needs-reason", "vital-interests-need-incapacity", "policy-document-named",
        "consent-live", "consent-freely-given", "consent-explicit", "consent-covers",
        "consent-answer-agrees"}},
      {"without-consent-needs-reason",
       [](Papers& p) { p.terms.clear_without_consent(); },
       {"vital-interests-need-incapacity"}},
      {"policy-document-named", [](Papers& p) { p.terms.clear_policy_document(); }, {}},
      {"withheld-needs-ground",
       [](Papers& p) { p.item().clear_ground(); },
       {"ground-in-force", "item-fields-agree"}},
      {"withheld-needs-reasons",
       [](Papers& p) { p.item().clear_reasons(); },
       {"item-fields-agree"}},
      {"confidence-weighed",
       [](Papers& p) { p.terms.clear_confidence(); },
       {"public-interest-weighed", "confidence-set-aside-by-duty"}},
      {"consent-sought-or-why-not",
       [](Papers& p) { p.terms.mutable_consent()->clear_not_sought_reason(); },
       {}},
  };
  return elements;
}

RC_GTEST_PROP(Evaluation, AddsNoUnrelatedFaultWhenAMissingElementIsAdded, ()) {
  const Papers whole = any_papers();
  const Element& element = any_of(elements());
  Papers without = whole;
  element.clear(without);
  std::set<std::string> before;
  for (const v1::RuleFault& fault : without.faults()) before.insert(fault.rule());
  for (const v1::RuleFault& fault : whole.faults()) {
    const bool known = before.contains(fault.rule()) || element.related.contains(fault.rule()) ||
                       fault.rule() == element.asked_for;
    if (!known)
      RC_FAIL(fault.rule() + " came up when " + element.asked_for + " had what it asks for");
  }
}

}  // namespace
}  // namespace mash::sharing
