#include "strategy/conferences/conference_commands.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "core/caller.h"
#include "core/timestamp.h"
#include "log/state.h"
#include "strategy/checks.h"
#include "strategy/children/child.h"
#include "strategy/children/child_commands.h"
#include "strategy/conferences/conference.h"
#include "strategy/lists/case_streams.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

// Where the plan of each child runs, by id; of whom none does, nothing.
using Plans = std::map<std::string, log::Target>;

Result<Plans> plans_of(log::UnitOfWork& unit, const cases::Family& family,
                       const Conference::State& state) {
  Plans plans;
  for (const std::string& child_id : state.child_ids) {
    auto plan = running_plan(unit, family, child_id);
    if (!plan) return tl::unexpected(plan.error());
    if (*plan) plans.emplace(child_id, std::move(**plan));
  }
  return plans;
}

// What a plan becomes; nothing where it goes on, or there is none.
Result<void> change_plan(log::UnitOfWork& unit, const v1::RecordConferenceRequest& request,
                         const v1::ChildOutcome& outcome, const log::Target& child) {
  const Time at = request.has_held_at() ? *from_proto(request.held_at()) : unit.context().now;
  if (outcome.plan() == v1::PLAN_DECISION_STARTS)
    return unit.decide<Child>(child, Child::StartPlan{.case_id = child.case_id,
                                                      .child_id = outcome.child_id(),
                                                      .conference_id = request.conference_id(),
                                                      .started_at = at});
  if (outcome.plan() == v1::PLAN_DECISION_ENDS)
    return unit.decide<Child>(
        child, Child::EndPlan{
                   .conference_id = request.conference_id(), .end = outcome.end(), .ended_at = at});
  return {};
}

// Whether a conference about one of the children is asked for or to be held. Two that are asked for
// at one moment do not know of each other.
Result<bool> is_one_open(const log::EventLog& log, const cases::Family& family,
                         const Ids& child_ids) {
  const auto streams = streams_of(log, family.cases, {});
  if (!streams) return tl::unexpected(streams.error());
  for (const CaseStream& each : *streams) {
    if (!each.stream.starts_with("conference/")) continue;
    const auto state = log::read_state<Conference>(log, each.stream);
    if (!state) return tl::unexpected(state.error());
    if (state->open() && std::ranges::any_of(child_ids, [&](const std::string& id) {
          return std::ranges::find(state->child_ids, id) != state->child_ids.end();
        }))
      return true;
  }
  return false;
}

}  // namespace

Result<void> schedule_conference(log::UnitOfWork& unit,
                                 const v1::ScheduleConferenceRequest& request) {
  const bool is_new = request.conference_id().empty();
  const std::string stream =
      conference_stream(is_new ? fresh_id(unit.context()) : request.conference_id());
  const auto state = unit.observe<Conference>(stream);
  if (!state) return tl::unexpected(state.error());
  const std::string& asked = is_new ? request.case_id() : state->case_id;
  const auto family =
      cases::family_for_caller(unit, asked, is_new ? std::string_view("case") : "conference");
  if (!family) return tl::unexpected(family.error());
  const std::string case_id = case_for(request.child_ids(), asked, *family);
  return unit.decide<Conference>(
      {stream, case_id},
      Conference::Schedule{.request = request, .family = *family, .case_id = case_id});
}

Result<void> request_conference(log::UnitOfWork& unit, const log::EventLog& log,
                                const v1::RequestConferenceRequest& request) {
  const auto family = cases::family_for_caller(unit, request.case_id());
  if (!family) return tl::unexpected(family.error());
  const std::string case_id = case_for(request.child_ids(), request.case_id(), *family);
  const auto open = is_one_open(log, *family, request.child_ids());
  if (!open) return tl::unexpected(open.error());
  return unit.decide<Conference>(
      {conference_stream(fresh_id(unit.context())), case_id},
      Conference::RequestIt{
          .request = request, .family = *family, .case_id = case_id, .one_is_open = *open});
}

Result<void> record_conference(log::UnitOfWork& unit, const v1::RecordConferenceRequest& request) {
  const log::Target conference{conference_stream(request.conference_id())};
  const auto state = unit.observe<Conference>(conference.stream);
  if (!state) return tl::unexpected(state.error());
  const auto family = cases::family_for_caller(unit, state->case_id, "conference");
  if (!family) return tl::unexpected(family.error());
  const auto plans = plans_of(unit, *family, *state);
  if (!plans) return tl::unexpected(plans.error());
  std::set<std::string> on_plan;
  for (const auto& [child_id, plan] : *plans) on_plan.insert(child_id);
  const std::vector<Conference::FallDue> next =
      Conference::next(*state, request.conference_id(), request);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < next.size(); ++i) ids.push_back(fresh_id(unit.context(), i));
  Result<void> done = unit.decide<Conference>(
      conference,
      Conference::Record{.request = request, .on_plan = std::move(on_plan), .next_ids = ids});
  for (std::size_t i = 0; done && i < next.size(); ++i)
    done = unit.decide<Conference>({conference_stream(ids[i]), state->case_id}, next[i]);
  for (const v1::ChildOutcome& outcome : request.outcomes()) {
    if (!done) break;
    const auto runs = plans->find(outcome.child_id());
    done =
        change_plan(unit, request, outcome,
                    runs != plans->end() ? runs->second
                                         : child_in(*family, outcome.child_id(), state->case_id));
  }
  return done;
}

}  // namespace mash::strategy
