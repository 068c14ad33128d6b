#pragma once
#include <set>
#include <string>

#include "core/calendar.h"
#include "core/timestamp.h"

namespace mash::clocks::testing {

// A calendar whose file speaks for 2024 to 2028, with these holidays besides the usual ones.
inline Calendar calendar_with(const std::set<std::string>& added = {}) {
  std::set<std::string> dates = added;
  for (int year = 2024; year <= 2028; ++year)
    for (const BankHoliday& holiday : bank_holidays_by_rule(std::chrono::year(year)))
      dates.insert(to_iso_date(std::chrono::year_month_day(holiday.day)));
  std::string text = R"({"england-and-wales": {"division": "england-and-wales", "events": [)";
  for (const std::string& date : dates)
    text += R"({"title": "Holiday", "date": ")" + date + R"("},)";
  text.back() = ']';
  return Calendar::parse(text + "}}").value();
}

}  // namespace mash::clocks::testing
