#pragma once
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "integration/test_hub.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

namespace mash::bench {

// A generated contact on its way, and when it went.
struct SentContact {
  grpc::ClientContext context;
  referral::v1::SubmitContactRequest request;
  referral::v1::SubmitContactResponse response;
  std::chrono::steady_clock::time_point at;
  std::atomic<bool> answered = false;
};
using SentContacts = std::vector<std::unique_ptr<SentContact>>;

// The same again for the same seed.
SentContacts generate_contacts(std::size_t count, const mash::testing::Caller& caller,
                               uint64_t seed = 7);

// Sends them at that rate, whatever comes back when, and waits until all are answered. One that is
// refused ends the program.
void send_contacts(referral::v1::ReferralService::Stub& stub, SentContacts& contacts,
                   int contacts_per_second);

}  // namespace mash::bench
