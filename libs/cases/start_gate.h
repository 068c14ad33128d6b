#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "cases/following.h"

namespace mash::cases {

struct StartGateParts {
  const Followings& followings;  // outlive it
  // Open after so long all the same: what must be said is not kept back for ever, because another
  // service is away.
  std::chrono::milliseconds patience{60'000};
  std::chrono::milliseconds ask_every{100};  // what is not known yet
  std::chrono::milliseconds ask_max{500};    // one owner, once
};

// Keeps back what a service says by itself until it has heard what happened while it was not there:
// who was barred meanwhile, and what was done. It asks the owner of each log that is followed how
// much there is, and waits until that is followed. A thread of its own, until all are. Thread-safe.
class StartGate {
 public:
  // Begins at once.
  explicit StartGate(StartGateParts parts);
  ~StartGate() = default;
  StartGate(const StartGate&) = delete;
  StartGate& operator=(const StartGate&) = delete;

  bool is_open() const;

 private:
  void run(const std::stop_token& stop);

  const StartGateParts parts_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::atomic<bool> all_followed_ = false;
  std::mutex mutex_;
  std::condition_variable_any stopping_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace mash::cases
