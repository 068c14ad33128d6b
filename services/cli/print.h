#pragma once
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "cli/outcome.h"
#include "core/clock.h"

namespace google::protobuf {
class Message;
class Timestamp;
}  // namespace google::protobuf

namespace mash::cli {

// What people and programs read. Everything goes to the stream given.

// Text from elsewhere, made harmless to a terminal: control characters and broken UTF-8 become '?',
// newlines and tabs spaces.
std::string shown(std::string_view text);

// "2026-03-29 10:02:11Z": UTC, which is what records hold; "-" where there is none.
std::string shown(Time time);
std::string shown(const google::protobuf::Timestamp& time);

// A value of an enum as a word: "RATING_RED" of type "Rating" is "red".
std::string enum_word(std::string_view value_name, std::string_view type_name);

// Rows under headings, in columns as wide as they need to be.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  void print(std::ostream& out) const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

// Names and values, one a line, the values in a column of their own.
class Facts {
 public:
  void add(std::string name, std::string value) {
    rows_.emplace_back(std::move(name), std::move(value));
  }
  void print(std::ostream& out) const;

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
};

// The JSON form of a message, field names as in its proto; over several lines when `pretty`. What
// has its default value is left out, as protobuf's JSON does.
std::string to_json(const google::protobuf::Message& message, bool pretty);

// Why a command failed, {"error": {...}}, as JSON on one line.
std::string to_json(const Failure& failure);

// Says why a command failed: what, why, each field's fault, the rule's source, and what to do; as
// one JSON object when `json`.
void explain(const Failure& failure, bool json, std::ostream& err);

}  // namespace mash::cli
