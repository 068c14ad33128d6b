// What it costs to say who holds what about a child of whom agencies hold very much, in the
// process: who asks for all of it on one page, now and as at the past.
#include <google/protobuf/arena.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>
#include <string>
#include <vector>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/report.h"
#include "cases/streams.h"
#include "core/timestamp.h"
#include "mash/cases/v1/known_events.pb.h"
#include "mash/sharing/v1/decision_events.pb.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "sharing/access/explain_access.h"
#include "sharing/lists/views.h"
#include "sharing/streams.h"

namespace mash::bench {
namespace {

constexpr int kItems = 10'000;
constexpr int kDecisions = 1'000;
constexpr int kPages = 200;

const Actor kHealth{"health", "hea-01", "n-4", "practitioner"};
const Actor kHub{"social-care", "mash", "o-1", "triage-officer"};
const Actor kPolice{"police", "pol-01", "p-17", "practitioner"};

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// The service's log on a real disk, with its own views: one child, in one case.
class Child {
 public:
  Child() : data_(bench_directory() / "explain") {
    std::filesystem::remove_all(data_);
    vault_ = must(vault::Vault::open(
        {.directory = data_ / "vault", .kek_file = data_ / "keys/kek", .clock = &clock_}));
    keys_ = std::make_unique<vault::KeyRing>(*vault_);
    log::LogOptions options;
    options.directory = data_ / "log";
    options.area = "E10000013";
    options.service = "sharing";
    options.clock = &clock_;
    options.keys = keys_.get();
    options.signer = &signer_;
    options.views = sharing::views();
    log_ = must(log::EventLog::open(std::move(options)));
    case_ = must(keys_->fresh_key_id());
    child_ = must(keys_->fresh_key_id());
    become_known();
    constexpr int kItemsEach = kItems / kDecisions;
    for (int i = 0; i < kDecisions; ++i) {
      std::vector<std::string> items;
      for (int j = 0; j < kItemsEach; ++j) items.push_back(ids_.next_text());
      hold(items);
      if (i == kDecisions / 2) half_ = clock_.now();
      decide(items, i % 2 == 0);
    }
  }

  // The ninety-ninth percentile of what a page of all of it costs, in milliseconds.
  void measure(const std::string& what, const Actor& actor, bool past, const std::string& bar) {
    std::vector<double> took;
    sharing::v1::ExplainAccessRequest request;
    request.set_person_id(child_);
    request.set_page_size(kItems);
    if (past) to_proto(half_, request.mutable_as_at());
    const Context context{.actor = actor, .now = clock_.now()};
    size_t bytes = 0;
    for (int i = 0; i < kPages; ++i) {
      google::protobuf::Arena arena;  // as the server has it
      auto& response =
          *google::protobuf::Arena::CreateMessage<sharing::v1::ExplainAccessResponse>(&arena);
      const auto start = std::chrono::steady_clock::now();
      must(sharing::explain_access(*log_, request, context, response));
      took.push_back(seconds_since(start) * 1e3);
      const int expected = past ? kItems / 2 : kItems;
      if (response.holdings_size() < expected || !response.next_page_token().empty()) std::exit(1);
      bytes = response.ByteSizeLong();
    }
    std::sort(took.begin(), took.end());
    report(what + ", p50", took[kPages / 2], "ms");
    report(what + ", p99", took[kPages * 99 / 100], "ms", bar);
    report(what + ", answer", static_cast<double>(bytes) / (1 << 20), "MiB");
  }

 private:
  void append(const log::Work& work) {
    std::promise<Result<log::Appended>> answered;
    log::handle(*log_,
                {.context = {.actor = kHealth, .now = clock_.now()}, .received_at = clock_.now()},
                work, [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    must(answered.get_future().get());
  }

  void become_known() {
    append([&](log::UnitOfWork& unit) {
      cases::v1::KnownCaseEvent told;
      told.mutable_referral()->set_referral_id(case_);
      auto& contact = *told.mutable_referral()->mutable_event()->mutable_contact_received();
      contact.set_agency("police");
      contact.add_child_ids(child_);
      cases::v1::KnownPersonEvent named;
      named.mutable_in_case()->set_case_id(case_);
      return unit.add({cases::case_stream(case_), case_}, told).and_then([&] {
        return unit.add({cases::person_stream(child_), ""}, named);
      });
    });
  }

  void hold(const std::vector<std::string>& items) {
    append([&](log::UnitOfWork& unit) -> Result<void> {
      for (const std::string& item : items) {
        sharing::v1::ItemEvent event;
        auto& held = *event.mutable_held();
        held.set_case_id(case_);
        held.set_owner(kHealth.agency);
        held.set_held_by(kHealth.practitioner);
        held.mutable_content()->set_text("What was seen that day.");
        held.mutable_content()->add_person_ids(child_);
        to_proto(clock_.now(), held.mutable_held_at());
        if (auto added = unit.add({sharing::item_stream(item), case_}, event); !added) return added;
      }
      return {};
    });
  }

  // Of two agencies each time, which get them or do not.
  void decide(const std::vector<std::string>& items, bool share) {
    append([&](log::UnitOfWork& unit) -> Result<void> {
      const std::string id = ids_.next_text();
      sharing::v1::DecisionEvent event;
      auto& recorded = *event.mutable_recorded();
      recorded.mutable_terms()->set_case_id(case_);
      recorded.set_agency(kHealth.agency);
      to_proto(clock_.now(), recorded.mutable_decided_at());
      sharing::v1::ItemEvent on_item;
      auto& decided = *on_item.mutable_decided();
      decided.set_decision_id(id);
      decided.set_decision_version(1);
      decided.set_disposition(share ? sharing::v1::ITEM_DISPOSITION_RELEASED
                                    : sharing::v1::ITEM_DISPOSITION_WITHHELD);
      decided.set_ground(share ? "" : "detriment-16la-3");
      decided.add_recipients()->set_agency("police");
      decided.add_recipients()->set_agency("social-care");
      to_proto(clock_.now(), decided.mutable_decided_at());
      if (auto added = unit.add({sharing::decision_stream(id), case_}, event); !added) return added;
      for (const std::string& item : items)
        if (auto added = unit.add({sharing::item_stream(item), case_}, on_item); !added)
          return added;
      return {};
    });
  }

  std::filesystem::path data_;
  SystemClock clock_;
  IdSource ids_{clock_};
  merkle::SigningKey signer_ = must(merkle::SigningKey::generate("mash/E10000013/sharing"));
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<vault::KeyRing> keys_;
  std::unique_ptr<log::EventLog> log_;
  std::string case_;
  std::string child_;
  Time half_{};
};

int run() {
  Child child;
  const std::string of =
      " of " + std::to_string(kItems) + " items and " + std::to_string(kDecisions) + " decisions";
  child.measure("ExplainAccess for the hub" + of, kHub, false, "at most 50");
  child.measure("ExplainAccess for an agency" + of, kPolice, false, "at most 50");
  child.measure("ExplainAccess for the hub as at half" + of, kHub, true, "at most 50");
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main() { return mash::bench::run(); }
