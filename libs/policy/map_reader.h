#pragma once
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/deadline.h"
#include "policy/yaml_tree.h"

namespace mash::policy {

// Reads one map of a pack's file, key by key. What is missing or wrong is noted with its place and
// replaced by an empty value, so that reading goes on and finds everything. finish() names the keys
// that nobody asked for: most are misspelt.
class MapReader {
 public:
  // `path` is where the map stands, for messages: "timescales.assessment".
  MapReader(const Node& node, std::string path, Faults& faults);

  std::string text(std::string_view key, std::size_t max_bytes = 500);
  std::string optional_text(std::string_view key, std::size_t max_bytes = 500);
  int integer(std::string_view key, int low, int high);
  double number(std::string_view key, double low, double high);  // "0.25"
  bool yes_no(std::string_view key);
  bool flag(std::string_view key);  // the same, and absent is false
  Span span(std::string_view key);  // "45 working-days"
  std::optional<Span> optional_span(std::string_view key);
  std::chrono::minutes time_of_day(std::string_view key);  // "09:00"
  std::chrono::year_month_day date(std::string_view key);  // "2018-07-04"
  std::optional<std::chrono::year_month_day> optional_date(std::string_view key);

  // A map or list under `key`; null when there is none, which is a fault unless it is optional.
  const Node* map(std::string_view key);
  const Node* optional_map(std::string_view key);
  const Node* list(std::string_view key);
  const Node* optional_list(std::string_view key);

  // Where the value of `key` stands, or the map if it has none; and how to name it.
  Mark mark(std::string_view key) const;
  std::string path(std::string_view key) const;

  void fault(std::string_view key, std::string_view what);
  void finish();

 private:
  const Node* find(std::string_view key);
  const Node* of_kind(std::string_view key, Node::Kind kind, std::string_view what, bool required);
  std::optional<Span> read_span(std::string_view key, bool required);
  std::optional<std::chrono::year_month_day> read_date(std::string_view key, bool required);

  const Node& node_;
  std::string path_;
  Faults& faults_;
  std::set<std::string_view> asked_;
};

// A code or name that events and screens carry: letters, digits and hyphens, 1 to 60.
bool is_code(std::string_view text);

}  // namespace mash::policy
