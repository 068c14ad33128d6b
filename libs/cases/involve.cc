#include "cases/involve.h"

#include "cases/known_case.h"
#include "cases/streams.h"

namespace mash::cases {

Result<void> involve(log::UnitOfWork& unit, const std::string& case_id,
                     const std::set<std::string>& agencies) {
  for (const std::string& agency : agencies)
    if (auto involved =
            unit.decide<KnownCase>({case_stream(case_id), case_id}, KnownCase::Involve{agency});
        !involved)
      return involved;
  return {};
}

}  // namespace mash::cases
