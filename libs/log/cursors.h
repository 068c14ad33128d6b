#pragma once
#include <map>
#include <mutex>
#include <string>

#include "core/result.h"
#include "log/append.h"

namespace mash::log {

// How far the service has applied each feed it follows, by the feed's name: as of the last commit
// for whoever reads, and with what the open batch moves for the writer. Reading is thread-safe; the
// rest is the writer's thread's alone.
class Cursors {
 public:
  explicit Cursors(std::map<std::string, Cursor> stored)
      : committed_(stored), next_(std::move(stored)) {}

  std::map<std::string, Cursor> all() const {
    const std::lock_guard lock(mutex_);
    return committed_;
  }
  // Of a feed never followed: its beginning.
  Cursor of(const std::string& feed) const {
    const std::lock_guard lock(mutex_);
    const auto found = committed_.find(feed);
    return found == committed_.end() ? Cursor{} : found->second;
  }

  // ABORTED, reason CURSOR_MOVED, unless the feed stands where the append says.
  Result<void> check(const CursorMove& move) const;
  void move(const CursorMove& move);
  // The open batch is durable.
  void commit();

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Cursor> committed_;
  std::map<std::string, Cursor> next_;
  bool moved_ = false;
};

}  // namespace mash::log
