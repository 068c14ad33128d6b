#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cases/family.h"
#include "host/desk.h"
#include "host/looks.h"
#include "log/handle.h"

namespace mash::log {
class EventLog;
}

namespace mash::cases {

// The family of a case, in the unit that decides: everything read is asserted when it commits.
Result<Family> family_of(log::UnitOfWork& unit, const std::string& case_id);

// The same for reads, now or as at a size.
Result<Family> family_of(const log::EventLog& log, const std::string& case_id,
                         std::optional<uint64_t> as_at_size = {});

// The family, where the caller may know of it; else NOT_FOUND, as where there is none: what every
// command asks that brings a stream into being. `what`: what there is none of.
Result<Family> family_for_caller(log::UnitOfWork& unit, const std::string& case_id,
                                 std::string_view what = "case");

// Has a look rest on a family as it was read at a size: what restricts or bars meanwhile comes
// first, and the read is judged again.
Result<void> rest_on(const log::EventLog& log, const Family& family, uint64_t read_size,
                     host::Look& look);

// Whether the caller may know of the case that an existing stream lies in, asked before every
// command: host::DeskParts::guard.
log::Guard command_guard();

// The same for whoever reads the log itself record by record: host::DeskParts::admits. Of a person
// it admits who may see one of their cases at least, and is barred from none. Nobody, where what
// was said of them waits.
host::Admits read_guard(const log::EventLog& log);

}  // namespace mash::cases
