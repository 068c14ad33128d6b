#include "referral/intake.h"

#include <algorithm>

#include "referral/person.h"
#include "referral/referral.h"
#include "referral/rules.h"

namespace mash::referral {

host::FreshIds ids_for(int children) {
  // A request with more than a contact may have is refused; it makes no keys first.
  const int taken = std::clamp(children, 0, kChildrenMax);
  return {.keyed = 1 + static_cast<size_t>(taken), .plain = 1};
}

Result<void> take_in(log::UnitOfWork& unit, const Submission& submission) {
  const Context& context = unit.context();
  const auto children = static_cast<size_t>(submission.request().children_size());
  const std::string& referral_id = fresh_id(context, 1 + children);
  const log::Target contact{referral_stream(referral_id), fresh_id(context)};
  Result<void> taken = unit.decide<Referral>(contact, submission);
  for (size_t i = 0; taken && i < children; ++i) {
    const auto& child = submission.request().children(static_cast<int>(i));
    taken = unit.decide<Person>({person_stream(fresh_id(context, 1 + i))},
                                Person::Newcomer{child.identity(), referral_id});
  }
  return taken;
}

}  // namespace mash::referral
