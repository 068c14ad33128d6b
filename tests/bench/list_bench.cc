// What ListReferrals costs in the process, rows read, filtered and shown, now and as at the past,
// and what a report of timeliness costs, over a million referrals.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <semaphore>
#include <string>
#include <vector>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/report.h"
#include "core/timestamp.h"
#include "referral/lists/lists.h"
#include "referral/lists/timeliness_report.h"
#include "referral/lists/views.h"
#include "referral/rules.h"

namespace mash::bench {
namespace {

using referral::v1::ReferralEvent;

constexpr uint64_t kSeed = 20'260'303;
constexpr int kOpen = 5'000;  // of all referrals, the newest; the others are closed
constexpr int kPages = 2'000;
constexpr int64_t kFirst = 1'600'000'000;  // when the first came; a minute between two
const Actor kHub{"social-care", "mash", "o-1", "triage-officer"};

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::string id_of(uint64_t number) {
  std::string text = std::to_string(number);
  return "01925f3a-7c1e-7b43-9d52-" + std::string(12 - text.size(), '0') + text;
}

ReferralEvent received(uint64_t number) {
  const int64_t at = kFirst + static_cast<int64_t>(number) * 60;
  ReferralEvent event;
  auto& contact = *event.mutable_contact_received();
  contact.set_case_id(id_of(number));
  contact.set_agency(number % 3 == 0 ? "health" : "police");
  contact.set_source(number % 3 == 0 ? "3A" : "6");
  contact.mutable_received_at()->set_seconds(at);
  contact.set_immediate_danger(number % 100 == 0);
  contact.add_child_ids(id_of(number));
  auto& deadline = *contact.add_deadlines();
  deadline.set_kind(std::string(referral::kFirstDecision));
  deadline.mutable_due()->set_seconds(at + 86'400);
  return event;
}

ReferralEvent closed(uint64_t number) {
  ReferralEvent event;
  auto& decision = *event.mutable_contact_closed()->mutable_decision();
  decision.set_decision_id(id_of(number));
  decision.set_outcome(referral::v1::CONTACT_OUTCOME_EARLY_HELP);
  decision.mutable_decided_at()->set_seconds(kFirst + static_cast<int64_t>(number) * 60 + 7'200);
  return event;
}

// The service's log on a real disk, with its own views.
class Referrals {
 public:
  explicit Referrals(uint64_t count) : data_(bench_directory() / "list") {
    std::filesystem::remove_all(data_);
    vault_ = must(vault::Vault::open(
        {.directory = data_ / "vault", .kek_file = data_ / "keys/kek", .clock = &clock_}));
    keys_ = std::make_unique<vault::KeyRing>(*vault_);
    log::LogOptions options;
    options.directory = data_ / "log";
    options.area = "E10000013";
    options.service = "referral";
    options.clock = &clock_;
    options.keys = keys_.get();
    options.signer = &signer_;
    options.views = referral::views();
    log_ = must(log::EventLog::open(std::move(options)));
    for (uint64_t i = 0; i < count; ++i) append(i, received(i));
    const uint64_t done = count - std::min<uint64_t>(count, kOpen);
    for (uint64_t i = 0; i < done; ++i) append(i, closed(i));
    for (int i = 0; i < kInFlight; ++i) free_.acquire();
  }

  log::EventLog& log() { return *log_; }
  Time now() const { return clock_.now(); }

 private:
  static constexpr int kInFlight = 256;

  void append(uint64_t number, const ReferralEvent& event) {
    free_.acquire();
    const log::Target target{referral::referral_stream(id_of(number)), id_of(number)};
    log::handle(
        *log_, {.context = {.actor = kHub, .now = clock_.now()}, .received_at = clock_.now()},
        [&target, &event](log::UnitOfWork& unit) { return unit.add(target, event); },
        [this](const Result<log::Appended>& appended) {
          must(appended);
          free_.release();
        });
  }

  std::filesystem::path data_;
  SystemClock clock_;
  merkle::SigningKey signer_ = must(merkle::SigningKey::generate("mash/E10000013/referral"));
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<vault::KeyRing> keys_;
  std::unique_ptr<log::EventLog> log_;
  std::counting_semaphore<> free_{kInFlight};
};

// The ninety-ninth percentile of what pages cost, in milliseconds; `prepare` says which.
template <class Prepare>
void pages(Referrals& referrals, const std::string& name, const std::string& bar, Prepare prepare) {
  std::vector<double> took;
  for (int i = 0; i < kPages; ++i) {
    referral::v1::ListReferralsRequest request;
    prepare(request);
    const Context context{.actor = kHub, .now = referrals.now()};
    referral::v1::ListReferralsResponse response;
    const auto start = std::chrono::steady_clock::now();
    must(referral::list_referrals(referrals.log(), request, context, response));
    took.push_back(seconds_since(start) * 1e3);
    if (response.referrals_size() == 0) std::exit(1);
  }
  std::sort(took.begin(), took.end());
  report(name + ", p50", took[kPages / 2], "ms");
  report(name + ", p99", took[kPages * 99 / 100], "ms", bar);
}

void timeliness(Referrals& referrals, const std::string& name, int64_t from, int64_t to) {
  referral::v1::ReportTimelinessRequest request;
  request.mutable_from()->set_seconds(from);
  request.mutable_to()->set_seconds(to);
  const Context context{.actor = kHub, .now = referrals.now()};
  auto reading = must(referral::TimelinessReport::of(referrals.log(), request, context));
  referral::v1::ReportTimelinessResponse response;
  double longest_ms = 0;
  bool more = true;
  const auto start = std::chrono::steady_clock::now();
  while (more) {
    const auto step = std::chrono::steady_clock::now();
    more = must(reading.step(response));
    longest_ms = std::max(longest_ms, seconds_since(step) * 1e3);
  }
  report(name, seconds_since(start), "s");
  report(name + ", its longest step", longest_ms, "ms");
  report(name + ", contacts", response.total().contacts(), "contacts");
}

int run(uint64_t count) {
  const Time began = SystemClock().now();
  Referrals referrals(count);
  const auto built = referrals.now();
  std::mt19937_64 random(kSeed);
  const auto past = [&](referral::v1::ListReferralsRequest& request) {
    const int64_t half = (built - began).count() / 2;
    const std::chrono::microseconds into(
        half + static_cast<int64_t>(random() % static_cast<uint64_t>(half)));
    to_proto(began + into, request.mutable_as_at());
  };
  const std::string of = " of " + std::to_string(count) + " referrals";
  pages(referrals, "ListReferrals, first page" + of, "at most 5", [](auto&) {});
  pages(referrals, "ListReferrals, first page as at the past" + of, "at most 20", past);
  pages(referrals, "ListReferrals, filtered by stage and source" + of, "at most 5",
        [](auto& request) {
          request.mutable_filter()->add_stages(referral::v1::REFERRAL_STAGE_CLOSED);
          request.mutable_filter()->add_sources("6");
        });
  const int64_t end = kFirst + static_cast<int64_t>(count) * 60;
  timeliness(referrals, "ReportTimeliness, everything", kFirst, end);
  timeliness(referrals, "ReportTimeliness, the last thirty days", end - 30L * 86'400, end);
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  return mash::bench::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000);
}
