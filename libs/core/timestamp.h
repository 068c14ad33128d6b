#pragma once
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace google::protobuf {
class Timestamp;
}

namespace mash {

// Instants on the wire and in text. The hub's time is UTC to the microsecond, from year 1 to 9999;
// anything finer is cut off, never rounded up into the future.

// `time` must lie in the years 1 to 9999, as every time that was read does.
google::protobuf::Timestamp to_proto(Time time);
void to_proto(Time time, google::protobuf::Timestamp* out);

// Refuses seconds or nanos out of range: kInvalidArgument, INVALID_TIME.
Result<Time> from_proto(const google::protobuf::Timestamp& timestamp);

// RFC 3339 in UTC, with no, three or six digits of fraction: "2026-03-29T01:30:00.25Z" is written
// "2026-03-29T01:30:00.250Z".
std::string to_rfc3339(Time time);

// Reads RFC 3339 with capital T and Z or a numeric offset, and one to nine digits of fraction. A
// leap second cannot be told from the next instant and is refused, like all else: kInvalidArgument,
// INVALID_TIME.
Result<Time> from_rfc3339(std::string_view text);

// A day of the calendar, "2026-03-29", strictly; INVALID_DATE.
std::string to_iso_date(std::chrono::year_month_day day);
Result<std::chrono::year_month_day> from_iso_date(std::string_view text);

}  // namespace mash
