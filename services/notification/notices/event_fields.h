#pragma once
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mash::notification {

// What the rules ask of an event: fields by their path within the kind of it that happened, for
// instance "recipients.agency". Of a repeated field, each. Only what is not personal is ever there.

// The kind that happened: "contact_received"; null: none.
const google::protobuf::FieldDescriptor* kind_of(const google::protobuf::Message& event);

// The values of a field as text, enumerations by their names, numbers in digits. A field that is
// not set has its default value, unless it is a message or a list: then there is none.
std::vector<std::string> values_of(const google::protobuf::Message& message, std::string_view path);

// What happened, of each entry of a list as though it had happened of that one alone: the list that
// the path begins with, for instance "asked_again.practitioner". Nothing where that list is empty.
// A path that begins with no list of messages leaves it as it is.
std::vector<std::unique_ptr<google::protobuf::Message>> one_by_one(
    const google::protobuf::Message& message, std::string_view path);

// The field that a path leads to; null: there is none, or it is a message. Whether it, or a message
// on the way to it, is personal, so that no rule may ask for it.
struct FieldAt {
  const google::protobuf::FieldDescriptor* field = nullptr;
  bool is_personal = false;
};
FieldAt field_at(const google::protobuf::Descriptor& message, std::string_view path);

// Whether there is such a field, and it is not personal.
bool has_field(const google::protobuf::Descriptor& message, std::string_view path);

// Whether a field can ever hold what a rule says in text, as values_of() writes it.
bool can_hold(const google::protobuf::FieldDescriptor& field, const std::string& value);

}  // namespace mash::notification
