#pragma once
#include "core/result.h"
#include "log/handle.h"
#include "notification/notices/happened.h"
#include "notification/notices/posting.h"
#include "policy/packs.h"

namespace mash::notification {

// Closes the notices that were open until what happened was done. What was raised under older rules
// closes as those say, so all packs are asked whether such an event closes anything.
Result<void> close_what_is_done(const policy::Packs& packs, log::UnitOfWork& unit,
                                const Happened& happened);

// Says in a posting, whose notice is whole but for its id, what will close that, by the rule that
// it is raised under, and in which stream that is remembered. Nothing where nothing does.
void say_what_closes(const policy::NoticeRule& rule, const policy::NoticeRules& rules,
                     const Happened& happened, Posting& posting);

}  // namespace mash::notification
