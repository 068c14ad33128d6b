#include "core/london.h"

#include <date/tz.h>

#include <algorithm>
#include <exception>

namespace mash {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

// The last year of the database's list of changes, as Debian builds it; and how far the rule goes
// on.
constexpr int kLastListedYear = 2037;
constexpr int kLastYearByRule = 2200;

Time last_sunday_at_one(int year, std::chrono::month month) {
  return sys_days(std::chrono::year(year) / month / std::chrono::Sunday[std::chrono::last]) + 1h;
}

int year_of(Time time) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  return static_cast<int>(day.year());
}

}  // namespace

Result<London> London::load() {
  std::vector<Change> changes;
  try {
    const date::time_zone* zone = date::locate_zone("Europe/London");
    Time at = sys_days(1970y / 1 / 1);
    while (year_of(at) <= kLastListedYear) {
      const date::sys_info info = zone->get_info(at);
      changes.push_back({at, info.offset});
      at = info.end;
    }
  } catch (const std::exception& problem) {
    return refuse(Code::kUnavailable, "TIME_ZONE_MISSING",
                  std::string("The system's time-zone database cannot be read (package tzdata): ") +
                      problem.what());
  }
  if (year_of(changes.back().from) == kLastListedYear) {
    for (int year = kLastListedYear + 1; year <= kLastYearByRule; ++year) {
      changes.push_back({last_sunday_at_one(year, std::chrono::March), 1h});
      changes.push_back({last_sunday_at_one(year, std::chrono::October), 0s});
    }
  }
  London london(std::move(changes));
  // A database written in the short form has only a rule for our years, which the reader skips.
  if (london.offset_at(sys_days(2025y / 7 / 1)) != 1h)
    return refuse(Code::kUnavailable, "TIME_ZONE_MISSING",
                  "The system's time-zone database does not list London's clock changes.");
  return london;
}

const London::Change& London::change_before(Time time) const {
  const auto after =
      std::upper_bound(changes_.begin(), changes_.end(), time,
                       [](Time wanted, const Change& change) { return wanted < change.from; });
  return after == changes_.begin() ? changes_.front() : *std::prev(after);
}

Time London::instant(LocalTime local) const {
  // Clocks change at most once in two days, so the offsets a day before and after are the only two.
  const Time as_utc(local.time_since_epoch());
  const auto before = offset_at(as_utc - 24h);
  const auto after = offset_at(as_utc + 24h);
  if (offset_at(as_utc - before) == before) return as_utc - before;
  if (offset_at(as_utc - after) == after) return as_utc - after;
  return change_before(as_utc - before).from;
}

}  // namespace mash
