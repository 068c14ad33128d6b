#include "core/london.h"

#include <gtest/gtest.h>

#include "core/testing/times.h"

namespace mash {
namespace {

using namespace std::chrono_literals;
using testing::day;
using testing::utc;

const London& london() {
  static const London london = London::load().value();
  return london;
}

LocalTime wall(std::string_view text) {
  return LocalTime(utc(std::string(text) + "Z").time_since_epoch());
}

TEST(London, IsAnHourAheadInSummer) {
  EXPECT_EQ(london().local(utc("2026-01-15T12:00:00Z")), wall("2026-01-15T12:00:00"));
  EXPECT_EQ(london().local(utc("2026-07-15T12:00:00Z")), wall("2026-07-15T13:00:00"));
  EXPECT_EQ(london().instant(wall("2026-07-15T13:00:00")), utc("2026-07-15T12:00:00Z"));
}

TEST(London, ADayBeginsAtItsOwnMidnight) {
  EXPECT_EQ(london().day(utc("2026-07-14T22:59:59.999999Z")), day("2026-07-14"));
  EXPECT_EQ(london().day(utc("2026-07-14T23:00:00Z")), day("2026-07-15"));
  EXPECT_EQ(london().end_of(day("2026-07-15")), utc("2026-07-15T22:59:59Z"));
  EXPECT_EQ(london().end_of(day("2026-01-15")), utc("2026-01-15T23:59:59Z"));
}

TEST(London, TheHourSkippedInSpringIsTheInstantOfTheChange) {
  const Time change = utc("2026-03-29T01:00:00Z");
  EXPECT_EQ(london().local(change - 1us), wall("2026-03-29T00:59:59.999999"));
  EXPECT_EQ(london().local(change), wall("2026-03-29T02:00:00"));
  EXPECT_EQ(london().instant(wall("2026-03-29T01:00:00")), change);
  EXPECT_EQ(london().instant(wall("2026-03-29T01:30:00")), change);
  EXPECT_EQ(london().instant(wall("2026-03-29T02:00:00")), change);
}

TEST(London, TheHourThatComesTwiceInAutumnIsTheFirst) {
  EXPECT_EQ(london().instant(wall("2026-10-25T01:30:00")), utc("2026-10-25T00:30:00Z"));
  EXPECT_EQ(london().local(utc("2026-10-25T00:30:00Z")), wall("2026-10-25T01:30:00"));
  EXPECT_EQ(london().local(utc("2026-10-25T01:30:00Z")), wall("2026-10-25T01:30:00"));
  EXPECT_EQ(london().instant(wall("2026-10-25T02:00:00")), utc("2026-10-25T02:00:00Z"));
}

TEST(London, ClocksStillChangeAfterTheDatabasesList) {
  EXPECT_EQ(london().local(utc("2037-07-01T12:00:00Z")), wall("2037-07-01T13:00:00"));
  EXPECT_EQ(london().local(utc("2038-01-01T12:00:00Z")), wall("2038-01-01T12:00:00"));
  EXPECT_EQ(london().local(utc("2038-03-28T00:59:59Z")), wall("2038-03-28T00:59:59"));
  EXPECT_EQ(london().local(utc("2038-03-28T01:00:00Z")), wall("2038-03-28T02:00:00"));
  EXPECT_EQ(london().local(utc("2038-10-31T01:00:00Z")), wall("2038-10-31T01:00:00"));
  EXPECT_EQ(london().local(utc("2100-07-01T12:00:00Z")), wall("2100-07-01T13:00:00"));
}

TEST(London, EveryHourOfFortyYearsComesBack) {
  for (Time time = utc("2010-01-01T00:00:00Z"); time < utc("2050-01-01T00:00:00Z"); time += 1h) {
    const LocalTime local = london().local(time);
    const Time back = london().instant(local);
    // Only the second of the two equal hours in autumn comes back as the first.
    if (back != time) {
      ASSERT_EQ(back, time - 1h) << to_rfc3339(time);
      ASSERT_EQ(london().local(back), local) << to_rfc3339(time);
    }
  }
}

}  // namespace
}  // namespace mash
