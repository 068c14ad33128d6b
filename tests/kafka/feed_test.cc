#include <gmock/gmock.h>

#include "feed/messages.h"
#include "kafka/published_log.h"

// A log followed over a real Kafka. One broker for all cases, one topic for each.
namespace mash::testing {
namespace {

using log::testing::TempLog;
using log::testing::write_note;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPlanted[] = "Wilhelmina Featherstonehaugh";

class OverKafka : public PublishedLog {};

TEST_F(OverKafka, EveryRecordTakesEffectOnceAsItComes) {
  publish();
  follow();
  for (int i = 0; i < 5; ++i) {
    write(3);
    ASSERT_TRUE(is_followed());
  }
  expect_all_followed_once();
  EXPECT_EQ(origin_->records_given(), 0U) << "all of it came over Kafka";
}

TEST_F(OverKafka, NothingPersonalIsInTheTopicsBytes) {
  write(20, kPlanted);
  publish();
  ASSERT_TRUE(is_published());
  const std::string bytes = broker().all_bytes();
  EXPECT_THAT(bytes, HasSubstr("mash.log.testing.v1.NoteEvent"));
  EXPECT_THAT(bytes, Not(HasSubstr(kPlanted)));
  EXPECT_THAT(bytes, Not(HasSubstr("Featherstonehaugh")));
}

TEST_F(OverKafka, AFollowerGoesOnWhereItStopped) {
  publish();
  for (int i = 0; i < 4; ++i) {
    write(5);
    follow();
    ASSERT_TRUE(is_followed());
    copy_.end();
  }
  EXPECT_EQ(copy_.faults_against(*log_), "");
  EXPECT_EQ(origin_->records_given(), 0U);
}

TEST_F(OverKafka, ARelayGoesOnWhereItStopped) {
  follow();
  for (int i = 0; i < 3; ++i) {
    write(5);
    publish();
    ASSERT_TRUE(is_published());
    relay_.reset();
  }
  publish();
  expect_all_followed_once();
}

TEST_F(OverKafka, WhatIsOutOfOrderOrNoRecordIsReadFromTheOwner) {
  write(6);
  for (const uint64_t position : {0U, 1U, 3U, 2U}) {
    auto message = feed::outgoing(log_->read(position, true).value(), log_->name());
    broker().send(topic_, "mash.log.testing.v1.NoteEvent", message.value);
  }
  broker().send(topic_, "mash.log.testing.v1.NoteEvent", "no record at all");
  broker().send(topic_, feed::kafka::kCheckpointType, "no checkpoint at all");
  publish();
  follow();
  expect_all_followed_once();
}

// What it gets of the owner may end in the middle of an append: then that is not said to be whole.
TEST_F(OverKafka, HalfAnAppendFromTheOwnerIsNotTakenForAll) {
  write_together(1'500);
  broker().send(topic_, "mash.log.testing.v1.NoteEvent",
                feed::outgoing(log_->read(500, true).value(), log_->name()).value);
  const auto feed = OverKafka::feed();
  ASSERT_TRUE(feed->go_on_from({}).has_value());
  const auto from_owner = feed->next(kPatience).value();
  ASSERT_EQ(from_owner.records.size(), 1'000U);
  EXPECT_FALSE(from_owner.complete);
  EXPECT_FALSE(feed->next(std::chrono::milliseconds(1))->complete)
      << "nothing came, and it is half";
  publish();
  const auto rest = feed->next(kPatience).value();
  EXPECT_EQ(rest.records.size(), 500U);
  EXPECT_TRUE(rest.complete);
}

TEST_F(OverKafka, ARecordThatWasChangedOnItsWayNeverTakesEffect) {
  write(4);
  auto forged = log_->read(0, true).value();
  forged.leaf.back() = static_cast<char>(forged.leaf.back() ^ 1);
  for (uint64_t position = 0; position < 4; ++position) {
    const auto record = position == 0 ? forged : log_->read(position, true).value();
    broker().send(topic_, "mash.log.testing.v1.NoteEvent",
                  feed::outgoing(record, log_->name()).value);
  }
  broker().send(topic_, feed::kafka::kCheckpointType, log_->prover().checkpoint().value());
  follow();
  expect_all_followed_once();
  EXPECT_EQ(origin_->records_given(), 4U);
}

TEST_F(OverKafka, ARecordThatSaysItIsOfALaterEpochIsNotBelieved) {
  write(4);
  publish();
  follow();
  ASSERT_TRUE(is_followed());
  auto forged = log_->read(1, true).value();
  log::put_prefix(forged.leaf, {.epoch = 9,
                                .position = 1,
                                .stream_version = forged.prefix.stream_version,
                                .recorded_at = forged.prefix.recorded_at});
  broker().send(topic_, "mash.log.testing.v1.NoteEvent",
                feed::outgoing(forged, log_->name()).value);
  write(3);
  expect_all_followed_once();
}

TEST_F(OverKafka, ACheckpointOfAnotherKeyCoversNothing) {
  write(2);
  TempLog other;
  write_note(*other, {.case_id = other.fresh_case()}).value();
  write_note(*other, {.case_id = other.fresh_case()}).value();
  for (uint64_t position = 0; position < 2; ++position)
    broker().send(topic_, "mash.log.testing.v1.NoteEvent",
                  feed::outgoing(other->read(position, true).value(), log_->name()).value);
  broker().send(topic_, feed::kafka::kCheckpointType, other->prover().checkpoint().value());
  publish();
  follow();
  expect_all_followed_once();
}

TEST_F(OverKafka, WhatRetentionTookIsReadFromTheOwner) {
  write(30);
  publish();
  ASSERT_TRUE(is_published());
  follow();
  ASSERT_TRUE(is_followed());
  copy_.end();
  write(30);
  ASSERT_TRUE(is_published());
  broker().forget_before(topic_, broker().end_of(topic_));
  follow();
  expect_all_followed_once();
  EXPECT_GE(origin_->records_given(), 30U);
}

TEST_F(OverKafka, ATopicMadeAnewStopsTheFeedUntilSomebodyHasLooked) {
  write(30);
  publish();
  follow();
  ASSERT_TRUE(is_followed());
  copy_.end();
  relay_.reset();
  broker().delete_topic(topic_);
  broker().create_topic(topic_);
  follow();
  ASSERT_TRUE(is_held_up_by("FEED_AHEAD_OF_BROKER"));
  EXPECT_TRUE(copy_.follower().status().stopped);
  write(5);
  publish();
  ASSERT_TRUE(is_published());
  EXPECT_TRUE(copy_.follower().status().stopped);
  copy_.follower().resume();
  expect_all_followed_once();
}

TEST_F(OverKafka, AFeedThatHearsNothingSaysSo) {
  silent_max_ = std::chrono::milliseconds(300);
  write(1);
  publish();
  follow();
  ASSERT_TRUE(is_followed());
  relay_.reset();
  ASSERT_TRUE(is_held_up_by("FEED_SILENT"));
  EXPECT_FALSE(copy_.follower().status().stopped);
  write(1);
  publish();
  expect_all_followed_once();
}

TEST_F(OverKafka, ABrokerThatIsStoppedOrKilledUnderLoadLosesAndRepeatsNothing) {
  publish();
  follow();
  Growing growing(*this);
  uint64_t wanted = 500;
  growing.up_to(wanted);
  for (const bool gently : {true, false}) {
    ASSERT_TRUE(copy_.follower().wait_until(wanted - 300, kPatience));
    gently ? broker().stop() : broker().kill();
    wanted += 500;
    growing.up_to(wanted);
    ASSERT_TRUE(comes_true([&] { return log_->size() >= wanted; }));  // the service goes on
    broker().start();
  }
  expect_all_followed_once();
}

TEST_F(OverKafka, AFollowerThatEndsAgainAndAgainTakesEachOnce) {
  publish();
  for (int i = 0; i < 20; ++i) {
    write(7);
    follow();
    copy_.follower().wait_until(log_->size() - 3, std::chrono::milliseconds(i % 4 * 20));
    copy_.end();
  }
  follow();
  expect_all_followed_once();
}

}  // namespace
}  // namespace mash::testing
