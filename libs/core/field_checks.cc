#include "core/field_checks.h"

#include <set>

#include "core/identifiers.h"
#include "core/ids.h"

namespace mash {
namespace {

// Of a list: its places are told apart.
std::string at(const std::string& field, int index) {
  return field + "[" + std::to_string(index) + "]";
}

template <class Each>
void check_each(const std::string& field, const Ids& values, Checks& checks, Each check) {
  std::set<std::string> seen;
  for (int i = 0; i < values.size(); ++i) {
    check(at(field, i), values[i]);
    if (!seen.insert(values[i]).second) checks.fault(at(field, i), "is named twice");
  }
}

}  // namespace

void check_id(const std::string& field, const std::string& id, Checks& checks) {
  if (!Uuid::parse(id)) checks.fault(field, "is not an id: a UUID in lower case");
}

void check_ids(const std::string& field, const Ids& ids, int max, Checks& checks) {
  if (ids.size() > max) return checks.fault(field, "are more than " + std::to_string(max));
  check_each(field, ids, checks,
             [&](const std::string& place, const std::string& id) { check_id(place, id, checks); });
}

void check_agency(const std::string& field, const std::string& agency, const Context& context,
                  Checks& checks) {
  if (context.agencies == nullptr || !context.agencies->contains(agency))
    checks.fault(field, "is no agency of this hub");
}

void check_agencies(const std::string& field, const Ids& agencies, const Context& context,
                    Checks& checks) {
  check_each(field, agencies, checks, [&](const std::string& place, const std::string& agency) {
    check_agency(place, agency, context, checks);
  });
}

void check_practitioner(const std::string& field, const std::string& id, Checks& checks) {
  if (!is_practitioner_id(id))
    checks.fault(field, "is not a practitioner's id: up to 64 letters, digits and .:_-");
}

}  // namespace mash
