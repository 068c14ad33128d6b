#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "log/record.h"
#include "mash/feed/v1/feed.pb.h"

namespace mash::log {
class EventLog;
class UnitOfWork;
}  // namespace mash::log

namespace mash::cases {

// Whether trying the same again would be refused the same way: it is about what the record says,
// and not about what is busy, away, or broken here, nor about keys. So would what rests on a case
// of which something waits (CASE_PARKED), until that goes on.
bool is_for_good(const Error& refused);

// Appends to the own log that a stream waits, or goes on. Where it is what the referral log says of
// a case or a person, that is said in theirs too (known_case.h), so that whatever reads who may see
// them learns of it, and is asserted by it.
Result<void> say(log::UnitOfWork& unit, const feed::v1::StreamParked& parked);
Result<void> say(log::UnitOfWork& unit, const feed::v1::StreamResumed& resumed);

// The streams of a followed log that wait, as the own log says and as it is about to. A bounded
// number of them. Not thread-safe.
class Parking {
 public:
  static constexpr std::size_t kStreamsMax = 1'000;

  Parking(const log::EventLog& own_log, std::string feed)
      : own_log_(own_log), feed_(std::move(feed)) {}

  // Forgets what is not in the own log. `from`: the position of the record to follow next; what is
  // parked there or beyond, the followed log has lost since.
  void begin(uint64_t from);
  // Reads the own log, unless it has since begin(). Refused, and to be tried again: as a view.
  Result<void> know();

  bool waits(const std::string& stream) const { return parked_.contains(stream); }
  const feed::v1::StreamParked* find(const std::string& stream) const;
  // Those that wait for another to go on, by why that is.
  std::vector<std::string> streams_waiting_for(const std::string& reason) const;
  bool is_empty() const { return parked_.empty(); }
  bool is_full() const { return parked_.size() >= kStreamsMax; }

  // From this record on. What is to be said of it is returned.
  const feed::v1::StreamParked& park(const log::Record& record, const Error& refused, Time now);
  // A stream that waits does so from a later record of its own on; with what that was refused, if
  // it was.
  feed::v1::StreamParked at(const log::Record& record, const std::optional<Error>& refused) const;
  void move(const log::Record& record, const std::optional<Error>& refused);
  void take_off(const std::string& stream) { parked_.erase(stream); }

  // Streams that wait no more, since the followed log lost what they waited at.
  const std::vector<feed::v1::StreamResumed>& lost() const { return lost_; }
  void lost_is_said() { lost_.clear(); }

 private:
  const log::EventLog& own_log_;
  const std::string feed_;
  uint64_t from_ = 0;
  bool known_ = false;
  std::map<std::string, feed::v1::StreamParked> parked_;
  std::vector<feed::v1::StreamResumed> lost_;
};

}  // namespace mash::cases
