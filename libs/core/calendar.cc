#include "core/calendar.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/check.h"
#include "core/hex.h"
#include "core/timestamp.h"

namespace mash {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::Monday;
using std::chrono::Saturday;
using std::chrono::Sunday;
using std::chrono::weekday;
using std::chrono::year_month_day;

constexpr std::chrono::year kFirstYear = 1990y;
constexpr std::chrono::year kLastYear = 2149y;
constexpr Day kFirstDay{kFirstYear / 1 / 1};
constexpr Day kLastDay{kLastYear / 12 / 31};

bool is_weekend(Day day) {
  const weekday which(day);
  return which == Saturday || which == Sunday;
}

// Easter Sunday in the Gregorian calendar (the algorithm of Meeus, Jones and Butcher).
Day easter_sunday(int year) {
  const int a = year % 19, b = year / 100, c = year % 100;
  const int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
  const int h = (19 * a + b - d - g + 15) % 30;
  const int i = c / 4, k = c % 4;
  const int l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int n = h + l - 7 * m + 114;
  return Day(std::chrono::year(year) / (n / 31) / (n % 31 + 1));
}

// A holiday that falls on a weekend is had on the next weekday that is not one already.
BankHoliday with_substitute(Day day, std::string title, days onward) {
  if (!is_weekend(day)) return {day, std::move(title)};
  return {day + onward, std::move(title) + " (substitute day)"};
}

std::string digest_of(const std::vector<BankHoliday>& holidays) {
  std::string text;
  for (const auto& holiday : holidays) text += to_iso_date(year_month_day(holiday.day)) + "\n";
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  MASH_CHECK(EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha256(), nullptr) ==
             1);
  return to_hex({reinterpret_cast<const char*>(hash.data()), 6});
}

std::chrono::year year_of(Day day) { return year_month_day(day).year(); }

}  // namespace

std::vector<BankHoliday> bank_holidays_by_rule(std::chrono::year year) {
  const Day new_year{year / 1 / 1};
  const Day easter = easter_sunday(static_cast<int>(year));
  const Day christmas{year / 12 / 25};
  const Day boxing_day{year / 12 / 26};
  std::vector<BankHoliday> holidays{
      with_substitute(new_year, "New Year’s Day", days(weekday(new_year) == Saturday ? 2 : 1)),
      {easter - days(2), "Good Friday"},
      {easter + days(1), "Easter Monday"},
      {Day(year / 5 / Monday[1]), "Early May bank holiday"},
      {Day(year / 5 / Monday[std::chrono::last]), "Spring bank holiday"},
      {Day(year / 8 / Monday[std::chrono::last]), "Summer bank holiday"},
      // With both on a weekend, Christmas Day is had on the Monday and Boxing Day on the Tuesday;
      // with Christmas Day alone on a Sunday, Monday is Boxing Day and Tuesday its substitute.
      with_substitute(christmas, "Christmas Day", days(2)),
      with_substitute(boxing_day, "Boxing Day", days(2)),
  };
  std::ranges::sort(holidays, {}, &BankHoliday::day);
  return holidays;
}

Calendar::Calendar(London london, const std::vector<BankHoliday>& listed)
    : london_(std::move(london)), version_("england-by-rule"), runs_out_on_(kFirstDay - days(1)) {
  std::set<Day> holidays;
  for (const auto& holiday : listed) holidays.insert(holiday.day);
  std::chrono::year first_listed = kLastYear + std::chrono::years(1), last_listed = first_listed;
  if (!listed.empty()) {
    first_listed = year_of(listed.front().day);
    last_listed = year_of(listed.back().day);
    runs_out_on_ = Day(last_listed / 12 / 31);
    version_ = "england-" + std::to_string(static_cast<int>(first_listed)) + "-" +
               std::to_string(static_cast<int>(last_listed)) + "-" + digest_of(listed);
  }
  for (auto year = kFirstYear; year <= kLastYear; ++year) {
    if (year >= first_listed && year <= last_listed) continue;
    for (const auto& holiday : bank_holidays_by_rule(year)) holidays.insert(holiday.day);
  }
  const auto day_count = static_cast<std::size_t>((kLastDay - kFirstDay).count() + 1);
  working_until_.reserve(day_count);
  for (Day day = kFirstDay; day <= kLastDay; day += days(1)) {
    if (!is_weekend(day) && !holidays.contains(day))
      working_days_.push_back(static_cast<int32_t>((day - kFirstDay).count()));
    working_until_.push_back(static_cast<int32_t>(working_days_.size()));
  }
}

Result<Calendar> Calendar::by_rule() {
  return London::load().map([](London london) { return Calendar(std::move(london), {}); });
}

int Calendar::days_left(Time now) const {
  return static_cast<int>((runs_out_on_ - london_.day(now)).count());
}

bool Calendar::is_working_day(Day day) const {
  if (day < kFirstDay || day > kLastDay) return false;
  const auto index = static_cast<std::size_t>((day - kFirstDay).count());
  const int32_t before = index == 0 ? 0 : working_until_[index - 1];
  return working_until_[index] > before;
}

Result<Day> Calendar::add_working_days(Day day, int n) const {
  MASH_CHECK(n != 0);
  const auto outside = [] {
    return refuse(Code::kOutOfRange, "OUTSIDE_CALENDAR",
                  "The working-day calendar runs from 1990 to 2149.");
  };
  if (day <= kFirstDay || day > kLastDay) return outside();
  const auto index = static_cast<std::size_t>((day - kFirstDay).count());
  const int64_t passed = n > 0 ? working_until_[index] : working_until_[index - 1] + 1;
  const int64_t wanted = passed + n - 1;
  if (wanted < 0 || wanted >= static_cast<int64_t>(working_days_.size())) return outside();
  return kFirstDay + days(working_days_[static_cast<std::size_t>(wanted)]);
}

}  // namespace mash
