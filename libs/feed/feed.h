#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "log/append.h"
#include "log/record.h"

namespace mash::feed {

class Together;

// Some records of a log in its order.
struct Batch {
  std::vector<log::Record> records;
  // The last of them is the last of an append there, so what belongs together is complete. Without
  // records, since there is nothing new or somebody interrupted: that holds of the last one handed
  // out.
  bool complete = false;
};

// A log as one follows it, whoever keeps it: this process's own (local_feed.h), or another's over
// Kafka (kafka_feed.h). It hands out records in the log's order, each once and none left out, from
// where its follower says it had come to. What it hands out the log's owner stands by: over Kafka,
// a signed checkpoint covers it.
//
// One thread follows; what says so may be called from any.
//
// Refusals are to be tried again (kUnavailable and the like: the broker or the owner is away), but
// for kDataLoss: then the feed has stopped, and only a person can say that it goes on.
class Feed {
 public:
  virtual ~Feed() = default;

  // The log followed, without its epoch: "mash/E10000013/referral". From any thread.
  virtual const std::string& log() const = 0;

  // Goes to where someone goes on who had followed that far. Returns the position of the record
  // that next() hands out first: the cursor's, or, where the log lost its end since and opened a
  // new epoch, that of the first record that took the place of one that had been followed. To be
  // called first, and again after each refusal of next().
  virtual Result<uint64_t> go_on_from(const log::Cursor& stored) = 0;

  // The next records, bounded in number and bytes; waits at most so long for the first of them.
  virtual Result<Batch> next(std::chrono::milliseconds patience) = 0;

  // What to keep, in the same write as what followed, once all records handed out below a position
  // have been followed. Not for positions that have been asked for and left behind.
  virtual log::Cursor cursor_at(uint64_t position) const = 0;

  // A stream's records below a position, from another on: for what had waited.
  virtual Result<std::vector<log::Record>> read_stream(std::string_view stream, uint64_t from,
                                                       uint64_t below) const = 0;

  // How many records the log is known to have. From any thread.
  virtual uint64_t size() const = 0;

  // How many it has now. Where that is another process its owner is asked; with no patience it is
  // not, and this is refused with kUnavailable. From any thread.
  virtual Result<uint64_t> ask_size(std::chrono::milliseconds patience) const = 0;

  // Has a next() that waits return at once. From any thread.
  virtual void interrupt() = 0;

  // The logs among which one service follows this one; null: it minds no other. Said by whoever
  // makes the feed, before it is followed.
  void follow_among(std::shared_ptr<Together> together) { together_ = std::move(together); }
  const std::shared_ptr<Together>& together() const { return together_; }

 private:
  std::shared_ptr<Together> together_;
};

}  // namespace mash::feed
