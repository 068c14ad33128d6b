#include "host/verify_job.h"

#include <utility>

namespace mash::host {

VerifyJob::VerifyJob(const log::EventLog& log, log::VerifyOptions options,
                     std::function<void()> changed) {
  progress_.total = log.size();
  options.progress = [this, changed](std::uint64_t done, std::uint64_t total) {
    {
      const std::lock_guard lock(mutex_);
      progress_.done = done;
      progress_.total = total;
      is_new_ = true;
    }
    changed();
  };
  thread_ = std::jthread([this, &log, options = std::move(options),
                          changed = std::move(changed)](const std::stop_token& stop) mutable {
    options.stop = stop;
    auto report = log::verify(log, options);
    {
      const std::lock_guard lock(mutex_);
      progress_.report = std::move(report);
      is_new_ = true;
    }
    changed();
  });
}

VerifyJob::~VerifyJob() = default;

std::optional<VerifyJob::Progress> VerifyJob::take_progress() {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(is_new_, false)) return std::nullopt;
  return progress_;
}

}  // namespace mash::host
