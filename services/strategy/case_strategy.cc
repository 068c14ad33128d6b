#include "strategy/case_strategy.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "cases/case_guard.h"
#include "core/caller.h"
#include "core/checks.h"
#include "core/ids.h"
#include "log/as_at.h"
#include "strategy/children/missing_reads.h"
#include "strategy/conferences/conference_reads.h"
#include "strategy/discussions/discussion_reads.h"
#include "strategy/lists/case_streams.h"
#include "strategy/lists/rows.h"
#include "strategy/protection/protection.h"
#include "strategy/read_stream.h"

namespace mash::strategy {
namespace {

void take(v1::Protection& shown, const v1::ProtectionStarted& started) {
  shown.set_case_id(started.case_id());
  shown.set_kind(started.kind());
  *shown.mutable_child_ids() = started.child_ids();
  *shown.mutable_started_at() = started.started_at();
  shown.set_authority(started.authority());
  shown.set_reason(started.reason());
  shown.set_other_children(started.other_children());
  shown.set_agency(started.agency());
  shown.set_acted_alone(started.acted_alone());
  shown.set_discussion_id(started.discussion_id());
  if (started.has_other_authority()) *shown.mutable_other_authority() = started.other_authority();
}

// How many of each sort are shown; and how many streams are read for that.
constexpr int kDiscussionsMax = 200;
constexpr int kConferencesMax = 100;
constexpr int kProtectionsMax = 100;
constexpr int kStatusesMax = 200;
constexpr std::size_t kStreamsMax = 2'000;

// What an agency sees of a conference that it asked for: its own words, and the answer.
void leave_the_answer(v1::Conference& conference) {
  conference.clear_place();
  conference.clear_chair();
  conference.clear_outcomes();
  if (conference.stage() != v1::CONFERENCE_STAGE_NOT_HELD) conference.clear_text();
}

// What an agency sees of protection in which it acted: what it recorded itself, and how that
// stands.
void leave_own_words(v1::Protection& protection, bool recorded) {
  protection.clear_end_text();
  protection.clear_other_authority();
  if (recorded) return;
  protection.clear_authority();
  protection.clear_reason();
  protection.clear_other_children();
  protection.clear_acted_alone();
}

// Gathers what one caller may see of one stream after the other, the newest first.
class Gathering {
 public:
  Gathering(const log::EventLog& log, const Actor& actor, const log::AsAt& at, bool texts,
            v1::GetCaseStrategyResponse& response)
      : log_(log),
        actor_(actor),
        sees_all_(is_hub(actor) || is_auditor(actor)),
        at_(at),
        texts_(texts),
        response_(response) {}

  Result<void> add(const CaseStream& from) {
    if (++read_ > kStreamsMax) {
      response_.set_more(true);
      return {};
    }
    const std::string& stream = from.stream;
    if (stream.starts_with("discussion/")) return add_discussion(stream);
    if (stream.starts_with("child/")) return add_child(from);
    return stream.starts_with("conference/") ? add_conference(from) : add_protection(from);
  }

  // The order in which each began; what was shown with texts, by case.
  std::map<std::string, std::vector<std::string>> finish() {
    std::ranges::reverse(*response_.mutable_discussions());
    std::ranges::reverse(*response_.mutable_conferences());
    std::ranges::reverse(*response_.mutable_protections());
    std::ranges::reverse(*response_.mutable_children());
    for (auto& [case_id, ids] : shown_) std::ranges::reverse(ids);
    return std::move(shown_);
  }

 private:
  // Another one, where there is room.
  template <class Things, class Thing>
  bool take(Things& things, Thing&& thing, int max) {
    if (things.size() >= max) {
      response_.set_more(true);
      return false;
    }
    *things.Add() = std::forward<Thing>(thing);
    return true;
  }

  // In short: nothing of it is personal.
  Result<void> add_discussion(const std::string& stream) {
    const auto read = read_stream<v1::DiscussionEvent>(log_, stream, at_.size, false);
    if (!read) return tl::unexpected(read.error());
    v1::DiscussionRow row;
    for (const v1::DiscussionEvent& event : read->events) evolve_row(row, id_in(stream), event);
    if (may_see(row.summary(), actor_))
      take(*response_.mutable_discussions(), shown(row), kDiscussionsMax);
    return {};
  }

  Result<void> add_conference(const CaseStream& from) {
    const auto read = read_stream<v1::ConferenceEvent>(log_, from.stream, at_.size, texts_);
    if (!read) return tl::unexpected(read.error());
    v1::Conference conference = conference_of(id_in(from.stream), read->events, at_.time);
    conference.set_erased(read->erased);
    if (!sees_all_) {
      if (conference.requested_by_agency() != actor_.agency) return {};
      leave_the_answer(conference);
    }
    if (take(*response_.mutable_conferences(), std::move(conference), kConferencesMax))
      shown_[from.case_id].push_back(id_in(from.stream));
    return {};
  }

  Result<void> add_protection(const CaseStream& from) {
    const auto read = read_stream<v1::ProtectionEvent>(log_, from.stream, at_.size, texts_);
    if (!read) return tl::unexpected(read.error());
    v1::Protection protection = protection_of(id_in(from.stream), read->events, at_.time);
    protection.set_erased(read->erased);
    if (!sees_all_) {
      const bool recorded =
          !read->events.empty() && read->events[0].started().recorded_by_agency() == actor_.agency;
      if (!recorded && protection.agency() != actor_.agency) return {};
      leave_own_words(protection, recorded);
    }
    if (take(*response_.mutable_protections(), std::move(protection), kProtectionsMax))
      shown_[from.case_id].push_back(id_in(from.stream));
    return {};
  }

