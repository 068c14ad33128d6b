#include "referral/checks.h"

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <utility>

#include "core/timestamp.h"
#include "mash/referral/v1/person.pb.h"

namespace mash::referral {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kFaultsMax = 100;  // told in one answer; a request with more is hopeless anyway

// UTF-8, since protobuf has refused anything else: every byte but a continuation begins a
// character.
size_t characters_in(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string kilobytes(size_t bytes) { return std::to_string(bytes / 1024) + " KiB"; }

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

void Checks::fault(std::string field, std::string description) {
  if (faults_.size() < kFaultsMax) faults_.push_back({std::move(field), std::move(description)});
}

void Checks::missing(std::string field, std::string description) {
  if (!urgent_) fault(std::move(field), std::move(description));
}

void Checks::unsound(std::string field, std::string value, std::string description,
                     SetAsides& kept) {
  if (!urgent_) return fault(std::move(field), std::move(description));
  set_aside_ = true;
  v1::SetAside& aside = *kept.Add();
  aside.set_field(std::move(field));
  aside.set_value(std::move(value));
  aside.set_fault(std::move(description));
}

void Checks::text(std::string_view field, std::string_view value, size_t bytes_max) {
  if (value.size() > bytes_max)
    fault(std::string(field), "is longer than " + kilobytes(bytes_max) + " of text");
}

void Checks::characters(std::string_view field, std::string_view value, size_t characters_max) {
  if (value.size() > characters_max && characters_in(value) > characters_max)
    fault(std::string(field), "is longer than " + std::to_string(characters_max) + " characters");
}

void Checks::line(std::string_view field, std::string_view value) {
  characters(field, value, kLineCharactersMax);
  if (std::ranges::any_of(value, is_control))
    missing(std::string(field), "holds a line break or another control character");
}

void Checks::enums(const std::string& field, Message& message, SetAsides& kept) {
  const Reflection& read = *message.GetReflection();
  std::vector<const FieldDescriptor*> present;
  read.ListFields(message, &present);
  for (const FieldDescriptor* at : present) {
    const std::string path = field.empty() ? at->name() : field + "." + at->name();
    if (at->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      if (const auto number = unknown_enum(message, *at)) {
        unsound(path, std::to_string(*number), "is not a value this field can have", kept);
        read.ClearField(&message, at);
      }
    } else if (at->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !at->is_repeated()) {
      enums(path, *read.MutableMessage(&message, at), kept);
    }
  }
}

bool Checks::happened(const std::string& field, const google::protobuf::Timestamp& time, Time now,
                      SetAsides& kept) {
  constexpr Time k1900 = std::chrono::sys_days(std::chrono::year(1900) / 1 / 1);
  const Result<Time> when = from_proto(time);
  std::string fault;
  if (!when)
    fault = "is not a time";
  else if (*when > now + kClockAheadMax)
    fault = "is in the future";
  else if (*when < k1900)
    fault = "is before 1900";
  else
    return true;
  const std::string value =
      when ? to_rfc3339(*when)
           : std::to_string(time.seconds()) + " s, " + std::to_string(time.nanos()) + " ns";
  unsound(field, value, std::move(fault), kept);
  return false;
}

void Checks::cite(const Source& source) {
  const bool cited = std::ranges::any_of(
      sources_, [&](const Source& other) { return other.description == source.description; });
  if (!cited) sources_.push_back(source);
}

Result<void> Checks::verdict() const {
  if (faults_.empty()) return {};
  return tl::unexpected(
      Error{.code = Code::kInvalidArgument,
            .reason = "INVALID_REQUEST",
            .message = faults_.size() == 1
                           ? "A field of the request is wrong: " + faults_.front().field + " " +
                                 faults_.front().description + "."
                           : std::to_string(faults_.size()) + " fields of the request are wrong.",
            .faults = faults_,
            .sources = sources_});
}

}  // namespace mash::referral
