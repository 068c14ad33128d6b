#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "feed/topic_place.h"
#include "feed/tree_frontier.h"
#include "log/append.h"
#include "log/record.h"
#include "merkle/checkpoint.h"

namespace mash::feed {

// The records of a followed log that came and that no checkpoint has covered yet, the tree that
// they give, and what to keep of it where one has come that far. Not thread-safe.
class CoveredRecords {
 public:
  // Records that wait, at most; beyond, the topic has too few checkpoints.
  static constexpr std::size_t kWaitingMax = 20'000;
  static constexpr std::size_t kWaitingBytesMax = 64 << 20;

  // Goes on where this was kept. `handed_out`: records below have been followed already.
  void begin(TreeFrontier covered, uint64_t handed_out, uint64_t epoch);

  // The position of the record to take in next.
  uint64_t next() const { return tree_.size(); }
  uint64_t epoch() const { return epoch_; }
  const TreeFrontier& covered() const { return covered_; }
  bool is_full() const;

  // Takes in the record of that position, which waits.
  void take(log::Record record);

  // All that wait are covered by the owner's word that its tree of so many records has this root:
  // they are to be handed out, those that were before left out. Refused: kDataLoss, ROOT_MISMATCH;
  // then none waits any more.
  Result<std::vector<log::Record>> cover(const merkle::Hash& root, uint64_t epoch);

  // Nothing waits any more.
  void drop();

  // What to keep where all below a position have been followed; `place`: where the topic was then
  // to be read on.
  void remember(const TopicPlace& place);
  // What was remembered last; null: nothing.
  const TopicPlace* remembered() const { return places_.empty() ? nullptr : &places_.back().topic; }
  log::Cursor cursor_at(uint64_t position) const;

 private:
  // What there was to keep at a position.
  struct Place {
    TreeFrontier covered;
    TopicPlace topic;
  };

  TreeFrontier covered_;
  TreeFrontier tree_;  // with those that wait
  uint64_t handed_out_ = 0;
  uint64_t epoch_ = 0;
  std::vector<log::Record> waiting_;
  std::size_t waiting_bytes_ = 0;
  mutable std::deque<Place> places_;  // in their order; those asked for are forgotten
};

}  // namespace mash::feed
