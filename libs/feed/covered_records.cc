#include "feed/covered_records.h"

#include <algorithm>
#include <utility>

#include "mash/feed/v1/feed.pb.h"

namespace mash::feed {

void CoveredRecords::begin(TreeFrontier covered, uint64_t handed_out, uint64_t epoch) {
  covered_ = std::move(covered);
  handed_out_ = handed_out;
  epoch_ = epoch;
  places_.clear();
  drop();
}

bool CoveredRecords::is_full() const {
  return waiting_.size() >= kWaitingMax || waiting_bytes_ >= kWaitingBytesMax;
}

void CoveredRecords::take(log::Record record) {
  tree_.append(merkle::leaf_hash(record.leaf));
  waiting_bytes_ += record.leaf.size() + (record.sealed ? record.sealed->ByteSizeLong() : 0);
  waiting_.push_back(std::move(record));
}

Result<std::vector<log::Record>> CoveredRecords::cover(const merkle::Hash& root, uint64_t epoch) {
  if (tree_.root() != root) {
    drop();
    return refuse(Code::kDataLoss, "ROOT_MISMATCH",
                  "The records do not give the root that the log's owner has signed.");
  }
  std::vector<log::Record> records = std::exchange(waiting_, {});
  waiting_bytes_ = 0;
  covered_ = tree_;
  epoch_ = epoch;
  std::erase_if(records,
                [this](const log::Record& record) { return record.prefix.position < handed_out_; });
  handed_out_ = std::max(handed_out_, covered_.size());
  return records;
}

void CoveredRecords::drop() {
  waiting_.clear();
  waiting_bytes_ = 0;
  tree_ = covered_;
}

void CoveredRecords::remember(const TopicPlace& place) {
  if (!places_.empty() && places_.back().covered.size() == covered_.size()) places_.pop_back();
  places_.push_back({covered_, place});
}

log::Cursor CoveredRecords::cursor_at(uint64_t position) const {
  while (places_.size() > 1 && places_[1].covered.size() <= position) places_.pop_front();
  log::Cursor cursor{.epoch = epoch_, .position = position, .state = {}};
  if (places_.empty() || places_.front().covered.size() > position) return cursor;
  const Place& place = places_.front();
  v1::FeedState state;
  state.set_offset(place.topic.offset);
  if (place.topic.before_ms) state.set_before_ms(*place.topic.before_ms);
  state.set_position(place.covered.size());
  for (const merkle::Hash& subtree : place.covered.subtrees())
    state.add_subtrees(std::string(merkle::bytes_of(subtree)));
  cursor.state = state.SerializeAsString();
  return cursor;
}

}  // namespace mash::feed
