#include "host/validate.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "core/ids.h"
#include "core/timestamp.h"
#include "google/api/field_behavior.pb.h"

namespace mash::host {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool is_required(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i)
    if (options.GetExtension(google::api::field_behavior, i) == google::api::REQUIRED) return true;
  return false;
}

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
  });
}

// Walks one request. Gathers faults until there are enough; the path of the field it stands at is
// one string that grows and shrinks.
class Walk {
 public:
  Walk(Kind kind, const RequestLimits& limits) : kind_(kind), limits_(limits) {}

  void message(const Message& message, int depth) {
    if (depth > limits_.depth_max) {
      fault("is nested more than " + std::to_string(limits_.depth_max) + " messages deep");
      return;
    }
    if (kind_ == Kind::kCommand) unknown_fields(message);
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count() && !full(); ++i) {
      const std::size_t length = path_.size();
      if (!path_.empty()) path_ += '.';
      path_ += type.field(i)->name();
      field(message, *type.field(i), depth);
      path_.resize(length);
    }
  }

  void fault(std::string description) {
    if (!full()) faults_.push_back({path_, std::move(description)});
  }

  std::vector<FieldFault> take() { return std::move(faults_); }

 private:
  bool full() const { return faults_.size() >= limits_.faults_max; }

  void unknown_fields(const Message& message) {
    const auto& unknown = message.GetReflection()->GetUnknownFields(message);
    for (int i = 0; i < unknown.field_count() && !full(); ++i)
      fault("has a field this hub does not know, number " +
            std::to_string(unknown.field(i).number()));
  }

  void field(const Message& message, const FieldDescriptor& field, int depth) {
    if (field.is_repeated()) return repeated(message, field, depth);
    const Reflection& reflection = *message.GetReflection();
    const bool present = reflection.HasField(message, &field);
    if (!present) {
      const bool says_nothing =
          !field.has_presence() && field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
      if (is_required(field) && !says_nothing) fault("is required");
      return;
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      return sub_message(reflection.GetMessage(message, &field), depth);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      std::string scratch;
      text(field, reflection.GetStringReference(message, &field, &scratch));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      enumerated(field, reflection.GetEnumValue(message, &field));
    }
  }

  void repeated(const Message& message, const FieldDescriptor& field, int depth) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    if (size == 0 && is_required(field)) fault("needs at least one");
    if (static_cast<std::size_t>(size) > limits_.list_items_max)
      return fault("has more than " + std::to_string(limits_.list_items_max) + " items");
    const std::size_t length = path_.size();
    for (int i = 0; i < size && !full(); ++i) {
      path_ += '[' + std::to_string(i) + ']';
      item(message, field, i, depth);
      path_.resize(length);
    }
  }

  void item(const Message& message, const FieldDescriptor& field, int index, int depth) {
    const Reflection& reflection = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      return sub_message(reflection.GetRepeatedMessage(message, &field, index), depth);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      std::string scratch;
      text(field, reflection.GetRepeatedStringReference(message, &field, index, &scratch));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      enumerated(field, reflection.GetRepeatedEnumValue(message, &field, index));
    }
  }

  void sub_message(const Message& sub, int depth) {
    if (const auto* timestamp = dynamic_cast<const google::protobuf::Timestamp*>(&sub)) {
      if (!from_proto(*timestamp)) fault("must be a time in the years 1 to 9999");
      return;
    }
    message(sub, depth + 1);
  }

  void text(const FieldDescriptor& field, std::string_view value) {
    if (value.size() > limits_.text_bytes_max)
      return fault("is longer than " + std::to_string(limits_.text_bytes_max) + " bytes");
    if (field.type() == FieldDescriptor::TYPE_BYTES) return;
    if (is_required(field) && is_blank(value)) return fault("is required");
    if (has_control_character(value)) return fault("must not hold control characters");
    if (field.name() == "request_id" && !Uuid::parse(value))
      fault("must be a UUID in lower case, such as 01925f3a-7c1e-7b43-9d52-0242ac120002");
  }

  void enumerated(const FieldDescriptor& field, int number) {
    if (kind_ == Kind::kCommand && field.enum_type()->FindValueByNumber(number) == nullptr)
      fault("has a value this hub does not know, number " + std::to_string(number));
  }

  const Kind kind_;
  const RequestLimits& limits_;
  std::string path_;
  std::vector<FieldFault> faults_;
};

}  // namespace

Result<void> validate(const Message& request, Kind kind, const RequestLimits& limits,
                      const OwnChecks& own, const Forgive& forgive) {
  Walk walk(kind, limits);
  if (request.ByteSizeLong() > limits.request_bytes_max)
    walk.fault("the request is larger than " + std::to_string(limits.request_bytes_max) + " bytes");
  else
    walk.message(request, 1);
  std::vector<FieldFault> faults = walk.take();
  if (own && faults.size() < limits.faults_max) {
    for (FieldFault& fault : own()) {
      const bool told = std::any_of(faults.begin(), faults.end(), [&](const FieldFault& each) {
        return each.field == fault.field;
      });
      if (!told) faults.push_back(std::move(fault));
    }
  }
  if (forgive) std::erase_if(faults, forgive);
  if (faults.empty()) return {};
  Error error{.code = Code::kInvalidArgument,
              .reason = "INVALID_REQUEST",
              .message = faults.size() == 1 ? "One thing is wrong with the request."
                                            : std::to_string(faults.size()) +
                                                  " things are wrong with the request."};
  error.faults = std::move(faults);
  return tl::unexpected(std::move(error));
}

}  // namespace mash::host
