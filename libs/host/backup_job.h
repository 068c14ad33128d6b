#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "host/job_thread.h"
#include "log/backup.h"

namespace mash::host {

// Whether a caller may name a backup so: it becomes a folder's name, and must stay one.
bool is_backup_name(std::string_view name);

// A backup on its way, in a thread of its own: it flushes and reads, and gRPC's threads must not be
// kept. Thread-safe.
class BackupJob {
 public:
  // `changed` is called, from the job's thread, when take_result() has something. It may destroy
  // the job; whoever else does waits for it.
  BackupJob(const log::EventLog& log, std::filesystem::path folder, std::function<void()> changed);
  BackupJob(const BackupJob&) = delete;
  BackupJob& operator=(const BackupJob&) = delete;

  // The end, once; none: it is not there yet.
  std::optional<Result<log::Head>> take_result();

 private:
  std::mutex mutex_;
  std::optional<Result<log::Head>> result_;
  JobThread thread_;  // last: it uses the rest
};

}  // namespace mash::host