  // Agencies see the flag, not the plan.
  Result<void> add_child(const CaseStream& from) {
    const auto read = read_stream<v1::ChildEvent>(log_, from.stream, at_.size, texts_);
    if (!read) return tl::unexpected(read.error());
    v1::ChildStatus child;
    for (const v1::ChildEvent& event : read->events) evolve_child(child, event);
    if (!sees_all_) {
      clear_plan(child);
      if (!child.has_missing_since() && !child.has_found_at()) return {};
    }
    std::string child_id = child.child_id();
    if (take(*response_.mutable_children(), std::move(child), kStatusesMax))
      shown_[from.case_id].push_back(std::move(child_id));
    return {};
  }

  const log::EventLog& log_;
  const Actor& actor_;
  bool sees_all_;
  const log::AsAt& at_;
  bool texts_;
  v1::GetCaseStrategyResponse& response_;
  std::map<std::string, std::vector<std::string>> shown_;
  std::size_t read_ = 0;
};

// The families of the cases that it was one with then and is not now, where each may be known of
// now.
Result<std::vector<cases::Family>> parted_since(const log::EventLog& log,
                                                const cases::Family& family,
                                                const cases::Family& then, uint64_t now,
                                                const Actor& actor) {
  std::vector<cases::Family> parted;
  for (const std::string& one : then.cases) {
    if (family.has_case(one) || std::ranges::any_of(parted, [&](const cases::Family& other) {
          return other.has_case(one);
        }))
      continue;
    auto other = cases::family_of(log, one, now);
    if (!other) return tl::unexpected(other.error());
    if (cases::may_know(*other, actor)) parted.push_back(std::move(*other));
  }
  return parted;
}

// What is gathered from, and whom that rests on.
struct Sources {
  std::vector<std::string> case_ids;
  std::vector<cases::Family> families;
};

Result<Sources> sources_of(const log::EventLog& log, const cases::Family& family,
                           const v1::GetCaseStrategyRequest& request,
                           const std::optional<uint64_t>& size, uint64_t now, const Actor& actor) {
  if (!size) return Sources{.case_ids = family.cases, .families = {family}};
  const auto then = cases::family_of(log, request.case_id(), size);
  if (!then) return tl::unexpected(then.error());
  auto families = parted_since(log, family, *then, now, actor);
  if (!families) return tl::unexpected(families.error());
  families->push_back(family);
  Sources sources{.case_ids = {}, .families = std::move(*families)};
  std::ranges::copy_if(
      then->cases, std::back_inserter(sources.case_ids), [&](const std::string& one) {
        return std::ranges::any_of(sources.families,
                                   [&](const auto& known) { return known.has_case(one); });
      });
  return sources;
}

}  // namespace

v1::Protection protection_of(const std::string& protection_id,
                             const std::vector<v1::ProtectionEvent>& events, Time now) {
  using Event = v1::ProtectionEvent;
  v1::Protection shown;
  shown.set_protection_id(protection_id);
  shown.set_version(events.size());
  ProtectionClocks clocks;
  for (const Event& event : events) {
    clocks.evolve(event);
    switch (event.kind_case()) {
      case Event::kStarted:
        take(shown, event.started());
        break;
      case Event::kExtended:
        shown.set_extended_by_court(true);
        break;
      case Event::kResponsibilityRecorded:
        *shown.mutable_other_authority() = event.responsibility_recorded().other_authority();
        break;
      case Event::kEnded:
        shown.set_end(event.ended().end());
        *shown.mutable_ended_at() = event.ended().ended_at();
        shown.set_end_text(event.ended().text());
        break;
      case Event::kDeadlineTold:
      case Event::KIND_NOT_SET:  // refused when read
        break;
    }
  }
  if (const clocks::Clock* clock = clocks.current())
    to_proto(*clock, now, shown.mutable_deadline());
  return shown;
}

Result<host::Looks> get_case_strategy(const log::EventLog& log,
                                      const v1::GetCaseStrategyRequest& request,
                                      const Context& context,
                                      v1::GetCaseStrategyResponse& response) {
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  response.Clear();  // a second judgement shows nothing of the first
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const uint64_t now = log.size();
  const auto family = cases::family_of(log, request.case_id(), now);
  if (!family) return tl::unexpected(family.error());
  if (auto may = cases::may_know(*family, context.actor); !may) return tl::unexpected(may.error());
  const bool texts = sees_texts(context.actor, request.purpose());
  const auto sources = sources_of(log, *family, request, at->size, now, context.actor);
  if (!sources) return tl::unexpected(sources.error());
  auto streams = streams_of(log, sources->case_ids, at->size);
  if (!streams) return tl::unexpected(streams.error());
  // Ids of streams begin with the time at which they were given out. What is known of the children
  // comes first: a flag is never left out for want of room.
  std::ranges::stable_sort(*streams, std::ranges::greater{}, [](const CaseStream& each) {
    return std::pair(each.stream.starts_with("child/"), id_in(each.stream));
  });
  Gathering gathering(log, context.actor, *at, texts, response);
  for (const CaseStream& each : *streams)
    if (auto added = gathering.add(each); !added) return tl::unexpected(added.error());
  host::Looks looks;
  for (auto& [case_id, ids] : gathering.finish()) {
    if (!texts) continue;
    looks.push_back({.stream_id = case_id,
                     .case_id = case_id,
                     .ids = std::move(ids),
                     .as_at_size = at->size.value_or(0)});
  }
  if (looks.empty()) return looks;
  for (const cases::Family& known : sources->families)
    if (auto rests = cases::rest_on(log, known, now, looks.front()); !rests)
      return tl::unexpected(rests.error());
  return looks;
}

}  // namespace mash::strategy
