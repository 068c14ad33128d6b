#include "feed/follower.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "log/event_log.h"

namespace mash::feed {
namespace {

// Calls go first. On Linux a thread has a priority of its own.
constexpr int kNice = 19;
// Records that may have to be followed again after a crash.
constexpr uint64_t kRecordsUnsettledMax = 1'000;

}  // namespace

class Follower::Impl {
 public:
  explicit Impl(FollowerParts parts)
      : parts_(std::move(parts)),
        next_(parts_.from),
        tried_settling_at_(parts_.from),
        settled_(parts_.from),
        tail_(parts_.log.tail([this](uint64_t) { wake(); })),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  bool wait_until(uint64_t position, std::chrono::milliseconds patience) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return settled_ >= position; });
  }

  uint64_t behind() const {
    const uint64_t size = parts_.log.size();
    const uint64_t settled = settled_;
    return size > settled ? size - settled : 0;
  }
  bool is_held_up() const { return held_up_; }

 private:
  void wake() const {
    {
      const std::lock_guard lock(mutex_);
    }
    changed_.notify_all();
  }

  void run(const std::stop_token& stop) {
    setpriority(PRIO_PROCESS, static_cast<id_t>(0), kNice);
    while (!stop.stop_requested()) {
      const auto followed = follow(stop);
      tell(followed);
      std::unique_lock lock(mutex_);
      if (followed)
        changed_.wait(lock, stop, [this] { return next_ < parts_.log.size(); });
      else
        changed_.wait_for(lock, stop, parts_.retry_after, [] { return false; });
    }
  }

  // Follows what there is.
  Result<void> follow(const std::stop_token& stop) {
    const uint64_t size = parts_.log.size();  // the end of an append
    for (; next_ < size && !stop.stop_requested(); ++next_) {
      if (next_ - tried_settling_at_ >= kRecordsUnsettledMax)
        if (auto settled = settle(false); !settled) return settled;
      const auto record = parts_.log.read(next_, parts_.with_sealed);
      if (!record) return tl::unexpected(record.error());
      if (auto followed = parts_.reaction.follow(*record); !followed) return followed;
    }
    return settle(next_ >= size);
  }

  Result<void> settle(bool at_rest) {
    return parts_.reaction.settle(at_rest).map([&](uint64_t position) {
      tried_settling_at_ = next_;
      settled_ = position;
      wake();
    });
  }

  // Once when it becomes held up, and once when it goes on.
  void tell(const Result<void>& followed) {
    if (held_up_.exchange(!followed) == !followed) return;
    if (parts_.on_held_up) parts_.on_held_up(followed);
  }

  const FollowerParts parts_;
  uint64_t next_;  // the thread's own, as the one after
  uint64_t tried_settling_at_;
  std::atomic<uint64_t> settled_;
  std::atomic<bool> held_up_{false};
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::unique_ptr<log::EventLog::Tail> tail_;
  std::jthread thread_;  // last: it goes first
};

Follower::Follower(FollowerParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Follower::~Follower() = default;

bool Follower::wait_until(uint64_t position, std::chrono::milliseconds patience) const {
  return impl_->wait_until(position, patience);
}
uint64_t Follower::behind() const { return impl_->behind(); }
bool Follower::is_held_up() const { return impl_->is_held_up(); }

Result<uint64_t> go_on_from(const log::EventLog& log, const log::Cursor& cursor) {
  if (cursor.epoch == log.head().epoch) return cursor.position;
  // Epochs go up with positions: halves what lies between until nothing does.
  uint64_t from = 0;
  uint64_t to = std::min(cursor.position, log.size());
  while (from < to) {
    const uint64_t middle = from + (to - from) / 2;
    const auto record = log.read(middle);
    if (!record) return tl::unexpected(record.error());
    if (record->prefix.epoch > cursor.epoch)
      to = middle;
    else
      from = middle + 1;
  }
  return from;
}

}  // namespace mash::feed
