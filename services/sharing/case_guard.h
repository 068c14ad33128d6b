#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "host/desk.h"
#include "log/handle.h"
#include "sharing/family.h"

namespace mash::log {
class EventLog;
}

namespace mash::sharing {

// The family of a case, in the unit that decides: everything read is asserted when it commits.
Result<Family> family_of(log::UnitOfWork& unit, const std::string& case_id);

// The same for reads, now or as at a size.
Result<Family> family_of(const log::EventLog& log, const std::string& case_id,
                         std::optional<uint64_t> as_at_size = {});

// Whether the caller may know of the case a stream lies in, asked before every command:
// host::DeskParts::guard.
log::Guard command_guard();

// The same for whoever reads the log itself record by record: host::DeskParts::admits.
host::Admits read_guard(const log::EventLog& log);

}  // namespace mash::sharing
