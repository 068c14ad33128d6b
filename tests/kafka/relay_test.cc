#include "feed/relay.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "feed/relay_cursor.h"
#include "kafka/relay_faults.h"

// What a relay does when something is wrong around it: the brokers, its topic, its file, its log.
namespace mash::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;

TEST_F(RelayFaults, ABacklogThatTheBrokerTakesHoldsNothingUp) {
  for (int i = 0; i < 3; ++i) write_together(1'000);
  publish();
  follow();
  expect_all_followed_once();
  EXPECT_GE(told_after(), std::chrono::seconds(3)) << "a busy machine's broker may be slow";
}

// More than a producer holds at once.
TEST_F(RelayFaults, ABacklogOfAnyLengthWaitsForABrokerThatIsNotThere) {
  write(1);
  publish();
  ASSERT_TRUE(is_published());
  broker().kill();
  for (int i = 0; i < 21; ++i) write_together(1'000);
  ASSERT_TRUE(relay_is_held_up_by("KAFKA_UNAVAILABLE"));
  write(10);  // the service goes on
  EXPECT_EQ(relay_->behind(), 21'010U);
  EXPECT_EQ(relay_->published(), 1U);
  broker().start();
  follow();
  ASSERT_TRUE(is_published());
  EXPECT_EQ(relay_->published(), 21'011U);
  expect_all_followed_once();
  EXPECT_EQ(origin_->records_given(), 0U) << "all of it came over Kafka";
  ASSERT_TRUE(says(""));
  EXPECT_THAT(told(), Each(AnyOf("KAFKA_UNAVAILABLE", ""))) << "more than once where it is busy";
}

TEST_F(RelayFaults, ARecordTooLargeForItsTopicIsFollowedFromItsOwner) {
  away_after_ = kPatience;  // a busy machine's broker may be slow: that is not what is tried
  publish();
  follow();
  write(2);
  write(1, std::string(5 << 20, 'n'));
  write(2);
  expect_all_followed_once();
  EXPECT_GE(origin_->records_given(), 1U);
  EXPECT_THAT(told(), ElementsAre());
}

TEST_F(RelayFaults, ATopicThatIsDeletedIsSaidToBeMissingUntilItIsThereAgain) {
  silent_max_ = std::chrono::milliseconds(500);
  publish();
  follow();
  for (int i = 0; i < 20; ++i) {
    write(3);
    ASSERT_TRUE(is_followed());
  }
  broker().delete_topic(topic_);
  write(5);
  ASSERT_TRUE(relay_is_held_up_by("TOPIC_MISSING"));
  ASSERT_TRUE(is_held_up_by("TOPIC_MISSING")) << ::testing::PrintToString(copy_.told());
  broker().create_topic(topic_);
  ASSERT_TRUE(is_published());
  ASSERT_TRUE(says(""));
  // What had been followed is beyond the end of the new topic.
  ASSERT_TRUE(is_held_up_by("FEED_AHEAD_OF_BROKER")) << ::testing::PrintToString(copy_.told());
  copy_.follower().resume();
  write(5);
  expect_all_followed_once();
}

TEST_F(RelayFaults, ALogInANewEpochIsFollowedFromWhereItChanged) {
  write(30);
  back_up();
  publish();
  follow();
  write(20);
  ASSERT_TRUE(is_followed());
  auto effects = event_ids(*log_);
  ASSERT_EQ(effects.size(), 50U);
  lose_what_came_since();  // under both
  write(25);
  ASSERT_TRUE(is_published());
  ASSERT_TRUE(is_followed()) << copy_.follower().status().position << " of " << log_->size();
  copy_.end();
  const auto anew = event_ids(*log_, 30);
  EXPECT_EQ(anew.size(), 26U) << "the new epoch's first record, and what was written since";
  effects.insert(effects.end(), anew.begin(), anew.end());
  EXPECT_EQ(faults_of_copies(copy_.own(), effects), "");
  EXPECT_THAT(copy_.told(), Contains("EPOCH_CHANGED"));
}

TEST_F(RelayFaults, ACursorFileThatCannotBeWrittenIsSaidAndHoldsNothingUp) {
  cursor_file_ = log_.folder() / "not there yet" / "relay";
  write(10);
  publish();
  ASSERT_TRUE(is_published());
  ASSERT_TRUE(relay_is_held_up_by("RELAY_CURSOR_UNWRITABLE"));
  write(10);
  ASSERT_TRUE(is_published());
  fs::create_directory(cursor_file_.parent_path());
  ASSERT_TRUE(comes_true([&] { return relay_->goes_on().has_value(); }));
  EXPECT_EQ(feed::read_relay_cursor(cursor_file_, log_->name())->position, 20U);
}

}  // namespace
}  // namespace mash::testing
