#include "referral/codes.h"

#include <gtest/gtest.h>

namespace mash::referral {

TEST(NhsNumber, IsValidWithItsCheckDigit) {
  EXPECT_TRUE(is_nhs_number("9434765919"));
  EXPECT_TRUE(is_nhs_number("9990000018"));  // 11 - 3: from the range for synthetic data
}

TEST(NhsNumber, IsInvalidWithAnyOtherCheckDigit) {
  for (char check = '0'; check <= '9'; ++check) {
    const std::string number = std::string("943476591") + check;
    EXPECT_EQ(is_nhs_number(number), check == '9') << number;
  }
}

TEST(NhsNumber, IsInvalidWhereItsCheckDigitWouldBeTen) {
  // 2 * 6 is 1 mod 11, so the check would be 10, which no digit is.
  for (char check = '0'; check <= '9'; ++check)
    EXPECT_FALSE(is_nhs_number(std::string("000000006") + check));
}

TEST(NhsNumber, IsTenDigits) {
  EXPECT_FALSE(is_nhs_number(""));
  EXPECT_FALSE(is_nhs_number("943476591"));
  EXPECT_FALSE(is_nhs_number("94347659199"));
  EXPECT_FALSE(is_nhs_number("943476591X"));
  EXPECT_FALSE(is_nhs_number("943 476 5919"));
}

TEST(Upn, IsValidWithItsCheckLetter) {
  EXPECT_TRUE(is_upn("H801200001001"));
  EXPECT_FALSE(is_upn("A801200001001"));
  EXPECT_FALSE(is_upn("H801200001002"));
}

TEST(Upn, MayEndInALetterWhileItIsTemporary) {
  int valid = 0;
  for (const char letter : std::string("ABCDEFGHJKLMNPQRTUVWXYZ"))
    valid += is_upn(letter + std::string("80120000100A"));
  EXPECT_EQ(valid, 1);
  EXPECT_FALSE(is_upn("H80120000100S"));  // S is not among the letters
}

TEST(Upn, MayBeOneOfTheCodesForUnknown) {
  EXPECT_TRUE(is_upn("UN1"));
  EXPECT_TRUE(is_upn("UN5"));
  EXPECT_FALSE(is_upn("UN0"));
  EXPECT_FALSE(is_upn("UN6"));
}

TEST(Upn, IsThirteenCharacters) {
  EXPECT_FALSE(is_upn(""));
  EXPECT_FALSE(is_upn("H80120000100"));
  EXPECT_FALSE(is_upn("H8012000010011"));
  EXPECT_FALSE(is_upn("H80120000X001"));
}

TEST(Source, IsOneOfTheCensus) {
  for (const char* code : {"1A", "1D", "2A", "2B", "3F", "4", "5A", "5D", "6", "9", "10"})
    EXPECT_TRUE(is_source(code)) << code;
  for (const char* code : {"", "1", "1a", "2C", "4A", "6 ", "11", "police"})
    EXPECT_FALSE(is_source(code)) << code;
}

TEST(Factor, IsOneOfTheCensus) {
  for (const char* code : {"1A", "3B", "6C", "7A", "8F", "16A", "18B", "19C", "20", "21", "24A"})
    EXPECT_TRUE(is_factor(code)) << code;
  for (const char* code : {"", "1", "1D", "7B", "8A", "16", "20A", "25A", "3AB"})
    EXPECT_FALSE(is_factor(code)) << code;
}

TEST(Factor, ThatIsRetiredMayNotBeNewlyEntered) {
  for (const char* code : {"18A", "19A"}) {
    EXPECT_FALSE(is_factor(code));
    EXPECT_TRUE(is_retired_factor(code));
  }
  EXPECT_FALSE(is_retired_factor("18B"));
}

TEST(Postcode, LooksLikeOne) {
  EXPECT_TRUE(is_postcode("GL12TG"));
  EXPECT_TRUE(is_postcode("SW1A1AA"));
  EXPECT_TRUE(is_postcode("M11AE"));
  EXPECT_FALSE(is_postcode("GL1"));
  EXPECT_FALSE(is_postcode("GL1 2TG"));
  EXPECT_FALSE(is_postcode("12345"));
  EXPECT_FALSE(is_postcode("GL12TGXX"));
}

TEST(Number, LosesTheSeparatorsPeopleWrite) {
  EXPECT_EQ(without_separators("943 476-5919"), "9434765919");
}

TEST(AgencyName, HoldsNothingThatCouldNameAPerson) {
  EXPECT_TRUE(is_agency_name("social-care"));
  EXPECT_FALSE(is_agency_name(""));
  EXPECT_FALSE(is_agency_name("Jane Smith"));
  EXPECT_FALSE(is_agency_name(std::string(65, 'a')));
}

}  // namespace mash::referral
