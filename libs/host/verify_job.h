#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "host/job_thread.h"
#include "log/verify.h"

namespace mash::host {

// A verification on its way, in a thread of its own: it takes minutes for a long log, and gRPC's
// threads must not be kept. Thread-safe.
class VerifyJob {
 public:
  struct Progress {
    uint64_t done = 0;
    uint64_t total = 0;
    std::optional<Result<log::VerifyReport>> report;  // the end
  };

  // `changed` is called, from any thread, whenever take_progress() has something new. Its last
  // call, when there is a report, may destroy the job; whoever else does gives the verification up
  // and waits for it.
  VerifyJob(const log::EventLog& log, log::VerifyOptions options, std::function<void()> changed);
  VerifyJob(const VerifyJob&) = delete;
  VerifyJob& operator=(const VerifyJob&) = delete;

  // What is new since the last call; none: nothing.
  std::optional<Progress> take_progress();

 private:
  std::mutex mutex_;
  Progress progress_;
  bool is_new_ = false;
  JobThread thread_;  // last: it uses the rest
};

}  // namespace mash::host
