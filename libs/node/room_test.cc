#include "node/room.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace mash::node {
namespace {

using std::chrono::milliseconds;

host::Config keeping_free(uint64_t bytes) {
  host::Config config;
  config.data = std::filesystem::temp_directory_path();
  config.free_bytes_min = bytes;
  return config;
}

constexpr uint64_t kAlways = uint64_t{1} << 60;

TEST(Room, IsThereWhereEnoughIsFreeOrNothingIsAskedFor) {
  EXPECT_TRUE(await_room(keeping_free(0), {"referral"}, milliseconds(0)).has_value());
  EXPECT_TRUE(await_room(keeping_free(4), {"referral"}, milliseconds(0)).has_value());
}

TEST(Room, ThatDoesNotComeInTimeIsRefused) {
  const auto refused = await_room(keeping_free(kAlways), {"referral"}, milliseconds(1));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "DISK_FULL");
}

TEST(Room, IsUsedWhenItComes) {
  int asked = 0;
  const auto free_bytes = [&]() -> uint64_t { return ++asked == 1 ? 0 : kAlways; };
  EXPECT_TRUE(
      await_room(keeping_free(4), {"referral"}, std::chrono::hours(1), free_bytes).has_value());
  EXPECT_GT(asked, 1);
}

}  // namespace
}  // namespace mash::node
