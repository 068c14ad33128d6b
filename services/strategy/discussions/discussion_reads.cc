#include "strategy/discussions/discussion_reads.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "cases/case_guard.h"
#include "core/caller.h"
#include "core/checks.h"
#include "core/ids.h"
#include "host/pages.h"
#include "log/row_order.h"
#include "strategy/children/missing_reads.h"
#include "strategy/discussions/discussion_shown.h"
#include "strategy/lists/pages.h"
#include "strategy/lists/views.h"
#include "strategy/read_stream.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

bool is_wanted(const v1::DiscussionRow& row, const v1::ListDiscussionsRequest& request, Time now) {
  const v1::DiscussionSummary& summary = row.summary();
  if (!request.case_id().empty() && request.case_id() != summary.case_id()) return false;
  if (request.stage() != v1::DISCUSSION_STAGE_UNSPECIFIED && request.stage() != summary.stage())
    return false;
  if (request.open() && is_over(row)) return false;
  return !request.late() || is_late(row.due(), now);
}

// The row of a discussion as at a size, read from its stream.
Result<v1::DiscussionRow> row_of(const log::EventLog& log, const std::string& stream,
                                 std::optional<uint64_t> size) {
  return read_stream<v1::DiscussionEvent>(log, stream, size, false)
      .map([&](const log::OpenedEvents<v1::DiscussionEvent>& read) {
        v1::DiscussionRow row;
        for (const v1::DiscussionEvent& event : read.events) evolve_row(row, id_in(stream), event);
        return row;
      });
}

// Those of one case: no more is looked at than the case has.
Result<host::Looks> list_of_case(const log::EventLog& log,
                                 const v1::ListDiscussionsRequest& request, const Context& context,
                                 v1::ListDiscussionsResponse& response) {
  const host::RowRange range{.view = kCaseStrategyView,
                             .from = log::packed(request.case_id()),
                             .below = log::rows_below(request.case_id())};
  const auto start = host::page_start(log, request, range.page_size_max);
  if (!start) return tl::unexpected(start.error());
  const uint64_t size = start->as_at_size.value_or(log.size());
  Result<void> readable;  // of the streams looked at
  const auto read = [&](const v1::CaseStrategyRow& row) {
    auto discussion = row_of(log, row.stream(), size);
    if (!discussion && readable) readable = tl::unexpected(discussion.error());
    return std::move(discussion).value_or(v1::DiscussionRow());
  };
  auto looks = list_page<v1::CaseStrategyRow>(
      log, request, context, range, response,
      [&](const v1::CaseStrategyRow& row, Time now) {
        if (!row.stream().starts_with(discussion_stream(""))) return false;
        const v1::DiscussionRow discussion = read(row);
        return may_see(discussion.summary(), context.actor) && is_wanted(discussion, request, now);
      },
      [&](const v1::CaseStrategyRow&) { return request.case_id(); },
      [&](const v1::CaseStrategyRow& row, Time) {
        *response.add_discussions() = shown(read(row));
      });
  if (looks && !readable) return tl::unexpected(readable.error());
  return looks;
}

bool is_wanted(const v1::ActionRow& row, const v1::ListActionsRequest& request, Time now) {
  const v1::Action& action = row.action();
  if (!request.case_id().empty() && request.case_id() != action.case_id()) return false;
  if (!request.agency().empty() && request.agency() != action.agency()) return false;
  if (request.open() && action.result() != v1::ACTION_RESULT_UNSPECIFIED) return false;
  return !request.late() || is_late(row.due(), now);
}

}  // namespace

bool may_see(const v1::DiscussionSummary& discussion, const Actor& actor) {
  if (is_hub(actor) || is_auditor(actor)) return true;
  return std::ranges::find(discussion.agencies(), actor.agency) != discussion.agencies().end();
}

Result<host::Looks> get_discussion(const log::EventLog& log,
                                   const v1::GetDiscussionRequest& request, const Context& context,
                                   v1::GetDiscussionResponse& response) {
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  response.Clear();  // a second judgement shows nothing of the first
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const uint64_t now = log.size();
  const std::string& id = request.discussion_id();
  const bool texts = sees_texts(context.actor, request.purpose());
  // Judged by what everybody may know before anything is opened.
  const auto known = read_stream<v1::DiscussionEvent>(log, discussion_stream(id), at->size, false);
  if (!known) return tl::unexpected(known.error());
  if (known->events.empty()) return no_such("discussion");
  auto detail = detail_of(id, known->events, at->time);
  const std::string case_id = detail.summary().case_id();
  const auto family = cases::family_of(log, case_id, now);
  if (!family) return tl::unexpected(family.error());
  if (auto may = cases::may_know(*family, context.actor, "discussion"); !may)
    return tl::unexpected(may.error());
  if (!may_see(detail.summary(), context.actor)) return no_such("discussion");
  // Nor does who is not invited any more see how it stood before.
  if (at->size) {
    const auto latest = read_stream<v1::DiscussionEvent>(log, discussion_stream(id), now, false);
    if (!latest) return tl::unexpected(latest.error());
    if (!may_see(detail_of(id, latest->events, context.now).summary(), context.actor))
      return no_such("discussion");
  }
  bool erased = false;
  if (texts) {
    auto opened = read_stream<v1::DiscussionEvent>(log, discussion_stream(id), at->size, true);
    if (!opened) return tl::unexpected(opened.error());
    detail = detail_of(id, opened->events, at->time);
    erased = opened->erased;
  }
  const auto missing = missing_among(log, *family, detail.summary().child_ids(), at->size);
  if (!missing) return tl::unexpected(missing.error());
  *response.mutable_discussion() = std::move(detail);
  response.mutable_discussion()->set_erased(erased);
  for (const std::string& child : *missing)
    response.mutable_discussion()->add_missing_child_ids(child);
  if (!texts) return host::Looks{};
  host::Look look{
      .stream_id = case_id, .case_id = case_id, .ids = {id}, .as_at_size = at->size.value_or(0)};
  if (auto rests = cases::rest_on(log, *family, now, look); !rests)
    return tl::unexpected(rests.error());
  return host::Looks{std::move(look)};
}

Result<host::Looks> list_discussions(const log::EventLog& log,
                                     const v1::ListDiscussionsRequest& request,
                                     const Context& context,
                                     v1::ListDiscussionsResponse& response) {
  if (Uuid::parse(request.case_id())) return list_of_case(log, request, context, response);
  return list_page<v1::DiscussionRow>(
      log, request, context, {.view = kDiscussionsView, .below = end_of(request)}, response,
      [&](const v1::DiscussionRow& row, Time now) {
        return may_see(row.summary(), context.actor) && is_wanted(row, request, now);
      },
      [](const v1::DiscussionRow& row) { return row.summary().case_id(); },
      [&](const v1::DiscussionRow& row, Time) { *response.add_discussions() = shown(row); });
}

Result<host::Looks> list_actions(const log::EventLog& log, const v1::ListActionsRequest& request,
                                 const Context& context, v1::ListActionsResponse& response) {
  const bool sees_all = is_hub(context.actor) || is_auditor(context.actor);
  return list_page<v1::ActionRow>(
      log, request, context, {.view = kActionsView, .below = end_of(request)}, response,
      [&](const v1::ActionRow& row, Time now) {
        return (sees_all || row.action().agency() == context.actor.agency) &&
               is_wanted(row, request, now);
      },
      [](const v1::ActionRow& row) { return row.action().case_id(); },
      [&](const v1::ActionRow& row, Time now) { *response.add_actions() = shown(row, now); });
}

}  // namespace mash::strategy
