#pragma once
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

namespace mash::notification {

// What the rules ask of an event: fields by their path within the kind of it that happened, for
// instance "recipients.agency". Of a repeated field, each. Only what is not personal is ever there.

// The kind that happened: "contact_received"; null: none.
const google::protobuf::FieldDescriptor* kind_of(const google::protobuf::Message& event);

// The values of a field as text, enumerations by their names. A field that is not set has its
// default value, unless it is a message or a list: then there is none.
std::vector<std::string> values_of(const google::protobuf::Message& message, std::string_view path);

// Whether there is such a field, and it is not personal.
bool has_field(const google::protobuf::Descriptor& message, std::string_view path);

}  // namespace mash::notification
