#pragma once
#include <map>
#include <optional>
#include <string>

#include "core/result.h"
#include "log/record.h"
#include "mash/cases/v1/known_events.pb.h"

namespace mash::cases {

// What a log that follows keeps of one record of another (known_case.h).
struct Kept {
  std::string case_id;
  std::optional<v1::KnownCaseEvent> of_case;               // in that case's stream
  std::map<std::string, v1::KnownPersonEvent> of_persons;  // in theirs, by id

  bool nothing() const { return !of_case && of_persons.empty(); }
  std::size_t events() const { return of_persons.size() + (of_case ? 1U : 0U); }
};

// What is kept of a record, whose sealed part plays no role. Of the referral log: of contacts and
// referrals what others rest on, of cases everything, of persons who is the same. Of another
// service's: which agencies came to have a part in a case there. Pure. DATA_LOSS, reason
// RECORD_MALFORMED.
Result<Kept> kept_of(const log::Record& record);

}  // namespace mash::cases
