#include "clocks/clocks.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mash::clocks {
namespace {

namespace v1 = common::v1;

Time second_after(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time) + std::chrono::seconds(1);
}

bool counts_by_calendar(ClockKind clock) {
  return clock == ClockKind::kWorkingDays || clock == ClockKind::kHubHours;
}

bool may_be_recomputed(const Clock& clock, const policy::Pack& pack, const Calendar& calendar) {
  const Deadline& deadline = clock.deadline;
  const bool hours_known =
      deadline.allowed.clock != ClockKind::kHubHours || deadline.pack == pack.id();
  return clock.runs() && counts_by_calendar(deadline.allowed.clock) && hours_known &&
         !deadline.extended() && deadline.capped_by.empty() &&
         clock.told != DeadlineState::kMissed && deadline.calendar != calendar.version();
}

// Due at another time, it approaches as long before, by the clock on the wall: a day that ended at
// midnight in summer ends at midnight in winter.
Time moved_notice(const Deadline& deadline, Time due, const Calendar& calendar) {
  const London& london = calendar.london();
  const auto later = london.local(due) - london.local(deadline.due);
  const Time moved = london.instant(london.local(deadline.approaching_from) + later);
  return deadline.allowed.amount > 0 ? std::max(moved, deadline.start) : moved;
}

// Counted again under this calendar, from the same start.
Result<Deadline> counted_again(const Deadline& deadline, const policy::Pack& pack,
                               const Calendar& calendar) {
  const policy::TimescaleRule* rule = pack.timescale(deadline.kind);
  const auto counted = set_deadline(
      {deadline.kind, deadline.allowed, rule == nullptr ? std::nullopt : rule->timescale.notice},
      deadline.start, deadline.pack, calendar, pack.hub_hours());
  if (!counted) return counted;
  Deadline again = deadline;
  again.due = counted->due;
  again.approaching_from =
      rule == nullptr ? moved_notice(deadline, counted->due, calendar) : counted->approaching_from;
  again.calendar = calendar.version();
  return again;
}

// The same with nothing said of it.
Clock anew(Clock clock) {
  clock.told = DeadlineState::kRunning;
  clock.said_before.clear();
  return clock;
}

// Which of two of one kind is the one meant.
bool comes_before(const Clock& a, const Clock& b) {
  if (a.runs() != b.runs()) return a.runs();
  if (a.runs()) return a.deadline.current_due() < b.deadline.current_due();
  return a.deadline.done_at > b.deadline.done_at;
}

}  // namespace

DeadlineState Clock::state(Time now) const {
  return told == DeadlineState::kMissed ? told : deadline.state(now);
}

std::vector<Alarm> Clock::alarms() const {
  const Time missed = second_after(deadline.current_due());
  const bool met = deadline.done_at && *deadline.done_at < missed;
  const bool ended = ended_at && *ended_at < missed;
  std::vector<Alarm> alarms;
  if (silent || met || ended || told == DeadlineState::kMissed) return alarms;
  const Time approaching = deadline.approaching_from + (deadline.current_due() - deadline.due);
  if (told != DeadlineState::kApproaching)
    alarms.push_back({std::min(approaching, missed), DeadlineState::kApproaching});
  alarms.push_back({missed, DeadlineState::kMissed});
  return alarms;
}

std::optional<Time> Clock::next_alarm() const {
  const std::vector<Alarm> all = alarms();
  return all.empty() ? std::nullopt : std::optional(all.front().time);
}

void Clock::go_on_from(const Clock& earlier) {
  std::vector<Said> all = earlier.said_before;
  if (earlier.told != DeadlineState::kRunning)
    all.push_back({earlier.deadline.current_due(), earlier.told});
  for (const Said& said : all) {
    if (said.due == deadline.current_due()) {
      told = std::max(told, said.state);
      continue;
    }
    std::erase_if(said_before, [&](const Said& known) { return known.due == said.due; });
    said_before.push_back(said);
    if (said_before.size() > kSaidBeforeMax) said_before.erase(said_before.begin());
  }
}

void Clocks::start(int group, std::string id, const v1::Deadline& set, bool silent) {
  if (auto deadline = from_proto(set))
    clocks_.push_back(
        {.group = group, .id = std::move(id), .deadline = std::move(*deadline), .silent = silent});
}

