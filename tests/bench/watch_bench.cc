// How soon the last of 200 watchers hears of a new contact while 500 arrive a second, all over
// mutual TLS, each watcher in a call of its own: from before a contact is sent to when the last
// watcher has it. Senders, watchers and hub share this machine.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "bench/bench_log.h"
#include "bench/contact_load.h"
#include "bench/report.h"
#include "host/process.h"
#include "integration/grpc_helpers.h"
#include "integration/test_hub.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

namespace mash::bench {
namespace {

using Clock = std::chrono::steady_clock;
using referral::v1::ReferralService;

constexpr size_t kWatchers = 200;
constexpr size_t kConnections = 8;  // the watchers share them
constexpr int kContactsPerSecond = 500;

// One who watches, and when it heard of each contact, in the log's order: all hear the same.
class Watcher final : public grpc::ClientReadReactor<referral::v1::WatchReferralsResponse> {
 public:
  Watcher(ReferralService::Stub& stub, size_t contacts) {
    heard_.reserve(contacts);
    ids_.reserve(contacts);
    mash::testing::TestHub::dress(context_, mash::testing::kTriage);
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(10));
    request_.set_from_position(0);
    stub.async()->WatchReferrals(&context_, &request_, this);
    StartRead(&message_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const auto now = Clock::now();
    ++messages_;
    for (const auto& change : message_.changes()) {
      heard_.push_back(now);
      ids_.push_back(change.referral().referral_id());
    }
    count_ = heard_.size();
    StartRead(&message_);
  }
  void OnDone(const grpc::Status&) override { done_ = true; }

  void end() {
    context_.TryCancel();
    while (!done_) std::this_thread::yield();
  }
  size_t count() const { return count_; }
  size_t messages() const { return messages_; }
  const std::vector<Clock::time_point>& heard() const { return heard_; }
  const std::vector<std::string>& ids() const { return ids_; }

 private:
  grpc::ClientContext context_;
  referral::v1::WatchReferralsRequest request_;
  referral::v1::WatchReferralsResponse message_;
  std::vector<Clock::time_point> heard_;
  std::vector<std::string> ids_;
  std::atomic<size_t> count_ = 0;
  std::atomic<size_t> messages_ = 0;
  std::atomic<bool> done_ = false;
};

// From before each contact was sent to when the last watcher heard of it, ascending.
std::vector<double> milliseconds(const SentContacts& contacts,
                                 const std::vector<std::unique_ptr<Watcher>>& watchers) {
  std::unordered_map<std::string, Clock::time_point> sent;
  for (const auto& contact : contacts) sent[contact->response.referral_id()] = contact->at;
  std::vector<double> took;
  for (size_t i = 0; i < contacts.size(); ++i) {
    Clock::time_point last{};
    for (const auto& watcher : watchers) last = std::max(last, watcher->heard()[i]);
    const auto at = sent.at(watchers.front()->ids()[i]);
    took.push_back(std::chrono::duration<double, std::milli>(last - at).count());
  }
  std::sort(took.begin(), took.end());
  return took;
}

int run(int seconds) {
  const auto data = bench_directory() / "watch";
  std::filesystem::remove_all(data);
  mash::testing::TestHub hub([&](host::Config& config) { config.data = data; });
  std::vector<std::unique_ptr<ReferralService::Stub>> stubs;
  for (size_t i = 0; i < kConnections; ++i)
    stubs.push_back(ReferralService::NewStub(
        mash::testing::connect_with(hub.pki(), hub.pki().agency("social-care"), hub.hub().port())));
  const size_t count = static_cast<size_t>(seconds) * kContactsPerSecond;
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (size_t i = 0; i < kWatchers; ++i)
    watchers.push_back(std::make_unique<Watcher>(*stubs[i % kConnections], count));

  SentContacts contacts = generate_contacts(count, mash::testing::kPolice);
  const auto sender = ReferralService::NewStub(
      mash::testing::connect_with(hub.pki(), hub.pki().agency("police"), hub.hub().port()));
  send_contacts(*sender, contacts, kContactsPerSecond);
  size_t messages = 0;
  for (const auto& watcher : watchers) {
    while (watcher->count() < count) std::this_thread::yield();
    watcher->end();
    messages += watcher->messages();
  }
  const auto took = milliseconds(contacts, watchers);
  report("a contact at the last of 200 watchers, 500/s, p50", took[took.size() / 2], "ms");
  report("a contact at the last of 200 watchers, 500/s, p99", took[took.size() * 99 / 100], "ms",
         "at most 200");
  report("changes in a message",
         static_cast<double>(count * kWatchers) / static_cast<double>(messages), "changes");
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  mash::host::prepare_process();
  return mash::bench::run(argc > 1 ? std::atoi(argv[1]) : 15);
}
