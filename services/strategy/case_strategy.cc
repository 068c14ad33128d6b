#include "strategy/case_strategy.h"

#include <optional>
#include <string_view>
#include <utility>

#include "cases/case_guard.h"
#include "core/caller.h"
#include "core/checks.h"
#include "core/ids.h"
#include "log/as_at.h"
#include "strategy/conferences/conference_reads.h"
#include "strategy/discussions/discussion_reads.h"
#include "strategy/lists/rows.h"
#include "strategy/lists/views.h"
#include "strategy/protection/protection.h"
#include "strategy/read_stream.h"

namespace mash::strategy {
namespace {

constexpr std::size_t kPageRows = 1'000;

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

// Gathers what one caller may see of one case after the other.
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

  // Answers with the ids of what was shown with texts.
  Result<std::vector<std::string>> of_case(const std::string& case_id) {
    std::vector<std::string> ids;
    log::ListQuery query{.view = std::string(kCaseStrategyView),
                         .as_at_size = at_.size,
                         .limit = kPageRows,
                         .order_from = log::packed(case_id),
                         .order_below = log::rows_below(case_id)};
    do {
      const auto page = log_.list(query);
      if (!page) return tl::unexpected(page.error());
      for (const log::ListedRow& row : page->rows)
        if (auto added = add(row.id, ids); !added) return tl::unexpected(added.error());
      query.as_at_size = page->as_at_size;
      query.after = page->next;
    } while (!query.after.empty());
    return ids;
  }

 private:
  Result<void> add(const std::string& stream, std::vector<std::string>& ids) {
    if (stream.starts_with("discussion/")) return add_discussion(stream);
    if (stream.starts_with("child/")) return add_child(stream, ids);
    if (!sees_all_) return {};
    return stream.starts_with("conference/") ? add_conference(stream, ids)
                                             : add_protection(stream, ids);
  }

  // In short: nothing of it is personal.
  Result<void> add_discussion(const std::string& stream) {
    const auto read = read_stream<v1::DiscussionEvent>(log_, stream, at_.size, false);
    if (!read) return tl::unexpected(read.error());
    v1::DiscussionRow row;
    for (const v1::DiscussionEvent& event : read->events) evolve_row(row, id_in(stream), event);
    if (may_see(row.summary(), actor_)) *response_.add_discussions() = shown(row);
    return {};
  }

  Result<void> add_conference(const std::string& stream, std::vector<std::string>& ids) {
    const auto read = read_stream<v1::ConferenceEvent>(log_, stream, at_.size, texts_);
    if (!read) return tl::unexpected(read.error());
    ids.push_back(id_in(stream));
    v1::Conference& conference = *response_.add_conferences();
    conference = conference_of(ids.back(), read->events, at_.time);
    conference.set_erased(read->erased);
    return {};
  }

  Result<void> add_protection(const std::string& stream, std::vector<std::string>& ids) {
    const auto read = read_stream<v1::ProtectionEvent>(log_, stream, at_.size, texts_);
    if (!read) return tl::unexpected(read.error());
    ids.push_back(id_in(stream));
    v1::Protection& protection = *response_.add_protections();
    protection = protection_of(ids.back(), read->events, at_.time);
    protection.set_erased(read->erased);
    return {};
  }

  // Agencies see the flag, not the plan.
  Result<void> add_child(const std::string& stream, std::vector<std::string>& ids) {
    const auto read = read_stream<v1::ChildEvent>(log_, stream, at_.size, texts_);
    if (!read) return tl::unexpected(read.error());
    v1::ChildStatus child;
    for (const v1::ChildEvent& event : read->events) evolve_child(child, event);
    if (!sees_all_) {
      child.clear_plan_since();
      child.clear_plan_conference_id();
      if (!child.has_missing_since() && !child.has_found_at()) return {};
    }
    ids.push_back(child.child_id());
    *response_.add_children() = std::move(child);
    return {};
  }

  const log::EventLog& log_;
  const Actor& actor_;
  bool sees_all_;
  const log::AsAt& at_;
  bool texts_;
  v1::GetCaseStrategyResponse& response_;
};

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
  Checks checks;
  checks.text("purpose", request.purpose(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  response.Clear();  // a second judgement shows nothing of the first
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const uint64_t now = log.size();
  const auto family = cases::family_of(log, request.case_id(), now);
  if (!family) return tl::unexpected(family.error());
  if (auto may = cases::may_know(*family, context.actor); !may) return tl::unexpected(may.error());
  const bool texts = sees_texts(context.actor, request.purpose());
  Gathering gathering(log, context.actor, *at, texts, response);
  host::Looks looks;
  for (const std::string& case_id : family->cases) {
    auto ids = gathering.of_case(case_id);
    if (!ids) return tl::unexpected(ids.error());
    if (ids->empty() || !texts) continue;
    looks.push_back({.stream_id = case_id,
                     .case_id = case_id,
                     .ids = std::move(*ids),
                     .as_at_size = at->size.value_or(0)});
  }
  if (looks.empty()) return looks;
  if (auto rests = cases::rest_on(log, *family, now, looks.front()); !rests)
    return tl::unexpected(rests.error());
  return looks;
}

}  // namespace mash::strategy
