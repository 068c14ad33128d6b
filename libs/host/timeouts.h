#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace mash::host {

// Ends what takes too long. Each entry has the same time from when it was added, so they stand in
// the order of their ends, and one thread watches only the first: an entry that is removed in time
// wakes nobody, whereas gRPC's own alarm wakes a thread for each call. Thread-safe.
class Timeouts {
 public:
  using Id = uint64_t;

  explicit Timeouts(std::chrono::milliseconds after);
  ~Timeouts();  // forgets what still waits
  Timeouts(const Timeouts&) = delete;
  Timeouts& operator=(const Timeouts&) = delete;

  std::chrono::milliseconds after() const { return after_; }

  // Calls `expire` when the time is over, from the thread that watches; it must not block.
  Id add(std::function<void()> expire);

  // Forgets an entry. One that is being called, or has been, is none any more.
  void remove(Id id);

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Entry {
    SteadyTime end;
    std::function<void()> expire;
  };

  void run();

  const std::chrono::milliseconds after_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Id, Entry> waiting_;  // ids ascend, and so do their ends
  Id last_ = 0;
  bool idle_ = false;  // the thread waits for a first entry
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace mash::host
