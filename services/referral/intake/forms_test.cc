#include "referral/intake/forms.h"

#include <gtest/gtest.h>

namespace mash::referral {

TEST(Postcode, LooksLikeOne) {
  EXPECT_TRUE(is_postcode("GL12TG"));
  EXPECT_TRUE(is_postcode("SW1A1AA"));
  EXPECT_TRUE(is_postcode("M11AE"));
  EXPECT_FALSE(is_postcode("GL1"));
  EXPECT_FALSE(is_postcode("GL1 2TG"));
  EXPECT_FALSE(is_postcode("12345"));
  EXPECT_FALSE(is_postcode("GL12TGXX"));
}

TEST(Postcode, IsKeptInOneFormHoweverItIsWritten) {
  EXPECT_EQ(as_postcode("gl12tg"), "GL1 2TG");
  EXPECT_EQ(as_postcode(" GL1  2TG"), "GL1 2TG");
  EXPECT_EQ(as_postcode("the park"), std::nullopt);
}

TEST(AgencyName, HoldsNothingThatCouldNameAPerson) {
  EXPECT_TRUE(is_agency_name("social-care"));
  EXPECT_FALSE(is_agency_name(""));
  EXPECT_FALSE(is_agency_name("Jane Smith"));
  EXPECT_FALSE(is_agency_name(std::string(65, 'a')));
}

TEST(Area, AnswersByAnAgencyOfItsName) { EXPECT_EQ(agency_of_area("E08000025"), "la-e08000025"); }

}  // namespace mash::referral
