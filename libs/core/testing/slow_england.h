#pragma once
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <vector>

#include "core/deadline.h"
#include "core/testing/times.h"

// England's days, London's clock and every kind of clock of a deadline, reckoned a second time and
// the slow way: Easter by Gauss's rule, holidays by walking through each month, clock changes from
// the words of the Summer Time Orders, days and months counted one by one. Tests hold the quick
// reckoning to this one. It shares no arithmetic with it; for one thread.
namespace mash::testing {

// What proclamations did to the holidays of the rule.
struct Proclaimed {
  std::set<Day> extra;
  std::set<Day> moved;  // holidays of the rule that were had on another day
};

class SlowCalendar {
 public:
  explicit SlowCalendar(Proclaimed proclaimed = {}) : proclaimed_(std::move(proclaimed)) {}

  bool works(Day at) {
    if (weekday(at) > 5 || proclaimed_.extra.contains(at)) return false;
    return proclaimed_.moved.contains(at) ||
           !holidays_of(std::chrono::year_month_day(at).year()).contains(at);
  }

  Day add(Day at, int n) {
    for (int left = std::abs(n); left > 0;) {
      at += std::chrono::days(n > 0 ? 1 : -1);
      if (works(at)) --left;
    }
    return at;
  }

 private:
  static unsigned weekday(Day at) { return std::chrono::weekday(at).iso_encoding(); }

  const std::set<Day>& holidays_of(std::chrono::year year) {
    const auto [entry, fresh] = cache_.try_emplace(year);
    if (fresh) entry->second = reckon(static_cast<int>(year));
    return entry->second;
  }

  static Day gauss_easter(int y) {
    const int k = y / 100, m = 15 + (3 * k + 3) / 4 - (8 * k + 13) / 25, s = 2 - (3 * k + 3) / 4;
    const int a = y % 19, d = (19 * a + m) % 30;
    const int r = (d + a / 11) / 29, og = 21 + d - r, sz = 7 - (y + y / 4 + s) % 7;
    const int march = og + 7 - (og - sz) % 7;
    return Day(std::chrono::year(y) / 3 / 1) + std::chrono::days(march - 1);
  }

  // The first or the last Monday of a month, which has 31 days.
  static Day monday_in(int y, unsigned month, bool last) {
    Day found{};
    for (unsigned d = 31; d >= 1; --d) {
      const Day at{std::chrono::year(y) / std::chrono::month(month) / std::chrono::day(d)};
      if (weekday(at) != 1) continue;
      found = at;
      if (last) break;
    }
    return found;
  }

  static std::set<Day> reckon(int y) {
    std::set<Day> found{gauss_easter(y) - std::chrono::days(2),
                        gauss_easter(y) + std::chrono::days(1)};
    found.insert({monday_in(y, 5, false), monday_in(y, 5, true), monday_in(y, 8, true)});
    // Each fixed holiday in turn takes the first free weekday, weekdays before weekends.
    const std::vector<Day> fixed{Day(std::chrono::year(y) / 1 / 1),
                                 Day(std::chrono::year(y) / 12 / 25),
                                 Day(std::chrono::year(y) / 12 / 26)};
    for (const bool weekend : {false, true})
      for (Day at : fixed) {
        if ((weekday(at) > 5) != weekend) continue;
        while (weekday(at) > 5 || found.contains(at)) at += std::chrono::days(1);
        found.insert(at);
      }
    return found;
  }

