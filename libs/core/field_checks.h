#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "core/checks.h"
#include "core/context.h"

namespace mash {

// What the services ask of a field alike; each fault names it.

using Ids = google::protobuf::RepeatedPtrField<std::string>;

// An id of the hub's: a UUID.
void check_id(const std::string& field, const std::string& id, Checks& checks);

// At most `max` of them, none twice.
void check_ids(const std::string& field, const Ids& ids, int max, Checks& checks);

// Agencies of this hub, none twice.
void check_agencies(const std::string& field, const Ids& agencies, const Context& context,
                    Checks& checks);
void check_agency(const std::string& field, const std::string& agency, const Context& context,
                  Checks& checks);

// A practitioner, as credentials name them: never somebody's own name.
void check_practitioner(const std::string& field, const std::string& id, Checks& checks);

}  // namespace mash
