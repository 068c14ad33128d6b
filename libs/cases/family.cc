#include "cases/family.h"

#include <algorithm>

#include "core/caller.h"

namespace mash::cases {

bool Family::names(const std::string& person_id) const {
  return std::ranges::any_of(
      referrals, [&](const auto& entry) { return entry.second.people.contains(person_id); });
}

bool Family::names_child(const std::string& person_id) const {
  return std::ranges::any_of(
      referrals, [&](const auto& entry) { return entry.second.children.contains(person_id); });
}

Result<void> may_know(const Family& family, const Actor& actor, std::string_view what) {
  const bool entitled = is_hub(actor) || is_auditor(actor) || family.has_part(actor.agency);
  if (!family.exists() || !entitled || !family.access.admits(actor)) return no_such(what);
  return {};
}

}  // namespace mash::cases
