#pragma once
#include <string>

#include "core/result.h"
#include "log/handle.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::referral {

// The work of commands on cases, each for host::Desk::command. A case the caller may not see, and
// an id under which nothing lies, are refused alike: NOT_FOUND.

// Joins a case into the head of another's: CASES_IN_A_CIRCLE where that is the case itself. Where
// they are one already nothing changes.
struct Joining {
  std::string case_id;
  std::string into_case_id;
  std::string reason;
};
Result<void> join_cases(const log::EventLog& log, log::UnitOfWork& unit, const Joining& joining);
Result<void> join_cases(const log::EventLog& log, log::UnitOfWork& unit,
                        const v1::JoinCasesRequest& request);

// Parts a case from the one it was joined into; one that stands alone stays as it is.
Result<void> part_cases(const log::EventLog& log, log::UnitOfWork& unit,
                        const v1::PartCasesRequest& request);

// Restricts a case, or lifts that.
Result<void> restrict_case(const log::EventLog& log, log::UnitOfWork& unit,
                           const v1::RestrictCaseRequest& request);

// Bars a practitioner from a case, or lifts that.
Result<void> bar_practitioner(const log::EventLog& log, log::UnitOfWork& unit,
                              const v1::BarPractitionerRequest& request);

// Decides on a contact, and joins its case into the open one that the request names.
Result<void> decide_contact(const log::EventLog& log, log::UnitOfWork& unit,
                            const v1::DecideContactRequest& request);

}  // namespace mash::referral
