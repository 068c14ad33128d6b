#include <gmock/gmock.h>

#include <thread>

#include "feed/kafka_feed.h"
#include "feed/local_feed.h"
#include "feed/messages.h"
#include "feed/relay.h"
#include "kafka/broker.h"
#include "kafka/copied_log.h"
#include "kafka/local_origin.h"

// A log followed over a real Kafka. One broker for all cases, one topic for each.
namespace mash::testing {
namespace {

using feed::KafkaFeed;
using log::testing::TempLog;
using log::testing::write_note;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kPatience = std::chrono::seconds(60);
constexpr char kPlanted[] = "Wilhelmina Featherstonehaugh";

Broker& broker() {
  static Broker broker;
  return broker;
}

class OverKafka : public ::testing::Test {
 protected:
  OverKafka() { broker().create_topic(topic_); }

  void write(int notes) {
    for (int i = 0; i < notes; ++i) write_note(*log_, {.case_id = case_, .text = kPlanted}).value();
  }
  void publish() {
    relay_ = std::make_unique<feed::Relay>(
        feed::RelayParts{.log = *log_,
                         .kafka = broker().options(),
                         .to = {.topic = topic_},
                         .cursor_file = log_.folder() / "relay",
                         .heartbeat = std::chrono::milliseconds(200),
                         .retry_after = std::chrono::milliseconds(50)});
  }
  std::shared_ptr<feed::Feed> feed() {
    return std::make_shared<KafkaFeed>(feed::KafkaFeedParts{.log = log_->name(),
                                                            .kafka = broker().options(),
                                                            .from = {.topic = topic_},
                                                            .origin = origin_,
                                                            .silent_max = silent_max_});
  }
  void follow() { copy_.begin(feed()); }
  bool is_followed() { return copy_.follower().wait_until(log_->size(), kPatience); }
  // Everything published, followed, and each record's effect there once.
  void expect_all_followed_once() {
    ASSERT_TRUE(is_followed()) << copy_.follower().status().position << " of " << log_->size();
    copy_.end();
    EXPECT_EQ(copy_.faults_against(*log_), "");
  }
  // Waits until the follower is held up for that reason.
  bool is_held_up_by(const std::string& reason) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < until) {
      const auto status = copy_.follower().status();
      if (!status.held_up && status.held_up.error().reason == reason) return true;
      std::this_thread::yield();
    }
    return false;
  }

  static inline int topics_ = 0;
  const std::string topic_ = "mash.notes-" + std::to_string(++topics_);
  std::chrono::milliseconds silent_max_{20'000};
  TempLog log_;
  std::string case_ = log_.fresh_case();
  std::shared_ptr<LocalOrigin> origin_ = std::make_shared<LocalOrigin>(*log_);
  CopiedLog copy_;
  std::unique_ptr<feed::Relay> relay_;
};

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
  write(20);
  publish();
  ASSERT_TRUE(relay_->wait_until(log_->size(), kPatience));
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
    ASSERT_TRUE(relay_->wait_until(log_->size(), kPatience));
    relay_.reset();
  }
  publish();
  expect_all_followed_once();
}

TEST_F(OverKafka, WhatIsPublishedTwiceTakesEffectOnce) {
  write(10);
  publish();
  follow();
  ASSERT_TRUE(is_followed());
  relay_.reset();
  std::filesystem::remove(log_.folder() / "relay");  // as if it had crashed before it kept anything
  write(5);
  publish();
  expect_all_followed_once();
}

TEST_F(OverKafka, WhatIsOutOfOrderOrNoRecordIsReadFromTheOwner) {
  write(6);
  for (const std::uint64_t position : {0U, 1U, 3U, 2U}) {
    auto message = feed::outgoing(log_->read(position, true).value(), log_->name());
    broker().send(topic_, "mash.log.testing.v1.NoteEvent", message.value);
  }
  broker().send(topic_, "mash.log.testing.v1.NoteEvent", "no record at all");
  broker().send(topic_, feed::kafka::kCheckpointType, "no checkpoint at all");
  publish();
  follow();
  expect_all_followed_once();
}

TEST_F(OverKafka, ARecordThatWasChangedOnItsWayNeverTakesEffect) {
  write(4);
  auto forged = log_->read(0, true).value();
  forged.leaf.back() = static_cast<char>(forged.leaf.back() ^ 1);
  for (std::uint64_t position = 0; position < 4; ++position) {
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
  for (std::uint64_t position = 0; position < 2; ++position)
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
  ASSERT_TRUE(relay_->wait_until(log_->size(), kPatience));
  follow();
  ASSERT_TRUE(is_followed());
  copy_.end();
  write(30);
  ASSERT_TRUE(relay_->wait_until(log_->size(), kPatience));
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
  ASSERT_TRUE(relay_->wait_until(log_->size(), kPatience));
  EXPECT_TRUE(copy_.follower().status().stopped);
  copy_.follower().go_on();
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
  std::atomic<bool> enough = false;
  std::jthread writing([&] {
    while (!enough) write(1);
  });
  for (const bool gently : {true, false}) {
    const std::uint64_t before = log_->size();
    ASSERT_TRUE(copy_.follower().wait_until(before + 50, kPatience));
    gently ? broker().stop() : broker().kill();
    const std::uint64_t down_at = log_->size();
    while (log_->size() < down_at + 200) std::this_thread::yield();  // the service goes on
    broker().start();
  }
  enough = true;
  writing.join();
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
