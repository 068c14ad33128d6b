#include "bench/contact_load.h"

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "generator/contacts.h"

namespace mash::bench {

SentContacts generate_contacts(std::size_t count, const mash::testing::Caller& caller,
                               uint64_t seed) {
  generator::Generator generator(
      seed, std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  SentContacts contacts;
  for (std::size_t i = 0; i < count; ++i) {
    contacts.push_back(std::make_unique<SentContact>());
    contacts.back()->request = generator.next().request;
    mash::testing::TestHub::dress(contacts.back()->context, caller);
  }
  return contacts;
}

void send_contacts(referral::v1::ReferralService::Stub& stub, SentContacts& contacts,
                   int contacts_per_second) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < contacts.size(); ++i) {
    std::this_thread::sleep_until(begin +
                                  i * std::chrono::microseconds(1'000'000) / contacts_per_second);
    SentContact& sent = *contacts[i];
    sent.at = std::chrono::steady_clock::now();
    stub.async()->SubmitContact(&sent.context, &sent.request, &sent.response,
                                [&sent](const grpc::Status& status) {
                                  if (!status.ok()) {
                                    std::fprintf(stderr, "%s\n", status.error_message().c_str());
                                    std::exit(1);
                                  }
                                  sent.answered = true;
                                });
  }
  for (const auto& contact : contacts)
    while (!contact->answered) std::this_thread::yield();
}

}  // namespace mash::bench
