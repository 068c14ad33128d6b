#include "feed/testing/feed_cases.h"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

namespace mash::feed::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kPatience = std::chrono::seconds(120);

std::vector<uint64_t> positions(const std::vector<log::Record>& records) {
  std::vector<uint64_t> positions;
  for (const auto& record : records) positions.push_back(record.prefix.position);
  return positions;
}

// The positions that it hands out until all below `size` came.
std::vector<uint64_t> followed_to(Feed& feed, uint64_t size) {
  std::vector<uint64_t> all;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while ((all.empty() || all.back() + 1 < size) && std::chrono::steady_clock::now() < until) {
    const auto batch = feed.next(kPatience);
    if (!batch) {
      ADD_FAILURE() << batch.error().reason << ": " << batch.error().message;
      break;
    }
    for (const auto position : positions(batch->records)) all.push_back(position);
  }
  return all;
}

// What one keeps who has followed all below a position.
log::Cursor cursor_after(FollowedLog& followed, uint64_t position) {
  const auto feed = followed.feed();
  EXPECT_TRUE(feed->go_on_from({}).has_value());
  followed_to(*feed, followed.log().size());
  return feed->cursor_at(position);
}

TEST_P(FeedCases, BeginsAtTheBeginningWhereNothingWasFollowed) {
  followed_->write(3);
  followed_->publish();
  const auto feed = followed_->feed();
  EXPECT_EQ(feed->go_on_from({}).value(), 0U);
  EXPECT_THAT(followed_to(*feed, 3), ElementsAre(0, 1, 2));
  EXPECT_EQ(feed->log(), followed_->log().name());
}

TEST_P(FeedCases, HandsOutEachRecordOnceInOrderAsItComes) {
  followed_->publish();
  const auto feed = followed_->feed();
  ASSERT_TRUE(feed->go_on_from({}).has_value());
  std::vector<uint64_t> wanted;
  std::vector<uint64_t> came;
  for (uint64_t size = 1; size <= 20; ++size) {
    followed_->write(1);
    wanted.push_back(size - 1);
    for (const auto position : followed_to(*feed, size)) came.push_back(position);
    ASSERT_EQ(came, wanted);
  }
  EXPECT_THAT(feed->next(milliseconds(1))->records, IsEmpty());
  EXPECT_EQ(feed->size(), 20U);
}

TEST_P(FeedCases, HandsOutTheRecordsThemselves) {
  followed_->write(1);
  followed_->publish();
  const auto feed = followed_->feed();
  ASSERT_TRUE(feed->go_on_from({}).has_value());
  const auto batch = feed->next(kPatience).value();
  ASSERT_EQ(batch.records.size(), 1U);
  EXPECT_EQ(batch.records[0].leaf, followed_->log().read(0)->leaf);
}

TEST_P(FeedCases, GoesOnFromWhereverACursorStands) {
  followed_->write(8);
  followed_->publish();
  for (const uint64_t position : {1U, 5U, 7U}) {
    const auto stored = cursor_after(*followed_, position);
    EXPECT_EQ(stored.position, position);
    const auto feed = followed_->feed();
    ASSERT_EQ(feed->go_on_from(stored).value(), position);
    const auto came = followed_to(*feed, 8);
    ASSERT_EQ(came.size(), 8 - position);
    EXPECT_EQ(came.front(), position);
  }
}

TEST_P(FeedCases, GoesOnFromTheEndWithWhatComesThen) {
  followed_->write(4);
  followed_->publish();
  const auto stored = cursor_after(*followed_, 4);
  followed_->write(2);
  const auto feed = followed_->feed();
  ASSERT_EQ(feed->go_on_from(stored).value(), 4U);
  EXPECT_THAT(followed_to(*feed, 6), ElementsAre(4, 5));
}

TEST_P(FeedCases, GoesBackAgainToWhatWasNotKept) {
  followed_->write(6);
  followed_->publish();
  const auto feed = followed_->feed();
  ASSERT_TRUE(feed->go_on_from({}).has_value());
  followed_to(*feed, 6);
  const auto stored = feed->cursor_at(2);
  ASSERT_EQ(feed->go_on_from(stored).value(), 2U);
  EXPECT_THAT(followed_to(*feed, 6), ElementsAre(2, 3, 4, 5));
}

TEST_P(FeedCases, StandsWhereItStoodWhenWhatWasLostHadNotBeenFollowed) {
  followed_->write(5);
  followed_->back_up();
  followed_->write(3);
  followed_->publish();
  const auto before = cursor_after(*followed_, 4);
  const auto last = cursor_after(*followed_, 5);
  followed_->lose_what_came_since();
  for (const auto& stored : {before, last}) {
    const auto feed = followed_->feed();
    EXPECT_EQ(feed->go_on_from(stored).value(), stored.position);
    EXPECT_EQ(followed_to(*feed, 6).size(), 6 - stored.position);
  }
}

TEST_P(FeedCases, GoesBackToTheFirstRecordThatTookThePlaceOfOneFollowed) {
  followed_->write(5);
  followed_->back_up();
  followed_->write(3);
  followed_->publish();
  const auto middle = cursor_after(*followed_, 6);
  const auto all = cursor_after(*followed_, 8);
  followed_->lose_what_came_since();
  for (const int more : {1, 10}) {
    followed_->write(more);
    for (const auto& stored : {middle, all}) {
      const auto feed = followed_->feed();
      EXPECT_EQ(feed->go_on_from(stored).value(), 5U);
      EXPECT_EQ(followed_to(*feed, followed_->log().size()).size(), followed_->log().size() - 5);
    }
  }
}

// Whoever waits for what belongs together must not take half of it for all.
TEST_P(FeedCases, SaysThatAnAppendIsCompleteWhenAllOfItCame) {
  constexpr uint64_t kRecords = 600;
  followed_->write_together(kRecords);
  followed_->publish();
  const auto feed = followed_->feed();
  ASSERT_TRUE(feed->go_on_from({}).has_value());
  uint64_t came = 0;
  while (came < kRecords) {
    feed->interrupt();
    const auto nothing = feed->next(kPatience).value();
    EXPECT_EQ(nothing.complete, came == 0) << "after " << came;
    const auto batch = feed->next(kPatience);
    ASSERT_TRUE(batch.has_value()) << batch.error().reason;
    came += batch->records.size();
    if (batch->records.empty()) continue;
    EXPECT_EQ(batch->complete, came == kRecords) << "after " << came;
  }
  EXPECT_TRUE(feed->next(milliseconds(1))->complete);
}

TEST_P(FeedCases, IsWokenByWhoeverInterrupts) {
  followed_->write(1);
  followed_->publish();
  const auto feed = followed_->feed();
  ASSERT_TRUE(feed->go_on_from({}).has_value());
  followed_to(*feed, 1);
  std::jthread interrupting([&] { feed->interrupt(); });
  EXPECT_THAT(feed->next(std::chrono::hours(1))->records, IsEmpty());
}

TEST_P(FeedCases, ReadsOneStreamBetweenTwoPositions) {
  followed_->write(5);
  followed_->publish();
  const auto feed = followed_->feed();
  const std::string stream = followed_->log().read(0)->body.stream();
  EXPECT_THAT(positions(feed->read_stream(stream, 2, 5).value()), ElementsAre(2, 3, 4));
  EXPECT_THAT(feed->read_stream("notebook/none", 0, 5).value(), IsEmpty());
}

TEST_P(FeedCases, KnowsHowLongTheLogIs) {
  followed_->write(5);
  EXPECT_EQ(followed_->feed()->ask_size(kPatience).value(), 5U);
}

}  // namespace
}  // namespace mash::feed::testing
