#include "clocks/scheduler.h"

#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "clocks/testing/task_log.h"

namespace mash::clocks {
namespace {

using namespace std::chrono_literals;
using testing::done;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kDay;
using testing::kHour;
using testing::kSlow;
using testing::set;
using testing::TaskLog;
using ::testing::UnorderedElementsAre;

constexpr auto kPatience = 60s;

// Waits until it is so, at most so long. Whether it is.
template <class Condition>
bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

class Scheduling : public ::testing::Test {
 protected:
  Scheduling() { log_.clock().set(mash::testing::utc("2026-11-18T10:00:00Z")); }  // a Wednesday

  // What has been said once a scheduler has said all that is due.
  std::vector<std::string> said_by(SchedulerParts parts) {
    Scheduler scheduler(std::move(parts));
    EXPECT_TRUE(scheduler.wait_until_said(kPatience));
    return log_.said();
  }
  std::vector<std::string> said() { return said_by(log_.parts()); }

  // Whether the time to do it has gone by.
  bool is_late(int number) {
    const auto history = log_->read_stream(log_.stream(number)).value();
    const auto events = log::public_events<testing::v1::TaskEvent>(history.records).value();
    return fold<testing::Tasks>(events).all()[0].deadline.state(log_.now()) ==
           DeadlineState::kMissed;
  }

