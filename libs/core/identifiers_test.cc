#include "core/identifiers.h"

#include <gtest/gtest.h>

namespace mash {
namespace {

TEST(NhsNumber, IsTenDigitsWithItsCheckDigit) {
  EXPECT_TRUE(is_nhs_number("9434765919"));
  EXPECT_TRUE(is_nhs_number("9876543210"));
  for (const char* wrong : {"", "943476591", "94347659190", "9434765918", "943 476 5919",
                            "943476591O", "943476591\xc2\xb9", "-434765919"})
    EXPECT_FALSE(is_nhs_number(wrong)) << wrong;
}

TEST(NhsNumber, OneCheckDigitIsRightOrNone) {
  const auto right_ones = [](const std::string& nine) {
    int right = 0;
    for (char last = '0'; last <= '9'; ++last) right += is_nhs_number(nine + last) ? 1 : 0;
    return right;
  };
  EXPECT_EQ(right_ones("999000001"), 1);
  EXPECT_EQ(right_ones("999000000"), 0);  // the check would be ten
}

TEST(NhsNumber, EveryWrongDigitAndEverySwapOfNeighboursIsFound) {
  const std::string right = "9434765919";
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = right;
      wrong[i] = digit;
      EXPECT_EQ(is_nhs_number(wrong), wrong == right) << wrong;
    }
    if (i == 0) continue;
    std::string swapped = right;
    std::swap(swapped[i - 1], swapped[i]);
    EXPECT_EQ(is_nhs_number(swapped), swapped == right) << swapped;
  }
}

TEST(NhsNumber, SyntheticOnesAreInTheirRange) {
  EXPECT_TRUE(is_synthetic_nhs_number("9990000018"));
  EXPECT_FALSE(is_synthetic_nhs_number("9990000019"));
  EXPECT_FALSE(is_synthetic_nhs_number("9434765919"));
}

TEST(Upn, HasACheckLetterOverTwelveDigits) {
  EXPECT_TRUE(is_upn("H801200001001"));
  for (const char* wrong : {"", "H80120000100", "H8012000010011", "A801200001001", "h801200001001",
                            "H8012000A1001", "H801200001002", "I801200001001"})
    EXPECT_FALSE(is_upn(wrong)) << wrong;
}

TEST(Upn, MayEndInALetterWhileTemporary) {
  int right = 0;
  for (const char letter : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    right += is_upn(std::string(1, letter) + "80120000100A") ? 1 : 0;
  EXPECT_EQ(right, 1);
  for (const char letter : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    for (const char no_letter : {'I', 'O', 'S', 'a', ' '})
      EXPECT_FALSE(is_upn(std::string(1, letter) + "80120000100" + no_letter));
}

TEST(Upn, UnknownOnesHaveACode) {
  EXPECT_TRUE(is_upn_unknown("UN1"));
  EXPECT_TRUE(is_upn_unknown("UN5"));
  for (const char* wrong : {"UN0", "UN6", "UN", "UN11", "un1"})
    EXPECT_FALSE(is_upn_unknown(wrong)) << wrong;
}

TEST(Area, AnswersByAnAgencyOfItsName) { EXPECT_EQ(agency_of_area("E08000025"), "la-e08000025"); }

TEST(AgencyName, HoldsNothingThatCouldNameAPerson) {
  EXPECT_TRUE(is_agency_name("social-care"));
  EXPECT_TRUE(is_agency_name(std::string(63, 'a')));
  for (const char* wrong : {"", "Jane Smith", "jane.smith", "Police"})
    EXPECT_FALSE(is_agency_name(wrong)) << wrong;
  EXPECT_FALSE(is_agency_name(std::string(64, 'a')));
}

TEST(Area, IsACodeOfTheRegister) {
  EXPECT_TRUE(is_area("E08000025"));
  EXPECT_TRUE(is_area("W06000015"));
  for (const char* wrong : {"", "E0800002", "E080000255", "e08000025", "EO8000025"})
    EXPECT_FALSE(is_area(wrong)) << wrong;
}

TEST(PractitionerId, SaysNothingOfWhoItIs) {
  EXPECT_TRUE(is_practitioner_id("pc-4821"));
  EXPECT_TRUE(is_practitioner_id("EMP:00.17_b"));
  for (const char* wrong : {"", "Jane Smith", "jane@school.example"})
    EXPECT_FALSE(is_practitioner_id(wrong)) << wrong;
}

TEST(Identifiers, AreReadWithoutWhatPartsThem) {
  EXPECT_EQ(without_separators(" 943 476-5919"), "9434765919");
  EXPECT_EQ(without_separators(""), "");
}

}  // namespace
}  // namespace mash
