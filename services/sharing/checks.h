#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "core/caller.h"
#include "core/checks.h"
#include "core/context.h"

namespace mash::sharing {

// What several commands of this service ask of a field; each fault names it.

using Ids = google::protobuf::RepeatedPtrField<std::string>;

// An id of the hub's: a UUID.
void check_id(const std::string& field, const std::string& id, Checks& checks);

// Persons by id: 1 to kPersonsMax, none twice.
void check_persons(const std::string& field, const Ids& ids, Checks& checks);

// Agencies of this hub, none twice.
void check_agencies(const std::string& field, const Ids& agencies, const Context& context,
                    Checks& checks);
void check_agency(const std::string& field, const std::string& agency, const Context& context,
                  Checks& checks);

}  // namespace mash::sharing
