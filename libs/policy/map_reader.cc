#include "policy/map_reader.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "core/timestamp.h"

namespace mash::policy {
namespace {

template <class Number = int>
std::optional<Number> number_in(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

MapReader::MapReader(const Node& node, std::string path, Faults& faults)
    : node_(node), path_(std::move(path)), faults_(faults) {
  if (node.kind != Node::Kind::kMap)
    faults_.add(node.mark, (path_.empty() ? "the file" : path_) + " must be a map");
}

std::string MapReader::text(std::string_view key, std::size_t max_bytes) {
  const Node* value = of_kind(key, Node::Kind::kScalar, "must be text", true);
  if (value == nullptr) return {};
  if (value->text.empty()) fault(key, "must not be empty");
  if (value->text.size() > max_bytes)
    fault(key, "must be at most " + std::to_string(max_bytes) + " bytes");
  return value->text;
}

std::string MapReader::optional_text(std::string_view key, std::size_t max_bytes) {
  return find(key) == nullptr ? std::string() : text(key, max_bytes);
}

int MapReader::integer(std::string_view key, int low, int high) {
  const Node* value = of_kind(key, Node::Kind::kScalar, "must be a number", true);
  if (value == nullptr) return low;
  const auto number = number_in(value->text);
  if (number && *number >= low && *number <= high) return *number;
  fault(key, "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  return low;
}

double MapReader::number(std::string_view key, double low, double high) {
  const Node* value = of_kind(key, Node::Kind::kScalar, "must be a number", true);
  if (value == nullptr) return low;
  const auto number = number_in<double>(value->text);
  if (number && *number >= low && *number <= high) return *number;
  std::ostringstream range;
  range << "must be a number from " << low << " to " << high;
  fault(key, range.str());
  return low;
}

bool MapReader::yes_no(std::string_view key) {
  const Node* value = of_kind(key, Node::Kind::kScalar, "must be true or false", true);
  if (value != nullptr && value->text != "true" && value->text != "false")
    fault(key, "must be true or false");
  return value != nullptr && value->text == "true";
}

bool MapReader::flag(std::string_view key) { return find(key) != nullptr && yes_no(key); }

Span MapReader::span(std::string_view key) { return read_span(key, true).value_or(Span{1}); }

std::optional<Span> MapReader::optional_span(std::string_view key) { return read_span(key, false); }

std::optional<Span> MapReader::read_span(std::string_view key, bool required) {
  const Node* value = of_kind(key, Node::Kind::kScalar, "must be text", required);
  if (value == nullptr) return std::nullopt;
  const std::string_view text = value->text;
  const std::size_t space = text.find(' ');
  const auto amount = number_in(text.substr(0, space));
  std::string name(space == std::string_view::npos ? "" : text.substr(space + 1));
  if (!name.ends_with('s')) name += 's';
  const auto clock = clock_named(name);
  if (amount && clock && *amount != 0 && *amount <= kMaxSpan && *amount >= -kMaxSpan)
    return Span{*amount, *clock};
  fault(key,
        "must be an amount and a clock: working-days, hub-hours, elapsed-hours, elapsed-days or "
        "calendar-months, as in \"45 working-days\"");
  return std::nullopt;
}

std::chrono::minutes MapReader::time_of_day(std::string_view key) {
  const Node* value = of_kind(key, Node::Kind::kScalar, "must be a time of day", true);
  if (value == nullptr) return {};
  const std::string_view text = value->text;
  if (text.size() == 5 && text[2] == ':') {
    const auto hour = number_in(text.substr(0, 2)), minute = number_in(text.substr(3));
    const bool in_range = hour && minute && *hour >= 0 && *minute >= 0 && *minute < 60;
    if (in_range && *hour * 60 + *minute <= 24 * 60)
      return std::chrono::minutes(*hour * 60 + *minute);
  }
  fault(key, "must be a time of day from 00:00 to 24:00, as in \"09:00\"");
  return {};
}

std::chrono::year_month_day MapReader::date(std::string_view key) {
  constexpr std::chrono::year_month_day kNone = std::chrono::year(1990) / 1 / 2;
  return read_date(key, true).value_or(kNone);
}

std::optional<std::chrono::year_month_day> MapReader::optional_date(std::string_view key) {
  return read_date(key, false);
}

std::optional<std::chrono::year_month_day> MapReader::read_date(std::string_view key,
                                                                bool required) {
  const Node* value = of_kind(key, Node::Kind::kScalar, "must be a day", required);
  if (value == nullptr) return std::nullopt;
  const auto date = from_iso_date(value->text);
  const bool in_range =
      date && date->year() >= std::chrono::year(1990) && date->year() <= std::chrono::year(2149);
  if (in_range) return *date;
  fault(key, "must be a day from 1990 to 2149, as in 2018-07-04");
  return std::nullopt;
}

const Node* MapReader::map(std::string_view key) {
  return of_kind(key, Node::Kind::kMap, "must be a map", true);
}
const Node* MapReader::optional_map(std::string_view key) {
  return of_kind(key, Node::Kind::kMap, "must be a map", false);
}
const Node* MapReader::list(std::string_view key) {
  return of_kind(key, Node::Kind::kList, "must be a list", true);
}
const Node* MapReader::optional_list(std::string_view key) {
  return of_kind(key, Node::Kind::kList, "must be a list", false);
}

Mark MapReader::mark(std::string_view key) const {
  const auto found = std::ranges::find(
      node_.pairs, key, [](const auto& pair) { return std::string_view(pair.first); });
  return found == node_.pairs.end() ? node_.mark : found->second.mark;
}

std::string MapReader::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void MapReader::fault(std::string_view key, std::string_view what) {
  faults_.add(mark(key), path(key) + " " + std::string(what));
}

void MapReader::finish() {
  for (const auto& [key, value] : node_.pairs)
    if (!asked_.contains(key))
      faults_.add(value.mark, path(key) + " is not known here: is it misspelt?");
}

const Node* MapReader::find(std::string_view key) {
  for (const auto& [name, value] : node_.pairs) {
    if (name != key) continue;
    asked_.insert(name);
    return &value;
  }
  return nullptr;
}

const Node* MapReader::of_kind(std::string_view key, Node::Kind kind, std::string_view what,
                               bool required) {
  const Node* value = find(key);
  if (value != nullptr && value->kind == kind) return value;
  if (value != nullptr) {
    fault(key, what);
  } else if (required && node_.kind == Node::Kind::kMap) {
    fault(key, "is missing");
  }
  return nullptr;
}

bool is_code(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 60 && std::ranges::all_of(text, fits);
}

}  // namespace mash::policy
