#pragma once
#include <string>

#include "core/result.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/record.h"

namespace mash::notification {

// Whoever follows an inbox is led past notices of a case that they may not know of (views.h:
// kArrivalsView), and goes on from where they are. So that nothing is skipped for good, notices get
// a new place in that order when more may be known of their case:

// All of a case that goes on after something of it could not be taken in (cases::Family::parked),
// and of those that it is one with. Nothing while something else of these waits.
Result<void> come_again_after_parking(const log::EventLog& log, log::UnitOfWork& unit,
                                      const std::string& case_id);

// The open ones of a case of which a record of the referral log says that others may see it: a
// restriction names other people or is lifted, a bar is. A system that acts for no practitioner has
// had them all, so what is over does not come again.
Result<void> come_again_where_access_widens(const log::EventLog& log, log::UnitOfWork& unit,
                                            const log::Record& record);

}  // namespace mash::notification
