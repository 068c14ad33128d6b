#include "cli/json_input.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/near_miss.h"
#include "cli/print.h"
#include "core/timestamp.h"

namespace mash::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using Json = nlohmann::json;

constexpr size_t kFaultsMax = 50;

tl::unexpected<Failure> bad_input(std::string message, std::vector<FieldFault> faults = {},
                                  std::string advice = {}) {
  return fail(Exit::kUsage,
              Error{.code = Code::kInvalidArgument,
                    .reason = "INPUT_INVALID",
                    .message = std::move(message),
                    .faults = std::move(faults)},
              std::move(advice));
}

// Refuses nesting that a later recursion would pay for, before anything is built from it.
bool too_deep(std::string_view json) {
  size_t depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0) --depth;
    if (depth > kJsonDepthMax) return true;
  }
  return false;
}

// Where a byte is, for a person: "line 3, column 14".
std::string place(std::string_view text, size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte == 0 ? 0 : byte - 1, text.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const size_t line_start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return "line " + std::to_string(lines + 1) + ", column " +
         std::to_string(before.size() - line_start + 1);
}

Outcome<Json> parse(std::string_view text, const std::string& origin) {
  if (too_deep(text))
    return bad_input("The JSON of " + origin + " is nested more than " +
                     std::to_string(kJsonDepthMax) + " levels deep.");
  // The library's own message quotes what it read, so only the place is taken from it.
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    return bad_input(
        "The text of " + origin + " is not JSON: it goes wrong at " + place(text, error.byte) + ".",
        {},
        "Names and texts stand in double quotes, nothing follows the last entry, and "
        "in a shell the whole stands in single quotes.");
  } catch (const Json::exception&) {
    return bad_input("A number in the JSON of " + origin + " is out of range.");
  }
}

std::vector<std::string> field_names(const Descriptor& type) {
  std::vector<std::string> out;
  out.reserve(static_cast<size_t>(type.field_count()));
  for (int i = 0; i < type.field_count(); ++i) out.push_back(type.field(i)->name());
  return out;
}

std::vector<std::string> value_names(const EnumDescriptor& type) {
  std::vector<std::string> out;
  out.reserve(static_cast<size_t>(type.value_count()));
  for (int i = 0; i < type.value_count(); ++i) out.push_back(type.value(i)->name());
  return out;
}

std::string joined(const std::vector<std::string>& names, size_t most) {
  std::string out;
  for (size_t i = 0; i < names.size() && i < most; ++i) out += (i > 0 ? ", " : "") + names[i];
  return names.size() > most ? out + ", ..." : out;
}

// "did you mean `surname`?" after what is wrong; or else what there is.
std::string or_known(std::string_view word, const std::vector<std::string>& known) {
  const std::string meant = did_you_mean(word, known);
  if (!meant.empty()) return " " + meant;
  return known.empty() ? " It has no fields." : " There are: " + joined(known, 16) + ".";
}

// Walks JSON and schema side by side and notes every difference.
class Checker {
 public:
  std::vector<FieldFault> faults;

  void message(const Json& json, const Descriptor& type, const std::string& path) {
    if (well_known(json, type, path)) return;
    if (!json.is_object()) return add(path, "should be an object, {...}, of " + type.name() + ".");
    std::map<std::string, std::string> members;
    std::set<const FieldDescriptor*> seen;
    for (const auto& [name, value] : json.items()) {
      const std::string inner = path.empty() ? shown(name) : path + "." + shown(name);
      const FieldDescriptor* field = find(type, name);
      if (field == nullptr) {
        add(inner, "is not a field of " + type.name() + "." + or_known(name, field_names(type)));
        continue;
      }
      if (!seen.insert(field).second) add(inner, "is given twice.");
      if (const auto* oneof = field->real_containing_oneof(); oneof && !value.is_null()) {
        const auto [other, first] = members.emplace(oneof->name(), field->name());
        if (!first) add(inner, "cannot stand beside " + other->second + ": choose one.");
      }
      if (!value.is_null()) this->field(value, *field, inner);
    }
  }

 private:
  static const FieldDescriptor* find(const Descriptor& type, const std::string& name) {
    for (int i = 0; i < type.field_count(); ++i)
      if (type.field(i)->name() == name || type.field(i)->json_name() == name) return type.field(i);
    return nullptr;
  }

