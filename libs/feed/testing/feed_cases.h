#pragma once
#include <gtest/gtest.h>

#include <memory>

#include "feed/testing/followed_log.h"

namespace mash::feed::testing {

// What is asked of every feed: INSTANTIATE_TEST_SUITE_P with each way there is to follow a log, in
// a program that has feed_cases.cc.
class FeedCases : public ::testing::TestWithParam<WayToFollow> {
 protected:
  const std::unique_ptr<FollowedLog> followed_ = GetParam().make();
};

}  // namespace mash::feed::testing
