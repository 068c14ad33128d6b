#include "strategy/children/child_commands.h"

#include <algorithm>
#include <utility>

#include "cases/case_guard.h"
#include "cases/known_case.h"
#include "cases/streams.h"
#include "core/caller.h"
#include "strategy/checks.h"
#include "strategy/children/child.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

// No more records can be one person (referral/people).
constexpr std::size_t kSameMax = 50;

// Who is held to be the child, the child included, with the cases that name each.
using Records = std::vector<std::pair<std::string, std::set<std::string>>>;

Result<Records> records_of(log::UnitOfWork& unit, const std::string& child_id) {
  Records records;
  std::vector<std::string> waiting{child_id};
  std::set<std::string> seen{child_id};
  while (!waiting.empty() && records.size() < kSameMax) {
    const std::string id = std::move(waiting.back());
    waiting.pop_back();
    auto person = unit.observe<cases::KnownPerson>(cases::person_stream(id));
    if (!person) return tl::unexpected(person.error());
    records.emplace_back(id, std::move(person->cases));
    for (const std::string& same : person->same)
      if (seen.insert(same).second) waiting.push_back(same);
  }
  return records;
}

// Of the cases that name the child, the one asked for first, that in which this holds of them;
// where it holds in none, the one asked for. `within`: no others; null: any.
Result<std::string> case_where(log::UnitOfWork& unit, const std::string& child_id,
                               const std::string& asked, const cases::Family* within,
                               bool (*holds)(const Child::State&)) {
  const auto person = unit.observe<cases::KnownPerson>(cases::person_stream(child_id));
  if (!person) return tl::unexpected(person.error());
  std::vector<std::string> candidates{asked};
  candidates.insert(candidates.end(), person->cases.begin(), person->cases.end());
  for (const std::string& case_id : candidates) {
    if (within != nullptr && !within->has_case(case_id)) continue;
    const auto child = unit.observe<Child>(child_stream(case_id, child_id));
    if (!child) return tl::unexpected(child.error());
    if (holds(*child)) return case_id;
  }
  return asked;
}

Result<bool> runs(log::UnitOfWork& unit, const std::string& case_id, const std::string& child_id) {
  return unit.observe<Child>(child_stream(case_id, child_id)).map([](const Child::State& state) {
    return state.on_plan();
  });
}

Result<bool> is_on_plan(log::UnitOfWork& unit, const cases::Family& family,
                        const std::string& child_id, const std::string& asked) {
  const auto own_case = case_of_plan(unit, child_id, asked);
  if (!own_case) return tl::unexpected(own_case.error());
  auto plan = runs(unit, *own_case, child_id);
  if (!plan || *plan) return plan;
  const auto records = records_of(unit, child_id);
  if (!records) return tl::unexpected(records.error());
  for (const auto& [id, cases] : *records)
    for (const std::string& case_id : cases) {
      if (!family.has_case(case_id)) continue;
      plan = runs(unit, case_id, id);
      if (!plan || *plan) return plan;
    }
  return false;
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
  if (!family->names(child_id)) return no_such("child");
  Ids children;
  *children.Add() = child_id;
  const auto lies_in =
      case_where(unit, child_id, case_for(children, case_id, *family), &*family,
                 [](const Child::State& child) { return child.missing.has_value(); });
  if (!lies_in) return tl::unexpected(lies_in.error());
  return Flagged{.family = std::move(*family),
                 .target = {child_stream(*lies_in, child_id), *lies_in}};
}

}  // namespace

Result<std::string> case_of_plan(log::UnitOfWork& unit, const std::string& child_id,
                                 const std::string& asked) {
  return case_where(unit, child_id, asked, nullptr,
                    [](const Child::State& child) { return child.on_plan(); });
}

Result<std::set<std::string>> on_plan(log::UnitOfWork& unit, const cases::Family& family,
                                      const std::vector<std::string>& child_ids,
                                      const std::string& asked) {
  std::set<std::string> children;
  for (const std::string& child_id : child_ids) {
    const auto plan = is_on_plan(unit, family, child_id, asked);
    if (!plan) return tl::unexpected(plan.error());
    if (*plan) children.insert(child_id);
  }
  return children;
}

Result<void> flag_missing(log::UnitOfWork& unit, const v1::FlagMissingRequest& request) {
  const auto child = child_for_caller(unit, request.case_id(), request.child_id());
  if (!child) return tl::unexpected(child.error());
  const auto plan = is_on_plan(unit, child->family, request.child_id(), child->target.case_id);
  if (!plan) return tl::unexpected(plan.error());
  return unit.decide<Child>(
      child->target,
      Child::FlagMissing{.request = request, .case_id = child->target.case_id, .on_plan = *plan});
}

Result<void> clear_missing(log::UnitOfWork& unit, const v1::ClearMissingRequest& request) {
  const auto child = child_for_caller(unit, request.case_id(), request.child_id());
  if (!child) return tl::unexpected(child.error());
  return unit.decide<Child>(child->target, request);
}

}  // namespace mash::strategy
