#pragma once
#include <chrono>
#include <cstdint>
#include <memory>

#include "referral/joining/reactions.h"

namespace mash::referral {

struct JoinerParts {
  ReactionParts reactions;
  std::chrono::milliseconds retry_after{1'000};  // what could not be followed
};

// Follows the referral log on a thread of its own, of low priority, and does what the hub does by
// itself about it (Reactions). Intake never waits for it.
//
// It begins where the look-up's cursor stands. What cannot be followed, since the vault is away or
// the log's queue is full, is tried again until it can, and nothing is skipped; a person or case
// that is erased has nothing to follow. However it stops, it goes on from there with the same
// effect: the cursor moves with what was made of the records below it, and what was appended
// already is not appended again.
class Joiner {
 public:
  // Begins at once.
  explicit Joiner(const JoinerParts& parts);
  // Ends with the record in hand.
  ~Joiner();
  Joiner(const Joiner&) = delete;
  Joiner& operator=(const Joiner&) = delete;

  // Records that it has not followed yet, for metrics.
  uint64_t behind() const;
  // Whether it waits to try a record again.
  bool is_held_up() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::referral
