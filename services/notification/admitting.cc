#include "notification/admitting.h"

#include "cases/case_guard.h"
#include "core/caller.h"

namespace mash::notification {

Result<bool> Admitting::admit(const std::string& case_id) {
  if (const auto known = answers_.find(case_id); known != answers_.end()) return known->second;
  return cases::family_of(log_, case_id).map([&](const cases::Family& family) {
    return answers_[case_id] = family.access.admits(actor_);
  });
}

log::Guard notice_guard() {
  return [](log::UnitOfWork& unit, const std::string&, const std::string& case_id) -> Result<void> {
    if (case_id.empty()) return {};
    const auto family = cases::family_of(unit, case_id);
    if (!family) return tl::unexpected(family.error());
    if (!family->access.admits(unit.context().actor)) return no_such("notice");
    return {};
  };
}

}  // namespace mash::notification
