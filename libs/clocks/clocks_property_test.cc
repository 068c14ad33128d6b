#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "clocks/scheduler.h"
#include "clocks/testing/tasks.h"
#include "core/testing/times.h"
#include "policy/testing/cast.h"

namespace mash::clocks {
namespace {

using namespace std::chrono_literals;
using testing::TaskClocks;
using testing::Tasks;
using testing::v1::TaskEvent;

// A stream's life under a clock that jumps both ways, told of whenever the hub happens to run.
class Life {
 public:
  void step() {
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
        return start();
      case 1:
        return put_off();
      case 2:
        return finish();
      case 3:
        return tell();
      case 4:
        now_ -= std::chrono::seconds(*rc::gen::inRange(0, 100'000));
        return;
      case 5:
        return change_calendar();
      default:
        now_ += std::chrono::seconds(*rc::gen::inRange(0, 100'000));
        return;
    }
  }

  // As the scheduler has the decider do it, after a restart: all is read back from the events.
  void tell() {
    const TaskClocks clocks = fold<Tasks>(events_);
    const auto next = clocks.next_alarm();
    const Context context{.actor = kClockActor, .now = now_};
    const auto told = Tasks::decide(clocks, Tell{}, context).value();
    RC_ASSERT(told.empty() == (!next || *next > now_));
    for (const TaskEvent& event : told) {
      happened(event);
      const common::v1::DeadlineTold& said = event.deadline_told();
      const auto due = from_proto(said.due()).value();
      RC_ASSERT(said_.insert({said.id(), due, said.state()}).second);  // never twice
      RC_ASSERT(said_.contains({said.id(), due, common::v1::DEADLINE_STATE_APPROACHING}));
    }
    RC_ASSERT(fold<Tasks>(events_).to_tell(now_).empty());
  }

  // As at a start with the one calendar or the other.
  void change_calendar() {
    static const std::vector<Calendar> calendars = {
        testing::calendar_with(), testing::calendar_with({"2026-03-24", "2026-03-30"})};
    Context context{.actor = kClockActor, .now = now_};
    context.pack = &cast::pack();
    context.calendar = &calendars[*rc::gen::inRange<std::size_t>(0, calendars.size())];
    const auto again = Tasks::decide(fold<Tasks>(events_), Recompute{}, context).value();
    for (const TaskEvent& event : again) happened(event);
    RC_ASSERT(Tasks::decide(fold<Tasks>(events_), Recompute{}, context).value().empty());
  }

  // In the end, what passed undone was said to be missed, and nothing is left to be said.
  void check() {
    now_ += 10'000'000s;
    tell();
    const TaskClocks clocks = fold<Tasks>(events_);
    RC_ASSERT(!clocks.next_alarm());
    for (const Clock& clock : clocks.all()) {
      const Time due = clock.deadline.current_due();
      const bool was_missed = said_.contains({clock.id, due, common::v1::DEADLINE_STATE_MISSED});
      if (clock.deadline.state(now_) == DeadlineState::kMissed) RC_ASSERT(was_missed);
    }
  }

 private:
  void happened(const TaskEvent& event) {
    events_.push_back(event);
    streams_.evolve(row_, event);
    RC_ASSERT(RowClocks(row_).next_alarm() == fold<Tasks>(events_).next_alarm());
  }

  void start() {
    const Timescale& timescale = *rc::gen::element(testing::kHour, testing::kSlow, testing::kDay);
    happened(testing::set(timescale, now_, std::to_string(started_++)));
  }

  std::string any_id() { return std::to_string(*rc::gen::inRange(0, std::max(1, started_))); }

  void finish() { happened(testing::done(now_, any_id())); }

  void put_off() {
    const std::string id = any_id();
    const TaskClocks clocks = fold<Tasks>(events_);
    for (const Clock& clock : clocks.all()) {
      if (clock.id != id) continue;
      const Time later =
          clock.deadline.current_due() + std::chrono::seconds(*rc::gen::inRange(1, 50'000));
      const auto extension = extend(clock.deadline, later, "why", now_);
      if (!extension) return;
      TaskEvent event;
      event.mutable_put_off()->set_kind(clock.deadline.kind);
      event.mutable_put_off()->set_id(id);
      mash::to_proto(*extension, event.mutable_put_off()->mutable_extension());
      return happened(event);
    }
  }

  Time now_ = mash::testing::utc("2026-03-20T10:00:00Z");
  int started_ = 0;
  std::vector<TaskEvent> events_;
  std::set<std::tuple<std::string, Time, common::v1::DeadlineState>> said_;
  const Alarmed<TaskEvent, TaskClocks> streams_{testing::kTasks};
  common::v1::ClockRow row_;
};

RC_GTEST_PROP(ClocksProperty, EachIsSaidOnceAndNothingThatPassedUndoneIsLeftOut, ()) {
  Life life;
  const int steps = *rc::gen::inRange(0, 60);
  for (int i = 0; i < steps; ++i) life.step();
  life.check();
}

}  // namespace
}  // namespace mash::clocks
