#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/clock.h"
#include "core/context.h"
#include "core/result.h"

namespace mash::log {
class EventLog;
class UnitOfWork;
struct Record;
}  // namespace mash::log

namespace mash::cases {

// What follows for this service from a record of which something is kept, besides that: decided in
// the same append, and so once. It may be asked again, with a unit that starts anew.
using Reacting = std::function<Result<void>(log::UnitOfWork& unit, const log::Record& record)>;

// What following works with. Everything outlives it.
struct FollowingParts {
  const log::EventLog& followed;  // the referral log, or another service's (kept.h)
  log::EventLog& own_log;         // appended to
  const Clock& clock;
  Reacting react{};                    // empty: nothing else follows
  std::function<Context()> context{};  // of what the reaction decides; empty: the time alone
  std::chrono::milliseconds retry_after{1'000};  // what could not be followed
};

// Follows another log on a thread of its own, of low priority, and keeps here what the service
// rests on (known_case.h): each event once, with how far it came in the same write, so that
// stopping anywhere neither loses nor repeats one. Nothing is skipped: what cannot be appended now
// is tried again until it can.
class Following {
 public:
  // Begins at once, where the own log says it stopped. Refused where a log cannot be read.
  static Result<std::unique_ptr<Following>> begin(const FollowingParts& parts);
  // Ends with the records in hand.
  ~Following();
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

  // Waits until every record of the followed log below `size` has been followed, for a command or
  // read that must see what that log just got: pass its size(). False: patience ran out. From any
  // thread.
  bool wait_until(uint64_t size, std::chrono::milliseconds patience) const;

  const log::EventLog& followed() const;

  // Records not followed yet, for metrics.
  uint64_t behind() const;
  // Whether it waits to try again.
  bool is_held_up() const;

 private:
  class Impl;
  explicit Following(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Follows several logs; refused where one cannot be read.
Result<std::vector<std::unique_ptr<Following>>> follow_all(const std::vector<FollowingParts>& all);

}  // namespace mash::cases
