#include "cases/cases_known.h"

#include "cases/case_guard.h"

namespace mash::cases {

Result<bool> CasesKnown::admit(const std::string& case_id) {
  if (const auto known = answers_.find(case_id); known != answers_.end()) return known->second;
  return family_of(log_, case_id).map([&](const Family& family) {
    return answers_[case_id] = may_know(family, actor_).has_value();
  });
}

}  // namespace mash::cases
