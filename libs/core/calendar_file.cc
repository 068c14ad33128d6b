// Reading a calendar's file: kept apart from the arithmetic.
#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/calendar.h"
#include "core/timestamp.h"

namespace mash {
namespace {

using nlohmann::json;
using std::chrono::year_month_day;

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::size_t kMaxHolidays = 2000;
constexpr int kHolidaysAYear = 8;
constexpr std::string_view kDivision = "england-and-wales";

using Faults = std::vector<FieldFault>;

Error invalid(Faults faults, std::string message) {
  return {.code = Code::kInvalidArgument,
          .reason = "INVALID_CALENDAR",
          .message = std::move(message),
          .faults = std::move(faults)};
}

// One entry of the list; a fault is noted and the entry left out.
void read_event(const json& event, const std::string& path, std::vector<BankHoliday>& holidays,
                Faults& faults) {
  if (!event.is_object() || !event.contains("date") || !event["date"].is_string() ||
      !event.contains("title") || !event["title"].is_string()) {
    faults.push_back({path, "is not an entry with a title and a date"});
    return;
  }
  const auto date = from_iso_date(event["date"].get<std::string>());
  if (!date) {
    faults.push_back({path + ".date", "is not a day written 2026-12-25"});
    return;
  }
  const Day day{*date};
  const std::chrono::weekday weekday(day);
  if (date->year() < std::chrono::year(1990) || date->year() > std::chrono::year(2149))
    faults.push_back({path + ".date", "lies outside the years 1990 to 2149"});
  else if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday)
    faults.push_back({path + ".date", "falls on a weekend: list its substitute day"});
  else
    holidays.push_back({day, event["title"].get<std::string>()});
}

// A file cut short, or glued together from two, must not quietly make working days of holidays.
void check_years(const std::vector<BankHoliday>& holidays, Faults& faults) {
  std::map<int, int> count_by_year;
  for (const auto& holiday : holidays)
    ++count_by_year[static_cast<int>(year_month_day(holiday.day).year())];
  int last = count_by_year.empty() ? 0 : count_by_year.begin()->first;
  for (const auto& [year, count] : count_by_year) {
    if (year > last + 1)
      faults.push_back({std::to_string(last + 1), "is a year without any bank holiday listed"});
    if (count < kHolidaysAYear)
      faults.push_back({std::to_string(year), "has only " + std::to_string(count) +
                                                  " bank holidays listed; England has eight"});
    last = year;
  }
}

void check_twice(const std::vector<BankHoliday>& holidays, Faults& faults) {
  for (std::size_t i = 1; i < holidays.size(); ++i)
    if (holidays[i].day == holidays[i - 1].day)
      faults.push_back({to_iso_date(year_month_day(holidays[i].day)), "is listed twice"});
}

}  // namespace

Result<Calendar> Calendar::parse(std::string_view text) {
  if (text.size() > kMaxBytes)
    return tl::unexpected(invalid({}, "A bank-holiday file is at most a mebibyte."));
  // The form is four levels deep; the parser is told to stop at more than six.
  bool too_deep = false;
  const json document = json::parse(
      text,
      [&too_deep](int depth, json::parse_event_t, json&) {
        if (depth > 6) too_deep = true;
        return !too_deep;
      },
      /*allow_exceptions=*/false);
  const bool formed = !too_deep && document.is_object() && document.contains(kDivision) &&
                      document[std::string(kDivision)].is_object() &&
                      document[std::string(kDivision)].contains("events") &&
                      document[std::string(kDivision)]["events"].is_array();
  if (!formed)
    return tl::unexpected(invalid({},
                                  "This is not a file in the form of gov.uk's bank-holidays.json "
                                  "with a list \"england-and-wales\"."));
  const json& events = document[std::string(kDivision)]["events"];
  if (events.empty() || events.size() > kMaxHolidays)
    return tl::unexpected(invalid({}, "A bank-holiday file lists 1 to 2,000 holidays."));
  Faults faults;
  std::vector<BankHoliday> holidays;
  for (std::size_t i = 0; i < events.size(); ++i)
    read_event(events[i], std::string(kDivision) + ".events[" + std::to_string(i) + "]", holidays,
               faults);
  std::ranges::sort(holidays, {}, &BankHoliday::day);
  check_twice(holidays, faults);
  check_years(holidays, faults);
  if (!faults.empty())
    return tl::unexpected(
        invalid(std::move(faults), "The bank-holiday file does not describe England's holidays."));
  return London::load().map(
      [&holidays](London london) { return Calendar(std::move(london), holidays); });
}

Result<Calendar> Calendar::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.gcount() == 0 && !file.eof()))
    return refuse(Code::kNotFound, "CALENDAR_MISSING", "Cannot read the bank-holiday file " + path);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return parse(text);
}

}  // namespace mash
