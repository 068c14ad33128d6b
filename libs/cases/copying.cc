#include "cases/copying.h"

#include <algorithm>
#include <future>
#include <utility>

#include "cases/case_guard.h"
#include "cases/known_case.h"
#include "cases/streams.h"
#include "core/caller.h"
#include "core/ids.h"
#include "core/timestamp.h"
#include "feed/feed.h"
#include "feed/parked_view.h"
#include "feed/together.h"
#include "log/event_log.h"
#include "log/handle.h"

namespace mash::cases {
namespace {

// Kept by one append, but for what belongs together.
constexpr std::size_t kEventsWaitingMax = 200;
// Records of which nothing is kept that may have to be followed again after a restart.
constexpr uint64_t kRecordsUnsavedMax = 1'000;

Result<void> keep_of_case(log::UnitOfWork& unit, const Kept& kept) {
  const log::Target target{case_stream(kept.case_id), kept.case_id};
  if (kept.of_case->has_involved())
    return unit.decide<KnownCase>(target, KnownCase::Involve{kept.of_case->involved().agency()});
  return unit.decide<KnownCase>(target, *kept.of_case);
}

// What follows from a record is judged by its case. What is said of the case itself follows in its
// order, and by as much of it.
Result<void> check_case(log::UnitOfWork& unit, const log::Record& record) {
  const std::string& case_id = record.body.case_id();
  if (case_id.empty()) return {};
  return family_of(unit, case_id).and_then([&](Family family) -> Result<void> {
    if (record.body.stream() == case_stream(case_id)) family.parked.erase(case_id);
    if (!family.parked.empty()) return case_parked();
    return {};
  });
}

}  // namespace

Copying::Copying(const FollowingParts& parts)
    : parts_(parts), parking_(parts.own_log, parts.feed->log()) {}

log::Cursor Copying::stored() const {
  if (begun_ && waiting_.empty() && parking_.lost().empty()) return parts_.feed->cursor_at(next_);
  return parts_.own_log.cursor(parts_.feed->log());
}

void Copying::begin(uint64_t from) {
  const log::Cursor kept = parts_.own_log.cursor(parts_.feed->log());
  stored_ = kept.position;
  begun_ = true;
  retried_what_waits_ = false;
  next_ = last_append_begins_ = from;
  epoch_ = std::max(epoch_, kept.epoch);
  // Whether all of the epochs before was followed shows with the next record, or where none is
  // left.
  if (from >= parts_.feed->size()) whole_before_ = epoch_;
  correlation_.clear();
  waiting_.clear();
  events_waiting_ = 0;
  parking_.begin(from);
  tell_together(from);
}

void Copying::tell_together(uint64_t below) const {
  if (const auto& together = parts_.feed->together())
    together->reached(parts_.feed->log(),
                      {.epoch = epoch_, .position = below, .whole_before = whole_before_});
}

// Where it waits, what lies before it is made visible, since another feed may wait for that.
Result<void> Copying::see_as_much(const log::Record& record) {
  const auto& together = parts_.feed->together();
  if (!together) return {};
  auto admitted = together->admit(parts_.feed->log(), record);
  if (admitted) return {};
  epoch_ = std::max<uint64_t>(epoch_, record.prefix.epoch);
  whole_before_ = record.prefix.epoch;
  last_append_begins_ = next_;
  correlation_.clear();
  if (!waiting_.empty())
    if (auto appended = append_below(next_); !appended) return appended;
  tell_together(next_);
  return admitted;
}

// A parked record counts too: something is said of it.
std::size_t Copying::Waiting::events() const { return std::max<std::size_t>(1, kept.events()); }

Result<void> Copying::follow(const log::Record& record) {
  if (auto known = parking_.know(); !known) return known;
  if (auto seen = see_as_much(record); !seen) return seen;
  const uint64_t position = record.prefix.position;
  epoch_ = std::max<uint64_t>(epoch_, record.prefix.epoch);
  if (record.body.correlation_id() != correlation_) {
    if (events_waiting_ >= kEventsWaitingMax)
      if (auto appended = append_below(position); !appended) return appended;
    correlation_ = record.body.correlation_id();
    last_append_begins_ = position;
    whole_before_ = record.prefix.epoch;
  }
  if (!parking_.waits(record.body.stream()))
    if (auto taken = take(record); !taken) return taken;
  next_ = position + 1;
  return {};
}

Result<std::optional<Copying::Waiting>> Copying::wanted(const log::Record& record) const {
  auto kept = kept_of(record);
  if (!kept) return tl::unexpected(std::move(kept.error()));
  const bool is_asked = parts_.react && parts_.reacts_to && parts_.reacts_to(record);
  if (kept->nothing() && !is_asked) return std::nullopt;
  return Waiting{.record = record, .kept = std::move(*kept)};
}

Result<void> Copying::take(const log::Record& record) {
  auto taken = wanted(record);
  if (!taken) {
    if (!is_for_good(taken.error()) || parking_.is_full()) return tl::unexpected(taken.error());
    taken = Waiting{.record = record,
                    .kept = {},
                    .parked = parking_.park(record, taken.error(), parts_.clock.now())};
  }
  if (!*taken) return {};
  events_waiting_ += (*taken)->events();
  const auto after =
      std::ranges::upper_bound(waiting_, record.prefix.position, {},
                               [](const Waiting& each) { return each.record.prefix.position; });
  waiting_.insert(after, std::move(**taken));
  return {};
}

Result<uint64_t> Copying::settle(bool complete) {
  if (complete) {
    last_append_begins_ = next_;
    correlation_.clear();
  }
  const uint64_t below = last_append_begins_;
  const bool keeps = !waiting_.empty() && waiting_.front().record.prefix.position < below;
  const bool far = below > stored_ && below - stored_ >= kRecordsUnsavedMax;
  if (keeps || far || !parking_.lost().empty())
    if (auto appended = append_below(below); !appended) return tl::unexpected(appended.error());
  if (!std::exchange(retried_what_waits_, true)) retry_what_waits_for_cases();
  tell_together(below);
  return below;
}

Context Copying::context(Time now) const {
  Context context = parts_.context ? parts_.context() : Context{};
  context.actor = hub_itself("follower");
  context.now = now;
  return context;
}

Result<bool> Copying::cases_wait() const {
  if (!parking_.is_empty()) return true;
  const std::string& area = parts_.own_log.options().area;
  return feed::parked_streams(parts_.own_log, "mash/" + area + "/referral")
      .map([](const auto& parked) { return !parked.empty(); });
}

Result<void> Copying::keep(log::UnitOfWork& unit, const Waiting& each, bool cases_wait) const {
  unit.caused_by(each.record);
  if (each.parked) return say(unit, *each.parked);
  Result<void> done;
  if (each.kept.of_case) done = keep_of_case(unit, each.kept);
  for (const auto& [person_id, event] : each.kept.of_persons)
    if (done) done = unit.decide<KnownPerson>({person_stream(person_id)}, event);
  if (done && parts_.react && cases_wait) done = check_case(unit, each.record);
  if (done && parts_.react) done = parts_.react(unit, each.record);
  return done;
}

Result<void> Copying::append(std::optional<log::CursorMove> cursor,
                             const std::function<Result<void>(log::UnitOfWork&)>& work) const {
  const Time now = parts_.clock.now();
  log::CommandCall call{.context = context(now), .received_at = now, .cursor = std::move(cursor)};
  std::promise<Result<log::Appended>> answered;
  log::handle(parts_.own_log, std::move(call), work,
              [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
  return answered.get_future().get().map([](const log::Appended&) {});
}

// Again and again, each time with one stream more that waits, until nothing is refused for good.
Result<void> Copying::append_below(uint64_t position) {
  for (;;) {
    const auto end = std::ranges::lower_bound(
        waiting_, position, {}, [](const Waiting& each) { return each.record.prefix.position; });
    const auto count = static_cast<std::size_t>(end - waiting_.begin());
    std::size_t at_fault = count;
    auto appended = try_to_append(count, position, at_fault);
    if (appended) {
      for (auto each = waiting_.begin(); each != end; ++each) events_waiting_ -= each->events();
      waiting_.erase(waiting_.begin(), end);
      parking_.lost_is_said();
      stored_ = position;
      return {};
    }
    const Error& refused = appended.error();
    if (at_fault == count || !is_for_good(refused) || parking_.is_full()) return appended;
    park(at_fault, refused);
  }
}

// `at_fault`: which of those that wait was refused; unchanged where it was the append itself.
Result<void> Copying::try_to_append(std::size_t count, uint64_t position, std::size_t& at_fault) {
  return append(
      log::CursorMove{
          .feed = parts_.feed->log(), .from = stored_, .to = parts_.feed->cursor_at(position)},
      [&, none = at_fault](log::UnitOfWork& unit) {
        at_fault = none;
        const auto waits = cases_wait();
        if (!waits) return Result<void>(tl::unexpected(waits.error()));
        Result<void> kept;
        for (const auto& resumed : parking_.lost())
          if (kept) kept = say_that_it_goes_on(unit, resumed);
        for (std::size_t i = 0; i < count && kept; ++i) {
          kept = keep(unit, waiting_[i], *waits);
          if (!kept && !waiting_[i].parked) at_fault = i;
        }
        return kept;
      });
}

void Copying::park(std::size_t index, const Error& refused) {
  Waiting& at = waiting_[index];
  events_waiting_ -= at.events();
  at.kept = {};
  at.parked = parking_.park(at.record, refused, parts_.clock.now());
  events_waiting_ += at.events();
  const std::string& stream = at.record.body.stream();
  const uint64_t position = at.record.prefix.position;
  std::erase_if(waiting_, [&](const Waiting& each) {
    const bool later =
        each.record.prefix.position > position && each.record.body.stream() == stream;
    if (later) events_waiting_ -= each.events();
    return later;
  });
}

// What the cursor has passed is taken in by appends of its own, each of which says how far the
// stream is; what it has not passed yet waits among the others, and would come again after a crash.
Result<uint64_t> Copying::retry(const std::string& stream) {
  if (auto known = parking_.know(); !known) return tl::unexpected(known.error());
  const uint64_t below =
      stored_ <= next_ ? std::max(stored_, last_append_begins_) : last_append_begins_;
  const auto* parked = parking_.find(stream);
  if (parked == nullptr || parked->position() >= below)
    return refuse(Code::kNotFound, "STREAM_NOT_PARKED", "This stream does not wait.");
  if (below != stored_)
    if (auto appended = append_below(below); !appended) return tl::unexpected(appended.error());
  const auto records = parts_.feed->read_stream(stream, parked->position(), next_);
  if (!records) return tl::unexpected(records.error());
  const auto passed = std::ranges::lower_bound(
      *records, below, {}, [](const log::Record& record) { return record.prefix.position; });
  const auto end = static_cast<std::size_t>(passed - records->begin());
  if (end == 0 || records->front().prefix.position != parked->position())
    return refuse(Code::kDataLoss, "RECORDS_MISSING", "The log's owner left records out.");
  for (std::size_t from = 0; from < end;) {
    const auto retried = retry_some(*records, from, end);
    if (!retried) return tl::unexpected(retried.error());
    from += retried->records;
    if (from < end) parking_.move(records->at(from), retried->refused);
    if (retried->refused) return tl::unexpected(*retried->refused);
  }
  parking_.take_off(stream);
  for (auto rest = passed; rest != records->end(); ++rest)
    if (!parking_.waits(stream))
      if (auto taken = take(*rest); !taken) return tl::unexpected(taken.error());
  return records->size();
}

void Copying::retry_what_waits_for_cases() {
  if (!parking_.know()) return;
  for (const std::string& stream : parking_.streams_waiting_for("CASE_PARKED")) (void)retry(stream);
}

// In one append: as many as belong in one, up to the first that is refused for good.
Result<Copying::Retried> Copying::retry_some(const std::vector<log::Record>& records,
                                             std::size_t from, std::size_t end) {
  std::vector<Waiting> taken;  // of which there is something to do
  std::vector<std::size_t> which;
  Retried some;
  std::size_t next = from;
  for (std::size_t events = 0; next < end && events < kEventsWaitingMax; ++next) {
    auto each = wanted(records[next]);
    if (!each && !is_for_good(each.error())) return tl::unexpected(each.error());
    if (!each) some.refused = each.error();
    if (some.refused) break;
    if (!*each) continue;
    events += (*each)->events();
    taken.push_back(std::move(**each));
    which.push_back(next);
  }
  for (;;) {
    some.records = next - from;
    if (some.refused && some.records == 0) return some;  // it waits there already
    std::size_t at_fault = taken.size();
    const auto appended = append({}, [&, none = taken.size()](log::UnitOfWork& unit) {
      at_fault = none;
      const auto waits = cases_wait();
      if (!waits) return Result<void>(tl::unexpected(waits.error()));
      for (std::size_t i = 0; i < none; ++i)
        if (auto kept = keep(unit, taken[i], *waits); !kept) {
          at_fault = i;
          return kept;
        }
      return say_where_it_waits(unit, records, next, end, some.refused);
    });
    if (appended) return some;
    if (at_fault == taken.size() || !is_for_good(appended.error()))
      return tl::unexpected(appended.error());
    some.refused = appended.error();
    next = which[at_fault];
    taken.resize(at_fault);
  }
}

Result<void> Copying::say_that_it_goes_on(log::UnitOfWork& unit,
                                          const feed::v1::StreamResumed& resumed) const {
  if (auto said = say(unit, resumed); !said) return said;
  const std::string id = id_in(resumed.stream());
  if (!parts_.on_case_resumed || resumed.stream() != case_stream(id)) return {};
  return parts_.on_case_resumed(unit, id);
}

Result<void> Copying::say_where_it_waits(log::UnitOfWork& unit,
                                         const std::vector<log::Record>& records, std::size_t next,
                                         std::size_t end,
                                         const std::optional<Error>& refused) const {
  if (next < end) {
    unit.caused_by(records[next]);
    return say(unit, parking_.at(records[next], refused));
  }
  const std::string& stream = records.front().body.stream();
  const feed::v1::StreamParked& before = *parking_.find(stream);
  feed::v1::StreamResumed resumed;
  resumed.set_feed(before.feed());
  resumed.set_stream(stream);
  resumed.set_from(before.position());
  resumed.set_to(records[end - 1].prefix.position + 1);
  *resumed.mutable_resumed_at() = to_proto(parts_.clock.now());
  return say_that_it_goes_on(unit, resumed);
}

}  // namespace mash::cases
