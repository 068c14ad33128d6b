#pragma once
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>

#include "core/result.h"

namespace mash::vault {

// What of an event is personal: told from the schema alone, by the option
// (mash.common.v1.data_class) that every field carries. Pure; any thread may call.

// Refuses an event whose schema leaves in doubt what is personal, with kFailedPrecondition, reason
// EVENT_UNCLASSIFIED, and one fault for each such field, "mash.referral.v1.Child.school". A field
// whose type is a message of the project's own may leave the option out: its fields carry their
// own. Refused too: a class the event's own kind would vanish with (a personal member of the
// event's oneof), and types that can hold anything (Any, Struct, Value).
Result<void> check_classified(const google::protobuf::Descriptor& event);

// An event in two messages of its own type.
struct SplitEvent {
  std::unique_ptr<google::protobuf::Message> plain;     // stays in the record for ever
  std::unique_ptr<google::protobuf::Message> personal;  // to be sealed; null: nothing personal
};

// Takes the personal fields out. Lists of messages keep their places: the n-th element's personal
// fields are in the n-th element there. Fields this build does not know count as personal.
SplitEvent split(const google::protobuf::Message& event);

// The same in place: moves the personal fields of `event` into `personal`, an empty message of its
// type. False: there were none.
bool take_personal(google::protobuf::Message& event, google::protobuf::Message& personal);

// Puts the personal fields back: merge(split(e)) is e, field for field. kDataLoss, reason
// SEALED_PART_MISFIT, when `personal` was not taken from this event.
Result<void> merge(google::protobuf::Message& event, const google::protobuf::Message& personal);

}  // namespace mash::vault
