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

}  // namespace mash::referral
