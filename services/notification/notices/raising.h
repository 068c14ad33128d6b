#pragma once
#include <set>
#include <string>

#include "core/ids.h"
#include "core/result.h"
#include "host/caller.h"
#include "log/handle.h"
#include "log/record.h"
#include "policy/notice_rules.h"
#include "policy/packs.h"

namespace mash::notification {

// Who the hub is, for the rules: the agencies whose certificates may triage.
std::set<std::string> hub_agencies(const host::AgencyRules& agencies);

// What raising and passing on work with. Everything outlives it.
struct RaisingParts {
  const policy::Packs& packs;
  const Calendar& calendar;
  std::set<std::string> hub;
  IdSource& ids;
  std::set<std::string> agencies{};  // all that have an inbox here
};

// Whether any rule of any time is about the events of a record's type.
bool concerns(const RaisingParts& parts, const log::Record& record);

// Does what the rules say of a record of another log, `followed`, as part of following that, so
// that it is done once. First closes the notices that what happened makes unnecessary, whichever
// rules they were raised under. Then raises what the rules in force when it was recorded say: each
// agency that is to know gets one notice, and where a rule names practitioners in a list, one for
// each of these. Judged by what is known of the case here: to whom it is restricted, and who is
// barred from it, practitioner by practitioner. kUnavailable, CASES_BEHIND, while the case is not
// known here.
Result<void> close_and_raise(const RaisingParts& parts, log::UnitOfWork& unit,
                             const log::Record& record, const std::string& followed);

}  // namespace mash::notification
