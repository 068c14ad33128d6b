#include "log/record.h"

#include <gtest/gtest.h>

namespace mash::log {
namespace {

std::string leaf_of(const v1::RecordBody& body, const RecordPrefix& prefix) {
  auto leaf = encode_body(body);
  put_prefix(leaf, prefix);
  return leaf;
}

v1::RecordBody body() {
  v1::RecordBody body;
  body.set_event_id(std::string(16, 'e'));
  body.set_stream("referral/1");
  body.set_case_id("case-1");
  body.set_type("mash.referral.v1.ReferralEvent");
  body.set_schema_version(1);
  return body;
}

const RecordPrefix kPrefix{.epoch = 2,
                           .position = 77,
                           .stream_version = 3,
                           .recorded_at = Time(std::chrono::microseconds(5))};

TEST(Record, ReadsBackWhatWasWritten) {
  const auto record = decode_record(leaf_of(body(), kPrefix), true);
  ASSERT_TRUE(record.has_value()) << record.error().message;
  EXPECT_EQ(record->prefix, kPrefix);
  EXPECT_EQ(record->body.stream(), "referral/1");
  EXPECT_FALSE(record->has_personal());
}

TEST(Record, IsRefusedWhenAnyByteOfItsBodyIsMissing) {
  const auto leaf = leaf_of(body(), kPrefix);
  for (size_t length = 0; length < kRecordPrefixBytes; ++length)
    EXPECT_EQ(decode_record(leaf.substr(0, length)).error().reason, "RECORD_MALFORMED");
}

TEST(Record, IsRefusedInAnotherFormat) {
  auto leaf = leaf_of(body(), kPrefix);
  leaf[3] = 2;
  EXPECT_EQ(decode_record(leaf).error().reason, "RECORD_MALFORMED");
}

TEST(Record, HasExactlyOneForm) {
  auto with_unknown_field = leaf_of(body(), kPrefix);
  with_unknown_field += std::string("\xF8\x07\x01", 3);  // field 127, varint 1
  EXPECT_TRUE(decode_record(with_unknown_field).has_value());
  EXPECT_EQ(decode_record(with_unknown_field, true).error().reason, "RECORD_MALFORMED");

  auto out_of_order = encode_body({});
  put_prefix(out_of_order, kPrefix);
  v1::RecordBody second, first;
  second.set_stream("s");
  first.set_event_id("i");
  out_of_order += second.SerializeAsString() + first.SerializeAsString();
  EXPECT_EQ(decode_record(out_of_order, true).error().reason, "RECORD_MALFORMED");
}

TEST(Record, OfAnUnknownEventTypeIsRefusedNotSkipped) {
  auto unknown = body();
  unknown.set_type("mash.future.v9.SomethingNew");
  const auto record = decode_record(leaf_of(unknown, kPrefix), true);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(parse_event(*record).error().reason, "EVENT_UNKNOWN");
}

TEST(Record, LongerThanATileEntryCanHoldIsRefused) {
  auto large = body();
  large.set_event(std::string(kRecordBytesMax, 'x'));
  EXPECT_EQ(decode_record(leaf_of(large, kPrefix)).error().reason, "RECORD_MALFORMED");
}

}  // namespace
}  // namespace mash::log
