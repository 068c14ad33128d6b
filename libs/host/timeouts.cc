#include "host/timeouts.h"

#include <utility>

namespace mash::host {

Timeouts::Timeouts(std::chrono::milliseconds after) : after_(after), thread_([this] { run(); }) {}

Timeouts::~Timeouts() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

Timeouts::Id Timeouts::add(std::function<void()> expire) {
  bool wake = false;
  Id id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = ++last_;
    waiting_.emplace_hint(waiting_.end(), id,
                          Entry{std::chrono::steady_clock::now() + after_, std::move(expire)});
    wake = std::exchange(idle_, false);
  }
  if (wake) changed_.notify_one();
  return id;
}

void Timeouts::remove(Id id) {
  std::map<Id, Entry>::node_type removed;  // goes after the lock: what it holds may take its time
  const std::lock_guard lock(mutex_);
  removed = waiting_.extract(id);
}

// It sleeps until the end of what was the first entry then; if that one has gone meanwhile, the
// first of now ends later and is waited for next.
void Timeouts::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (waiting_.empty()) {
      idle_ = true;
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      continue;
    }
    const SteadyTime end = waiting_.begin()->second.end;
    if (std::chrono::steady_clock::now() < end) {
      changed_.wait_until(lock, end, [this] { return stopping_; });
      continue;
    }
    auto first = waiting_.extract(waiting_.begin());
    lock.unlock();
    first.mapped().expire();
    first = {};
    lock.lock();
  }
}

}  // namespace mash::host
