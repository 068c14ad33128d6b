#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "clocks/alarms_view.h"
#include "clocks/clocks.h"
#include "clocks/testing/calendars.h"
#include "core/decider.h"
#include "testing/task_events.pb.h"

// Streams "task/<n>" that owe something by a time.
namespace mash::clocks::testing {

inline constexpr char kTasks[] = "task/";

class TaskClocks : public Clocks {
 public:
  static bool concerns(const v1::TaskEvent& event) { return !event.has_noted(); }

  void evolve(const v1::TaskEvent& event) {
    using Event = v1::TaskEvent;
    ++folded_;
    switch (event.kind_case()) {
      case Event::kSet:
        return start(0, event.set().id(), event.set().deadline(), event.set().silent());
      case Event::kDone:
        return finish(event.done().at(),
                      [&](const Clock& clock) { return clock.id == event.done().id(); });
      case Event::kPutOff:
        return extend(event.put_off().kind(), event.put_off().id(), event.put_off().extension());
      case Event::kDeadlineTold:
        return told(event.deadline_told());
      case Event::kDeadlineRecomputed:
        return recomputed(event.deadline_recomputed());
      case Event::kNoted:
      case Event::KIND_NOT_SET:
        return;
    }
  }

  // So the row shows whether an event was folded at all.
  void save_more(common::v1::ClockRow* row) const {
    if (running() > 0 || next_alarm()) row->add_kept(folded_);
  }
  void load_more(const common::v1::ClockRow& row) {
    if (row.kept_size() > 0) folded_ = row.kept(0);
  }

 private:
  int64_t folded_ = 0;  // events
};

struct Tasks {
  using Event = v1::TaskEvent;
  using Events = std::vector<Event>;
  using State = TaskClocks;

  static Result<Events> decide(const State& state, const Tell&, const Context& context) {
    return tell<Event>(state, context);
  }
  static Result<Events> decide(const State& state, const Recompute&, const Context& context) {
    return recompute<Event>(state, context);
  }
  // What the test says happened.
  static Result<Events> decide(const State&, const Event& event, const Context&) {
    return Events{event};
  }
  static State evolve(State state, const Event& event) {
    state.evolve(event);
    return state;
  }
};

// Needs an hour, of which it approaches for the last half; or a working day, and four hours.
inline const Timescale kHour{
    "hour", {1, ClockKind::kElapsedHours}, Span{1, ClockKind::kElapsedHours}};
inline const Timescale kSlow{
    "slow", {4, ClockKind::kElapsedHours}, Span{1, ClockKind::kElapsedHours}};
inline const Timescale kDay{"day", {1, ClockKind::kWorkingDays}, Span{4, ClockKind::kElapsedHours}};

inline v1::TaskEvent set(const Timescale& timescale, Time start, std::string id = {}) {
  static const Calendar calendar = calendar_with();
  v1::TaskEvent event;
  event.mutable_set()->set_id(std::move(id));
  mash::to_proto(set_deadline(timescale, start, "pack@1", calendar).value(),
                 event.mutable_set()->mutable_deadline());
  return event;
}

inline v1::TaskEvent done(Time at, std::string id = {}) {
  v1::TaskEvent event;
  event.mutable_done()->set_id(std::move(id));
  mash::to_proto(at, event.mutable_done()->mutable_at());
  return event;
}

}  // namespace mash::clocks::testing
