#include "log/recent_writes.h"

#include <gtest/gtest.h>

namespace mash::log {
namespace {

TEST(RecentWrites, KnowsTheNewestVersionOfAStream) {
  RecentWrites recent(4, 10);
  const auto stream = hash_stream("referral/1");
  EXPECT_EQ(recent.version(stream), std::nullopt);
  recent.put_version(stream, 1);
  recent.put_version(stream, 2);
  EXPECT_EQ(recent.version(stream), 2u);
}

TEST(RecentWrites, ForgetsTheOldestGenerationAndSaysFromWhereItKnowsAll) {
  RecentWrites recent(2, 10);
  EXPECT_EQ(recent.horizon(), 10u);
  for (uint64_t position = 10; position < 16; ++position) {
    recent.put_version(hash_stream(std::to_string(position)), 1);
    recent.turn_over(position + 1);
    for (uint64_t known = recent.horizon(); known <= position; ++known)
      EXPECT_TRUE(recent.version(hash_stream(std::to_string(known))).has_value())
          << known << " at " << position;
  }
  EXPECT_GT(recent.horizon(), 10u);
  EXPECT_EQ(recent.version(hash_stream("10")), std::nullopt);
}

}  // namespace
}  // namespace mash::log
