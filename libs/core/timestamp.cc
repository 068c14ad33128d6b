#include "core/timestamp.h"

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <cstdio>

#include "core/check.h"

namespace mash {
namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr Time kFirst{sys_days(std::chrono::year(1) / 1 / 1)};
constexpr Time kEnd{sys_days(std::chrono::year(10000) / 1 / 1)};

tl::unexpected<Error> invalid_time(std::string message) {
  return refuse(Code::kInvalidArgument, "INVALID_TIME", std::move(message));
}

// Reads a text from left to right; once something is not as it should be, nothing after it is.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // A number of exactly `digits` digits, from `low` to `high`.
  int number(std::size_t digits, int low, int high) {
    int value = 0;
    if (rest_.size() < digits) return fail(low);
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return fail(low);
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value < low || value > high ? fail(low) : value;
  }

  bool accept(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!accept(c)) ok_ = false;
  }

  // The digits after a decimal point, one to nine, cut to microseconds.
  microseconds fraction() {
    int64_t nanoseconds = 0;
    int digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && digits < 9) {
      nanoseconds = nanoseconds * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
      ++digits;
    }
    if (digits == 0) ok_ = false;
    for (; digits < 9; ++digits) nanoseconds *= 10;
    return microseconds(nanoseconds / 1000);
  }

  year_month_day day() {
    const std::chrono::year year(number(4, 1, 9999));
    expect('-');
    const std::chrono::month month(static_cast<unsigned>(number(2, 1, 12)));
    expect('-');
    const std::chrono::day day(static_cast<unsigned>(number(2, 1, 31)));
    const year_month_day date(year, month, day);
    if (!date.ok()) ok_ = false;
    return date;
  }

  bool done() const { return ok_ && rest_.empty(); }

 private:
  int fail(int value) {
    ok_ = false;
    return value;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

void to_proto(Time time, google::protobuf::Timestamp* out) {
  MASH_CHECK(time >= kFirst && time < kEnd);
  const auto second = std::chrono::floor<seconds>(time);
  out->set_seconds(second.time_since_epoch().count());
  out->set_nanos(static_cast<int32_t>((time - second).count() * 1000));
}

google::protobuf::Timestamp to_proto(Time time) {
  google::protobuf::Timestamp timestamp;
  to_proto(time, &timestamp);
  return timestamp;
}

Result<Time> from_proto(const google::protobuf::Timestamp& timestamp) {
  if (timestamp.nanos() < 0 || timestamp.nanos() > 999'999'999)
    return invalid_time("A timestamp's nanos lie between 0 and 999,999,999.");
  const std::chrono::sys_seconds second{seconds(timestamp.seconds())};
  if (second < std::chrono::floor<seconds>(kFirst) || second >= std::chrono::floor<seconds>(kEnd))
    return invalid_time("A timestamp lies in the years 1 to 9999.");
  return Time(second) + microseconds(timestamp.nanos() / 1000);
}

std::string to_rfc3339(Time time) {
  MASH_CHECK(time >= kFirst && time < kEnd);
  const auto midnight = std::chrono::floor<days>(time);
  const std::chrono::hh_mm_ss clock(time - midnight);
  const auto fraction = static_cast<int>(clock.subseconds().count());
  char text[48];
  int length = std::snprintf(
      text, sizeof text, "%sT%02d:%02d:%02d", to_iso_date(year_month_day(midnight)).c_str(),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  char* const end = text + length;
  const std::size_t room = sizeof text - static_cast<std::size_t>(length);
  if (fraction == 0) {
    length += std::snprintf(end, room, "Z");
  } else if (fraction % 1000 == 0) {
    length += std::snprintf(end, room, ".%03dZ", fraction / 1000);
  } else {
    length += std::snprintf(end, room, ".%06dZ", fraction);
  }
  return {text, static_cast<std::size_t>(length)};
}

Result<Time> from_rfc3339(std::string_view text) {
  Reader reader(text);
  const year_month_day date = reader.day();
  reader.expect('T');
  const std::chrono::hours hour(reader.number(2, 0, 23));
  reader.expect(':');
  const minutes minute(reader.number(2, 0, 59));
  reader.expect(':');
  const seconds second(reader.number(2, 0, 59));
  const microseconds fraction = reader.accept('.') ? reader.fraction() : microseconds(0);
  minutes offset(0);
  if (!reader.accept('Z')) {
    const bool west = reader.accept('-');
    if (!west) reader.expect('+');
    const std::chrono::hours offset_hours(reader.number(2, 0, 23));
    reader.expect(':');
    offset = offset_hours + minutes(reader.number(2, 0, 59));
    if (west) offset = -offset;
  }
  if (!reader.done())
    return invalid_time("A time is written as in RFC 3339: 2026-03-29T01:30:00Z.");
  const Time time = sys_days(date) + hour + minute + second + fraction - offset;
  if (time < kFirst || time >= kEnd) return invalid_time("A time lies in the years 1 to 9999.");
  return time;
}

std::string to_iso_date(year_month_day day) {
  char text[24];
  const int length =
      std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                    static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return {text, static_cast<std::size_t>(length)};
}

Result<year_month_day> from_iso_date(std::string_view text) {
  Reader reader(text);
  const year_month_day day = reader.day();
  if (!reader.done())
    return refuse(Code::kInvalidArgument, "INVALID_DATE", "A day is written 2026-03-29.");
  return day;
}

}  // namespace mash
