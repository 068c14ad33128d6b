#pragma once
#include <filesystem>
#include <memory>
#include <optional>

#include "core/result.h"
#include "log/event_log.h"
#include "log/verify.h"

namespace mash::log {

// Copies a log into `directory` while the service runs: a RocksDB checkpoint of everything durable,
// its head file beside it, opened and read once to see that it is whole. The directory must not
// exist. Nothing in it is readable without the vault's keys, which are never in it. Returns the
// head it holds. ALREADY_EXISTS, reason BACKUP_EXISTS; UNAVAILABLE.
Result<Head> backup(const EventLog& log, const std::filesystem::path& directory);

// Puts a backup in place as a log. Verifies every byte of it first; then copies, and opens a new
// epoch that cites the newest head known of the log (`last_known`; absent: the backup's own), since
// what was written after the backup is lost. The options' directory must not hold a log. The
// destroyed keys of the vault's log count: a restored log is opened with the newest vault, and what
// was erased stays erased. DATA_LOSS, reason BACKUP_DAMAGED, with the first fault; ALREADY_EXISTS,
// reason LOG_EXISTS.
Result<std::unique_ptr<EventLog>> restore(const std::filesystem::path& backup, LogOptions options,
                                          const Actor& actor,
                                          const std::optional<Head>& last_known);

}  // namespace mash::log
