#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/calendar.h"
#include "core/timestamp.h"

// Times in tests, as people write them.
namespace mash::testing {

// utc("2026-03-29T01:30:00Z"), or with an offset.
inline Time utc(std::string_view text) {
  const auto time = from_rfc3339(text);
  EXPECT_TRUE(time.has_value()) << text;
  return time.value_or(Time{});
}

inline Day day(std::string_view text) {
  const auto date = from_iso_date(text);
  EXPECT_TRUE(date.has_value()) << text;
  return Day(date.value_or(std::chrono::year_month_day{}));
}

// What a clock in London shows, "2026-03-29 02:30:00": for expectations that read well.
inline std::string london(const Calendar& calendar, Time time) {
  const auto shown = Time(calendar.london().local(time).time_since_epoch());
  std::string text = to_rfc3339(std::chrono::floor<std::chrono::seconds>(shown));
  text[10] = ' ';
  text.pop_back();
  return text;
}

}  // namespace mash::testing
