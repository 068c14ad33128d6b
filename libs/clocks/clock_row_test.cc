#include "clocks/clock_row.h"

#include <gmock/gmock.h>

#include "clocks/alarms_view.h"
#include "core/testing/times.h"
#include "policy/testing/cast.h"

namespace mash::clocks {
namespace {

using namespace std::chrono_literals;
using mash::testing::utc;

const auto kAll = [](const Clock&) { return true; };
const auto kNone = [](const Clock&) { return false; };

// `number` of them, each for something of its own.
std::vector<Clock> clocks(int number) {
  const Timescale timescale{"discussion-action-that-is-long",
                            {10, ClockKind::kWorkingDays},
                            Span{2, ClockKind::kWorkingDays}};
  std::vector<Clock> clocks;
  for (int i = 0; i < number; ++i)
    clocks.push_back({.group = 7,
                      .id = cast::uuid(i),
                      .deadline = set_deadline(timescale, utc(cast::kNow) + i * 7919us,
                                               "working-together-2018@2", cast::calendar())
                                      .value(),
                      .told = DeadlineState::kApproaching});
  return clocks;
}

std::vector<Clock> kept(const std::vector<Clock>& clocks, const Keeps& keeps = kNone) {
  common::v1::ClockRow row;
  save(clocks, keeps, &row);
  EXPECT_LE(row.ByteSizeLong(), kRowBytesMax);
  return load(row);
}

TEST(ClockRow, GivesBackWhatItWasGiven) {
  std::vector<Clock> all = clocks(3);
  all[0].id = "not-a-uuid";
  all[1].id = "";
  all[1].silent = true;
  all[1].deadline.capped_by = "first-decision";
  all[2].deadline.done_at = all[2].deadline.due + 1h;
  all[2].ended_at = all[2].deadline.due + 2h;
  all[2].said_before = {{all[2].deadline.due - 24h, DeadlineState::kMissed},
                        {all[2].deadline.due + 24h, DeadlineState::kApproaching}};
  EXPECT_EQ(kept(all, kAll), all);
}

TEST(ClockRow, KeepsOfWhatWasPutOffTheLastTime) {
  std::vector<Clock> all = clocks(1);
  Deadline& deadline = all[0].deadline;
  deadline.extensions = {{deadline.due, deadline.due + 24h, "why", utc(cast::kNow)},
                         {deadline.due + 24h, deadline.due + 48h, "why", utc(cast::kNow)}};
  const std::vector<Clock> back = kept(all);
  EXPECT_EQ(back[0].deadline.current_due(), deadline.current_due());
  EXPECT_EQ(back[0].deadline.due, deadline.due);
  EXPECT_EQ(back[0].alarms(), all[0].alarms());
  EXPECT_TRUE(back[0].deadline.extensions[0].reasons.empty());
}

TEST(ClockRow, HasRoomForFortyRunningClocksPutOffEach) {
  std::vector<Clock> all = clocks(40);
  for (Clock& clock : all)
    clock.deadline.extensions.push_back(
        {clock.deadline.due, clock.deadline.due + 731h, "why", utc(cast::kNow)});
  EXPECT_EQ(kept(all).size(), 40);
}

TEST(ClockRow, ForgetsWhatIsDoneUnlessItMayRunAgain) {
  std::vector<Clock> all = clocks(2);
  all[0].deadline.done_at = all[0].deadline.start + 1h;
  EXPECT_EQ(kept(all), std::vector<Clock>{all[1]});
  EXPECT_EQ(kept(all, kAll), all);
}

TEST(ClockRow, KeepsWhatIsDueSoonestWhereThereIsNoRoomForAll) {
  std::vector<Clock> all = clocks(100);
  std::reverse(all.begin(), all.end());
  all[99].deadline.done_at = all[99].deadline.start + 1h;
  all[98].told = DeadlineState::kMissed;  // runs, and nothing is left to be said of it
  all[97].deadline.done_at = all[97].deadline.due + 1h;  // done late, which is still to be said
  all[96].deadline.extensions.push_back(
      {all[96].deadline.due, all[96].deadline.due + 9'000h, "why", utc(cast::kNow)});
  const std::vector<Clock> back = kept(all, kAll);
  EXPECT_GE(back.size(), 40);
  EXPECT_EQ(back.back().id, all[97].id);
  EXPECT_EQ(back[back.size() - 2].id, all[95].id);  // what was put off is due last
}

TEST(OrderOfAlarms, IsThatOfTheirTimesAndNeverIsLast) {
  const Time time = utc(cast::kNow);
  EXPECT_LT(order_of_alarm(Time{} - 1h), order_of_alarm(time));
  EXPECT_LT(order_of_alarm(time), order_of_alarm(time + 1us));
  EXPECT_LT(order_of_alarm(time + 100'000h), order_of_alarm(std::nullopt));
  EXPECT_EQ(order_of_alarm(std::nullopt).size(), 8);
}

}  // namespace
}  // namespace mash::clocks
