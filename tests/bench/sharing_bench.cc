// RecordDecision over mutual TLS as a share of what SubmitContact reaches on the same hub in the
// same run, both with the same number in flight; and what it takes to read an item under a
// decision, one after the other.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/report.h"
#include "bench/served.h"
#include "core/check.h"
#include "generator/contacts.h"
#include "host/process.h"
#include "integration/grpc_helpers.h"
#include "integration/test_hub.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "mash/sharing/v1/sharing_service.grpc.pb.h"

namespace mash::bench {
namespace {

using mash::testing::kHealth;
using mash::testing::kTriage;
using referral::v1::ReferralService;
using sharing::v1::SharingService;

constexpr int kRounds = 5;
constexpr int kInFlight = 64;
constexpr int kItemsACase = 50;

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s: %s\n", result.error().reason.c_str(), result.error().message.c_str());
    for (const auto& fault : result.error().faults)
      std::fprintf(stderr, "  %s %s\n", fault.field.c_str(), fault.description.c_str());
    std::exit(1);
  }
  return std::move(*result);
}

// An item that health holds, and nobody has decided on.
struct Held {
  std::string case_id;
  std::string item_id;
};

class Bench {
 public:
  explicit Bench(int calls)
      : calls_(calls),
        hub_([](host::Config& config) {
          const auto data = bench_directory() / "sharing";
          std::filesystem::remove_all(data);
          config.data = data;
          config.block_cache_bytes = 128 << 20;
          config.memtable_bytes = 32 << 20;
          config.metrics_listen = "127.0.0.1:0";
        }),
        submit_("/mash.referral.v1.ReferralService/SubmitContact", hub_.pki(), "health",
                hub_.hub().port()),
        record_("/mash.sharing.v1.SharingService/RecordDecision", hub_.pki(), "health",
                hub_.hub().port()) {}

  void run() {
    round(calls_ / 10);
    Rounds submits;
    Rounds decisions;
    for (int i = 0; i < kRounds; ++i) {
      const auto [submitted, decided] = round(calls_);
      submits.add(submitted);
      decisions.add(decided);
    }
    const std::string with = ", " + std::to_string(kInFlight) + " in flight";
    submits.tell("SubmitContact" + with);
    decisions.tell("RecordDecision" + with);
    report("RecordDecision / SubmitContact" + with, decisions.rate() / submits.rate(), "ratio",
           "at least 0.8");
    read_items();
  }

 private:
  // Fresh items for so many decisions, made before the clock runs.
  void hold(int count) {
    while (static_cast<int>(held_.size()) < count) {
      const auto contact =
          must(hub_.call(kHealth, &ReferralService::Stub::SubmitContact, contacts_.next().request));
      sharing::v1::OfferInformationRequest offer;
      offer.set_case_id(contact.case_id());
      for (int i = 0; i < kItemsACase; ++i) {
        auto& item = *offer.add_items();
        item.set_category("mental-health");
        item.set_nature(sharing::v1::ITEM_NATURE_FACT);
        item.set_sensitivity(sharing::v1::SENSITIVITY_ORDINARY);
        item.add_person_ids(contact.child_ids(0));
        item.set_text("She has been seen eleven times this year, and asked for help twice.");
      }
      // The sharing log follows the referral log a moment later.
      Result<sharing::v1::OfferInformationResponse> offered;
      MASH_CHECK(mash::testing::eventually([&] {
        offer.set_request_id(mash::testing::new_request_id());
        offered = hub_.call(kHealth, &SharingService::Stub::OfferInformation, offer);
        return offered || offered.error().reason != "NOT_FOUND";
      }));
      const auto holding = must(std::move(offered));
      for (const std::string& id : holding.item_ids()) held_.push_back({contact.case_id(), id});
    }
  }

  sharing::v1::RecordDecisionRequest next_decision() {
    const Held item = std::move(held_.back());
    held_.pop_back();
    sharing::v1::RecordDecisionRequest request;
    request.set_request_id(mash::testing::new_request_id());
    auto& terms = *request.mutable_terms();
    terms.set_case_id(item.case_id);
    terms.set_outcome(sharing::v1::SHARING_OUTCOME_SHARE);
    auto& decided = *terms.add_items();
    decided.set_item_id(item.item_id);
    decided.set_disposition(sharing::v1::ITEM_DISPOSITION_RELEASED);
    auto& recipient = *terms.add_recipients();
    recipient.set_agency(kTriage.agency);
    recipient.set_regime(sharing::v1::REGIME_UK_GDPR);
    terms.set_purpose("To decide whether she is safe at home.");
    terms.set_necessity("Nobody else has seen it.");
    terms.set_proportionality("Two sentences of a long file.");
    terms.set_regime(sharing::v1::REGIME_UK_GDPR);
    terms.set_basis("6-1-e");
    terms.set_special_condition("9-2-h");
    terms.set_schedule_1_condition("sch1-2");
    terms.add_gateways("ca1989-s47");
    terms.mutable_consent()->set_not_sought_reason("He reads her letters.");
    terms.set_family_told(sharing::v1::FAMILY_TOLD_LATER);
    decided_.push_back(item.item_id);
    return request;
  }

  // Nothing is done any more about what was recorded: neither method is measured while the hub
  // still follows the other's.
  void wait_until_quiet() {
    const auto quiet = [&](const std::string& metrics, const std::string& name) {
      return metrics.find("\n" + name + " 0\n") != std::string::npos;
    };
    for (int tries = 0; tries < 20; ++tries)  // of half a minute
      if (mash::testing::eventually([&] {
            const auto metrics = mash::testing::http_get(hub_.hub().metrics_port(), "/metrics");
            return quiet(metrics, "mash_joiner_behind_records") &&
                   quiet(metrics, "mash_following_behind_records");
          }))
        return;
    std::exit(1);
  }

  std::pair<Measured, Measured> round(int calls) {
    hold(calls);
    wait_until_quiet();
    const Measured submitted = submit_.measure(
        prepare(calls, kHealth, [&] { return contacts_.next().request; }), kInFlight);
    wait_until_quiet();
    const Measured decided =
        record_.measure(prepare(calls, kHealth, [&] { return next_decision(); }), kInFlight);
    return {submitted, decided};
  }

  void read_items() {
    std::vector<double> took;
    const size_t reads = std::min<size_t>(decided_.size(), 2'000);
    for (size_t i = 0; i < reads; ++i) {
      sharing::v1::ReadItemRequest request;
      request.set_item_id(decided_[i]);
      request.set_purpose("To decide whether she is safe at home.");
      const auto start = std::chrono::steady_clock::now();
      must(hub_.call(kTriage, &SharingService::Stub::ReadItem, request));
      took.push_back(seconds_since(start) * 1e3);
    }
    std::sort(took.begin(), took.end());
    report("ReadItem under a decision, one after the other, p50", took[reads / 2], "ms");
    report("ReadItem under a decision, one after the other, p99", took[reads * 99 / 100], "ms");
  }

  const int calls_;
  mash::testing::TestHub hub_;
  generator::Generator contacts_{
      7, std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
  Served submit_;
  Served record_;
  std::vector<Held> held_;
  std::vector<std::string> decided_;
};

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  mash::host::prepare_process();
  mash::bench::Bench(argc > 1 ? std::atoi(argv[1]) : 5'000).run();
}
