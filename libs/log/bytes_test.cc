#include "log/bytes.h"

#include <gtest/gtest.h>

namespace mash::log {
namespace {

constexpr uint64_t kNumber = 0x0102030405060708;

TEST(Bytes, AreBigEndianSoThatTheySortAsNumbersDo) {
  std::string bytes;
  append_u64(bytes, kNumber);
  append_u32(bytes, 0x090a0b0c);
  append_big_endian<6>(bytes, kNumber);  // the low six bytes
  EXPECT_EQ(bytes, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x03\x04\x05\x06\x07\x08");
  EXPECT_EQ(get_u64(bytes.data()), kNumber);
  EXPECT_EQ(get_u32(bytes.data() + 8), 0x090a0b0cU);
  put_u32(bytes.data(), UINT32_MAX);
  EXPECT_EQ(get_u64(bytes.data()), 0xffffffff05060708);
}

TEST(Bytes, AreReadBackInTheOrderTheyWereWritten) {
  std::string bytes;
  append_big_endian<2>(bytes, 300);
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, UINT64_MAX})
    append_varint(bytes, value);
  append_string(bytes, "a row");
  ByteReader in(bytes);
  EXPECT_EQ(in.big_endian(2), 300u);
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, UINT64_MAX})
    EXPECT_EQ(in.varint(), value);
  EXPECT_EQ(in.string(), "a row");
  EXPECT_TRUE(in.ok() && in.at_end());
}

TEST(Bytes, AreNothingForGoodOnceTheyEndTooEarly) {
  std::string bytes;
  append_string(bytes, "cut short");
  ByteReader in(std::string_view(bytes).substr(0, 4));
  EXPECT_EQ(in.string(), "");
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.varint(), 0u);
  EXPECT_EQ(in.big_endian(1), 0u);
}

TEST(Bytes, RefuseAVarintWithoutAnEnd) {
  ByteReader in("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  EXPECT_EQ(in.varint(), 0u);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace mash::log