  TaskLog log_;
};

TEST_F(Scheduling, SaysWhatIsDueWhenItIsDueAndOnce) {
  log_.happens(1, {set(kSlow, log_.now())});
  Scheduler scheduler(log_.parts());
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  EXPECT_THAT(log_.said(), IsEmpty());
  log_.clock().advance(3h);
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  EXPECT_THAT(log_.said(), ElementsAre("1 slow approaching"));
  log_.clock().advance(1h);
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  EXPECT_THAT(log_.said(), ElementsAre("1 slow approaching"));
  log_.clock().advance(1s);
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  log_.clock().advance(24h);
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  EXPECT_THAT(log_.said(), ElementsAre("1 slow approaching", "1 slow missed"));
}

TEST_F(Scheduling, NoticesByItselfThatTheTimeHasComeAndThatTheLogHasGrown) {
  Scheduler scheduler(log_.parts());
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  const auto wait_for = [&](std::size_t count) {
    EXPECT_TRUE(eventually([&] { return log_.said().size() >= count; }));
    return log_.said().size();
  };
  log_.happens(1, {set(kHour, log_.now())});  // approaches at once
  EXPECT_EQ(wait_for(1), 1);
  log_.clock().advance(2h);
  EXPECT_EQ(wait_for(2), 2);
}

TEST_F(Scheduling, SaysAfterDaysAwayWhatCameAboutInOrder) {
  log_.happens(1, {set(kSlow, log_.now(), "a"), set(kSlow, log_.now() - 1h, "b")});
  log_.happens(2, {set(kSlow, log_.now()), done(log_.now() + 1h)});
  log_.happens(3, {set(kSlow, log_.now()), done(log_.now() + 5h)});
  log_.clock().advance(std::chrono::days(4));
  log_.reopen();
  const auto all = said();
  EXPECT_THAT(
      all, UnorderedElementsAre("1 slow/a approaching", "1 slow/a missed", "1 slow/b approaching",
                                "1 slow/b missed", "3 slow approaching", "3 slow missed"));
  const auto place = [&](const char* what) { return std::ranges::find(all, what); };
  EXPECT_LT(place("1 slow/b missed"), place("1 slow/a missed"));
  EXPECT_LT(place("1 slow/a approaching"), place("1 slow/a missed"));
  log_.reopen();
  EXPECT_EQ(said(), all);
}

TEST_F(Scheduling, SaysNothingBeforeItMay) {
  log_.happens(1, {set(kSlow, log_.now())});
  log_.clock().advance(3h);
  std::atomic<bool> may_begin = false;
  std::atomic<int> asked = 0;
  auto parts = log_.parts();
  parts.may_begin = [&] {
    ++asked;
    return may_begin.load();
  };
  Scheduler scheduler(parts);
  ASSERT_TRUE(eventually([&] { return asked > 2; }));
  EXPECT_FALSE(scheduler.wait_until_said(0ms));
  EXPECT_THAT(log_.said(), IsEmpty());
  may_begin = true;
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  EXPECT_THAT(log_.said(), ElementsAre("1 slow approaching"));
}

TEST_F(Scheduling, SaysNothingTwiceWhenTheClockIsSetBack) {
  log_.happens(1, {set(kSlow, log_.now())});
  log_.clock().advance(3h);
  EXPECT_EQ(said().size(), 1);
  log_.clock().advance(-2h);
  EXPECT_EQ(said().size(), 1);
  log_.clock().advance(2h);
  EXPECT_EQ(said().size(), 1);
  log_.clock().advance(2h);
  EXPECT_EQ(said().size(), 2);
}

TEST_F(Scheduling, OfTenThousandDueInOneSecondSaysEachOnce) {
  constexpr int kMany = 10'000;
  constexpr int kBatch = 500;
  for (int first = 0; first < kMany; first += kBatch) {
    std::promise<Result<log::Appended>> answered;
    log::handle(
        *log_, {.context = log_.context(), .received_at = log_.now()},
        [&](log::UnitOfWork& unit) {
          Result<void> decided;
          for (int i = first; i < first + kBatch && decided; ++i)
            decided =
                unit.decide<testing::Tasks>({.stream = log_.stream(i)}, set(kSlow, log_.now()));
          return decided;
        },
        [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    ASSERT_TRUE(answered.get_future().get().has_value());
  }
  log_.clock().advance(3h);
  {  // ends in the middle, as a process may
    Scheduler scheduler(log_.parts());
    EXPECT_TRUE(eventually([&] { return log_->size() >= kMany + 1'000; }));
  }
  log_.reopen();
  const auto all = said();
  EXPECT_EQ(all.size(), kMany);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), kMany);
}

TEST_F(Scheduling, ByTwoOverOneLogSaysNothingTwice) {
  constexpr int kMany = 500;
  for (int i = 0; i < kMany; ++i) log_.happens(i, {set(kSlow, log_.now())});
  log_.clock().advance(5h);
  Scheduler one(log_.parts());
  Scheduler other(log_.parts());
  ASSERT_TRUE(one.wait_until_said(kPatience));
  ASSERT_TRUE(other.wait_until_said(kPatience));
  const auto all = log_.said();
  EXPECT_EQ(all.size(), 2 * kMany);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 2 * kMany);
}

TEST_F(Scheduling, IsNotHeldUpByAStreamThatRefuses) {
  for (int i = 0; i < 5; ++i) log_.happens(i, {set(kSlow, log_.now())});
  log_.clock().advance(3h);
  std::atomic<bool> refuses = true;
  std::atomic<int> told_of = 0;
  SchedulerParts parts = log_.parts();
  parts.owners[0].tell = [&](log::UnitOfWork& unit, const std::string& stream) -> Result<void> {
    if (refuses && stream == log_.stream(2))
      return refuse(Code::kUnavailable, "VAULT_AWAY", "The vault is away.");
    return unit.decide<testing::Tasks>({.stream = stream}, Tell{});
  };
  parts.on_held_up = [&](const Result<void>& held_up) { told_of += held_up ? 10 : 1; };
  Scheduler scheduler(std::move(parts));
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  EXPECT_EQ(log_.said().size(), 4);
  EXPECT_EQ(scheduler.held_up_streams(), 1);
  EXPECT_EQ(scheduler.behind(), 1);
  refuses = false;
  EXPECT_TRUE(eventually([&] { return log_.said().size() >= 5; }));  // asked again by itself
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  EXPECT_EQ(log_.said().size(), 5);
  EXPECT_EQ(scheduler.held_up_streams(), 0);
  EXPECT_EQ(scheduler.behind(), 0);
  EXPECT_EQ(told_of, 11);
}

TEST_F(Scheduling, SaysForHowLongSomethingIsDueAndNotSaid) {
  log_.happens(1, {set(kSlow, log_.now())});
  std::atomic<bool> refuses = true;
  SchedulerParts parts = log_.parts();
  parts.owners[0].tell = [&](log::UnitOfWork& unit, const std::string& stream) -> Result<void> {
    if (refuses) return refuse(Code::kUnavailable, "VAULT_AWAY", "The vault is away.");
    return unit.decide<testing::Tasks>({.stream = stream}, Tell{});
  };
  Scheduler scheduler(std::move(parts));
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  EXPECT_EQ(scheduler.behind_for(), 0s);
  log_.clock().advance(3h + 10min);
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  EXPECT_EQ(scheduler.behind_for(), 10min);
  refuses = false;
  EXPECT_TRUE(eventually([&] { return scheduler.behind_for() == 0s; }));
}

TEST_F(Scheduling, WaitsWhileTheLogRefusesAllAndHoldsItAgainstNoStream) {
  constexpr int kMany = 20;
  for (int i = 0; i < kMany; ++i) log_.happens(i, {set(kSlow, log_.now())});
  log_.clock().advance(3h);
  std::atomic<int> asked = 0;
  std::atomic<int> told_of = 0;
  SchedulerParts parts = log_.parts();
  parts.in_flight_max = 1;
  parts.retry_after = std::chrono::hours(1);  // nothing may wait for that
  parts.owners[0].tell = [&](log::UnitOfWork& unit, const std::string& stream) -> Result<void> {
    if (++asked % 5 == 3)
      return tl::unexpected(Error{.code = Code::kResourceExhausted,
                                  .reason = "QUEUE_FULL",
                                  .message = "Full.",
                                  .retry_after = std::chrono::milliseconds(2)});
    return unit.decide<testing::Tasks>({.stream = stream}, Tell{});
  };
  parts.on_held_up = [&](const Result<void>&) { ++told_of; };
  EXPECT_EQ(said_by(std::move(parts)).size(), kMany);
  EXPECT_GE(asked, kMany + kMany / 5);
  EXPECT_EQ(told_of, 0);
}

TEST_F(Scheduling, SaysOnceThatAStreamHasNothingToSayWhereItsRowSaysItHas) {
  log_.happens(1, {set(kSlow, log_.now())});
  log_.clock().advance(3h);
  std::atomic<int> told_of = 0;
  SchedulerParts parts = log_.parts();
  parts.owners[0].tell = [](log::UnitOfWork&, const std::string&) -> Result<void> { return {}; };
  parts.on_held_up = [&](const Result<void>& held_up) {
    ++told_of;
    EXPECT_EQ(held_up.error().reason, "ALARM_DISAGREES");
  };
  Scheduler scheduler(std::move(parts));
  EXPECT_TRUE(eventually([&] { return scheduler.held_up_streams() == 1 && told_of == 1; }));
  ASSERT_TRUE(scheduler.wait_until_said(kPatience));
  EXPECT_EQ(told_of, 1);
}

TEST_F(Scheduling, IsHeldUpByWhatRefusesToBeComputedAgainUntilItIs) {
  log_.happens(1, {set(kDay, log_.now())});
  log_.calendar() = testing::calendar_with({"2026-11-19"});
  std::atomic<bool> refuses = true;
  std::atomic<int> told_of = 0;
  SchedulerParts parts = log_.parts();
  parts.retry_after = 2ms;
  const Owner::Ask recompute = parts.owners[0].recompute;
  parts.owners[0].recompute = [&](log::UnitOfWork& unit,
                                  const std::string& stream) -> Result<void> {
    if (refuses) return refuse(Code::kUnavailable, "VAULT_AWAY", "The vault is away.");
    return recompute(unit, stream);
  };
  parts.on_held_up = [&](const Result<void>& held_up) { told_of += held_up ? 10 : 1; };
  Scheduler scheduler(std::move(parts));
  EXPECT_TRUE(eventually([&] { return scheduler.held_up_streams() == 1; }));
  for (int looks = 0; looks < 5; ++looks) {
    log_.happens(2 + looks, {set(kHour, log_.now())});
    ASSERT_TRUE(scheduler.wait_until_said(kPatience));
    EXPECT_EQ(scheduler.held_up_streams(), 1);
  }
  refuses = false;
  EXPECT_TRUE(eventually([&] { return scheduler.held_up_streams() == 0 && told_of == 11; }));
  EXPECT_THAT(log_.said(), ::testing::Contains("1 day computed again"));
}

TEST_F(Scheduling, ComputesAgainWhatIsSilentToo) {
  auto silent = set(kDay, log_.now());
  silent.mutable_set()->set_silent(true);
  log_.happens(1, {silent});
  log_.calendar() = testing::calendar_with({"2026-11-19"});
  EXPECT_THAT(said(), ElementsAre("1 day computed again"));
}

TEST_F(Scheduling, ComputesAgainWhatTheCalendarChangedBeforeAnythingIsSaidOfIt) {
  log_.happens(1, {set(kDay, log_.now())});
  log_.happens(2, {set(kDay, log_.now() + std::chrono::days(2))});  // not touched by the holiday
  log_.happens(3, {set(kSlow, log_.now())});
  log_.calendar() = testing::calendar_with({"2026-11-19"});
  log_.reopen();
  log_.clock().set(mash::testing::utc("2026-11-20T01:00:00Z"));  // missed, by the old calendar
  EXPECT_THAT(said(),
              UnorderedElementsAre("1 day computed again", "3 slow approaching", "3 slow missed"));
  log_.clock().set(mash::testing::utc("2026-11-20T20:00:00Z"));
  EXPECT_THAT(said(), ::testing::Contains("1 day approaching"));
}

TEST_F(Scheduling, ComputesAgainWhatIsNotDueYet) {
  for (int i = 0; i < 600; ++i) log_.happens(i, {set(kDay, log_.now())});
  log_.calendar() = testing::calendar_with({"2026-11-19"});
  const auto all = said();
  EXPECT_EQ(all.size(), 600);
  EXPECT_EQ(std::ranges::count(all, "7 day computed again"), 1);
  EXPECT_EQ(said().size(), 600);
}

TEST_F(Scheduling, WhateverTheClockDoesAndHoweverOftenItIsRestartedSaysEachOnce) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::set<int> done_late;  // or in time: of those nothing need have been said
  std::set<int> done_in_time;
  int set_so_far = 0;
  for (int round = 0; round < 30; ++round) {
    for (int i = 0; i < 5; ++i) log_.happens(set_so_far++, {set(kSlow, log_.now())});
    const int number = static_cast<int>(random() % static_cast<unsigned>(set_so_far));
    if (!done_late.contains(number) && !done_in_time.contains(number)) {
      const bool late = is_late(number);
      (late ? done_late : done_in_time).insert(number);
      log_.happens(number, {done(log_.now())});
    }
    log_.clock().advance(std::chrono::minutes(static_cast<int>(random() % 360) - 90));
    if (random() % 2 == 0) log_.reopen();
    if (random() % 3 != 0) said();
  }
  log_.clock().advance(24h * 30);
  const auto all = said();
  std::map<std::string, int> times;
  for (const std::string& one : all) ++times[one];
  for (const auto& [one, count] : times) EXPECT_EQ(count, 1) << one;
  for (int i = 0; i < set_so_far; ++i)
    if (!done_in_time.contains(i)) {
      EXPECT_TRUE(times.contains(std::to_string(i) + " slow missed")) << i;
    }
}

TEST_F(Scheduling, LeavesTheRowOfAStreamAloneForEventsThatChangeNoClock) {
  log_.happens(1, {set(kSlow, log_.now())});
  const auto row = log_->row(kAlarmsView, log_.stream(1)).value();
  testing::v1::TaskEvent noted;
  noted.mutable_noted()->set_number(1);
  log_.happens(1, {noted});
  log_.happens(2, {noted});
  EXPECT_EQ(log_->row(kAlarmsView, log_.stream(1)).value(), row);
  EXPECT_EQ(log_->row(kAlarmsView, log_.stream(2)).value(), std::nullopt);
  log_.happens(1, {done(log_.now())});
  EXPECT_EQ(log_->row(kAlarmsView, log_.stream(1)).value(), std::nullopt);
}

}  // namespace
}  // namespace mash::clocks
