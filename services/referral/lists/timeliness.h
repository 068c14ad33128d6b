#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "mash/referral/v1/referral_row.pb.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::referral {

// Counts how soon the contacts of a period were first decided on, and how, by source and level of
// need, from their rows in the list of referrals. Pure.
//
// A contact is in time when it was first decided on, closed, or accepted by another authority by
// the time its first decision is due, extensions included. One that was withdrawn is counted as
// that, and as nothing else.
class Timeliness {
 public:
  // Contacts received from `from` on and before `to`, as they stood at `now`.
  Timeliness(Time from, Time to, Time now) : from_(from), to_(to), now_(now) {}

  // Takes a contact into account, if it is one of the period.
  void count(const v1::ReferralRow& row);

  // How many it has counted: each costs four bytes.
  size_t counted() const { return total_.contacts(); }

  // The counts, and how long the first decision took.
  void fill(v1::ReportTimelinessResponse& response) const;

 private:
  Time from_;
  Time to_;
  Time now_;
  v1::TimelinessRow total_;
  std::map<std::pair<std::string, std::string>, v1::TimelinessRow> rows_;  // by source and level
  std::vector<uint32_t> took_s_;                                           // of those decided
};

}  // namespace mash::referral
