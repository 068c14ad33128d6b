#include "core/timestamp.h"

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <limits>

namespace mash {
namespace {

using std::chrono::microseconds;

google::protobuf::Timestamp timestamp(int64_t seconds, int32_t nanos) {
  google::protobuf::Timestamp value;
  value.set_seconds(seconds);
  value.set_nanos(nanos);
  return value;
}

TEST(Timestamp, GoesToProtobufAndBack) {
  for (const int64_t us :
       {INT64_C(0), INT64_C(1), INT64_C(-1), INT64_C(-1'000'000), INT64_C(1'768'471'200'123'456),
        INT64_C(-62'135'596'800'000'000), INT64_C(253'402'300'799'999'999)}) {
    const Time time{microseconds(us)};
    EXPECT_EQ(from_proto(to_proto(time)), time) << us;
  }
}

TEST(Timestamp, BeforeNineteenSeventyKeepsNanosPositive) {
  const auto value = to_proto(Time(microseconds(-1)));
  EXPECT_EQ(value.seconds(), -1);
  EXPECT_EQ(value.nanos(), 999'999'000);
}

TEST(Timestamp, CutsWhatIsFinerThanAMicrosecond) {
  EXPECT_EQ(from_proto(timestamp(10, 1'999)), Time(microseconds(10'000'001)));
  EXPECT_EQ(from_rfc3339("1970-01-01T00:00:10.000001999Z"), Time(microseconds(10'000'001)));
}

TEST(Timestamp, RefusesWhatProtobufCallsInvalid) {
  constexpr auto kMax = std::numeric_limits<int64_t>::max();
  constexpr auto kMin = std::numeric_limits<int64_t>::min();
  for (const auto& value :
       {timestamp(0, -1), timestamp(0, 1'000'000'000), timestamp(253'402'300'800, 0),
        timestamp(-62'135'596'801, 0), timestamp(kMax, 0), timestamp(kMin, 0)}) {
    const auto time = from_proto(value);
    ASSERT_FALSE(time.has_value()) << value.DebugString();
    EXPECT_EQ(time.error().reason, "INVALID_TIME");
  }
}

TEST(Timestamp, IsWrittenAsProtobufWritesIt) {
  for (const int64_t us :
       {INT64_C(0), INT64_C(-1), INT64_C(250'000), INT64_C(1'768'471'200'123'456),
        INT64_C(-62'135'596'800'000'000), INT64_C(253'402'300'799'999'999)}) {
    const Time time{microseconds(us)};
    EXPECT_EQ(to_rfc3339(time), google::protobuf::util::TimeUtil::ToString(to_proto(time)));
    EXPECT_EQ(from_rfc3339(to_rfc3339(time)), time);
  }
}

TEST(Timestamp, ReadsOffsets) {
  EXPECT_EQ(from_rfc3339("2026-06-01T01:30:00+01:00"), from_rfc3339("2026-06-01T00:30:00Z"));
  EXPECT_EQ(from_rfc3339("2026-06-01T01:30:00-05:30"), from_rfc3339("2026-06-01T07:00:00Z"));
  EXPECT_EQ(from_rfc3339("2024-02-29T00:00:00.5Z"), from_rfc3339("2024-02-29T00:00:00.500000Z"));
}

TEST(Timestamp, RefusesEveryOtherText) {
  for (const char* text : {"",
                           "2026-06-01",
                           "2026-06-01T00:00:00",
                           "2026-06-01t00:00:00Z",
                           "2026-06-01T00:00:00z",
                           "2026-06-01 00:00:00Z",
                           "2026-6-1T00:00:00Z",
                           "2026-06-31T00:00:00Z",
                           "2025-02-29T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-06-01T24:00:00Z",
                           "2026-06-01T00:60:00Z",
                           "2026-06-30T23:59:60Z",
                           "2026-06-01T00:00:00.Z",
                           "2026-06-01T00:00:00.1234567890Z",
                           "2026-06-01T00:00:00+0100",
                           "2026-06-01T00:00:00+01:60",
                           "2026-06-01T00:00:00+24:00",
                           "2026-06-01T00:00:00Z ",
                           "+2026-06-01T00:00:00Z",
                           "0000-06-01T00:00:00Z",
                           "0001-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "2026-06-01T00:00:00Zx",
                           "2026-06--1T00:00:00Z"}) {
    const auto time = from_rfc3339(text);
    ASSERT_FALSE(time.has_value()) << text;
    EXPECT_EQ(time.error().reason, "INVALID_TIME");
  }
}

TEST(Timestamp, ReadsAndWritesDays) {
  using namespace std::chrono_literals;
  EXPECT_EQ(from_iso_date("2024-02-29"), 2024y / 2 / 29);
  EXPECT_EQ(to_iso_date(2024y / 2 / 29), "2024-02-29");
  for (const char* text : {"", "2025-02-29", "2025-2-01", "2025-02-01 ", "20250201", "2025/02/01"})
    EXPECT_FALSE(from_iso_date(text)) << text;
}

}  // namespace
}  // namespace mash
