#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "cases/family.h"
#include "core/result.h"
#include "log/handle.h"

namespace mash::log {
class EventLog;
}

namespace mash::strategy {

// The discussion in a family about one of these children that is still to be held, or is being
// held, by its id; empty: there is none. Two that begin at one moment do not know of each other.
Result<std::string> open_discussion_about(
    log::UnitOfWork& unit, const log::EventLog& log, const cases::Family& family,
    const google::protobuf::RepeatedPtrField<std::string>& child_ids);

}  // namespace mash::strategy
