#include "strategy/children/child_commands.h"

#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "cases/cluster.h"
#include "core/caller.h"
#include "strategy/checks.h"
#include "strategy/children/child.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

using Holds = bool (*)(const Child::State&);

bool plan_runs(const Child::State& child) { return child.on_plan(); }
bool flag_is_up(const Child::State& child) { return child.missing.has_value(); }

// The first that this holds of among the child's own streams, then among those of whoever is held
// to be the same, in cases that are admitted; none: it holds of none. Others are not read.
template <class Admits>
Result<std::optional<log::Target>> stream_where(log::UnitOfWork& unit,
                                                const cases::Cluster& cluster,
                                                const std::string& child_id, const Admits& admits,
                                                Holds holds) {
  std::vector<std::string> ids{child_id};
  for (const auto& [id, cases] : cluster.cases_of)
    if (id != child_id) ids.push_back(id);
  for (const std::string& id : ids) {
    for (const std::string& case_id : cluster.cases_of.at(id)) {
      const Result<bool> admitted = admits(case_id);
      if (!admitted) return tl::unexpected(admitted.error());
      if (!*admitted) continue;
      log::Target stream{child_stream(case_id, id), case_id};
      const auto child = unit.observe<Child>(stream.stream);
      if (!child) return tl::unexpected(child.error());
      if (holds(*child)) return stream;
    }
  }
  return std::nullopt;
}

Result<std::optional<log::Target>> in_family_where(log::UnitOfWork& unit,
                                                   const cases::Family& family,
                                                   const std::string& child_id, Holds holds) {
  const auto cluster = cases::cluster_of(unit, child_id);
  if (!cluster) return tl::unexpected(cluster.error());
  return stream_where(
      unit, *cluster, child_id,
      [&](const std::string& case_id) { return Result<bool>(family.has_case(case_id)); }, holds);
}

// Of a case outside the family.
Result<bool> may_know(log::UnitOfWork& unit, const std::string& case_id) {
  return cases::family_of(unit, case_id).map([&](const cases::Family& other) {
    return cases::may_know(other, unit.context().actor).has_value();
  });
}

// Where the flag is put up or taken down: for the hub and agencies with a part in the case.
struct Flagged {
  cases::Family family;
  log::Target target;
};

Result<Flagged> child_for_caller(log::UnitOfWork& unit, const std::string& case_id,
                                 const std::string& child_id) {
  auto family = cases::family_for_caller(unit, case_id);
  if (!family) return tl::unexpected(family.error());
  const Actor& actor = unit.context().actor;
  if (!is_hub(actor) && !family->has_part(actor.agency)) return no_such("case");
  if (!family->names_child(child_id)) return no_such("child");
  auto lies_in = in_family_where(unit, *family, child_id, flag_is_up);
  if (!lies_in) return tl::unexpected(lies_in.error());
  if (!*lies_in) *lies_in = child_in(*family, child_id, case_id);
  return Flagged{.family = std::move(*family), .target = std::move(**lies_in)};
}

}  // namespace

log::Target child_in(const cases::Family& family, const std::string& child_id,
                     const std::string& asked) {
  Ids children;
  *children.Add() = child_id;
  const std::string case_id = case_for(children, asked, family);
  return {child_stream(case_id, child_id), case_id};
}

Result<std::optional<log::Target>> running_plan(log::UnitOfWork& unit, const cases::Family& family,
                                                const std::string& child_id) {
  auto plan = in_family_where(unit, family, child_id, plan_runs);
  if (!plan || *plan) return plan;
  const auto cluster = cases::cluster_of(unit, child_id);
  if (!cluster) return tl::unexpected(cluster.error());
  return stream_where(
      unit, *cluster, child_id,
      [&](const std::string& case_id) {
        return family.has_case(case_id) ? Result<bool>(false) : may_know(unit, case_id);
      },
      plan_runs);
}

Result<void> flag_missing(log::UnitOfWork& unit, const v1::FlagMissingRequest& request) {
  const auto child = child_for_caller(unit, request.case_id(), request.child_id());
  if (!child) return tl::unexpected(child.error());
  // The flag is for everybody with a part in the family: it says nothing of other cases.
  const auto plan = in_family_where(unit, child->family, request.child_id(), plan_runs);
  if (!plan) return tl::unexpected(plan.error());
  std::optional<Child::Plan> running;
  if (*plan) {
    auto on_plan = unit.observe<Child>((*plan)->stream);
    if (!on_plan) return tl::unexpected(on_plan.error());
    running = std::move(on_plan->plan);
  }
  return unit.decide<Child>(child->target, Child::FlagMissing{.request = request,
                                                              .case_id = child->target.case_id,
                                                              .plan = std::move(running)});
}

Result<void> clear_missing(log::UnitOfWork& unit, const v1::ClearMissingRequest& request) {
  const auto child = child_for_caller(unit, request.case_id(), request.child_id());
  if (!child) return tl::unexpected(child.error());
  return unit.decide<Child>(child->target, request);
}

}  // namespace mash::strategy
