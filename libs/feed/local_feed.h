#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>

#include "feed/feed.h"
#include "log/event_log.h"

namespace mash::feed {

// A log of this process, as one follows it: its tail. Without sealed parts, unless they are asked
// for. The log outlives it.
class LocalFeed final : public Feed {
 public:
  explicit LocalFeed(const log::EventLog& log, bool with_sealed = false);

  const std::string& log() const override { return log_.name(); }
  Result<uint64_t> go_on_from(const log::Cursor& stored) override;
  Result<Batch> next(std::chrono::milliseconds patience) override;
  log::Cursor cursor_at(uint64_t position) const override;
  Result<std::vector<log::Record>> read_stream(std::string_view stream, uint64_t from,
                                               uint64_t below) const override;
  uint64_t size() const override { return log_.size(); }
  Result<uint64_t> ask_size(std::chrono::milliseconds) const override { return log_.size(); }
  void interrupt() override;

 private:
  const log::EventLog& log_;
  const bool with_sealed_;
  uint64_t next_ = 0;  // the following thread's own
  bool whole_ = true;  // its own too: the last record handed out was the last of its append
  std::mutex mutex_;
  std::condition_variable changed_;
  bool interrupted_ = false;
  std::unique_ptr<log::EventLog::Tail> tail_;  // last: it calls what waits on the others
};

// Where a log is to be followed on from, when it had been followed that far. Not where the cursor
// stands, if the log lost its end since and opened a new epoch: then from the first record that
// took the place of one that had been followed.
Result<uint64_t> go_on_from(const log::EventLog& log, const log::Cursor& cursor);

}  // namespace mash::feed
