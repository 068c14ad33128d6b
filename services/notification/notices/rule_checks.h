#pragma once
#include <set>
#include <string>

#include "core/result.h"
#include "policy/notice_rules.h"
#include "policy/packs.h"

namespace mash::notification {

// Refuses rules on events or fields that there are not, values that a field never holds, timescales
// that no pack has, and agencies that are none of the hub's, naming each: kInvalidArgument,
// PACK_INCOMPLETE. Where no agencies are named any may be one.
Result<void> fits(const policy::NoticeRules& rules, const policy::Packs& packs,
                  const std::set<std::string>& agencies);

}  // namespace mash::notification
