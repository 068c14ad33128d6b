#pragma once
#include <chrono>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace mash {

// What a clock on a wall in London shows, and a day of its calendar.
using LocalTime = std::chrono::local_time<std::chrono::microseconds>;
using Day = std::chrono::local_days;

// Europe/London: which instant a wall clock's time is, and back. Read once from the system's
// time-zone database; a value, immutable, so threads may share it.
//
// The database lists clock changes up to 2037 only; after that they follow the rule in force since
// 1996, the last Sundays of March and October at 01:00 UTC.
class London {
 public:
  // kUnavailable, TIME_ZONE_MISSING when the database is absent or has no summer time.
  static Result<London> load();

  LocalTime local(Time time) const { return LocalTime(time.time_since_epoch() + offset_at(time)); }
  Day day(Time time) const { return std::chrono::floor<std::chrono::days>(local(time)); }

  // The instant a wall clock shows `local`. In the hour that comes twice in autumn, the first; for
  // one in the hour skipped in spring, the instant of the change. So a time limit is never taken
  // to be later than it is.
  Time instant(LocalTime local) const;

  // The last second of a day, 23:59:59: when what is due that day is due.
  Time end_of(Day day) const {
    return instant(LocalTime(day + std::chrono::days(1)) - std::chrono::seconds(1));
  }

 private:
  // From `from` on, the clock is ahead of UTC by `offset`.
  struct Change {
    Time from;
    std::chrono::seconds offset;
  };

  explicit London(std::vector<Change> changes) : changes_(std::move(changes)) {}
  const Change& change_before(Time time) const;
  std::chrono::seconds offset_at(Time time) const { return change_before(time).offset; }

  std::vector<Change> changes_;  // in order; the first reaches back for ever
};

}  // namespace mash
