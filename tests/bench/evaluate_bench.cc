// What judging a decision costs, with all packs loaded: one of the largest that may be recorded,
// and one as most are.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "bench/report.h"
#include "core/calendar.h"
#include "core/check.h"
#include "policy/packs.h"
#include "sharing/decisions/decision_terms.h"
#include "sharing/law/decision_facts.h"

namespace mash::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 2'000;
constexpr int kGrantsOfAnItem = 20;

// A decision of health's over so many items for so many recipients, and what it is judged on.
class Draft {
 public:
  Draft(int items, int recipients) {
    family_.head = "case";
    family_.cases = {"case"};
    terms_.set_outcome(sharing::v1::SHARING_OUTCOME_SHARE);
    terms_.set_regime(sharing::v1::REGIME_UK_GDPR);
    terms_.set_basis("6-1-e");
    terms_.set_special_condition("9-2-g");
    terms_.set_schedule_1_condition("sch1-18");
    terms_.set_without_consent(sharing::v1::WITHOUT_CONSENT_WOULD_PREJUDICE_PROTECTION);
    terms_.set_policy_document("APD");
    terms_.add_gateways("ca2004-s11");
    terms_.add_gateways("ca2004-s16la");
    for (auto* text :
         {terms_.mutable_purpose(), terms_.mutable_necessity(), terms_.mutable_proportionality(),
          terms_.mutable_consent()->mutable_not_sought_reason()})
      *text = "So that she is safe.";
    terms_.set_family_told(sharing::v1::FAMILY_TOLD_LATER);
    for (int i = 0; i < recipients; ++i) add_recipient("agency-" + std::to_string(i));
    for (int i = 0; i < items; ++i) add_item("item-" + std::to_string(i));
  }

  std::size_t judge(const policy::LawfulBasis& law, Day day) const {
    const sharing::DecisionFacts facts{.maker = {"health", "hea-01", "n-4", "practitioner"},
                                       .agencies = agencies_,
                                       .family = family_,
                                       .items = items_,
                                       .consent = {},
                                       .supersedes = "",
                                       .now = {}};
    return sharing::evaluate(terms_, facts, law, day).size();
  }

 private:
  void add_recipient(const std::string& agency) {
    agencies_[agency] = "police-force";
    sharing::v1::Recipient& recipient = *terms_.add_recipients();
    recipient.set_agency(agency);
    recipient.set_regime(sharing::v1::REGIME_LAW_ENFORCEMENT);
  }

  void add_item(const std::string& id) {
    sharing::v1::DecidedItem& item = *terms_.add_items();
    item.set_item_id(id);
    item.set_disposition(sharing::v1::ITEM_DISPOSITION_RELEASED);
    sharing::Item::State state;
    state.case_id = "case";
    state.owner = "health";
    state.data_kind = sharing::v1::DATA_KIND_SPECIAL_CATEGORY;
    state.person_ids = {"child"};
    for (int i = 0; i < kGrantsOfAnItem; ++i) {
      sharing::v1::Recipient recipient;
      recipient.set_agency("another-" + std::to_string(i));
      state.grants.push_back(
          {.recipient = recipient, .decision_id = "d", .disclosed = true, .ground = ""});
    }
    items_[id] = std::move(state);
  }

  sharing::v1::DecisionTerms terms_;
  std::map<std::string, sharing::Item::State> items_;
  Agencies agencies_ = {{"health", "nhs-body"}};
  cases::Family family_;
};

void measure(const std::string& name, const Draft& draft, const policy::LawfulBasis& law, Day day) {
  std::vector<double> took_ms;
  for (int i = 0; i < kRounds; ++i) {
    const auto start = Clock::now();
    MASH_CHECK(draft.judge(law, day) == 0);  // it is lawful: every rule was asked
    took_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::ranges::sort(took_ms);
  report(name + " p50", took_ms[kRounds / 2], "ms");
  report(name + " p99", took_ms[kRounds * 99 / 100], "ms", "at most 1");
}

int run() {
  const policy::Packs packs = policy::Packs::load("deploy/policy").value();
  const Day day(std::chrono::year(2026) / 11 / 25);
  const policy::LawfulBasis& law = *packs.law_in_force(day).value();
  measure("judging a decision on 3 items for 2 recipients", Draft(3, 2), law, day);
  measure("judging a decision on 100 items for 20 recipients",
          Draft(sharing::kDecidedItemsMax, sharing::kRecipientsMax), law, day);
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main() { return mash::bench::run(); }
