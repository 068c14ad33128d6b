#include "referral/matching/dates.h"

#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>

#include "core/timestamp.h"
#include "mash/referral/v1/person.pb.h"

namespace mash::referral::matching {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

// A child may be born so long before or after the day it was expected on.
constexpr days kEarlyMax{12 * 7};
constexpr days kLateMax{3 * 7};
// An expected day is reckoned anew as a pregnancy goes on.
constexpr int kReckonedApartDaysMax = 14;

// Further apart, and not by one digit, is hardly a slip: a parent and a child of one name are.
constexpr int kSlipYearsMax = 5;

Level different(const Birth& one, const Birth& other) {
  return std::abs(one.year - other.year) > kSlipYearsMax ? Level::kApart : Level::kNone;
}

sys_days day_of(const Birth& birth) {
  const auto month = static_cast<unsigned>(birth.month);
  const auto day = static_cast<unsigned>(birth.day);
  return sys_days(std::chrono::year(birth.year) / std::chrono::month(month) /
                  std::chrono::day(day));
}

bool is_whole(const Birth& birth) { return birth.month != 0 && birth.day != 0; }

Level compare_expected(const Birth& expected, const Birth& other) {
  if (!is_whole(other))
    return expected.year == other.year ? Level::kYear : different(expected, other);
  const days late = day_of(other) - day_of(expected);
  if (other.expected) {
    if (late.count() == 0) return Level::kExact;
    return std::abs(late.count()) <= kReckonedApartDaysMax ? Level::kExpected : Level::kNone;
  }
  return late >= -kEarlyMax && late <= kLateMax ? Level::kExpected : different(expected, other);
}

// One digit of a part differs, or two are exchanged: 2015 and 2016, 12 and 21, 03 and 08.
bool one_digit_apart(int one, int other) {
  const std::string one_digits = std::to_string(one + 10'000);
  const std::string other_digits = std::to_string(other + 10'000);
  int differ = 0;
  for (std::size_t i = 0; i < one_digits.size(); ++i)
    differ += one_digits[i] != other_digits[i] ? 1 : 0;
  const bool exchanged = one % 10 == other / 10 % 10 && one / 10 % 10 == other % 10;
  return differ == 1 || (exchanged && one / 100 == other / 100);
}

Level compare_whole(const Birth& one, const Birth& other) {
  if (one == other) return Level::kExact;
  const bool same_year = one.year == other.year;
  if (same_year && one.day == other.month && one.month == other.day) return Level::kExchanged;
  const int differ =
      (same_year ? 0 : 1) + (one.month == other.month ? 0 : 1) + (one.day == other.day ? 0 : 1);
  const bool close = one_digit_apart(one.year, other.year) ||
                     one_digit_apart(one.month, other.month) || one_digit_apart(one.day, other.day);
  const bool next_day = std::abs((day_of(one) - day_of(other)).count()) == 1;
  return (differ == 1 && close) || next_day ? Level::kClose : different(one, other);
}

}  // namespace

std::optional<Birth> birth_of(const v1::Identity& identity) {
  if (identity.unborn()) {
    const auto day = from_iso_date(identity.expected_delivery());
    if (!day) return std::nullopt;
    return Birth{.year = static_cast<int>(day->year()),
                 .month = static_cast<int>(static_cast<unsigned>(day->month())),
                 .day = static_cast<int>(static_cast<unsigned>(day->day())),
                 .expected = true};
  }
  const auto& date = identity.birth_date();
  if (date.year() < 1900 || date.year() > 9999 || date.month() > 12 || date.day() > 31)
    return std::nullopt;
  Birth birth{.year = static_cast<int>(date.year()),
              .month = static_cast<int>(date.month()),
              .day = date.month() == 0 ? 0 : static_cast<int>(date.day())};
  if (is_whole(birth) &&
      !std::chrono::year_month_day(std::chrono::year(birth.year), std::chrono::month(date.month()),
                                   std::chrono::day(date.day()))
           .ok())
    birth.day = 0;
  return birth;
}

Level compare(const Birth& one, const Birth& other) {
  if (one.expected) return compare_expected(one, other);
  if (other.expected) return compare_expected(other, one);
  if (is_whole(one) && is_whole(other)) return compare_whole(one, other);
  const bool both_say_month = one.month != 0 && other.month != 0;
  if (one.year == other.year) {
    if (!both_say_month) return Level::kYear;
    return one.month == other.month ? Level::kMonth : Level::kNone;
  }
  const bool months_agree = both_say_month && one.month == other.month;
  return months_agree && one_digit_apart(one.year, other.year) ? Level::kClose
                                                               : different(one, other);
}

Years possible_years(const Birth& birth) {
  if (!birth.expected) return {birth.year, birth.year};
  const auto year_of = [](sys_days day) {
    return static_cast<int>(std::chrono::year_month_day(day).year());
  };
  return {year_of(day_of(birth) - kEarlyMax), year_of(day_of(birth) + kLateMax)};
}

}  // namespace mash::referral::matching
