#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cases/family.h"
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/strategy/v1/child.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::strategy {

// Children who are missing, those flagged last first: of cases the caller may know of. Without what
// is known of it, and for agencies without a plan.
Result<host::Looks> list_missing(const log::EventLog& log, const v1::ListMissingRequest& request,
                                 const Context& context, v1::ListMissingResponse& response);

// Leaves out what is not for agencies: whether the child is on a plan.
void clear_plan(v1::ChildStatus& child);

// Which of these children are missing, in their order, now or as at a size: flagged in whichever
// case of the family, under their own id or that of whoever is held to be the same.
Result<std::vector<std::string>> missing_among(
    const log::EventLog& log, const cases::Family& family,
    const google::protobuf::RepeatedPtrField<std::string>& child_ids, std::optional<uint64_t> size);

}  // namespace mash::strategy
