#include "core/checks.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <utility>

#include "core/timestamp.h"

namespace mash {
namespace {

constexpr std::size_t kFaultsMax =
    100;  // told in one answer; a request with more is hopeless anyway

// UTF-8, since protobuf has refused anything else: every byte but a continuation begins a
// character.
std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string kilobytes(std::size_t bytes) { return std::to_string(bytes / 1024) + " KiB"; }

}  // namespace

Error invalid_request(std::vector<FieldFault> faults) {
  std::string message = std::to_string(faults.size()) + " fields of the request are wrong.";
  if (faults.size() == 1) {
    const auto& [field, description] = faults.front();
    message = field.empty() ? "The request is wrong: " + description + "."
                            : "A field of the request is wrong: " + field + " " + description + ".";
  }
  return {.code = Code::kInvalidArgument,
          .reason = "INVALID_REQUEST",
          .message = std::move(message),
          .faults = std::move(faults)};
}

void Checks::fault(std::string field, std::string description) {
  if (faults_.size() < kFaultsMax) faults_.push_back({std::move(field), std::move(description)});
}

void Checks::text(std::string_view field, std::string_view value, std::size_t bytes_max) {
  if (value.size() > bytes_max)
    fault(std::string(field), "is longer than " + kilobytes(bytes_max) + " of text");
}

void Checks::characters(std::string_view field, std::string_view value,
                        std::size_t characters_max) {
  if (value.size() > characters_max && characters_in(value) > characters_max)
    fault(std::string(field), "is longer than " + std::to_string(characters_max) + " characters");
}

bool has_control_characters(std::string_view text) { return std::ranges::any_of(text, is_control); }

void Checks::line(std::string_view field, std::string_view value) {
  characters(field, value, kLineCharactersMax);
  if (has_control_characters(value))
    fault(std::string(field), "holds a line break or another control character");
}

std::string fault_of_past(const google::protobuf::Timestamp& time, Time now) {
  constexpr Time k1900 = std::chrono::sys_days(std::chrono::year(1900) / 1 / 1);
  const Result<Time> when = from_proto(time);
  if (!when) return "is not a time";
  if (*when > now + kClockAheadMax) return "is in the future";
  return *when < k1900 ? "is before 1900" : "";
}

bool Checks::happened(std::string field, const google::protobuf::Timestamp& time, Time now) {
  std::string wrong = fault_of_past(time, now);
  if (wrong.empty()) return true;
  fault(std::move(field), std::move(wrong));
  return false;
}

void Checks::cite(const Source& source) {
  const bool cited = std::ranges::any_of(
      sources_, [&](const Source& other) { return other.description == source.description; });
  if (!cited) sources_.push_back(source);
}

Result<void> Checks::verdict() const {
  if (faults_.empty()) return {};
  Error error = invalid_request(faults_);
  error.sources = sources_;
  return tl::unexpected(std::move(error));
}

Result<void> check_purpose(std::string_view purpose) {
  Checks checks;
  checks.text("purpose", purpose, kNoteBytesMax);
  return checks.verdict();
}

}  // namespace mash
