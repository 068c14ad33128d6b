#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <vector>

#include "core/context.h"
#include "log/event_log.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash {
class London;
}
namespace mash::policy {
class Packs;
}

namespace mash::strategy {

// What responses say of what a command left, read back from the log: so the same request has the
// same answer.

// Whether everybody is there who must be, after a command on a discussion, by the policy pack that
// was in force then.
v1::Quorum quorum_after(const log::EventLog& log, const log::Appended& appended,
                        const std::string& discussion_id, const policy::Packs& packs,
                        const London& london);

// How the deadline that was put off stands.
common::v1::DeadlineStatus extended_after(const log::EventLog& log, const log::Appended& appended,
                                          const v1::ExtendDeadlineRequest& request);

// By when a conference is to be held; empty where there is none.
common::v1::Deadline conference_due_after(const log::EventLog& log, const log::Appended& appended,
                                          const std::string& conference_id);

// The conferences that a command wrote to, by id, in order.
std::vector<std::string> conferences_in(const log::Appended& appended);

// What became due with one that was recorded.
google::protobuf::RepeatedPtrField<v1::Conference> next_after(const log::EventLog& log,
                                                              const log::Appended& appended,
                                                              const std::string& recorded_id);

}  // namespace mash::strategy
