#include "core/hex.h"

#include <gtest/gtest.h>

namespace mash {
namespace {

using namespace std::literals;

TEST(Hex, IsTwoLowerCaseDigitsAByte) {
  EXPECT_EQ(to_hex("\x00\x09\xa0\xff"sv), "0009a0ff");
  EXPECT_EQ(to_hex(""), "");
}

TEST(Hex, IsReadBackForEveryByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string bytes{'x', static_cast<char>(byte)};
    EXPECT_EQ(from_hex(to_hex(bytes)), bytes) << byte;
  }
}

TEST(Hex, NothingElseIsRead) {
  for (const char* wrong : {"0", "0g", "0A", "0x", " 0", "012"})
    EXPECT_FALSE(from_hex(wrong)) << wrong;
}

}  // namespace
}  // namespace mash
