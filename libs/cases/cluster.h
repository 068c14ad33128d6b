#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/result.h"

namespace mash::log {
class EventLog;
class UnitOfWork;
}  // namespace mash::log

namespace mash::cases {

// Everyone who is held to be one person, and the cases of them all.
struct Cluster {
  std::set<std::string> persons;
  std::set<std::string> cases;
  std::map<std::string, std::set<std::string>> cases_of;  // each person's own
  bool parked = false;  // who else they are may be known only in part (parking.h)
};

// By what is known here now, or was as at a size.
Result<Cluster> cluster_of(const log::EventLog& log, const std::string& person_id,
                           std::optional<uint64_t> as_at_size = {});

// The same in the unit that decides: everything read is asserted when it commits.
Result<Cluster> cluster_of(log::UnitOfWork& unit, const std::string& person_id);

}  // namespace mash::cases
