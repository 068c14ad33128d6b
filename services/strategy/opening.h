#pragma once
#include "core/ids.h"
#include "core/result.h"
#include "log/handle.h"
#include "log/record.h"

namespace mash::log {
class EventLog;
}

namespace mash::strategy {

// A referral was decided: where its outcome calls for a strategy discussion, as the policy pack in
// force says, one has to be held, counted from the decision. Part of following the referral log
// (cases::Reacting), so that it is opened once. A decision that is revised opens one where the one
// before did not call for it; where one about the children is still to be held, or is being held,
// that one will do.
Result<void> open_discussion(log::UnitOfWork& unit, const log::EventLog& log,
                             const log::Record& record, IdSource& ids);

}  // namespace mash::strategy
