#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clocks/clocks.h"
#include "core/caller.h"
#include "core/clock.h"
#include "core/context.h"
#include "core/result.h"
#include "log/handle.h"

namespace mash::clocks {

// Who the hub is when it says that something is due.
inline const Actor kClockActor = hub_itself("clock");

// Whose streams they are, and how each is asked to append what is to be said. Called on the
// scheduler's thread or the log's; as work of a command (log/handle.h), maybe more than once.
struct Owner {
  using Ask = std::function<Result<void>(log::UnitOfWork&, const std::string& stream)>;

  std::string prefix;  // how the names of these streams begin, as in the view
  Ask tell;
  Ask recompute;  // empty: nothing of theirs is counted by the calendar
};

// The streams of one decider, which takes Tell and, where its clocks count working days, Recompute.
template <Decider D>
Owner owner(std::string prefix) {
  Owner owner{
      .prefix = std::move(prefix),
      .tell = [](log::UnitOfWork& unit,
                 const std::string& stream) { return unit.decide<D>({.stream = stream}, Tell{}); },
      .recompute = {}};
  if constexpr (requires(const typename D::State& state, const Context& context) {
                  D::decide(state, Recompute{}, context);
                })
    owner.recompute = [](log::UnitOfWork& unit, const std::string& stream) {
      return unit.decide<D>({.stream = stream}, Recompute{});
    };
  return owner;
}

// What a scheduler works with. Everything outlives it.
struct SchedulerParts {
  log::EventLog& log;                // with the view `alarms` (alarms_view.h)
  const mash::Clock& clock;          // asked a few times a second
  std::function<Context()> context;  // of what the hub does by itself now; with pack and calendar
  std::vector<Owner> owners;
  // Asked until it says so once; nothing is said before. Empty: it may at once.
  std::function<bool()> may_begin{};
  std::size_t in_flight_max = 1'024;             // streams asked and not done yet
  std::chrono::milliseconds look_every{100};     // at the clock, and whether the log has grown
  std::chrono::milliseconds retry_after{5'000};  // what was refused; then ever longer
  // Told when something is held up, with why, and when nothing is any more. Empty: nobody is.
  std::function<void(const Result<void>& held_up)> on_held_up{};
};

// Says of every stream of a log what is due to be said, when it is due: that a deadline approaches,
// that it was missed. A thread that reads the view's due rows a page at a time and has the stream's
// owner append, many streams at once. Nothing is remembered but what is in hand: what was said is
// in the streams, and a row moves in the same write as the event. So each is said once, whatever
// the clock does and wherever the process ends; what fell due meanwhile is said at the start.
//
// At the start it also goes through all rows, and where the calendar has changed what is running,
// the owner appends that; a stream that is due meanwhile is computed again before anything is said
// of it.
//
// A stream that refuses is asked again later, and holds up no other. Where the log refuses as a
// whole, its queue being full, nothing is asked until it says it may be.
//
// Thread-safe, but for making and ending it.
class Scheduler {
 public:
  // Begins at once.
  explicit Scheduler(SchedulerParts parts);
  // Ends with what is in hand.
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Waits, at most so long, until all that is due now is said, but for what refuses, and the
  // calendar's changes are appended. False: it is not yet.
  bool wait_until_said(std::chrono::milliseconds patience);

  // Streams of which something is due and not said yet, among those it has in hand: being asked, or
  // to be asked again. What it has not come to is not counted: see behind_for().
  std::size_t behind() const;
  // For how long something has been due and is not said, as the last look at the list found it;
  // nought: all that was due then is said.
  std::chrono::seconds behind_for() const;
  // How many of them refused, or have nothing to say where the list says they do, and are asked
  // again later; those that refused to be computed again, until a look through all of them passes;
  // and one where the view cannot be read.
  std::size_t held_up_streams() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::clocks
