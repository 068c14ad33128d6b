#include "host/backup_job.h"

#include <algorithm>
#include <utility>

namespace mash::host {
namespace {

constexpr std::size_t kNameBytesMax = 64;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_backup_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || !is_letter_or_digit(name.front()))
    return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

BackupJob::BackupJob(const log::EventLog& log, std::filesystem::path folder,
                     std::function<void()> changed)
    : thread_([this, &log, folder = std::move(folder), changed = std::move(changed)] {
        auto head = log::backup(log, folder);
        {
          const std::lock_guard lock(mutex_);
          result_ = std::move(head);
        }
        changed();
      }) {}

std::optional<Result<log::Head>> BackupJob::take_result() {
  const std::lock_guard lock(mutex_);
  return std::exchange(result_, std::nullopt);
}

}  // namespace mash::host
