#include "host/log_line.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/timestamp.h"

namespace mash::host {
namespace {

constexpr std::size_t kNameBytesMax = 128;
constexpr std::size_t kDiagnosisBytesMax = 2'000;

std::string_view name_of(LogKey key) {
  switch (key) {
    case LogKey::kMethod:
      return "method";
    case LogKey::kAgency:
      return "agency";
    case LogKey::kRole:
      return "role";
    case LogKey::kCode:
      return "code";
    case LogKey::kReason:
      return "reason";
    case LogKey::kDurationUs:
      return "duration_us";
    case LogKey::kAddress:
      return "address";
    case LogKey::kArea:
      return "area";
    case LogKey::kLog:
      return "log";
    case LogKey::kPosition:
      return "position";
    case LogKey::kCount:
      return "count";
    case LogKey::kVersion:
      return "version";
    case LogKey::kDiagnosis:
      return "diagnosis";
  }
  return "unknown";
}

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == ':' || c == '/' || c == '[' || c == ']';
}

void append_name(std::string& line, std::string_view text) {
  for (const char c : text.substr(0, kNameBytesMax)) line += is_name_character(c) ? c : '?';
}

// JSON, with control characters and whatever is not ASCII written as "?".
void append_diagnosis(std::string& line, std::string_view text) {
  for (const char c : text.substr(0, kDiagnosisBytesMax)) {
    if (c == '"' || c == '\\') line += '\\';
    line += c >= ' ' && c <= '~' ? c : c == '\n' ? ' ' : '?';
  }
}

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made =
        std::make_shared<spdlog::logger>("mash", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *instance;
}

}  // namespace

std::string format_line(Time time, LogLevel level, LogMessage message,
                        std::initializer_list<LogField> fields) {
  std::string line = "{\"time\":\"" + to_rfc3339(time) + "\",\"level\":\"";
  line += name_of(level);
  line += "\",\"message\":\"";
  append_diagnosis(line, message.text());
  line += '"';
  for (const LogField& field : fields) {
    line += ",\"";
    line += name_of(field.key);
    line += "\":";
    if (const auto* number = std::get_if<uint64_t>(&field.value)) {
      line += std::to_string(*number);
      continue;
    }
    line += '"';
    const std::string_view text = std::get<std::string_view>(field.value);
    field.key == LogKey::kDiagnosis ? append_diagnosis(line, text) : append_name(line, text);
    line += '"';
  }
  return line + "}";
}

void log_line(LogLevel level, LogMessage message, std::initializer_list<LogField> fields) {
  logger().info(spdlog::string_view_t(format_line(SystemClock().now(), level, message, fields)));
}

}  // namespace mash::host
