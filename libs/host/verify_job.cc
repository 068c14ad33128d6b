#include "host/verify_job.h"

#include <stop_token>
#include <utility>

namespace mash::host {

VerifyJob::VerifyJob(const log::EventLog& log, log::VerifyOptions options,
                     std::function<void()> changed)
    : progress_{.total = log.size()},
      thread_([this, &log, options = std::move(options),
               changed = std::move(changed)](const std::stop_token& stop) mutable {
        const auto tell = [&](const auto& change) {
          {
            const std::lock_guard lock(mutex_);
            change(progress_);
            is_new_ = true;
          }
          changed();
        };
        options.stop = stop;
        options.progress = [&](uint64_t done, uint64_t total) {
          tell([&](Progress& progress) {
            progress.done = done;
            progress.total = total;
          });
        };
        auto report = log::verify(log, options);
        tell([&](Progress& progress) { progress.report = std::move(report); });
      }) {}

std::optional<VerifyJob::Progress> VerifyJob::take_progress() {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(is_new_, false)) return std::nullopt;
  return progress_;
}

}  // namespace mash::host
