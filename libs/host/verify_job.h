#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "log/verify.h"

namespace mash::host {

// A verification on its way, in a thread of its own: it takes minutes for a long log, and gRPC's
// threads must not be kept. Thread-safe.
class VerifyJob {
 public:
  struct Progress {
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::optional<Result<log::VerifyReport>> report;  // the end
  };

  // `changed` is called, from any thread, whenever progress() has something new.
  VerifyJob(const log::EventLog& log, log::VerifyOptions options, std::function<void()> changed);
  ~VerifyJob();  // gives the verification up and waits for it
  VerifyJob(const VerifyJob&) = delete;
  VerifyJob& operator=(const VerifyJob&) = delete;

  // What is new since the last call; none: nothing.
  std::optional<Progress> take_progress();

 private:
  std::mutex mutex_;
  Progress progress_;
  bool is_new_ = false;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace mash::host
