#include "cases/copying.h"

#include <algorithm>
#include <future>
#include <utility>

#include "cases/known_case.h"
#include "cases/streams.h"
#include "feed/feed.h"
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

Result<void> keep(log::UnitOfWork& unit, const log::Record& record, const Kept& kept) {
  unit.caused_by(record);
  Result<void> done;
  if (kept.of_case) done = keep_of_case(unit, kept);
  for (const auto& [person_id, event] : kept.of_persons)
    if (done) done = unit.decide<KnownPerson>({person_stream(person_id)}, event);
  return done;
}

}  // namespace

log::Cursor Copying::stored() const { return parts_.own_log.cursor(parts_.feed->log()); }

void Copying::begin(uint64_t from) {
  stored_ = stored().position;
  next_ = last_append_begins_ = from;
  correlation_.clear();
  waiting_.clear();
  events_waiting_ = 0;
}

Result<void> Copying::follow(const log::Record& record) {
  auto kept = kept_of(record);
  if (!kept) return tl::unexpected(kept.error());
  const uint64_t position = record.prefix.position;
  if (record.body.correlation_id() != correlation_) {
    if (events_waiting_ >= kEventsWaitingMax)
      if (auto appended = append_below(position); !appended) return appended;
    correlation_ = record.body.correlation_id();
    last_append_begins_ = position;
  }
  next_ = position + 1;
  const bool is_asked = parts_.react && parts_.reacts_to && parts_.reacts_to(record);
  if (kept->nothing() && !is_asked) return {};
  events_waiting_ += std::max<std::size_t>(1, kept->events());
  waiting_.push_back({record, std::move(*kept)});
  return {};
}

Result<uint64_t> Copying::settle(bool complete) {
  const uint64_t below = complete ? next_ : last_append_begins_;
  const bool keeps = !waiting_.empty() && waiting_.front().record.prefix.position < below;
  const bool far = below > stored_ && below - stored_ >= kRecordsUnsavedMax;
  if (keeps || far)
    if (auto appended = append_below(below); !appended) return tl::unexpected(appended.error());
  return below;
}

Context Copying::context(Time now) const {
  Context context = parts_.context ? parts_.context() : Context{};
  context.actor = {.agency = "hub", .system = "follower", .practitioner = "", .role = ""};
  context.now = now;
  return context;
}

Result<void> Copying::append_below(uint64_t position) {
  const auto end = std::ranges::find_if(
      waiting_, [&](const Waiting& each) { return each.record.prefix.position >= position; });
  const Time now = parts_.clock.now();
  log::CommandCall call{
      .context = context(now),
      .received_at = now,
      .cursor = log::CursorMove{
          .feed = parts_.feed->log(), .from = stored_, .to = parts_.feed->cursor_at(position)}};
  const auto work = [&](log::UnitOfWork& unit) {
    Result<void> kept;
    for (auto each = waiting_.begin(); each != end && kept; ++each) {
      kept = keep(unit, each->record, each->kept);
      if (kept && parts_.react) kept = parts_.react(unit, each->record);
    }
    return kept;
  };
  std::promise<Result<log::Appended>> answered;
  log::handle(parts_.own_log, std::move(call), work,
              [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
  if (const auto appended = answered.get_future().get(); !appended)
    return tl::unexpected(appended.error());
  for (auto each = waiting_.begin(); each != end; ++each)
    events_waiting_ -= std::max<std::size_t>(1, each->kept.events());
  waiting_.erase(waiting_.begin(), end);
  stored_ = position;
  return {};
}

}  // namespace mash::cases
