#include <gtest/gtest.h>

#include "feed/testing/feed_cases.h"
#include "feed/testing/follower_cases.h"
#include "kafka/published_log.h"

// What is asked of every feed (libs/feed/testing), of one over Kafka.
namespace mash::feed::testing {

constexpr WayToFollow kOverKafka{.name = "OverKafka", .make = []() -> std::unique_ptr<FollowedLog> {
                                   return std::make_unique<mash::testing::KafkaLog>();
                                 }};

INSTANTIATE_TEST_SUITE_P(OverKafka, FeedCases, ::testing::Values(kOverKafka));
INSTANTIATE_TEST_SUITE_P(OverKafka, FollowerCases, ::testing::Values(kOverKafka));

}  // namespace mash::feed::testing
