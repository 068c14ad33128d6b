#pragma once
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "bench/contact_load.h"
#include "mash/notification/v1/notification_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

namespace mash::bench {

// One subscription of the police's, and when it heard of which referral.
class Subscriber final : public grpc::ClientReadReactor<notification::v1::SubscribeResponse> {
 public:
  // Begins after that cursor; 0: with the first that the inbox holds.
  explicit Subscriber(notification::v1::NotificationService::Stub& stub, uint64_t after = 0);

  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  // Waits until it has heard of so many referrals. One that ends before ends the program.
  void await(std::size_t count);
  // Where it has come to.
  uint64_t cursor();
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> heard();
  // To be called before it goes.
  void end();

 private:
  grpc::ClientContext context_;
  notification::v1::SubscribeRequest request_;
  notification::v1::SubscribeResponse message_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> heard_;
  uint64_t cursor_ = 0;
  std::string ended_for_;
  std::atomic<std::size_t> count_ = 0;
  std::atomic<bool> done_ = false;
};

// Reports how soon the police know of children in danger whom health tells of, 100 contacts a
// second for so many seconds: from before each is sent to when the police have the notice. Of the
// first two seconds nothing is told: then connections are made and memory is fetched. The inbox
// must be empty; returns its cursor then.
uint64_t measure_notices(notification::v1::NotificationService::Stub& police,
                         referral::v1::ReferralService::Stub& health, int seconds,
                         const std::string& where, const std::string& bar);

// Generated contacts of health's with children in immediate danger, the same for the same seed.
SentContacts contacts_in_danger(std::size_t count, uint64_t seed);

}  // namespace mash::bench
