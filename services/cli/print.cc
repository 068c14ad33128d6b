#include "cli/print.h"

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "core/timestamp.h"

namespace mash::cli {
namespace {

// Bytes of the UTF-8 character that begins here; 0 when none does.
size_t character_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t size = first < 0x80   ? 1
                      : first < 0xC2 ? 0
                      : first < 0xE0 ? 2
                      : first < 0xF0 ? 3
                      : first < 0xF5 ? 4
                                     : 0;
  if (size == 0 || size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  return size;
}

// C0, DEL, and C1, which some terminals obey as well.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

// Columns a text takes: one a character, which is right for all scripts but a few.
size_t width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

void print_cell(std::ostream& out, const std::string& cell, size_t column, bool last) {
  out << cell;
  if (!last) out << std::string(column - width(cell) + 2, ' ');
}

nlohmann::ordered_json as_json(const Failure& failure) {
  const Error& error = failure.error;
  nlohmann::ordered_json out{{"exit", static_cast<int>(failure.exit)},
                             {"code", code_name(error.code)},
                             {"reason", error.reason},
                             {"message", error.message}};
  for (const FieldFault& fault : error.faults)
    out["faults"].push_back({{"field", fault.field}, {"description", fault.description}});
  for (const Source& source : error.sources)
    out["sources"].push_back({{"description", source.description}, {"url", source.url}});
  for (const auto& [name, value] : error.metadata) out["metadata"][name] = value;
  if (error.retry_after) out["retry_after_ms"] = error.retry_after->count();
  if (!failure.advice.empty()) out["advice"] = failure.advice;
  return {{"error", out}};
}

}  // namespace

std::string shown(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t size = character_bytes(text);
    const std::string_view character = text.substr(0, std::max<size_t>(1, size));
    if (size == 1 && (character == "\n" || character == "\t"))
      out += ' ';
    else if (size == 0 || is_control(character))
      out += '?';
    else
      out += character;
    text.remove_prefix(character.size());
  }
  return out;
}

std::string shown(Time time) {
  std::string out = to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  out.replace(out.find('T'), 1, " ");
  return out;
}

std::string shown(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "-";
  const Result<Time> read = from_proto(time);
  return read ? shown(*read) : "?";
}

std::string enum_word(std::string_view value_name, std::string_view type_name) {
  std::string prefix;
  for (size_t i = 0; i < type_name.size(); ++i) {
    const char c = type_name[i];
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && i > 0) prefix += '_';
    prefix += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  prefix += '_';
  if (value_name.starts_with(prefix)) value_name.remove_prefix(prefix.size());
  std::string out;
  for (const char c : value_name)
    out += c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

void Table::print(std::ostream& out) const {
  std::vector<size_t> columns;
  columns.reserve(headings_.size());
  for (const std::string& heading : headings_) columns.push_back(width(heading));
  for (const auto& row : rows_)
    for (size_t i = 0; i < row.size(); ++i) columns[i] = std::max(columns[i], width(row[i]));
  const auto line = [&](const std::vector<std::string>& row) {
    for (size_t i = 0; i < row.size(); ++i)
      print_cell(out, row[i], columns[i], i + 1 == row.size());
    out << '\n';
  };
  line(headings_);
  for (const auto& row : rows_) line(row);
}

void Facts::print(std::ostream& out) const {
  size_t column = 0;
  for (const auto& [name, value] : rows_) column = std::max(column, width(name));
  for (const auto& [name, value] : rows_) {
    print_cell(out, name, column, false);
    out << value << '\n';
  }
}

std::string to_json(const google::protobuf::Message& message, bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = pretty;
  std::string out;
  const auto status = google::protobuf::util::MessageToJsonString(message, &out, options);
  if (!status.ok()) return "{\"unreadable\": \"" + message.GetTypeName() + "\"}";
  return out;
}

std::string to_json(const Failure& failure) {
  return as_json(failure).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void explain(const Failure& failure, bool json, std::ostream& err) {
  const Error& error = failure.error;
  if (json) {
    err << to_json(failure) << '\n';
    return;
  }
  err << "mash: " << shown(error.message) << '\n';
  for (const FieldFault& fault : error.faults)
    err << "  " << shown(fault.field) << ": " << shown(fault.description) << '\n';
  for (const Source& source : error.sources) {
    err << "  Source: " << shown(source.description);
    if (!source.url.empty()) err << " <" << shown(source.url) << '>';
    err << '\n';
  }
  if (error.retry_after)
    err << "  Try again in " << static_cast<double>(error.retry_after->count()) / 1000 << " s.\n";
  if (!failure.advice.empty()) err << "  " << shown(failure.advice) << '\n';
  if (failure.exit == Exit::kUsage || failure.exit == Exit::kFile) return;
  err << "  (" << code_name(error.code) << (error.reason.empty() ? "" : ", ") << shown(error.reason)
      << ")\n";
}

}  // namespace mash::cli
