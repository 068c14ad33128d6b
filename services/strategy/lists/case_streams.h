#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace mash::log {
class EventLog;
}

namespace mash::strategy {

// A stream of a discussion, conference, protection or child, and the case it lies in.
struct CaseStream {
  std::string stream;
  std::string case_id;
};

// The streams of cases, now or as at a size: of one case after the other, in the order in which
// they began.
Result<std::vector<CaseStream>> streams_of(const log::EventLog& log,
                                           const std::vector<std::string>& case_ids,
                                           std::optional<uint64_t> as_at_size);

}  // namespace mash::strategy
