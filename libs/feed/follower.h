#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.h"
#include "feed/feed.h"
#include "log/append.h"
#include "log/record.h"

namespace mash::feed {

// What follows from the records of a feed. All are called on the follower's thread alone; a refusal
// is not the end: the same comes again until it is done.
struct Reaction {
  // How far it has come, as it kept that with what followed.
  std::function<log::Cursor()> stored;
  // The record of this position comes next: what was taken in from there on and not settled is
  // dropped. Called first, and again where the feed had to begin anew.
  std::function<void(uint64_t from)> begin;
  // Follows the next record. After a refusal it is as if it had not been asked.
  std::function<Result<void>(const log::Record& record)> follow;
  // Makes what followed so far durable, as far as it can stand alone. Called when nothing is left
  // to follow for now, and on the way every so many records. `complete`: the last record followed
  // was the last of an append there, so what belongs together is complete. Returns the position
  // below which all that follows is visible to others.
  std::function<Result<uint64_t>(bool complete)> settle;
};

struct FollowerParts {
  std::shared_ptr<Feed> feed;
  Reaction reaction;
  std::chrono::milliseconds retry_after{1'000};  // what was refused
  // Calls go first: its thread has a low priority. False: others wait for what follows.
  bool in_background = true;
  // Told when it becomes held up, or is for another reason, and when it goes on again. Empty:
  // nobody is.
  std::function<void(const Result<void>& followed)> on_held_up{};
};

// How a feed stands, for whoever runs the service.
struct FollowerStatus {
  uint64_t position = 0;    // what follows from all records below is visible
  uint64_t behind = 0;      // records of which it is not visible yet what follows
  Result<void> followed{};  // or why it waits to try something again
  // Since when it waits in front of the same record, for whatever reason.
  std::chrono::steady_clock::time_point held_up_since{};
  bool stopped = false;  // it does not try by itself: see resume()
};

// Follows a feed on a thread of its own: every record from a position on, in order, as it comes.
// Nothing is skipped, whatever a reaction refuses; it is tried again, and what was followed before
// it is settled meanwhile, since others may wait for that. A feed that refuses with
// kDataLoss stops it until a person says that it goes on.
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
  // Records followed since the start, for metrics.
  uint64_t followed() const;
  // Whether it waits to try something again, or has stopped.
  bool is_held_up() const;
  FollowerStatus status() const;

  // Has it go on at once, also where it has stopped: for a person to say.
  void resume();
  // Has it try again at once what it waits for, for whoever knows that it may be taken in now.
  // Where it has stopped, it stays so.
  void retry_now();

  // Has its thread do something between two records, where what it follows stands somewhere;
  // told so, or why it does not. Called once, before this ends. Refused: kResourceExhausted,
  // TOO_MANY_ASKED, while it has as much to do as it takes.
  using Asked = std::function<void(const Result<void>& begun)>;
  Result<void> ask(Asked asked);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::feed
