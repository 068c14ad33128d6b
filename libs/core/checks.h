#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace google::protobuf {
class Timestamp;
}

namespace mash {

// How far ahead of the hub's a sender's clock may run.
inline constexpr auto kClockAheadMax = std::chrono::minutes(5);

// Sensible limits on what a request may hold, in bytes of UTF-8 where nothing else is said.
inline constexpr std::size_t kTextBytesMax = 16 * 1024;  // a concern, a rationale
inline constexpr std::size_t kNoteBytesMax = 4 * 1024;   // a reason, a purpose
inline constexpr std::size_t kReferenceBytesMax = 64;    // another's number for something
inline constexpr std::size_t kLineCharactersMax = 300;   // a name, a line of an address

// INVALID_ARGUMENT, reason INVALID_REQUEST: what is wrong with a request, all of it.
Error invalid_request(std::vector<FieldFault> faults);

// Gathers everything that is wrong with a request, so that its sender hears of all of it at once.
// Made for one request, on one thread.
class Checks {
 public:
  void fault(std::string field, std::string description);

  // A limit on a text.
  void text(std::string_view field, std::string_view value, std::size_t bytes_max);
  // The same in characters, of whatever script.
  void characters(std::string_view field, std::string_view value, std::size_t characters_max);
  // A name, or a line of an address: in characters, and no line is broken.
  void line(std::string_view field, std::string_view value);

  // A time that somebody says something happened: a time at all, not before 1900, not in the
  // future. False: a fault.
  bool happened(std::string field, const google::protobuf::Timestamp& time, Time now);

  // The rule that a fault rests on, for the refusal to name.
  void cite(const Source& source);

  const std::vector<FieldFault>& faults() const { return faults_; }

  // invalid_request() with every fault; or nothing is wrong.
  Result<void> verdict() const;

 private:
  std::vector<FieldFault> faults_;
  std::vector<Source> sources_;
};

// Checks what a read is for, where nothing else of its request is to be checked.
Result<void> check_purpose(std::string_view purpose);

// What is wrong with a time that somebody says something happened; empty: nothing.
std::string fault_of_past(const google::protobuf::Timestamp& time, Time now);

// Whether a text holds a line break or another control character.
bool has_control_characters(std::string_view text);

}  // namespace mash
