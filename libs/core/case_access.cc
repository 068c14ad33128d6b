#include "core/case_access.h"

#include "core/caller.h"

namespace mash {
namespace {

Practitioners::value_type acting(const Actor& actor) { return {actor.agency, actor.practitioner}; }

}  // namespace

bool CaseAccess::bars(const Actor& actor) const {
  return closed || (!actor.practitioner.empty() && barred.contains(acting(actor)));
}

bool CaseAccess::admits(const Actor& actor) const {
  if (bars(actor)) return false;
  return !restricted || actor.practitioner.empty() || is_auditor(actor) ||
         named.contains(acting(actor));
}

void CaseAccess::restrict_to(Practitioners practitioners) {
  restricted = true;
  named = std::move(practitioners);
}

void CaseAccess::lift_restriction() {
  restricted = false;
  named.clear();
}

void CaseAccess::take_in(const CaseAccess& other) {
  barred.insert(other.barred.begin(), other.barred.end());
  if (!other.restricted) return;
  Practitioners both = other.named;
  if (restricted) std::erase_if(both, [this](const auto& one) { return !named.contains(one); });
  restrict_to(std::move(both));
}

}  // namespace mash
