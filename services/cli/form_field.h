#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "cli/outcome.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace mash::cli {

// The field at a path, "decision.level_of_need", of a message of this type. Stops the process when
// there is none: the command that names it is wrong.
const google::protobuf::FieldDescriptor& field_at(const google::protobuf::Descriptor& type,
                                                  const std::string& path);

// Fills the field at a path from what was given to an option; refused with Exit::kUsage, naming
// the option. `in` is read where a text is "-".
Outcome<void> fill_field(google::protobuf::Message& message, const std::string& path,
                         const std::vector<std::string>& given, const std::string& option,
                         std::istream& in);

}  // namespace mash::cli
