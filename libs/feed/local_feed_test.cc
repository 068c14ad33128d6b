#include "feed/local_feed.h"

#include <gtest/gtest.h>

#include "feed/testing/feed_cases.h"
#include "feed/testing/local_log.h"

namespace mash::feed::testing {

INSTANTIATE_TEST_SUITE_P(Local, FeedCases, ::testing::Values(kLocal));

namespace {

TEST(LocalFeed, HandsOutALongLogInParts) {
  LocalLog followed;
  followed.write_together(300);
  const auto feed = followed.feed();
  ASSERT_TRUE(feed->go_on_from({}).has_value());
  EXPECT_FALSE(feed->next(std::chrono::seconds(120))->complete);
  EXPECT_TRUE(feed->next(std::chrono::seconds(120))->complete);
}

}  // namespace
}  // namespace mash::feed::testing
