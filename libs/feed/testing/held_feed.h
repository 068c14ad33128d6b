#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "feed/feed.h"

namespace mash::feed::testing {

// What a test does to feeds that are held. Thread-safe.
struct Hold {
  std::atomic<bool> quiet = false;   // nothing comes, and nothing is wrong
  std::atomic<bool> broken = false;  // what comes next is refused: FEED_SILENT
  std::atomic<bool> owner_away = false;
  std::atomic<int> owner_asked = 0;
};

// Another feed as it is where its log is another process's: what there is, is known by asking the
// owner, and it comes when the test lets it.
class HeldFeed final : public Feed {
 public:
  HeldFeed(std::shared_ptr<Feed> feed, std::shared_ptr<Hold> hold)
      : feed_(std::move(feed)), hold_(std::move(hold)) {
    follow_among(feed_->together());
  }

  const std::string& log() const override { return feed_->log(); }
  Result<uint64_t> go_on_from(const log::Cursor& stored) override {
    came_ = {};
    return feed_->go_on_from(stored).map([this](uint64_t from) { return size_ = from; });
  }
  Result<Batch> next(std::chrono::milliseconds patience) override {
    if (hold_->broken) return refuse(Code::kUnavailable, "FEED_SILENT", "As the test says.");
    const auto a_little = std::min(patience, std::chrono::milliseconds(5));
    if (hold_->quiet) {
      std::unique_lock lock(mutex_);
      interrupted_.wait_for(lock, a_little);
      return Batch{};
    }
    if (came_.records.empty()) {
      auto batch = feed_->next(a_little);
      if (!batch) return batch;
      came_ = std::move(*batch);
      if (hold_->quiet) return Batch{};  // since
    }
    if (!came_.records.empty()) size_ = came_.records.back().prefix.position + 1;
    return std::exchange(came_, Batch{.complete = came_.complete});
  }
  log::Cursor cursor_at(uint64_t position) const override { return feed_->cursor_at(position); }
  Result<std::vector<log::Record>> read_stream(std::string_view stream, uint64_t from,
                                               uint64_t below) const override {
    return feed_->read_stream(stream, from, below);
  }
  uint64_t size() const override { return size_; }
  Result<uint64_t> ask_size(std::chrono::milliseconds patience) const override {
    if (patience <= std::chrono::milliseconds(0) || hold_->owner_away)
      return refuse(Code::kUnavailable, "ORIGIN_UNAVAILABLE", "The log's owner does not answer.");
    ++hold_->owner_asked;
    return feed_->ask_size(patience);
  }
  void interrupt() override {
    feed_->interrupt();
    interrupted_.notify_all();
  }

 private:
  const std::shared_ptr<Feed> feed_;
  const std::shared_ptr<Hold> hold_;
  Batch came_;  // and was not handed out yet
  std::atomic<uint64_t> size_ = 0;
  std::mutex mutex_;
  std::condition_variable interrupted_;
};

}  // namespace mash::feed::testing
