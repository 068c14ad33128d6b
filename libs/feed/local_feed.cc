#include "feed/local_feed.h"

#include <algorithm>
#include <utility>

namespace mash::feed {
namespace {

// In one batch: records are at most 64 KiB each, and their sealed parts seldom more.
constexpr uint64_t kBatchRecordsMax = 256;

}  // namespace

LocalFeed::LocalFeed(const log::EventLog& log, bool with_sealed)
    : log_(log), with_sealed_(with_sealed), tail_(log.tail([this](uint64_t) {
        {
          const std::lock_guard lock(mutex_);
        }
        changed_.notify_all();
      })) {}

Result<uint64_t> LocalFeed::go_on_from(const log::Cursor& stored) {
  whole_ = true;
  return feed::go_on_from(log_, stored).map([this](uint64_t from) { return next_ = from; });
}

Result<Batch> LocalFeed::next(std::chrono::milliseconds patience) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [this] { return interrupted_ || next_ < log_.size(); });
    if (std::exchange(interrupted_, false)) return Batch{.complete = whole_};
  }
  const uint64_t size = log_.size();  // the end of an append
  const uint64_t below = std::min(size, next_ + kBatchRecordsMax);
  whole_ = below >= size;
  Batch batch{.complete = whole_};
  while (next_ < below) {
    auto record = log_.read(next_, with_sealed_);
    if (!record) return tl::unexpected(std::move(record.error()));
    batch.records.push_back(std::move(*record));
    ++next_;
  }
  return batch;
}

log::Cursor LocalFeed::cursor_at(uint64_t position) const {
  return {.epoch = log_.head().epoch, .position = position};
}

Result<std::vector<log::Record>> LocalFeed::read_stream(std::string_view stream, uint64_t from,
                                                        uint64_t below) const {
  std::vector<log::Record> records;
  return log_
      .scan({.from = from,
             .as_at_size = below,
             .with_sealed = with_sealed_,
             .stream = std::string(stream)},
            [&](log::Record&& record) {
              records.push_back(std::move(record));
              return true;
            })
      .map([&] { return std::move(records); });
}

void LocalFeed::interrupt() {
  {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
  }
  changed_.notify_all();
}

Result<uint64_t> go_on_from(const log::EventLog& log, const log::Cursor& cursor) {
  if (cursor.epoch == log.head().epoch) return cursor.position;
  // Epochs go up with positions: halves what lies between until nothing does.
  uint64_t from = 0;
  uint64_t to = std::min(cursor.position, log.size());
  while (from < to) {
    const uint64_t middle = from + (to - from) / 2;
    const auto record = log.read(middle);
    if (!record) return tl::unexpected(record.error());
    if (record->prefix.epoch > cursor.epoch)
      to = middle;
    else
      from = middle + 1;
  }
  return from;
}

}  // namespace mash::feed
