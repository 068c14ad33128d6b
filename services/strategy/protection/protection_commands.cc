#include "strategy/protection/protection_commands.h"

#include <string>
#include <utility>

#include "cases/case_guard.h"
#include "cases/involve.h"
#include "core/caller.h"
#include "core/ids.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "strategy/checks.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/open_discussion.h"
#include "strategy/protection/protection.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

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

// What nobody planned calls for a discussion. Whether its time is one is judged by Record.
Result<CalledFor> urgent_call(log::UnitOfWork& unit, const cases::Family& family,
                              const std::string& case_id, const std::string& protection_id,
                              const v1::RecordProtectionRequest& request) {
  return called_for(
      unit, family,
      Discussion::Open{.case_id = case_id,
                       .reason = v1::DISCUSSION_REASON_PROTECTION,
                       .protection_id = protection_id,
                       .child_ids = {request.child_ids().begin(), request.child_ids().end()},
                       .timescale = std::string(policy::kStrategyDiscussionUrgent),
                       .counted_from = from_proto(request.started_at()).value_or(Time{})});
}

}  // namespace

Result<void> record_protection(log::UnitOfWork& unit, const v1::RecordProtectionRequest& request) {
  const auto family = cases::family_for_caller(unit, request.case_id());
  if (!family) return tl::unexpected(family.error());
  const Actor& actor = unit.context().actor;
  if (!is_hub(actor) && !family->has_part(actor.agency)) return no_such("case");
  const std::string case_id = case_for(request.child_ids(), request.case_id(), *family);
  const auto planned = planned_by(unit, *family, request.discussion_id());
  if (!planned) return tl::unexpected(planned.error());
  const std::string& id = fresh_id(unit.context());
  const bool was_planned = !request.discussion_id().empty();
  const auto called = was_planned ? Result<CalledFor>(CalledFor{})
                                  : urgent_call(unit, *family, case_id, id, request);
  if (!called) return tl::unexpected(called.error());
  std::string discussion_id = request.discussion_id();
  if (!was_planned) discussion_id = called->opens ? fresh_id(unit.context(), 1) : called->due[0];
  return unit
      .decide<Protection>({protection_stream(id), case_id},
                          Protection::Record{.request = request,
                                             .family = *family,
                                             .case_id = case_id,
                                             .planned = *planned,
                                             .discussion_id = discussion_id})
      .and_then([&]() -> Result<void> {
        if (was_planned) return {};
        return open_called_for(unit, *called, discussion_id);
      })
      .and_then([&]() -> Result<void> {
        if (request.agency().empty()) return {};
        return cases::involve(unit, case_id, {request.agency()});
      });
}

}  // namespace mash::strategy
