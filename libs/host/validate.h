#pragma once
#include <cstddef>
#include <functional>
#include <vector>

#include "core/result.h"

namespace google::protobuf {
class Message;
}

namespace mash::host {

class RequestRules;

// Bounds on every request; what a message means may bound it more tightly.
struct RequestLimits {
  std::size_t request_bytes_max = 1 << 20;
  std::size_t text_bytes_max = 64 << 10;  // one string or bytes field
  std::size_t list_items_max = 1'000;     // one repeated field
  int depth_max = 16;                     // messages within messages
  std::size_t faults_max = 200;           // told in one reply
};

enum class Kind {
  kQuery,
  kCommand,  // changes something: fields this hub does not know are refused, not ignored
};

// Faults only a service can find, added to those that validate() finds.
using OwnChecks = std::function<std::vector<FieldFault>()>;

// Whether a fault is to be passed over for this request: an urgent contact is never turned away for
// what is missing or does not check.
using Forgive = std::function<bool(const FieldFault&)>;

// Checks a request against its schema, as `rules` has it, and the limits, and runs the service's
// own checks; every fault comes in one refusal: kInvalidArgument, reason INVALID_REQUEST. Told by
// reflection:
//   - a field marked REQUIRED (google.api.field_behavior) is there, and not empty; inside lists and
//     messages too; text of spaces alone is empty;
//   - `request_id` is a UUID; a Timestamp is a time; an enum's number is one the hub knows
//   (commands);
//   - text has no control characters but tab and new line, and is within the limits, as are lists
//     and depth; a field this hub does not know is named by its number (commands).
// No fault ever repeats what was sent. Thread-safe.
Result<void> validate(const google::protobuf::Message& request, const RequestRules& rules,
                      Kind kind, const RequestLimits& limits, const OwnChecks& own = {},
                      const Forgive& forgive = {});

}  // namespace mash::host
