#pragma once
#include "core/ids.h"
#include "core/result.h"
#include "log/handle.h"
#include "log/record.h"

namespace mash::policy {
class Packs;
}

namespace mash::strategy {

// A referral was decided: where its outcome calls for a strategy discussion, as the policy pack in
// force at the decision says, one has to be held, counted from the decision. Part of following the
// referral log (cases::Reacting), so that it is opened once. A decision that is revised opens one
// where the one before did not call for it, or not as soon. Where one about a child is still to be
// held, that one will do, and is held as soon as this decision demands; it is opened for the
// others.
Result<void> open_discussion(log::UnitOfWork& unit, const log::Record& record,
                             const policy::Packs& packs, IdSource& ids);

}  // namespace mash::strategy
