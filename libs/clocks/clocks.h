#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/context.h"
#include "core/deadline.h"
#include "core/timestamp.h"
#include "mash/common/v1/deadline.pb.h"
#include "policy/pack.h"

namespace mash::clocks {

// So many clocks of one stream may run at once: a row of the view `alarms` holds them all.
inline constexpr std::size_t kRunningMax = 40;

// Something is due to be said of a clock.
struct Alarm {
  Time time;
  DeadlineState state;  // kApproaching or kMissed

  friend bool operator==(const Alarm&, const Alarm&) = default;
};

// What was said of a clock last while it was due at this time.
struct Said {
  Time due;
  DeadlineState state;  // kApproaching or kMissed

  friend bool operator==(const Said&, const Said&) = default;
};

// Of so many other times at which a clock was due it is remembered what was said.
inline constexpr std::size_t kSaidBeforeMax = 8;

// One thing that a stream owes by a time.
struct Clock {
  int group = 0;   // the service's own: what sort of thing it is owed for
  std::string id;  // what of the stream it is for: an action, a challenge; empty: the stream's own
  Deadline deadline;                             // `done_at` says when it was met
  DeadlineState told = DeadlineState::kRunning;  // what was said of it last; kRunning: nothing yet
  std::vector<Deadline> before{};   // as it was set before the calendar changed, in order
  std::vector<Said> said_before{};  // of other times at which it was due, in order
  bool silent = false;              // nothing is ever said of it
  // Since when it is owed no more, though nobody did it: not shown, kept because it may be owed
  // again. What had been missed by then is still said.
  std::optional<Time> ended_at{};

  bool runs() const { return !deadline.done_at && !ended_at; }

  // How it stands at `now`. What was said to be missed stays so, whatever is recorded later of when
  // it was done.
  DeadlineState state(Time now) const;

  // What is still to be said of it, in order. It approaches as long before the time it was put off
  // to as before the first; it is missed when the second in which it is due is past. What is done
  // or ends in time is not spoken of any more; what was done late had been missed.
  std::vector<Alarm> alarms() const;
  // When something is next to be said of it; none: nothing ever.
  std::optional<Time> next_alarm() const;

  // It goes on from an earlier one, maybe with another time: what was said of a time at which it is
  // due is not said of that time again.
  void go_on_from(const Clock& earlier);

  friend bool operator==(const Clock&, const Clock&) = default;
};

// Everything one stream owes by a time, folded from its events. A value: part of a decider's state,
// and of a row of the view `alarms`. An aggregate has a class of its own over this one, whose
// evolve() says which event starts a clock and which is the doing of what was due.
//
// That a deadline approaches or was missed is said by an event of the stream, once for each time it
// is due at: also after the hub was away, and whatever the clock on the wall does, for what was
// said is read from the stream. What was put off or computed again is due at another time, and so
// is spoken of anew; due at a time again of which it was spoken, it is not.
class Clocks {
 public:
  // Begins a clock. What cannot be read back is not begun: no log holds it.
  void start(int group, std::string id, const common::v1::Deadline& deadline, bool silent = false);

  // Marks those running that `which(clock)` picks as done at a time.
  template <class Which>
  void finish(const google::protobuf::Timestamp& at, Which which) {
    const auto time = from_proto(at);
    if (!time) return;
    for (Clock& clock : clocks_)
      if (clock.runs() && which(clock)) clock.deadline.done_at = *time;
  }

  // Forgets those that `which(clock)` picks.
  template <class Which>
  void remove(Which which) {
    std::erase_if(clocks_, which);
  }

  // The running one of this kind and id that is due when the extension says it was is put off; what
  // was said of it is to be said anew of that time.
  void extend(std::string_view kind, std::string_view id,
              const common::v1::DeadlineExtension& extension);
  void told(const common::v1::DeadlineTold& told);
  // The running one that was set so is due at another time; how it was set is kept.
  void recomputed(const common::v1::DeadlineRecomputed& recomputed);

  // In the order in which they were started.
  const std::vector<Clock>& all() const { return clocks_; }
  // Of this kind and id the running one that is due first, or else the last that is done; null:
  // there never was one. Silent ones and those that ended are not looked at.
  const Clock* find(std::string_view kind, std::string_view id = {}) const;
  std::size_t running() const;
  // When something is next to be said of any; none: nothing ever.
  std::optional<Time> next_alarm() const;

  // What is to be said at `now`, in the order of its times: that it approaches before that it was
  // missed, both where both are past.
  std::vector<common::v1::DeadlineTold> to_tell(Time now) const;

  // Running ones that this calendar has due at another time, counted from the same start: in
  // working days or hub hours, set under another version of the calendar, neither put off nor
  // brought forward, and not yet said to be missed, for a miss is not undone. The notice is counted
  // again as well, by the pack's timescale; where it has none of that name any more, it moves with
  // the due time. Hub hours are those of the pack that the deadline cites: under another one it is
  // left alone, for when the hub was open then is not known.
  std::vector<common::v1::DeadlineRecomputed> to_recompute(const policy::Pack& pack,
                                                           const Calendar& calendar,
                                                           Time now) const;

 protected:
  std::vector<Clock> clocks_;
};

// A clock as a query shows it at `now`.
void to_proto(const Clock& clock, Time now, common::v1::DeadlineStatus* out);

// Command: say what is due to be said.
struct Tell {};
// Command: the calendar changed; compute again what comes out different.
struct Recompute {};

// What a decider answers Tell with. Nothing where all was said. `owed_by(told)` says which agency
// owes it; empty: the hub.
template <class Event, class OwedBy>
Result<std::vector<Event>> tell(const Clocks& clocks, const Context& context, OwedBy owed_by) {
  std::vector<Event> events;
  for (common::v1::DeadlineTold& told : clocks.to_tell(context.now)) {
    told.set_owed_by(owed_by(told));
    *events.emplace_back().mutable_deadline_told() = std::move(told);
  }
  return events;
}
// Of what the hub owes.
template <class Event>
Result<std::vector<Event>> tell(const Clocks& clocks, const Context& context) {
  return tell<Event>(clocks, context, [](const common::v1::DeadlineTold&) { return ""; });
}

// What a decider answers Recompute with. Nothing where all come out the same, or while no pack is
// known.
template <class Event>
Result<std::vector<Event>> recompute(const Clocks& clocks, const Context& context) {
  std::vector<Event> events;
  if (context.pack == nullptr) return events;
  for (common::v1::DeadlineRecomputed& again :
       clocks.to_recompute(*context.pack, *context.calendar, context.now))
    *events.emplace_back().mutable_deadline_recomputed() = std::move(again);
  return events;
}

}  // namespace mash::clocks
