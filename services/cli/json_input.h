#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/outcome.h"

namespace google::protobuf {
class Message;
}

namespace mash::cli {

inline constexpr size_t kJsonDepthMax = 64;

// Reads a message from its JSON form and, unlike protobuf's own parser, says everything that is
// wrong at once: each field by its path, with what it should be and the names that were perhaps
// meant. Never repeats a value, which may be about a person. Refused with Exit::kUsage, reason
// INPUT_INVALID. `origin` names the text in messages: "line 7", "the request".
Outcome<void> from_json(std::string_view json, const std::string& origin,
                        google::protobuf::Message& out);

// Splits a JSON array into the JSON of its elements; any other JSON is one element.
Outcome<std::vector<std::string>> json_elements(std::string_view json, const std::string& origin);

}  // namespace mash::cli
