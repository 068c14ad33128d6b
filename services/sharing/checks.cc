#include "sharing/checks.h"

#include "sharing/items/item.h"

namespace mash::sharing {

void check_persons(const std::string& field, const Ids& ids, Checks& checks) {
  if (ids.empty()) checks.fault(field, "is missing: whom it is about");
  check_ids(field, ids, kPersonsMax, checks);
}

}  // namespace mash::sharing
