#include "bench/subscriber.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "bench/report.h"
#include "integration/test_hub.h"

namespace mash::bench {
namespace {

using std::chrono::steady_clock;

constexpr int kContactsPerSecond = 100;
constexpr std::size_t kWarmUp = 200;
constexpr uint64_t kSeed = 7;
constexpr std::chrono::minutes kPatience{5};

}  // namespace

Subscriber::Subscriber(notification::v1::NotificationService::Stub& stub, uint64_t after) {
  request_.set_after(after);
  mash::testing::TestHub::dress(context_, mash::testing::kPolice);
  context_.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(10));
  stub.async()->Subscribe(&context_, &request_, this);
  StartRead(&message_);
  StartCall();
}

void Subscriber::OnReadDone(bool ok) {
  if (!ok) return;
  const auto now = steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& each : message_.notices()) heard_.emplace(each.notice().about(0).id(), now);
    cursor_ = message_.cursor();
    count_ = heard_.size();
  }
  StartRead(&message_);
}

void Subscriber::OnDone(const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  ended_for_ = status.error_message();
  done_ = true;
}

void Subscriber::await(std::size_t count) {
  const auto until = steady_clock::now() + kPatience;
  while (count_ < count) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (!done_ && steady_clock::now() < until) continue;
    const std::lock_guard lock(mutex_);
    std::fprintf(stderr, "a subscription has %zu notices of %zu. %s\n", count_.load(), count,
                 ended_for_.c_str());
    std::exit(1);
  }
}

uint64_t Subscriber::cursor() {
  const std::lock_guard lock(mutex_);
  return cursor_;
}

std::unordered_map<std::string, steady_clock::time_point> Subscriber::heard() {
  const std::lock_guard lock(mutex_);
  return heard_;
}

void Subscriber::end() {
  context_.TryCancel();
  while (!done_) std::this_thread::yield();
}

SentContacts contacts_in_danger(std::size_t count, uint64_t seed) {
  SentContacts contacts = generate_contacts(count, mash::testing::kHealth, seed);
  for (const auto& contact : contacts) contact->request.set_immediate_danger(true);
  return contacts;
}

uint64_t measure_notices(notification::v1::NotificationService::Stub& police,
                         referral::v1::ReferralService::Stub& health, int seconds,
                         const std::string& where, const std::string& bar) {
  Subscriber subscriber(police);
  SentContacts contacts = generate_contacts(
      kWarmUp + static_cast<std::size_t>(seconds) * kContactsPerSecond, mash::testing::kHealth);
  for (const auto& contact : contacts) contact->request.set_immediate_danger(true);
  send_contacts(health, contacts, kContactsPerSecond);
  subscriber.await(contacts.size());
  subscriber.end();
  const auto heard = subscriber.heard();
  std::vector<double> took;
  for (std::size_t i = kWarmUp; i < contacts.size(); ++i)
    took.push_back(std::chrono::duration<double, std::milli>(
                       heard.at(contacts[i]->response.referral_id()) - contacts[i]->at)
                       .count());
  std::ranges::sort(took);
  const std::string what = "a contact at the police, " + where + ", 100/s, ";
  report(what + "p50", took[took.size() / 2], "ms");
  report(what + "p99", took[took.size() * 99 / 100], "ms", bar);
  return subscriber.cursor();
}

}  // namespace mash::bench
