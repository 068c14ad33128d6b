#include "merkle/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "merkle/tile.h"

namespace mash::merkle {
namespace {

using namespace std::string_literals;

RC_GTEST_PROP(Base64, IsReadAsWritten, (const std::string& bytes)) {
  RC_ASSERT(base64_decode(base64_encode(bytes)) == bytes);
}

TEST(Base64, IsRfc4648s) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foo"), "Zm9v");
  EXPECT_EQ(base64_encode("\xfb\xff"), "+/8=");
}

TEST(Base64, IsReadInNoOtherForm) {
  for (const std::string& text :
       {"Zg"s,       "Zg="s,          "Zg==="s,    "Zg==Zg=="s, "Z==="s,     "===="s,
        "Zh=="s,     "Zm9="s,         "-_8="s,     " Zm9v"s,    "Zm9v "s,    "Zm9v\n"s,
        "\nZm9v"s,   "Zm\n9v"s,       "Zm9v\r\n"s, "Zm9\0"s,    "Zm9v    "s, "    "s,
        "    Zm9v"s, "Zm9v\t\t\t\t"s, "Zm9-"s,     "Z=9v"s,     "A=BC"s}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

// Whatever is read at all must be written the same again.
RC_GTEST_PROP(Base64, HasOneFormOnly, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf("AZaz09+/=-_ \n"s));
  const auto bytes = base64_decode(text);
  if (bytes) RC_ASSERT(base64_encode(*bytes) == text);
}

TEST(Decimal, IsReadWithoutLeadingZerosUpToTheLargestTree) {
  EXPECT_EQ(parse_decimal("0"), 0U);
  EXPECT_EQ(parse_decimal("10"), 10U);
  EXPECT_EQ(parse_decimal("9223372036854775807"), kTreeSizeMax);
  for (const char* text :
       {"", "00", "01", "+1", "-1", "-0", " 1", "1 ", "1\n", "0x1", "1e3", "1.0",
        "9223372036854775808", "18446744073709551616", "99999999999999999999999", "\xd9\xa1"}) {
    EXPECT_FALSE(parse_decimal(text)) << text;
  }
}

TEST(NoteText, IsUtf8WithoutControlCharacters) {
  EXPECT_TRUE(is_note_text(""));
  EXPECT_TRUE(is_note_text("plain\n\ntext\n"));
  EXPECT_TRUE(is_note_text("\u00e9 \u20ac \U0001f600 \u007f \U0010ffff \ud7ff"));
  for (const std::string& text : {"\0"s,
                                  "\t"s,
                                  "\r\n"s,
                                  "\x1f"s,
                                  "\x80"s,
                                  "\xc0\xaf"s,
                                  "\xc1\xbf"s,
                                  "\xe0\x80\xaf"s,
                                  "\xe0\x9f\xbf"s,
                                  "\xf0\x80\x80\xaf"s,
                                  "\xf0\x8f\xbf\xbf"s,
                                  "\xed\xa0\x80"s,
                                  "\xed\xbf\xbf"s,
                                  "\xf4\x90\x80\x80"s,
                                  "\xf8\x88\x80\x80\x80"s,
                                  "\xff"s,
                                  "\xc3"s,
                                  "\xe2\x82"s,
                                  "\xe2\x28\xa1"s,
                                  "\xf0\x9f\x98"s,
                                  "a\xe2\x82"s}) {
    EXPECT_FALSE(is_note_text(text)) << ::testing::PrintToString(text);
  }
}

TEST(KeyName, HasNoSpaceNoPlusNoControlCharacter) {
  EXPECT_TRUE(is_key_name("mash/E09000001/referral/1"));
  EXPECT_TRUE(is_key_name("zeuge.example/\u00fc"));
  for (const char* name : {"", " ", "a b", "a+b", "a\n", "a\tb", "a\u00a0b", "a\u2003b", "a\u3000",
                           "a\u0085", "a\u2028", "\xff"}) {
    EXPECT_FALSE(is_key_name(name)) << name;
  }
}

TEST(Line, EndsAtItsNewline) {
  std::string_view rest = "one\n\ntwo";
  EXPECT_EQ(take_line(rest), "one");
  EXPECT_EQ(take_line(rest), "");
  EXPECT_FALSE(take_line(rest));
  EXPECT_EQ(rest, "two");
}

}  // namespace
}  // namespace mash::merkle