void Clocks::extend(std::string_view kind, std::string_view id,
                    const v1::DeadlineExtension& message) {
  const auto extension = from_proto(message);
  if (!extension) return;
  const auto found = std::ranges::find_if(clocks_, [&](const Clock& clock) {
    return clock.runs() && clock.deadline.kind == kind && clock.id == id &&
           clock.deadline.current_due() == extension->previous_due;
  });
  if (found == clocks_.end()) return;
  const Clock earlier = std::exchange(*found, anew(*found));
  found->deadline.extensions.push_back(*extension);
  found->go_on_from(earlier);
}

void Clocks::told(const v1::DeadlineTold& message) {
  const auto due = from_proto(message.due());
  const auto state = static_cast<DeadlineState>(message.state());
  const auto found = std::ranges::find_if(clocks_, [&](const Clock& clock) {
    return !clock.silent && clock.deadline.kind == message.kind() && clock.id == message.id() &&
           clock.deadline.current_due() == due && clock.told < state;
  });
  if (found != clocks_.end()) found->told = state;
}

void Clocks::recomputed(const v1::DeadlineRecomputed& message) {
  const auto before = from_proto(message.before());
  auto again = from_proto(message.deadline());
  if (!before || !again) return;
  const auto found = std::ranges::find_if(clocks_, [&](const Clock& clock) {
    return clock.runs() && clock.id == message.id() && clock.deadline.kind == before->kind &&
           clock.deadline.start == before->start && clock.deadline.due == before->due;
  });
  if (found == clocks_.end()) return;
  const Clock earlier = std::exchange(*found, anew(*found));
  found->before.push_back(std::exchange(found->deadline, std::move(*again)));
  found->go_on_from(earlier);
}

const Clock* Clocks::find(std::string_view kind, std::string_view id) const {
  const Clock* found = nullptr;
  for (const Clock& clock : clocks_)
    if (!clock.silent && !clock.ended_at && clock.deadline.kind == kind && clock.id == id &&
        (found == nullptr || comes_before(clock, *found)))
      found = &clock;
  return found;
}

std::size_t Clocks::running() const {
  return static_cast<std::size_t>(std::ranges::count_if(clocks_, &Clock::runs));
}

std::optional<Time> Clocks::next_alarm() const {
  std::optional<Time> next;
  for (const Clock& clock : clocks_)
    if (const auto alarm = clock.next_alarm(); alarm && (!next || *alarm < *next)) next = alarm;
  return next;
}

std::vector<v1::DeadlineTold> Clocks::to_tell(Time now) const {
  std::vector<std::pair<Alarm, const Clock*>> due;
  for (const Clock& clock : clocks_)
    for (const Alarm& alarm : clock.alarms())
      if (alarm.time <= now) due.emplace_back(alarm, &clock);
  std::ranges::stable_sort(due, {}, [](const auto& said) { return said.first.time; });
  std::vector<v1::DeadlineTold> told(due.size());
  for (std::size_t i = 0; i < due.size(); ++i) {
    const auto& [alarm, clock] = due[i];
    told[i].set_kind(clock->deadline.kind);
    told[i].set_id(clock->id);
    told[i].set_state(static_cast<v1::DeadlineState>(alarm.state));
    mash::to_proto(clock->deadline.current_due(), told[i].mutable_due());
    mash::to_proto(now, told[i].mutable_told_at());
    if (clock->deadline.done_at)
      mash::to_proto(*clock->deadline.done_at, told[i].mutable_done_at());
  }
  return told;
}

std::vector<v1::DeadlineRecomputed> Clocks::to_recompute(const policy::Pack& pack,
                                                         const Calendar& calendar, Time now) const {
  std::vector<v1::DeadlineRecomputed> changed;
  for (const Clock& clock : clocks_) {
    if (!may_be_recomputed(clock, pack, calendar)) continue;
    const auto again = counted_again(clock.deadline, pack, calendar);
    if (!again || again->due == clock.deadline.due) continue;
    v1::DeadlineRecomputed& event = changed.emplace_back();
    event.set_id(clock.id);
    mash::to_proto(clock.deadline, event.mutable_before());
    mash::to_proto(*again, event.mutable_deadline());
    mash::to_proto(now, event.mutable_recomputed_at());
  }
  return changed;
}

void to_proto(const Clock& clock, Time now, v1::DeadlineStatus* out) {
  mash::to_proto(clock.deadline, now, out, clock.before);
  out->set_state(static_cast<v1::DeadlineState>(clock.state(now)));
}

}  // namespace mash::clocks
