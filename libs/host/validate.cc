#include "host/validate.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "core/checks.h"
#include "core/ids.h"
#include "core/timestamp.h"
#include "host/request_rules.h"

namespace mash::host {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;
using google::protobuf::UnknownFieldSet;

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

// Walks one request and gathers faults until there are enough.
class Walk {
 public:
  Walk(Kind kind, const RequestLimits& limits) : kind_(kind), limits_(limits) {}

  void message(const Message& message, const TypeRules& rules) {
    if (static_cast<int>(path_.size()) >= limits_.depth_max) {
      fault("is nested more than " + std::to_string(limits_.depth_max) + " messages deep");
      return;
    }
    const Reflection& read = *message.GetReflection();
    if (kind_ == Kind::kCommand) unknown_fields(read.GetUnknownFields(message));
    for (const FieldRule& rule : rules.fields) {
      if (full()) return;
      path_.push_back({rule.field, kWhole});
      rule.repeated ? repeated(read, message, rule) : single(read, message, rule);
      path_.pop_back();
    }
  }

  void fault(std::string description) {
    if (!full()) faults_.push_back({path(), std::move(description)});
  }

  std::vector<FieldFault> take() { return std::move(faults_); }

 private:
  static constexpr int kWhole = -1;
  struct Step {
    const FieldDescriptor* field;
    int index;  // in a list; kWhole: the field, or the list, itself
  };

  bool full() const { return faults_.size() >= limits_.faults_max; }

  // Where it stands: "children[0].identity". Put together for a fault only, since most have none.
  std::string path() const {
    std::string path;
    for (const Step& step : path_) {
      if (!path.empty()) path += '.';
      path += step.field->name();
      if (step.index != kWhole) path += '[' + std::to_string(step.index) + ']';
    }
    return path;
  }

  void unknown_fields(const UnknownFieldSet& unknown) {
    for (int i = 0; i < unknown.field_count() && !full(); ++i)
      fault("has a field this hub does not know, number " +
            std::to_string(unknown.field(i).number()));
  }

  void single(const Reflection& read, const Message& message, const FieldRule& rule) {
    using enum FieldRule::Holds;
    if (!read.HasField(message, rule.field)) {
      if (rule.required) fault("is required");
      return;
    }
    std::string scratch;
    switch (rule.holds) {
      case kText:
      case kBytes:
        return text(rule, read.GetStringReference(message, rule.field, &scratch));
      case kEnum:
        return enumerated(rule, read.GetEnumValue(message, rule.field));
      case kTime:
      case kMessage:
        return sub_message(rule, read.GetMessage(message, rule.field));
      case kOther:
        return;
    }
  }

  void repeated(const Reflection& read, const Message& message, const FieldRule& rule) {
    const int size = read.FieldSize(message, rule.field);
    if (size == 0 && rule.required) fault("needs at least one");
    if (static_cast<std::size_t>(size) > limits_.list_items_max)
      return fault("has more than " + std::to_string(limits_.list_items_max) + " items");
    for (int i = 0; i < size && !full(); ++i) {
      path_.back().index = i;
      item(read, message, rule, i);
    }
  }

  void item(const Reflection& read, const Message& message, const FieldRule& rule, int index) {
    using enum FieldRule::Holds;
    std::string scratch;
    switch (rule.holds) {
      case kText:
      case kBytes:
        return text(rule, read.GetRepeatedStringReference(message, rule.field, index, &scratch));
      case kEnum:
        return enumerated(rule, read.GetRepeatedEnumValue(message, rule.field, index));
      case kTime:
      case kMessage:
        return sub_message(rule, read.GetRepeatedMessage(message, rule.field, index));
      case kOther:
        return;
    }
  }

  void sub_message(const FieldRule& rule, const Message& sub) {
    if (rule.holds == FieldRule::Holds::kMessage) return message(sub, *rule.inner);
    if (!from_proto(static_cast<const Timestamp&>(sub)))
      fault("must be a time in the years 1 to 9999");
  }

  void text(const FieldRule& rule, std::string_view value) {
    if (value.size() > limits_.text_bytes_max)
      return fault("is longer than " + std::to_string(limits_.text_bytes_max) + " bytes");
    if (rule.holds == FieldRule::Holds::kBytes) return;
    if (rule.required && is_blank(value)) return fault("is required");
    if (has_control_character(value)) return fault("must not hold control characters");
    if (rule.request_id && !Uuid::parse(value))
      fault("must be a UUID in lower case, such as 01925f3a-7c1e-7b43-9d52-0242ac120002");
  }

  void enumerated(const FieldRule& rule, int number) {
    if (kind_ == Kind::kCommand && rule.field->enum_type()->FindValueByNumber(number) == nullptr)
      fault("has a value this hub does not know, number " + std::to_string(number));
  }

  const Kind kind_;
  const RequestLimits& limits_;
  std::vector<Step> path_;
  std::vector<FieldFault> faults_;
};

}  // namespace

Result<void> validate(const Message& request, const RequestRules& rules, Kind kind,
                      const RequestLimits& limits, const OwnChecks& own, const Forgive& forgive) {
  Walk walk(kind, limits);
  if (request.ByteSizeLong() > limits.request_bytes_max)
    walk.fault("the request is larger than " + std::to_string(limits.request_bytes_max) + " bytes");
  else
    walk.message(request, rules.request());
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
  return tl::unexpected(invalid_request(std::move(faults)));
}

}  // namespace mash::host
