#pragma once
#include <algorithm>
#include <future>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "clocks/alarms_view.h"
#include "clocks/clocks.h"
#include "clocks/scheduler.h"
#include "clocks/testing/calendars.h"
#include "core/decider.h"
#include "log/testing/temp_log.h"
#include "policy/testing/cast.h"
#include "testing/task_events.pb.h"

// Streams "task/<n>" that owe something by a time, and a log of them.
namespace mash::clocks::testing {

inline constexpr char kTasks[] = "task/";

class TaskClocks : public Clocks {
 public:
  static bool concerns(const v1::TaskEvent& event) { return !event.has_noted(); }

  void evolve(const v1::TaskEvent& event) {
    using Event = v1::TaskEvent;
    switch (event.kind_case()) {
      case Event::kSet:
        return start(0, event.set().id(), event.set().deadline());
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

// A log of tasks, and what was said in it.
class TaskLog {
 public:
  TaskLog() { reopen(); }

  void reopen() {
    log::LogOptions options = log_.options();
    options.views.clear();
    std::vector<std::unique_ptr<AlarmedStreams>> streams;
    streams.push_back(std::make_unique<Alarmed<v1::TaskEvent, TaskClocks>>(kTasks));
    options.views.push_back(alarms_view(std::move(streams)));
    ASSERT_TRUE(log_.reopen(std::move(options)).has_value());
  }

  log::EventLog& operator*() { return *log_; }
  log::EventLog* operator->() { return log_.operator->(); }
  ManualClock& clock() { return log_.clock(); }
  Time now() { return clock().now(); }
  Calendar& calendar() { return calendar_; }

  Context context() {
    Context context{.actor = kClockActor, .now = now()};
    context.pack = &cast::pack();
    context.calendar = &calendar_;
    return context;
  }

  SchedulerParts parts() {
    return {.log = *log_,
            .clock = clock(),
            .context = [this] { return context(); },
            .owners = {owner<Tasks>(kTasks)},
            .look_every = std::chrono::milliseconds(5),
            .retry_after = std::chrono::milliseconds(5)};
  }

  std::string stream(int number) { return kTasks + cast::uuid(number); }

  void happens(int number, const std::vector<v1::TaskEvent>& events) {
    std::promise<Result<log::Appended>> answered;
    log::handle(
        *log_, {.context = context(), .received_at = now()},
        [&](log::UnitOfWork& unit) {
          Result<void> decided;
          for (const v1::TaskEvent& event : events)
            if (decided) decided = unit.decide<Tasks>({.stream = stream(number)}, event);
          return decided;
        },
        [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    ASSERT_TRUE(answered.get_future().get().has_value());
  }

  // Everything the scheduler had appended, in order: "0 hour approaching", "0 hour missed", "1 day
  // computed again".
  std::vector<std::string> said() {
    std::vector<std::string> said;
    const auto scanned = log_->scan({}, [&](log::Record&& record) {
      v1::TaskEvent event;
      EXPECT_TRUE(event.ParseFromString(record.body.event()));
      const std::string number = std::to_string(std::stoi(record.body.stream().substr(36)));
      const common::v1::DeadlineTold& told = event.deadline_told();
      const std::string id = told.id().empty() ? "" : "/" + told.id();
      if (event.has_deadline_told())
        said.push_back(
            number + " " + told.kind() + id +
            (told.state() == common::v1::DEADLINE_STATE_MISSED ? " missed" : " approaching"));
      if (event.has_deadline_recomputed())
        said.push_back(number + " " + event.deadline_recomputed().deadline().kind() +
                       " computed again");
      return true;
    });
    EXPECT_TRUE(scanned.has_value());
    return said;
  }

 private:
  log::testing::TempLog log_;
  Calendar calendar_ = calendar_with();
};

}  // namespace mash::clocks::testing
