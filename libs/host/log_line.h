#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "core/clock.h"

namespace mash::host {

// The log of a program: one JSON object a line on standard error. It is built so that nothing
// personal can get in: what happened is a literal, and beside it stand only the fields named here.
// All but kDiagnosis take names and ids alone; any other character is written as "?".
enum class LogKey {
  kMethod,      // an RPC
  kAgency,      // who called: agency and role, never the practitioner
  kRole,        //
  kCode,        // a gRPC code's name
  kReason,      // a reason of docs/errors.md
  kDurationUs,  // microseconds
  kAddress,     // of this server
  kArea,        //
  kLog,         // a log's name
  kPosition,    // in a log
  kCount,       // of whatever the message is about
  kVersion,     // of the program, a pack or the calendar
  kDiagnosis,   // for operators, on starting, stopping and failing: never about a call's content
};

enum class LogLevel { kInfo, kWarning, kError };

struct LogField {
  LogKey key;
  std::variant<std::string_view, uint64_t> value;

  LogField(LogKey the_key, std::string_view text) : key(the_key), value(text) {}
  LogField(LogKey the_key, uint64_t number) : key(the_key), value(number) {}
};

// A message that was written by a programmer, not made at run time.
class LogMessage {
 public:
  template <std::size_t N>
  consteval LogMessage(const char (&literal)[N]) : text_(literal, N - 1) {}  // NOLINT
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// Writes one line. Threads may call it at once; lines never mix.
void log_line(LogLevel level, LogMessage message, std::initializer_list<LogField> fields = {});

// The line as it is written, without its end.
std::string format_line(Time time, LogLevel level, LogMessage message,
                        std::initializer_list<LogField> fields);

}  // namespace mash::host