  void add(const std::string& path, std::string description) {
    if (faults.size() < kFaultsMax)
      faults.push_back({path.empty() ? "the request" : path, std::move(description)});
  }

  void field(const Json& json, const FieldDescriptor& field, const std::string& path) {
    if (field.is_map()) {
      if (!json.is_object()) return add(path, "should be an object, {...}.");
      for (const auto& [key, value] : json.items())
        single(value, *field.message_type()->map_value(), path + "[\"" + shown(key) + "\"]");
      return;
    }
    if (!field.is_repeated()) return single(json, field, path);
    if (!json.is_array()) return add(path, "should be a list, [...].");
    for (size_t i = 0; i < json.size(); ++i)
      single(json[i], field, path + "[" + std::to_string(i) + "]");
  }

  void single(const Json& json, const FieldDescriptor& field, const std::string& path) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return message(json, *field.message_type(), path);
      case FieldDescriptor::CPPTYPE_ENUM:
        return enumerator(json, *field.enum_type(), path);
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!json.is_boolean()) add(path, "should be true or false.");
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        if (!json.is_string())
          add(path, field.type() == FieldDescriptor::TYPE_BYTES
                        ? "should be bytes as base64 text, in quotes."
                        : "should be text, in quotes.");
        return;
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        if (!json.is_number() && !json.is_string()) add(path, "should be a number.");
        return;
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_UINT64:
        return whole_number(json, false, path);
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_INT64:
        return whole_number(json, true, path);
    }
  }

  void whole_number(const Json& json, bool negative_too, const std::string& path) {
    const std::string wanted =
        negative_too ? "should be a whole number." : "should be a whole number, not negative.";
    if (json.is_number_unsigned() || (negative_too && json.is_number_integer())) return;
    if (!json.is_string()) return add(path, wanted);
    std::string_view digits = json.get_ref<const std::string&>();
    if (negative_too && digits.starts_with('-')) digits.remove_prefix(1);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
      add(path, wanted);
  }

  void enumerator(const Json& json, const EnumDescriptor& type, const std::string& path) {
    if (json.is_number_integer()) return;
    const std::vector<std::string> names = value_names(type);
    if (!json.is_string()) return add(path, "should be one of: " + joined(names, 16) + ".");
    const std::string& name = json.get_ref<const std::string&>();
    if (type.FindValueByName(name) != nullptr) return;
    // People leave the prefix out: "RED" for "RATING_RED".
    for (const std::string& known : names)
      if (known.ends_with("_" + name)) return add(path, "is written '" + known + "'.");
    add(path, "is not a value of " + type.name() + "." + or_known(name, names));
  }

  // Types whose JSON is not an object of their fields.
  bool well_known(const Json& json, const Descriptor& type, const std::string& path) {
    if (type.file()->package() != "google.protobuf") return false;
    if (type.name() == "Timestamp") {
      if (!json.is_string() || !from_rfc3339(json.get_ref<const std::string&>()))
        add(path, "should be a time such as \"2026-03-29T10:00:00Z\".");
    } else if (type.name() == "Duration") {
      if (!json.is_string()) add(path, "should be a duration such as \"90s\".");
    }
    return true;  // the rest is left to protobuf's parser
  }
};

}  // namespace

Outcome<void> from_json(std::string_view json, const std::string& origin,
                        google::protobuf::Message& out) {
  const Outcome<Json> parsed = parse(json, origin);
  if (!parsed) return tl::unexpected(parsed.error());
  Checker checker;
  checker.message(*parsed, *out.GetDescriptor(), "");
  if (!checker.faults.empty())
    return bad_input(
        "The JSON of " + origin + " does not make a " + out.GetDescriptor()->name() + ".",
        std::move(checker.faults));
  const std::string text(json);
  if (!google::protobuf::util::JsonStringToMessage(text, &out).ok())
    return bad_input("The JSON of " + origin + " does not make a " + out.GetDescriptor()->name() +
                     ": a number or time in it is out of range, or bytes are not base64.");
  return {};
}

Outcome<std::vector<std::string>> json_elements(std::string_view json, const std::string& origin) {
  const Outcome<Json> parsed = parse(json, origin);
  if (!parsed) return tl::unexpected(parsed.error());
  if (!parsed->is_array()) return std::vector<std::string>{std::string(json)};
  std::vector<std::string> out;
  for (const Json& element : *parsed) out.push_back(element.dump());
  return out;
}

}  // namespace mash::cli
