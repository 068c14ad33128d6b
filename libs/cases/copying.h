#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cases/following.h"
#include "cases/kept.h"
#include "core/result.h"
#include "log/append.h"
#include "log/record.h"

namespace mash::cases {

// What following another log does about each record: keeps what is to be kept of it, as actor
// {agency "hub", system "follower"}, each event naming the record as its cause. What was appended
// together there is appended together here, and with it how far that is: nobody sees half of cases
// being joined, and nothing is kept twice. A record of which nothing is kept moves the cursor with
// those after it.
//
// Not thread-safe: one thread follows, and waits for the log.
class Copying {
 public:
  explicit Copying(const FollowingParts& parts) : parts_(parts) {}

  // The position of the record to follow next.
  uint64_t next() const { return next_; }

  // For feed::Reaction.
  log::Cursor stored() const;
  void begin(uint64_t from);
  Result<void> follow(const log::Record& record);
  Result<uint64_t> settle(bool complete);

 private:
  struct Waiting {
    log::Record record;
    Kept kept;
  };

  Context context(Time now) const;
  // Appends what is kept of the records below a position, at which no append there is cut in two.
  Result<void> append_below(uint64_t position);

  FollowingParts parts_;
  uint64_t stored_ = 0;              // where the cursor stands
  uint64_t next_ = 0;                // all below were taken in
  uint64_t last_append_begins_ = 0;  // of the records that share the newest one's correlation
  std::string correlation_;          // theirs
  std::vector<Waiting> waiting_;
  std::size_t events_waiting_ = 0;
};

}  // namespace mash::cases
