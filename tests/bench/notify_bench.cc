// How soon the police know of a child in danger: from before another agency's contact is sent to
// when the police's subscription has the notice, 100 contacts a second, all over mutual TLS; and
// what memory a thousand open subscriptions take. Senders, subscribers and hub share this machine.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "bench/bench_log.h"
#include "bench/contact_load.h"
#include "bench/report.h"
#include "host/process.h"
#include "integration/test_hub.h"
#include "mash/notification/v1/notification_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

namespace mash::bench {
namespace {

using Clock = std::chrono::steady_clock;
using notification::v1::NotificationService;
using referral::v1::ReferralService;

constexpr int kContactsPerSecond = 100;
constexpr std::size_t kSubscriptions = 1'000;
constexpr std::size_t kConnections = 4;  // they share them

// One subscription of the police, and when it heard of which referral.
class Subscriber final : public grpc::ClientReadReactor<notification::v1::SubscribeResponse> {
 public:
  explicit Subscriber(NotificationService::Stub& stub) {
    mash::testing::TestHub::dress(context_, mash::testing::kPolice);
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(10));
    stub.async()->Subscribe(&context_, &request_, this);
    StartRead(&message_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const auto now = Clock::now();
    {
      const std::lock_guard lock(mutex_);
      for (const auto& each : message_.notices()) heard_.emplace(each.notice().about(0).id(), now);
    }
    StartRead(&message_);
  }
  void OnDone(const grpc::Status&) override { done_ = true; }

  void end() {
    context_.TryCancel();
    while (!done_) std::this_thread::yield();
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return heard_.size();
  }
  std::unordered_map<std::string, Clock::time_point> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  grpc::ClientContext context_;
  notification::v1::SubscribeRequest request_;
  notification::v1::SubscribeResponse message_;
  std::mutex mutex_;
  std::unordered_map<std::string, Clock::time_point> heard_;
  std::atomic<bool> done_ = false;
};

double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmRSS:") {
      double kib = 0;
      status >> kib;
      return kib / 1024;
    }
  return 0;
}

void measure_delay(mash::testing::TestHub& hub, int seconds) {
  NotificationService::Stub police(hub.channel("police"));
  ReferralService::Stub health(hub.channel("health"));
  Subscriber subscriber(police);
  SentContacts contacts = generate_contacts(static_cast<std::size_t>(seconds) * kContactsPerSecond,
                                            mash::testing::kHealth);
  for (const auto& contact : contacts) contact->request.set_immediate_danger(true);
  send_contacts(health, contacts, kContactsPerSecond);
  while (subscriber.count() < contacts.size()) std::this_thread::yield();
  subscriber.end();
  const auto heard = subscriber.heard();
  std::vector<double> took;
  for (const auto& sent : contacts)
    took.push_back(
        std::chrono::duration<double, std::milli>(heard.at(sent->response.referral_id()) - sent->at)
            .count());
  std::ranges::sort(took);
  report("a contact at the police, in the hub, 100/s, p50", took[took.size() / 2], "ms");
  report("a contact at the police, in the hub, 100/s, p99", took[took.size() * 99 / 100], "ms",
         "at most 30");
}

// With both ends of them in this process, so an upper bound of what the service takes.
void measure_subscriptions(mash::testing::TestHub& hub) {
  const double before = resident_mib();
  std::vector<std::unique_ptr<NotificationService::Stub>> stubs;
  for (std::size_t i = 0; i < kConnections; ++i)
    stubs.push_back(
        std::make_unique<NotificationService::Stub>(hub.connect(hub.pki().agency("police"))));
  std::vector<std::unique_ptr<Subscriber>> subscribers;
  for (std::size_t i = 0; i < kSubscriptions; ++i)
    subscribers.push_back(std::make_unique<Subscriber>(*stubs[i % kConnections]));
  for (const auto& subscriber : subscribers)
    while (subscriber->count() == 0) std::this_thread::yield();
  report("memory of 1,000 open subscriptions, both ends", resident_mib() - before, "MiB",
         "at most 256");
  for (const auto& subscriber : subscribers) subscriber->end();
}

int run(int seconds) {
  mash::testing::TestHub hub([](host::Config& config) {
    config.data = bench_directory() / "notify";
    std::error_code ignored;
    std::filesystem::remove_all(config.data, ignored);
  });
  measure_delay(hub, seconds);
  measure_subscriptions(hub);
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  mash::host::prepare_process();
  return mash::bench::run(argc > 1 ? std::atoi(argv[1]) : 15);
}
