#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clocks/scheduler.h"
#include "clocks/testing/tasks.h"
#include "log/testing/temp_log.h"
#include "policy/testing/cast.h"

namespace mash::clocks::testing {

// A log of tasks, and what was said in it.
class TaskLog {
 public:
  TaskLog() { reopen(); }

  void reopen() {
    log::LogOptions options = log_.options();
    options.views.clear();
    std::vector<std::unique_ptr<AlarmedStreams>> streams;
    streams.push_back(std::make_unique<Alarmed<v1::TaskEvent, TaskClocks>>(kTasks));
    options.views.push_back(alarms_view(std::move(streams), 1));
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
