#include "cli/form_field.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <charconv>
#include <istream>
#include <memory>

#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/json_input.h"
#include "core/check.h"
#include "mash/referral/v1/case.pb.h"
#include "mash/referral/v1/person.pb.h"

namespace mash::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

template <class Number>
bool read_number(const std::string& text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end;
}

// "2019", "2019-05" or "2019-05-02".
Outcome<void> read_partial_date(const std::string& text, const std::string& option,
                                referral::v1::PartialDate& date) {
  const auto wrong = [&] {
    return wrong_usage(option + ": '" + text + "' is no date.",
                       "Write as much as is known: 2019, 2019-05 or 2019-05-02.");
  };
  constexpr size_t kYear = 4;
  constexpr size_t kYearAndMonth = 7;
  constexpr size_t kWhole = 10;
  if (text.size() != kYear && text.size() != kYearAndMonth && text.size() != kWhole) return wrong();
  uint32_t year = 0;
  uint32_t month = 0;
  uint32_t day = 0;
  bool good = read_number(text.substr(0, kYear), year);
  if (text.size() >= kYearAndMonth)
    good = good && text[kYear] == '-' && read_number(text.substr(kYear + 1, 2), month);
  if (text.size() == kWhole)
    good = good && text[kYearAndMonth] == '-' && read_number(text.substr(kYearAndMonth + 1), day);
  if (!good) return wrong();
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return {};
}

// "police/pc-4821".
Outcome<void> read_practitioner(const std::string& text, const std::string& option,
                                referral::v1::PractitionerName& name) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == text.size())
    return wrong_usage(option + ": '" + text + "' does not name a practitioner.",
                       "Write agency and id: police/pc-4821.");
  name.set_agency(text.substr(0, slash));
  name.set_practitioner(text.substr(slash + 1));
  return {};
}

constexpr size_t kJsonBytesMax = 4 << 20;

Outcome<std::string> read_input(const std::string& file, std::istream& in) {
  if (file == "-") return read_text(file, in);
  return read_file(file, kJsonBytesMax);
}

// What a file, or standard input, says of a message as JSON, besides what it says already.
Outcome<void> merge_json(const std::string& json, const std::string& origin, Message& inner) {
  const std::unique_ptr<Message> read(inner.New());
  if (auto done = from_json(json, origin, *read); !done) return done;
  inner.MergeFrom(*read);
  return {};
}

// A message that a person writes in one word; any other stands as JSON in the file named.
Outcome<void> fill_message(Message& inner, const std::string& text, const std::string& option,
                           std::istream& in) {
  if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(&inner))
    return put_time(text, [time] { return time; });
  if (auto* date = dynamic_cast<referral::v1::PartialDate*>(&inner))
    return read_partial_date(text, option, *date);
  if (auto* name = dynamic_cast<referral::v1::PractitionerName*>(&inner))
    return read_practitioner(text, option, *name);
  const auto json = read_input(text, in);
  if (!json) return tl::unexpected(json.error());
  return merge_json(*json, text, inner);
}

bool is_one_word(const FieldDescriptor& field) {
  const auto* type = field.message_type();
  return type == google::protobuf::Timestamp::descriptor() ||
         type == referral::v1::PartialDate::descriptor() ||
         type == referral::v1::PractitionerName::descriptor();
}

// A list of messages from a file: one of them, or an array.
Outcome<void> add_messages(Message& holder, const FieldDescriptor& field, const std::string& file,
                           std::istream& in) {
  const auto json = read_input(file, in);
  if (!json) return tl::unexpected(json.error());
  const auto elements = json_elements(*json, file);
  if (!elements) return tl::unexpected(elements.error());
  for (const std::string& element : *elements)
    if (auto done = merge_json(element, file, *holder.GetReflection()->AddMessage(&holder, &field));
        !done)
      return done;
  return {};
}

Outcome<void> wrong_number(const std::string& option, const std::string& text) {
  return wrong_usage(option + ": '" + text + "' is not a number.");
}

Outcome<void> fill_enum(Message& message, const FieldDescriptor& field, const std::string& word,
                        const std::string& option) {
  const auto value = read_enum(*field.enum_type(), word, option);
  if (!value) return tl::unexpected(value.error());
  const auto& reflection = *message.GetReflection();
  if (field.is_repeated())
    reflection.AddEnumValue(&message, &field, *value);
  else
    reflection.SetEnumValue(&message, &field, *value);
  return {};
}

Outcome<void> fill_text(Message& message, const FieldDescriptor& field, const std::string& given,
                        std::istream& in) {
  auto text = read_text(given, in);
  if (!text) return tl::unexpected(text.error());
  const auto& reflection = *message.GetReflection();
  if (field.is_repeated())
    reflection.AddString(&message, &field, std::move(*text));
  else
    reflection.SetString(&message, &field, std::move(*text));
  return {};
}

Outcome<void> fill_one(Message& message, const FieldDescriptor& field, const std::string& given,
                       const std::string& option, std::istream& in) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return fill_text(message, field, given, in);
    case FieldDescriptor::CPPTYPE_ENUM:
      return fill_enum(message, field, given, option);
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(&message, &field, true);
      return {};
    case FieldDescriptor::CPPTYPE_UINT32: {
      uint32_t number = 0;
      if (!read_number(given, number)) return wrong_number(option, given);
      reflection.SetUInt32(&message, &field, number);
      return {};
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      double number = 0;
      if (!read_number(given, number)) return wrong_number(option, given);
      reflection.SetDouble(&message, &field, number);
      return {};
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.is_repeated() && !is_one_word(field))
        return add_messages(message, field, given, in);
      return fill_message(field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                              : *reflection.MutableMessage(&message, &field),
                          given, option, in);
    default:
      MASH_CHECK(false);  // no request has a field of another type
      return {};
  }
}

// The message that holds the last field of a path, made where it is not there yet; of a list its
// first item.
Message& holder_of(Message& message, const std::string& path) {
  const size_t dot = path.find('.');
  if (dot == std::string::npos) return message;
  const FieldDescriptor& field = field_at(*message.GetDescriptor(), path.substr(0, dot));
  const auto& reflection = *message.GetReflection();
  const std::string rest = path.substr(dot + 1);
  if (!field.is_repeated()) return holder_of(*reflection.MutableMessage(&message, &field), rest);
  if (reflection.FieldSize(message, &field) == 0) reflection.AddMessage(&message, &field);
  return holder_of(*reflection.MutableRepeatedMessage(&message, &field, 0), rest);
}

}  // namespace

const FieldDescriptor& field_at(const google::protobuf::Descriptor& type, const std::string& path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* field = type.FindFieldByName(path.substr(0, dot));
  MASH_CHECK(field != nullptr);
  if (dot == std::string::npos) return *field;
  return field_at(*field->message_type(), path.substr(dot + 1));
}

Outcome<void> fill_field(Message& message, const std::string& path,
                         const std::vector<std::string>& given, const std::string& option,
                         std::istream& in) {
  Message& holder = holder_of(message, path);
  const FieldDescriptor& field = field_at(*message.GetDescriptor(), path);
  for (const std::string& each : given)
    if (auto filled = fill_one(holder, field, each, option, in); !filled) return filled;
  return {};
}

}  // namespace mash::cli
