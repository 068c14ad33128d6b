#include "host/request_rules.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>

#include "google/api/field_behavior.pb.h"

namespace mash::host {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool is_required(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i)
    if (options.GetExtension(google::api::field_behavior, i) == google::api::REQUIRED) return true;
  return false;
}

FieldRule::Holds holds_of(const FieldDescriptor& field) {
  using enum FieldRule::Holds;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? kBytes : kText;
    case FieldDescriptor::CPPTYPE_ENUM:
      return kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return field.message_type() == google::protobuf::Timestamp::descriptor() ? kTime : kMessage;
    default:
      return kOther;
  }
}

}  // namespace

RequestRules::RequestRules(const Descriptor& request) : request_(&made(request)) {}

// A type that contains itself meets its own rules, half made, and refers to them.
const TypeRules& RequestRules::made(const Descriptor& type) {
  const auto [at, is_new] = types_.try_emplace(&type, nullptr);
  if (!is_new) return *at->second;
  at->second = std::make_unique<TypeRules>();
  TypeRules& rules = *at->second;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldRule rule = rule_of(*type.field(i));
    if (rule.required || rule.repeated || rule.holds != FieldRule::Holds::kOther)
      rules.fields.push_back(rule);
  }
  return rules;
}

FieldRule RequestRules::rule_of(const FieldDescriptor& field) {
  FieldRule rule{.field = &field, .holds = holds_of(field), .repeated = field.is_repeated()};
  const bool false_says_nothing = !field.is_repeated() && !field.has_presence() &&
                                  field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
  rule.required = is_required(field) && !false_says_nothing;
  rule.request_id = field.name() == "request_id";
  if (rule.holds == FieldRule::Holds::kMessage) rule.inner = &made(*field.message_type());
  return rule;
}

}  // namespace mash::host
