#include "feed/covered_records.h"

#include <gmock/gmock.h>

#include "log/prover.h"
#include "log/testing/temp_log.h"
#include "mash/feed/v1/feed.pb.h"

namespace mash::feed {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class Covered : public ::testing::Test {
 protected:
  Covered() {
    const std::string case_id = log_.fresh_case();
    for (int i = 0; i < 8; ++i) log::testing::write_note(*log_, {.case_id = case_id}).value();
    records_.begin({}, 0, 0);
  }
  void take(uint64_t below) {
    while (records_.next() < below) records_.take(log_->read(records_.next()).value());
  }
  // What the owner signed of its first so many records.
  merkle::Hash root_of(uint64_t size) { return log_->prover().proofs().root_at(size).value(); }
  static v1::FeedState state_of(const log::Cursor& cursor) {
    v1::FeedState state;
    EXPECT_TRUE(state.ParseFromString(cursor.state));
    return state;
  }

  log::testing::TempLog log_;
  CoveredRecords records_;
};

TEST_F(Covered, AreHandedOutWhenTheirRootIsTheOneThatWasSigned) {
  take(3);
  const auto covered = records_.cover(root_of(3), 1);
  ASSERT_TRUE(covered.has_value());
  EXPECT_THAT(*covered, SizeIs(3));
  EXPECT_EQ(records_.covered().size(), 3U);
  EXPECT_EQ(records_.epoch(), 1U);
  take(5);
  EXPECT_THAT(records_.cover(root_of(5), 1).value(), SizeIs(2));
}

TEST_F(Covered, AreDroppedWhenTheyGiveAnotherRoot) {
  take(3);
  ASSERT_TRUE(records_.cover(root_of(3), 1).has_value());
  take(5);
  const auto refused = records_.cover(root_of(6), 1);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "ROOT_MISMATCH");
  EXPECT_EQ(records_.next(), 3U) << "they are taken in anew";
}

TEST_F(Covered, ThatWereFollowedBeforeAreNotHandedOutAgain) {
  records_.begin({}, 2, 1);  // what was kept of the tree lies before what was followed
  take(4);
  EXPECT_THAT(records_.cover(root_of(4), 1).value(), SizeIs(2));
}

TEST_F(Covered, LetOneGoOnWhereTheirTreeWasKept) {
  take(3);
  ASSERT_TRUE(records_.cover(root_of(3), 1).has_value());
  records_.remember({.offset = 17, .before_ms = 1'700});
  take(7);
  ASSERT_TRUE(records_.cover(root_of(7), 1).has_value());
  records_.remember({.offset = 23});
  const auto between = records_.cursor_at(5);
  EXPECT_EQ(between.position, 5U);
  EXPECT_EQ(state_of(between).position(), 3U) << "the last place not after it";
  EXPECT_EQ(state_of(between).offset(), 17);
  EXPECT_EQ(state_of(between).before_ms(), 1'700);
  const auto state = state_of(records_.cursor_at(7));
  EXPECT_EQ(state.position(), 7U);
  EXPECT_EQ(state.offset(), 23);
  EXPECT_FALSE(state.has_before_ms()) << "what stands before it was not read";
  EXPECT_EQ(state.subtrees_size(), 3);
}

TEST_F(Covered, HaveNoStateWhereNoneWasKept) {
  EXPECT_THAT(records_.cursor_at(0).state, IsEmpty());
}

}  // namespace
}  // namespace mash::feed
