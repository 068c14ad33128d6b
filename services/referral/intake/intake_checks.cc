#include "referral/intake/intake_checks.h"

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <utility>

#include "core/timestamp.h"
#include "mash/referral/v1/person.pb.h"

namespace mash::referral {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The number in an enum field that its schema does not know, or nothing.
std::optional<int> unknown_enum(const Message& message, const FieldDescriptor& field) {
  const Reflection& read = *message.GetReflection();
  const auto unknown = [&](int number) {
    return field.enum_type()->FindValueByNumber(number) == nullptr;
  };
  const int count = field.is_repeated() ? read.FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i) {
    const int number = field.is_repeated() ? read.GetRepeatedEnumValue(message, &field, i)
                                           : read.GetEnumValue(message, &field);
    if (unknown(number)) return number;
  }
  return {};
}

}  // namespace

void IntakeChecks::missing(std::string field, std::string description) {
  if (!urgent_) fault(std::move(field), std::move(description));
}

void IntakeChecks::unsound(std::string field, std::string value, std::string description,
                           SetAsides& kept) {
  if (!urgent_) return fault(std::move(field), std::move(description));
  set_aside_ = true;
  v1::SetAside& aside = *kept.Add();
  aside.set_field(std::move(field));
  aside.set_value(std::move(value));
  aside.set_fault(std::move(description));
}

void IntakeChecks::line_unless_urgent(std::string_view field, std::string_view value) {
  characters(field, value, kLineCharactersMax);
  if (has_control_characters(value))
    missing(std::string(field), "holds a line break or another control character");
}

void IntakeChecks::enums(const std::string& field, Message& message, SetAsides& kept) {
  const Reflection& read = *message.GetReflection();
  std::vector<const FieldDescriptor*> present;
  read.ListFields(message, &present);
  for (const FieldDescriptor* at : present) {
    const auto path = [&] { return field.empty() ? at->name() : field + "." + at->name(); };
    if (at->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      if (const auto number = unknown_enum(message, *at)) {
        unsound(path(), std::to_string(*number), "is not a value this field can have", kept);
        read.ClearField(&message, at);
      }
    } else if (at->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !at->is_repeated()) {
      enums(path(), *read.MutableMessage(&message, at), kept);
    }
  }
}

bool IntakeChecks::happened(const std::string& field, const google::protobuf::Timestamp& time,
                            Time now, SetAsides& kept) {
  std::string fault = fault_of_past(time, now);
  if (fault.empty()) return true;
  const Result<Time> when = from_proto(time);
  const std::string value =
      when ? to_rfc3339(*when)
           : std::to_string(time.seconds()) + " s, " + std::to_string(time.nanos()) + " ns";
  unsound(field, value, std::move(fault), kept);
  return false;
}

}  // namespace mash::referral
