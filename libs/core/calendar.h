#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/london.h"
#include "core/result.h"

namespace mash {

// A bank holiday in England.
struct BankHoliday {
  Day day;
  std::string title;

  friend bool operator==(const BankHoliday&, const BankHoliday&) = default;
};

// The eight bank holidays of a year as statute and custom set them since 1978, in order, with their
// substitute days: New Year's Day, Good Friday, Easter Monday, early May, spring, summer, Christmas
// Day, Boxing Day. What a proclamation moves or adds is not among them: that is what the file is
// for. (Banking and Financial Dealings Act 1971.)
std::vector<BankHoliday> bank_holidays_by_rule(std::chrono::year year);

// England's working days: not a Saturday, a Sunday or a bank holiday (Working Together to Safeguard
// Children 2018, chapter 4, note 90), and Europe/London, in which a day begins and ends.
//
// The bank holidays come from a dated file in the form of https://www.gov.uk/bank-holidays.json.
// For the years it covers it is the whole truth; for years outside, the rule speaks, and
// runs_out_on() says from when on that is so. Days run from 1990 to 2149.
//
// A value, immutable once made, so threads may share one. Adding working days is two look-ups.
class Calendar {
 public:
  // Reads the file's text. Refuses, with every fault listed, what is not in the form, a day that is
  // listed twice or falls on a weekend, a gap between years, and a year with fewer than eight bank
  // holidays: kInvalidArgument, INVALID_CALENDAR.
  static Result<Calendar> parse(std::string_view json);

  // Reads the file at `path`, of at most a mebibyte. kNotFound, CALENDAR_MISSING.
  static Result<Calendar> load(const std::string& path);

  // The rule alone, for every year.
  static Result<Calendar> by_rule();

  // Which holidays this calendar knows, for deadlines to cite:
  // "england-2018-2027-5f0c3a9d41e2", the years of the file and a digest of its days; or
  // "england-by-rule".
  const std::string& version() const { return version_; }

  // The last day the file speaks for; the day before 1990 when there is none.
  Day runs_out_on() const { return runs_out_on_; }

  // Days from `now` to that day: zero on it, negative after. An alarm for operators: fetch a newer
  // file while there are months left.
  int days_left(Time now) const;

  const London& london() const { return london_; }
  bool is_working_day(Day day) const;

  // The n-th working day after `day`, which itself never counts; with a negative n, before it. n is
  // not zero. Out of the calendar's years: kOutOfRange, OUTSIDE_CALENDAR.
  Result<Day> add_working_days(Day day, int n) const;

 private:
  Calendar(London london, const std::vector<BankHoliday>& listed);

  London london_;
  std::string version_;
  Day runs_out_on_;
  std::vector<int32_t> working_until_;  // by day: how many working days up to and with it
  std::vector<int32_t> working_days_;   // the working days in order, as indexes of days
};

}  // namespace mash
