#include "cli/near_miss.h"

#include <gmock/gmock.h>

namespace mash::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NearMiss, CountsWhatOneMustType) {
  EXPECT_EQ(typing_distance("reject", "reject"), 0U);
  EXPECT_EQ(typing_distance("referal", "referral"), 1U);
  EXPECT_EQ(typing_distance("refrerral", "referral"), 1U);
  EXPECT_EQ(typing_distance("erferral", "referral"), 1U) << "two letters swapped";
  EXPECT_EQ(typing_distance("", "abc"), 3U);
  EXPECT_EQ(typing_distance("NHS_Number", "nhsNumber"), 0U) << "as if written the same way";
}

TEST(NearMiss, OffersTheNearestFirstAndNothingFar) {
  const std::vector<std::string> names{"SubmitContact", "SubmitContacts", "GetReferral"};
  EXPECT_THAT(near_misses("SubmitContct", names), ElementsAre("SubmitContact", "SubmitContacts"));
  EXPECT_THAT(near_misses("Frobnicate", names), IsEmpty());
  EXPECT_THAT(near_misses("", names), IsEmpty());
  EXPECT_THAT(near_misses(std::string(100'000, 'a'), names), IsEmpty());
}

TEST(NearMiss, FindsHalfANameInALongerOne) {
  EXPECT_THAT(near_misses("family", {"family_name", "given_names"}), ElementsAre("family_name"));
}

TEST(NearMiss, AsksInWords) {
  EXPECT_EQ(did_you_mean("shwo", {"show", "list"}), "Did you mean 'show'?");
  EXPECT_EQ(did_you_mean("aa", {"ab", "ac"}), "Did you mean 'ab' or 'ac'?");
  EXPECT_EQ(did_you_mean("zzzz", {"show"}), "");
}

}  // namespace
}  // namespace mash::cli
