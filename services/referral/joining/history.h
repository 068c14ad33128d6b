#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "log/record.h"
#include "mash/referral/v1/matching.pb.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "referral/people/persons.h"

namespace mash::referral {

inline constexpr size_t kEarlierShown = 50;  // earlier contacts that a history names

// A contact as its stream tells it, without what is personal, and what was found of it last.
struct ContactSoFar {
  std::string referral_id;
  v1::ContactReceived received;
  uint64_t position = 0;                // of its receipt
  Time received_at{};                   // it, read
  v1::ContactHistory history;           // as last found
  std::optional<log::Record> patterns;  // the newest event that found any
};

// Nothing where there is no such contact.
Result<std::optional<ContactSoFar>> contact_so_far(const log::EventLog& log,
                                                   const std::string& referral_id);

// A contact that named somebody, as triage's list has it; nothing where there is none.
Result<std::optional<v1::EarlierContact>> contact_about(const log::EventLog& log,
                                                        const std::string& referral_id,
                                                        const std::string& person_id,
                                                        AsAtSize as_at_size = {});

// The earlier contacts that named somebody, or whoever is held to be the same person, the newest
// first: as many as the rows of the view of persons hold.
Result<std::vector<std::string>> contacts_before(const log::EventLog& log,
                                                 const std::string& person_id, uint64_t position);

// What is known of earlier contacts about a contact's children, as is known now who is the same
// child: the newest 50, and how many there were in the window that the pack in force sets for
// re-referrals. Which of them became referrals is told of those 50.
Result<v1::ContactHistory> history_of(const log::EventLog& log, const ContactSoFar& contact,
                                      const Context& context);

}  // namespace mash::referral
