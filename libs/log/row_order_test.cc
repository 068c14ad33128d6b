#include "log/row_order.h"

#include <gtest/gtest.h>

namespace mash::log {
namespace {

constexpr char kId[] = "01925f3a-7c1e-7b43-9d52-0242ac120002";
constexpr char kNext[] = "01925f3a-7c1e-7b43-9d52-0242ac120003";

google::protobuf::Timestamp at(int64_t seconds, int nanos = 0) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return time;
}

TEST(RowOrder, PacksIdsAndUnpacksThemInTheirOrder) {
  const std::vector<std::string> ids{kNext, kId};
  EXPECT_EQ(all_packed(ids).size(), 2 * kRowIdBytes);
  EXPECT_EQ(unpacked(all_packed(ids)), ids);
}

TEST(RowOrder, PacksNothingOfWhatIsNoId) {
  EXPECT_EQ(packed("ada"), "");
  EXPECT_TRUE(unpacked("too short").empty());
}

TEST(RowOrder, OfAnIdEndsWhereTheNextIdBegins) {
  EXPECT_EQ(rows_below(kId), packed(kNext));
  EXPECT_LT(packed(kId) + std::string(24, '\xFF'), rows_below(kId));
  EXPECT_EQ(rows_below("ada"), "");
  EXPECT_EQ(rows_below("ffffffff-ffff-ffff-ffff-ffffffffffff"), "");
}

TEST(RowOrder, OfTimesIsTheirsAndTheOtherWayRound) {
  EXPECT_EQ(microseconds_of(at(2, 3'000)), 2'000'003);
  EXPECT_LT(oldest_first(at(1)), oldest_first(at(2)));
  EXPECT_LT(oldest_first(at(2)), oldest_first(at(2, 1'000)));
  EXPECT_LT(newest_first(at(2)), newest_first(at(1)));
  EXPECT_EQ(oldest_first(at(1)).size(), 8u);
}

}  // namespace
}  // namespace mash::log
