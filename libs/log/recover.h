#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "log/event_log.h"

namespace mash::log {

// What recovering a log would keep and lose, found without changing what it holds.
struct RecoveryPlan {
  std::string name;     // the log's
  Head kept;            // what the store still holds, whole and in agreement with itself
  Head last_known;      // the newest head known: from the head file, or from elsewhere
  std::string problem;  // why the log does not open as it is; empty: it does, and nothing is to be
                        // recovered

  uint64_t lost() const { return last_known.size > kept.size ? last_known.size - kept.size : 0; }
};

// Looks at a log that does not open. `known_elsewhere` is a head kept outside it: a checkpoint, a
// witness. Refused with DATA_LOSS, reason LOG_NOT_RECOVERABLE, when even the store's own records do
// not agree: a backup is needed then.
Result<RecoveryPlan> plan_recovery(const std::filesystem::path& directory,
                                   const std::optional<Head>& known_elsewhere);

// Opens the log as it is in a new epoch whose first record cites the last head known, and says who
// did it. What was lost stays lost, on the record.
Result<std::unique_ptr<EventLog>> recover(LogOptions options, const RecoveryPlan& plan,
                                          const Actor& actor);

}  // namespace mash::log