  Proclaimed proclaimed_;
  std::map<std::chrono::year, std::set<Day>> cache_;
};

// What was proclaimed in the years of the file that is shipped: VE Day, the Platinum Jubilee, the
// State Funeral, the Coronation.
inline Proclaimed proclaimed_since_2018() {
  return {.extra = {day("2020-05-08"), day("2022-06-02"), day("2022-06-03"), day("2022-09-19"),
                    day("2023-05-08")},
          .moved = {day("2020-05-04"), day("2022-05-30")}};
}

inline SlowCalendar slow_england() { return SlowCalendar(proclaimed_since_2018()); }

// The Sunday of a month that falls on `first` to `first` + 6.
inline Day sunday_from(int year, unsigned month, unsigned first) {
  Day at{std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(first)};
  while (std::chrono::weekday(at) != std::chrono::Sunday) at += std::chrono::days(1);
  return at;
}

// The instants at which summer time begins and ends: the last Sunday of March; the last of October,
// and from 1990 to 1995 October's fourth; each at one o'clock in the morning, GMT.
inline std::pair<Time, Time> summer_time(int year) {
  const auto at_one = [](Day sunday) {
    return Time(sunday.time_since_epoch()) + std::chrono::hours(1);
  };
  return {at_one(sunday_from(year, 3, 25)), at_one(sunday_from(year, 10, year < 1996 ? 22 : 25))};
}

inline LocalTime slow_local(Time time) {
  const auto year = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year();
  const auto [begins, ends] = summer_time(static_cast<int>(year));
  const bool summer = time >= begins && time < ends;
  return LocalTime(time.time_since_epoch()) + std::chrono::hours(summer ? 1 : 0);
}

inline Day slow_day(Time time) { return std::chrono::floor<std::chrono::days>(slow_local(time)); }

// The first instant at which a clock in London shows `local`, or, where none does, shows more.
inline Time slow_instant(LocalTime local) {
  const Time in_winter(local.time_since_epoch());
  const Time in_summer = in_winter - std::chrono::hours(1);
  if (slow_local(in_summer) == local) return in_summer;
  if (slow_local(in_winter) == local) return in_winter;
  const auto year = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(in_winter));
  return summer_time(static_cast<int>(year.year())).first;
}

inline Time slow_end_of(Day day) {
  return slow_instant(LocalTime(day) + std::chrono::hours(23) + std::chrono::minutes(59) +
                      std::chrono::seconds(59));
}

inline int slow_month_length(int year, int month) {
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (month == 2) return leap ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

inline Day slow_add_months(Day from, int n) {
  const std::chrono::year_month_day date(from);
  int year = static_cast<int>(date.year());
  int month = static_cast<int>(static_cast<unsigned>(date.month()));
  for (int left = std::abs(n); left > 0; --left) {
    month += n > 0 ? 1 : -1;
    if (month == 13) {
      month = 1;
      ++year;
    }
    if (month == 0) {
      month = 12;
      --year;
    }
  }
  const int wanted = static_cast<int>(static_cast<unsigned>(date.day()));
  const int last = slow_month_length(year, month);
  return Day(std::chrono::year(year) / month / std::min(wanted, last));
}

// Hub hours, second by second would be slower than anybody wants: by whole minutes of the day,
// after what is left of the first one. Only for starts on a whole minute.
inline Time slow_add_hub_hours(Time start, int amount, SlowCalendar& calendar,
                               const OpeningHours& hours) {
  const auto open = [&](Time at) {
    const LocalTime local = slow_local(at);
    const Day day = std::chrono::floor<std::chrono::days>(local);
    return calendar.works(day) && at >= slow_instant(LocalTime(day) + hours.opens) &&
           at < slow_instant(LocalTime(day) + hours.closes);
  };
  for (int left = amount * 60; left > 0; start += std::chrono::minutes(1))
    if (open(start)) --left;
  return start;
}

inline Time slow_add(Time start, Span span, SlowCalendar& calendar,
                     const OpeningHours& hours = {}) {
  switch (span.clock) {
    case ClockKind::kWorkingDays:
      return slow_end_of(calendar.add(slow_day(start), span.amount));
    case ClockKind::kHubHours:
      return slow_add_hub_hours(start, span.amount, calendar, hours);
    case ClockKind::kElapsedHours:
      for (int left = std::abs(span.amount); left > 0; --left)
        start += std::chrono::minutes(span.amount > 0 ? 60 : -60);
      return start;
    case ClockKind::kElapsedDays: {
      LocalTime local = slow_local(start);
      for (int left = std::abs(span.amount); left > 0; --left)
        local += std::chrono::hours(span.amount > 0 ? 24 : -24);
      return slow_instant(local);
    }
    case ClockKind::kCalendarMonths:
      return slow_end_of(slow_add_months(slow_day(start), span.amount));
    case ClockKind::kAgreed:
      break;
  }
  return start;
}

}  // namespace mash::testing
