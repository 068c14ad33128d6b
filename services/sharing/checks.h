#pragma once
#include <string>

#include "core/field_checks.h"

namespace mash::sharing {

// Persons by id: 1 to kPersonsMax, none twice.
void check_persons(const std::string& field, const Ids& ids, Checks& checks);

}  // namespace mash::sharing
