#include "strategy/protection/protection_commands.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "cases/case_guard.h"
#include "cases/streams.h"
#include "core/caller.h"
#include "core/ids.h"
#include "core/timestamp.h"
#include "log/event_log.h"
#include "policy/pack.h"
#include "strategy/checks.h"
#include "strategy/discussions/discussion.h"
#include "strategy/protection/protection.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

bool is_over(const Discussion::State& state) {
  return !state.exists() || state.stage == v1::DISCUSSION_STAGE_CLOSED ||
         state.stage == v1::DISCUSSION_STAGE_CALLED_OFF;
}

bool is_about_any(const Discussion::State& state, const v1::RecordProtectionRequest& request) {
  return std::ranges::any_of(request.child_ids(), [&](const std::string& child_id) {
    return std::ranges::find(state.child_ids, child_id) != state.child_ids.end();
  });
}

// The discussions of a family, in the order in which their first event was recorded in each case.
Result<std::vector<std::string>> discussions_of(const log::EventLog& log,
                                                const cases::Family& family) {
  std::vector<std::string> streams;
  std::set<std::string> seen;
  for (const std::string& case_id : family.cases) {
    const auto scanned =
        log.scan({.case_id = case_id, .types = {Discussion::Event::descriptor()->full_name()}},
                 [&](const log::Record& record) {
                   std::string stream(record.body.stream());
                   if (seen.insert(stream).second) streams.push_back(std::move(stream));
                   return true;
                 });
    if (!scanned) return tl::unexpected(scanned.error());
  }
  return streams;
}

// One about a child of these that is still to be held, or being held; empty: none is.
Result<std::string> open_discussion(log::UnitOfWork& unit, const log::EventLog& log,
                                    const cases::Family& family,
                                    const v1::RecordProtectionRequest& request) {
  const auto streams = discussions_of(log, family);
  if (!streams) return tl::unexpected(streams.error());
  for (const std::string& stream : *streams) {
    const auto state = unit.observe<Discussion>(stream);
    if (!state) return tl::unexpected(state.error());
    if (!is_over(*state) && is_about_any(*state, request)) return id_in(stream);
  }
  return std::string();
}

// What is known of the discussion that is said to have planned it.
Result<Protection::Planned> planned_by(log::UnitOfWork& unit, const cases::Family& family,
                                       const std::string& discussion_id) {
  if (discussion_id.empty()) return Protection::Planned{};
  return unit.observe<Discussion>(discussion_stream(discussion_id))
      .map([&](const Discussion::State& state) {
        Protection::Planned planned{.known = family.has_case(state.case_id), .started_at = {}};
        if (!state.sittings.empty()) planned.started_at = state.sittings.front().started_at;
        return planned;
      });
}

Result<void> open_urgent(log::UnitOfWork& unit, const log::Target& discussion,
                         const std::string& protection_id,
                         const v1::RecordProtectionRequest& request) {
  return unit.decide<Discussion>(
      discussion,
      Discussion::Open{.case_id = discussion.case_id,
                       .reason = v1::DISCUSSION_REASON_PROTECTION,
                       .protection_id = protection_id,
                       .child_ids = {request.child_ids().begin(), request.child_ids().end()},
                       .timescale = std::string(policy::kStrategyDiscussionUrgent),
                       .counted_from = *from_proto(request.started_at())});
}

Result<void> involve(log::UnitOfWork& unit, const std::string& case_id, const std::string& agency) {
  if (agency.empty()) return {};
  return unit.decide<cases::KnownCase>({cases::case_stream(case_id), case_id},
                                       cases::KnownCase::Involve{agency});
}

}  // namespace

Result<void> record_protection(log::UnitOfWork& unit, const log::EventLog& log,
                               const v1::RecordProtectionRequest& request) {
  const auto family = cases::family_for_caller(unit, request.case_id());
  if (!family) return tl::unexpected(family.error());
  const Actor& actor = unit.context().actor;
  if (!is_hub(actor) && !family->has_part(actor.agency)) return no_such("case");
  const std::string case_id = case_for(request.child_ids(), request.case_id(), *family);
  const auto planned = planned_by(unit, *family, request.discussion_id());
  if (!planned) return tl::unexpected(planned.error());
  auto discussion_id = request.discussion_id().empty()
                           ? open_discussion(unit, log, *family, request)
                           : Result<std::string>(request.discussion_id());
  if (!discussion_id) return tl::unexpected(discussion_id.error());
  const bool falls_due = discussion_id->empty();
  if (falls_due) discussion_id = fresh_id(unit.context(), 1);
  const std::string& id = fresh_id(unit.context());
  return unit
      .decide<Protection>({protection_stream(id), case_id},
                          Protection::Record{.request = request,
                                             .family = *family,
                                             .case_id = case_id,
                                             .planned = *planned,
                                             .discussion_id = *discussion_id})
      .and_then([&]() -> Result<void> {
        if (!falls_due) return {};
        return open_urgent(unit, {discussion_stream(*discussion_id), case_id}, id, request);
      })
      .and_then([&] { return involve(unit, case_id, request.agency()); });
}

}  // namespace mash::strategy
