#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "core/result.h"

namespace mash::log {
class EventLog;
}

namespace mash::cases {

// Everyone who is held to be one person, and the cases of them all.
struct Cluster {
  std::set<std::string> persons;
  std::set<std::string> cases;
};

// By what is known here now, or was as at a size.
Result<Cluster> cluster_of(const log::EventLog& log, const std::string& person_id,
                           std::optional<uint64_t> as_at_size = {});

}  // namespace mash::cases
