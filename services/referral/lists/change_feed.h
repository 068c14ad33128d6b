#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/referral/v1/referral_row.pb.h"

namespace mash::log {
class EventLog;
struct Record;
}  // namespace mash::log

namespace mash::referral {

// An event of a referral, and the referral's row after it.
struct Change {
  uint64_t position = 0;
  Time recorded_at{};
  v1::ReferralEvent event;  // its public part
  std::string challenger;   // whose challenge it is about, if it is
  v1::ReferralRow row;
};

// What happens to the referrals of a log, for all who watch it: each event is read, and its row
// folded, once, and kept for a while, so that what two hundred watchers cost is what they are told.
// What lies further back is read from the log for whoever asks. Nothing is done, and nothing new
// kept, while nobody asks. Thread-safe.
class ChangeFeed {
 public:
  // Changes kept at most, the newest; and their bytes.
  static constexpr size_t kChangesMax = 4'096;
  static constexpr size_t kBytesMax = 16 << 20;
  // Records looked at for one call; so many records behind, it begins anew at the log's end.
  static constexpr uint64_t kRecordsMax = 2'000;
  static constexpr uint64_t kBehindMax = 16'384;

  explicit ChangeFeed(const log::EventLog& log, size_t changes_max = kChangesMax);

  const log::EventLog& log() const { return log_; }

  struct Changes {
    std::vector<std::shared_ptr<const Change>> changes;
    uint64_t next = 0;  // the position after all that was looked at
  };
  // The changes from a position on, at most so many; `next` is that position itself when there is
  // nothing more yet.
  Result<Changes> from(uint64_t position, size_t changes_max);

 private:
  using Rows = std::unordered_map<std::string, std::shared_ptr<const Change>>;

  Result<void> catch_up();
  Result<v1::ReferralRow> row_before(const log::Record& record) const;
  void keep(const std::string& stream, std::shared_ptr<const Change> change);
  void forget_oldest();
  Changes kept_from(uint64_t position, size_t changes_max) const;

  const log::EventLog& log_;
  const size_t changes_max_;
  std::mutex mutex_;
  uint64_t begin_;  // every change at a position in [begin_, end_) is kept
  uint64_t end_;
  struct Kept {
    std::string stream;
    std::shared_ptr<const Change> change;
    size_t bytes = 0;
  };
  std::deque<Kept> kept_;  // in the log's order
  size_t kept_bytes_ = 0;
  Rows latest_;  // of each stream among those kept, by its name
};

}  // namespace mash::referral
