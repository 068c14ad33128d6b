#include "clocks/clock_row.h"

#include <algorithm>
#include <string>

#include "core/ids.h"

namespace mash::clocks {
namespace {

namespace v1 = common::v1;

int64_t micros(std::chrono::microseconds time) { return time.count(); }
std::chrono::microseconds micros(int64_t count) { return std::chrono::microseconds(count); }

// The place of a word; a new one goes at the end.
uint32_t place_of(const std::string& word, v1::ClockRow& row) {
  const auto known = std::ranges::find(row.words(), word);
  const auto place = static_cast<uint32_t>(known - row.words().begin());
  if (known == row.words().end()) row.add_words(word);
  return place;
}

std::string word_at(uint32_t place, const v1::ClockRow& row) {
  const auto index = static_cast<int>(place);
  return index >= 0 && index < row.words_size() ? row.words(index) : std::string();
}

void save(const Clock& clock, v1::ClockRow& row) {
  const Deadline& deadline = clock.deadline;
  v1::RowClock& saved = *row.add_clocks();
  saved.set_kind(place_of(deadline.kind, row));
  if (const auto uuid = Uuid::parse(clock.id))
    saved.set_id(uuid->to_bytes());
  else
    saved.set_other_id(clock.id);
  saved.set_group(clock.group);
  saved.set_start(micros(deadline.start.time_since_epoch()));
  saved.set_clock(static_cast<v1::ClockKind>(deadline.allowed.clock));
  saved.set_amount(deadline.allowed.amount);
  saved.set_due(micros(deadline.due - deadline.start));
  saved.set_notice(micros(deadline.due - deadline.approaching_from));
  saved.set_pack(place_of(deadline.pack, row));
  saved.set_calendar(place_of(deadline.calendar, row));
  if (!deadline.capped_by.empty()) saved.set_capped_by(place_of(deadline.capped_by, row));
  if (deadline.extended()) saved.set_extended(micros(deadline.current_due() - deadline.due));
  if (deadline.done_at) saved.set_done(micros(*deadline.done_at - deadline.start));
  saved.set_told(static_cast<v1::DeadlineState>(clock.told));
  saved.set_silent(clock.silent);
  if (clock.ended_at) saved.set_ended(micros(*clock.ended_at - deadline.start));
  for (const Said& said : clock.said_before) {
    v1::RowSaid& kept = *saved.add_said_before();
    kept.set_due(micros(said.due - deadline.start));
    kept.set_state(static_cast<v1::DeadlineState>(said.state));
  }
}

Clock load(const v1::RowClock& saved, const v1::ClockRow& row) {
  Clock clock{.group = saved.group(), .id = saved.other_id()};
  if (const auto uuid = Uuid::from_bytes(saved.id())) clock.id = uuid->text();
  Deadline& deadline = clock.deadline;
  deadline.kind = word_at(saved.kind(), row);
  deadline.start = Time(micros(saved.start()));
  deadline.allowed = {saved.amount(), static_cast<ClockKind>(saved.clock())};
  deadline.due = deadline.start + micros(saved.due());
  deadline.approaching_from = deadline.due - micros(saved.notice());
  deadline.pack = word_at(saved.pack(), row);
  deadline.calendar = word_at(saved.calendar(), row);
  if (saved.has_capped_by()) deadline.capped_by = word_at(saved.capped_by(), row);
  if (saved.has_extended())
    deadline.extensions.push_back({.previous_due = deadline.due,
                                   .due = deadline.due + micros(saved.extended()),
                                   .reasons = {},
                                   .extended_at = {}});
  if (saved.has_done()) deadline.done_at = deadline.start + micros(saved.done());
  clock.told = static_cast<DeadlineState>(saved.told());
  clock.silent = saved.silent();
  if (saved.has_ended()) clock.ended_at = deadline.start + micros(saved.ended());
  for (const v1::RowSaid& said : saved.said_before())
    clock.said_before.push_back(
        {deadline.start + micros(said.due()), static_cast<DeadlineState>(said.state())});
  return clock;
}

// Which is to go where there is no room for both.
bool goes_sooner(const Clock& a, const Clock& b) {
  const bool a_is_said = !a.next_alarm();
  if (a_is_said != !b.next_alarm()) return a_is_said;
  return a.deadline.current_due() > b.deadline.current_due();
}

// Takes out of a row that has no room for all what it can best do without.
void make_room(v1::ClockRow& row) {
  std::vector<Clock> clocks = clocks::load(row);
  while (row.ByteSizeLong() > kRowBytesMax && !clocks.empty()) {
    const auto going = std::ranges::min_element(clocks, goes_sooner);
    row.mutable_clocks()->erase(row.clocks().begin() + (going - clocks.begin()));
    clocks.erase(going);
  }
}

}  // namespace

void save(const std::vector<Clock>& clocks, const Keeps& keeps, v1::ClockRow* row) {
  for (const Clock& clock : clocks)
    if (clock.runs() || clock.next_alarm() || keeps(clock)) save(clock, *row);
  if (row->ByteSizeLong() > kRowBytesMax) make_room(*row);
}

std::vector<Clock> load(const v1::ClockRow& row) {
  std::vector<Clock> clocks;
  clocks.reserve(static_cast<std::size_t>(row.clocks_size()));
  for (const v1::RowClock& saved : row.clocks()) clocks.push_back(load(saved, row));
  return clocks;
}

}  // namespace mash::clocks
