#include "feed/together.h"

#include <gtest/gtest.h>

namespace mash::feed {
namespace {

constexpr char kReferral[] = "mash/E10000013/referral";
constexpr char kSharing[] = "mash/E10000013/sharing";
constexpr char kStrategy[] = "mash/E10000013/strategy";

log::Record that_saw(const std::vector<std::pair<std::string, uint64_t>>& all) {
  log::Record record;
  for (const auto& [origin, size] : all) {
    auto& seen = *record.body.add_seen();
    seen.set_origin(origin);
    seen.set_size(size);
  }
  return record;
}

class TogetherTest : public ::testing::Test {
 protected:
  std::string answer(const log::Record& record, const std::string& log = kSharing) {
    const auto admitted = together_.admit(log, record);
    return admitted ? "taken" : admitted.error().reason;
  }

  Together together_{{kReferral, kSharing, kStrategy}};
};

TEST_F(TogetherTest, ARecordWaitsForAllThatItsAuthorHadSeen) {
  const auto record =
      that_saw({{std::string(kReferral) + "/1", 7}, {std::string(kStrategy) + "/1", 3}});
  EXPECT_EQ(answer(record), "OTHER_LOG_AWAITED") << "nothing is followed yet";
  together_.reached(kReferral, {.epoch = 1, .position = 6});
  EXPECT_EQ(answer(record), "OTHER_LOG_AWAITED");
  together_.reached(kReferral, {.epoch = 1, .position = 7});
  EXPECT_EQ(answer(record), "OTHER_LOG_AWAITED") << "of the third log too";
  together_.reached(kStrategy, {.epoch = 1, .position = 9});
  EXPECT_EQ(answer(record), "taken");
}

TEST_F(TogetherTest, WhatIsNotFollowedHereIsNotWaitedFor) {
  EXPECT_EQ(answer(that_saw({})), "taken");
  EXPECT_EQ(answer(that_saw({{"mash/E10000013/vault/1", 7}})), "taken");
  EXPECT_EQ(answer(that_saw({{std::string(kSharing) + "/1", 7}})), "taken") << "its own log";
  EXPECT_EQ(answer(that_saw({{std::string(kReferral) + "/1", 0}})), "taken");
  EXPECT_EQ(answer(that_saw({{std::string(kReferral) + "/1", 7}}), "elsewhere"), "taken");
}

TEST_F(TogetherTest, PositionsOfAnEpochThatIsNotKnownHereAreWaitedFor) {
  together_.reached(kReferral, {.epoch = 1, .position = 9, .whole_before = 1});
  const auto record = that_saw({{std::string(kReferral) + "/2", 7}});
  EXPECT_EQ(answer(record), "OTHER_LOG_AWAITED");
  together_.reached(kReferral, {.epoch = 2, .position = 6, .whole_before = 2});
  EXPECT_EQ(answer(record), "OTHER_LOG_AWAITED");
  together_.reached(kReferral, {.epoch = 2, .position = 7, .whole_before = 2});
  EXPECT_EQ(answer(record), "taken");
}

TEST_F(TogetherTest, WhatTheOtherLogLostIsNotWaitedForOnceAllThatIsLeftIsFollowed) {
  const auto record = that_saw({{std::string(kReferral) + "/1", 900}});
  together_.reached(kReferral, {.epoch = 2, .position = 4, .whole_before = 1});
  EXPECT_EQ(answer(record), "OTHER_LOG_AWAITED") << "more of that epoch may be left";
  together_.reached(kReferral, {.epoch = 2, .position = 5, .whole_before = 2});
  EXPECT_EQ(answer(record), "taken");
}

TEST_F(TogetherTest, IsToldOnceWhatItWaitsForHasCome) {
  int told = 0;
  together_.join(kSharing, {.go_on = [&] { ++told; }});
  told = 0;
  ASSERT_EQ(answer(that_saw({{std::string(kReferral) + "/1", 7}})), "OTHER_LOG_AWAITED");
  together_.reached(kReferral, {.epoch = 1, .position = 6});
  EXPECT_EQ(told, 0);
  together_.reached(kReferral, {.epoch = 1, .position = 8});
  EXPECT_EQ(told, 1);
  together_.reached(kReferral, {.epoch = 1, .position = 9});
  EXPECT_EQ(told, 1);
  ASSERT_EQ(answer(that_saw({{std::string(kReferral) + "/1", 10}})), "OTHER_LOG_AWAITED");
  together_.leave(kSharing);
  together_.reached(kReferral, {.epoch = 1, .position = 10});
  EXPECT_EQ(told, 1);
}

TEST_F(TogetherTest, WhatWaitsWithAnotherHearsOfAStreamThatGoesOn) {
  int told = 0;
  together_.join(kSharing, {.resumed = [&] { ++told; }});
  together_.resumed(kSharing);
  EXPECT_EQ(told, 0) << "it knows";
  together_.resumed(kReferral);
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace mash::feed
