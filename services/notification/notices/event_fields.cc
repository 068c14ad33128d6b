#include "notification/notices/event_fields.h"

#include <google/protobuf/descriptor.h>

#include "mash/common/v1/data_class.pb.h"

namespace mash::notification {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The first name of a path, and what is left.
std::pair<std::string, std::string_view> first_of(std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return {std::string(path), {}};
  return {std::string(path.substr(0, dot)), path.substr(dot + 1)};
}

// A value, at that place of a list, or, of a field that is none, at -1.
std::string text_of(const Message& message, const FieldDescriptor& field, int at) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return at < 0 ? reflection.GetString(message, &field)
                    : reflection.GetRepeatedString(message, &field, at);
    case FieldDescriptor::CPPTYPE_BOOL:
      return (at < 0 ? reflection.GetBool(message, &field)
                     : reflection.GetRepeatedBool(message, &field, at))
                 ? "true"
                 : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return (at < 0 ? reflection.GetEnum(message, &field)
                     : reflection.GetRepeatedEnum(message, &field, at))
          ->name();
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(at < 0 ? reflection.GetUInt32(message, &field)
                                   : reflection.GetRepeatedUInt32(message, &field, at));
    default:
      return {};
  }
}

// Then it is not in what is followed.
bool is_personal(const FieldDescriptor& field) {
  return field.options().GetExtension(common::v1::data_class) == common::v1::DATA_CLASS_PERSONAL;
}

}  // namespace

const FieldDescriptor* kind_of(const Message& event) {
  const auto* kinds = event.GetDescriptor()->FindOneofByName("kind");
  if (kinds == nullptr) return nullptr;
  return event.GetReflection()->GetOneofFieldDescriptor(event, kinds);
}

std::vector<std::string> values_of(const Message& message, std::string_view path) {
  const auto [name, rest] = first_of(path);
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return {};
  const auto& reflection = *message.GetReflection();
  std::vector<std::string> values;
  const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
  for (int i = 0; i < count; ++i) {
    const int at = field->is_repeated() ? i : -1;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      values.push_back(text_of(message, *field, at));
      continue;
    }
    if (at < 0 && !reflection.HasField(message, field)) continue;
    const Message& inner = at < 0 ? reflection.GetMessage(message, field)
                                  : reflection.GetRepeatedMessage(message, field, at);
    for (std::string& value : values_of(inner, rest)) values.push_back(std::move(value));
  }
  return values;
}

std::vector<std::unique_ptr<Message>> one_by_one(const Message& message, std::string_view path) {
  const auto copy = [](const Message& original) {
    std::unique_ptr<Message> made(original.New());
    made->CopyFrom(original);
    return made;
  };
  std::vector<std::unique_ptr<Message>> each;
  const FieldDescriptor* list = message.GetDescriptor()->FindFieldByName(first_of(path).first);
  if (list == nullptr || !list->is_repeated() ||
      list->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    each.push_back(copy(message));
    return each;
  }
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < reflection.FieldSize(message, list); ++i) {
    each.push_back(copy(message));
    reflection.ClearField(each.back().get(), list);
    reflection.AddMessage(each.back().get(), list)
        ->CopyFrom(reflection.GetRepeatedMessage(message, list, i));
  }
  return each;
}

FieldAt field_at(const google::protobuf::Descriptor& message, std::string_view path) {
  const auto [name, rest] = first_of(path);
  const FieldDescriptor* field = message.FindFieldByName(name);
  if (field == nullptr) return {};
  FieldAt found{.field = field, .is_personal = is_personal(*field)};
  const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (is_message == rest.empty()) return {};
  if (!is_message) return found;
  const FieldAt inner = field_at(*field->message_type(), rest);
  return {.field = inner.field, .is_personal = found.is_personal || inner.is_personal};
}

bool has_field(const google::protobuf::Descriptor& message, std::string_view path) {
  const FieldAt found = field_at(message, path);
  return found.field != nullptr && !found.is_personal;
}

bool can_hold(const FieldDescriptor& field, const std::string& value) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return value == "true" || value == "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return field.enum_type()->FindValueByName(value) != nullptr;
    case FieldDescriptor::CPPTYPE_UINT32:
      return !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
    default:
      return true;
  }
}

}  // namespace mash::notification
