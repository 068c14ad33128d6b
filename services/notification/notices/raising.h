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

// What raising works with. Everything outlives it.
struct RaisingParts {
  const policy::Packs& packs;
  const Calendar& calendar;
  std::set<std::string> hub;
  IdSource& ids;
};

// Refuses rules on events or fields that there are not: kInvalidArgument, PACK_INCOMPLETE.
Result<void> fits(const policy::NoticeRules& rules);

// Whether any rule is about the event of a record.
bool concerns(const RaisingParts& parts, const log::Record& record);

// Raises what the rules in force when it was recorded say of a record of another log: each agency
// that is to know gets one notice. Part of following that log, so that it is raised once. Judged by
// what is known of the case here: to whom it is restricted, and who is barred from it, practitioner
// by practitioner. kUnavailable, CASES_BEHIND, while the case is not known here yet.
Result<void> raise_notices(const RaisingParts& parts, log::UnitOfWork& unit,
                           const log::Record& record);

// Passes a notice on whose time is over: the hub's managers get one of their own. Asked by the
// scheduler.
Result<void> pass_on(const RaisingParts& parts, log::UnitOfWork& unit, const std::string& stream);

}  // namespace mash::notification
