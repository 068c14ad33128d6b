#pragma once
#include <atomic>
#include <chrono>

namespace mash {

// An instant in UTC, to the microsecond: the one time type of the hub.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

// Where the time comes from. Domain code never asks it: it reads Context::now. Implementations are
// thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
  }
};

// A clock that stands still until it is told otherwise, for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : now_(start) {}
  Time now() const override { return now_.load(); }
  void set(Time time) { now_.store(time); }
  void advance(std::chrono::microseconds by) { now_.store(now_.load() + by); }

 private:
  std::atomic<Time> now_;
};

}  // namespace mash
