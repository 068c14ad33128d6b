#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/result.h"
#include "log/append.h"
#include "log/record.h"

namespace mash::log {
class EventLog;
}

namespace mash::feed {

// What follows from the records of a feed. Both are called on the follower's thread alone; a
// refusal of either is not the end: the same comes again until it is done.
struct Reaction {
  // Follows the next record. After a refusal it is as if it had not been asked.
  std::function<Result<void>(const log::Record& record)> follow;
  // Makes what followed so far durable, as far as it can stand alone. Called when nothing is left
  // to follow for now, and on the way every so many records. `at_rest`: the last record followed
  // was the last of an append there, so what belongs together is complete. Returns the position
  // below which all that follows is visible to others.
  std::function<Result<uint64_t>(bool at_rest)> settle;
};

struct FollowerParts {
  const log::EventLog& log;  // followed; outlives the follower
  uint64_t from = 0;         // the first record to follow; see go_on_from()
  bool with_sealed = false;  // records come with their sealed parts
  Reaction reaction;
  std::chrono::milliseconds retry_after{1'000};  // what was refused
  // Told when it becomes held up, and when it goes on again. Empty: nobody is.
  std::function<void(const Result<void>& followed)> on_held_up{};
};

// Follows a log on a thread of its own, of low priority: every record from a position on, in order,
// as it comes. Nothing is skipped, whatever a reaction refuses; it is tried again. Where to begin
// is for whoever makes one to know: a reaction keeps how far it came with what it did.
//
// Thread-safe, but for making and ending it.
class Follower {
 public:
  // Begins at once.
  explicit Follower(FollowerParts parts);
  // Ends with the record in hand, and settles.
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  // Waits until what follows from all records below `position` is visible, at most so long. False:
  // it is not yet.
  bool wait_until(uint64_t position, std::chrono::milliseconds patience) const;

  // Records of which it is not visible yet what follows, for metrics.
  uint64_t behind() const;
  // Whether it waits to try something again.
  bool is_held_up() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Where a log is to be followed on from, when it had been followed that far. Not where the cursor
// stands, if the log lost its end since and opened a new epoch: then from the first record that
// took the place of one that had been followed.
Result<uint64_t> go_on_from(const log::EventLog& log, const log::Cursor& cursor);

}  // namespace mash::feed
