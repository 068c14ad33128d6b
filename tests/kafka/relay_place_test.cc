#include <gmock/gmock.h>

#include <fstream>
#include <functional>

#include "feed/messages.h"
#include "feed/relay_cursor.h"
#include "kafka/relay_faults.h"
#include "log/prover.h"

// Where a relay goes on that does not know how far it had come: as the end of its topic shows.
namespace mash::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// What may have become of the relay's file, and what is said of it.
struct Damage {
  const char* name;
  std::function<void(const fs::path&)> to;
  bool is_named;
};
void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

class DamagedCursor : public RelayFaults, public ::testing::WithParamInterface<Damage> {};

TEST_P(DamagedCursor, IsFoundAgainAtTheTopicsEndAndNothingIsRepeated) {
  write(10);
  publish();
  ASSERT_TRUE(is_published());
  follow();
  ASSERT_TRUE(is_followed());
  relay_.reset();
  EXPECT_EQ(feed::read_relay_cursor(cursor_file_, log_->name())->position, 10U);
  GetParam().to(cursor_file_);
  write(5);
  publish();
  ASSERT_TRUE(is_published());
  EXPECT_EQ(relay_->published(), 5U) << "what had not been published, and no more";
  EXPECT_THAT(found(), ElementsAre("0", "10"));
  expect_all_followed_once();
  EXPECT_EQ(origin_->records_given(), 0U) << "all of it came over Kafka";
  if (GetParam().is_named)
    EXPECT_THAT(told(), Contains("RELAY_CURSOR_MALFORMED"));
  else
    EXPECT_THAT(told(), Not(Contains("RELAY_CURSOR_MALFORMED")));
  EXPECT_EQ(fs::exists(cursor_file_.string() + ".damaged"), GetParam().is_named);
  relay_.reset();
  EXPECT_EQ(feed::read_relay_cursor(cursor_file_, log_->name())->position, 15U);
}

void flip_a_bit_of(const fs::path& file) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  const int byte = bytes.get();
  bytes.seekp(0);
  bytes.put(static_cast<char>(byte ^ 1));
}

void say_more_than_there_is(const fs::path& file) {
  const std::string log = "mash/E10000013/notes";
  const auto kept = feed::read_relay_cursor(file, log).value();
  const auto written =
      feed::write_relay_cursor(file, log, {.epoch = kept.epoch, .position = 1'000, .state = {}});
  ASSERT_TRUE(written.has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Relay, DamagedCursor,
    ::testing::Values(
        Damage{"torn", [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); },
               true},
        Damage{"empty", [](const fs::path& file) { fs::resize_file(file, 0); }, true},
        Damage{"flipped", flip_a_bit_of, true},
        Damage{"beyond the log's end", say_more_than_there_is, true},
        Damage{"missing", [](const fs::path& file) { fs::remove(file); }, false}));

// A log with a topic that has what its relay has published, the relay ended and its file lost.
class LostCursor : public RelayFaults {
 protected:
  void publish_and_lose(int notes) {
    write(notes);
    publish();
    ASSERT_TRUE(is_published());
    lose();
  }
  void lose() {
    relay_.reset();
    fs::remove(cursor_file_);
  }
  // Publishes what it takes to have all published.
  uint64_t published_again() {
    publish();
    EXPECT_TRUE(is_published());
    return relay_->published();
  }
};

TEST_F(LostCursor, OfATopicMadeAnewHasAllPublished) {
  publish_and_lose(10);
  broker().delete_topic(topic_);
  broker().create_topic(topic_);
  EXPECT_EQ(published_again(), 10U);
  EXPECT_THAT(found(), ElementsAre("0", "0"));
  follow();
  expect_all_followed_once();
}

// It was made anew under a relay that knew how far it had come: it begins in the log's middle.
TEST_F(LostCursor, OfATopicThatBeginsInTheLogsMiddleHasAllPublished) {
  write(10);
  publish();
  ASSERT_TRUE(is_published());
  relay_.reset();
  broker().delete_topic(topic_);
  broker().create_topic(topic_);
  write(2);
  publish();
  ASSERT_TRUE(is_published());
  EXPECT_EQ(relay_->published(), 2U);
  lose();
  EXPECT_EQ(published_again(), 12U) << "in doubt all of it";
  EXPECT_THAT(found(), ElementsAre("0", "TOPIC_END_UNKNOWN"));
  follow();
  expect_all_followed_once();
}

// The brokers lost the last records: what they have decides, and not what had been acknowledged.
TEST_F(LostCursor, OfATopicThatLostItsEndHasThatPublished) {
  write(12);
  for (uint64_t position = 0; position < 7; ++position)
    broker().send(topic_, feed::outgoing(log_->read(position, true).value(), log_->name()));
  EXPECT_EQ(published_again(), 5U);
  EXPECT_THAT(found(), ElementsAre("7"));
  follow();
  expect_all_followed_once();
  EXPECT_EQ(origin_->records_given(), 0U);
}

TEST_F(LostCursor, WithARubbishEndGoesOnAfterItsOwnLastRecord) {
  publish_and_lose(10);
  write(3);
  broker().send(topic_, "mash.log.testing.v1.NoteEvent", "no record at all");
  auto forged = log_->read(12, true).value();
  forged.leaf.back() = static_cast<char>(forged.leaf.back() ^ 1);
  broker().send(topic_, feed::outgoing(forged, log_->name()));
  broker().send(topic_, feed::outgoing_checkpoint("no checkpoint at all", log_->name(), 1, 13));
  EXPECT_EQ(published_again(), 3U);
  EXPECT_THAT(found(), ElementsAre("0", "10"));
  follow();
  expect_all_followed_once();
}

TEST_F(LostCursor, WithNothingButRubbishHasAllPublished) {
  write(10);
  broker().send(topic_, feed::outgoing_checkpoint("no checkpoint at all", log_->name(), 1, 0));
  EXPECT_EQ(published_again(), 10U);
  EXPECT_THAT(found(), ElementsAre("TOPIC_END_UNKNOWN"));
  follow();
  expect_all_followed_once();
}

// Retention took the beginning: that tells nothing of the end.
TEST_F(LostCursor, OfATopicWhoseBeginningWasForgottenGoesOnAtItsEnd) {
  publish_and_lose(10);
  broker().forget_before(topic_, 4);
  write(1);
  EXPECT_EQ(published_again(), 1U);
  EXPECT_THAT(found(), ElementsAre("0", "10"));
}

TEST_F(LostCursor, OfALogInANewEpochGoesOnWhereThatBegins) {
  write(30);
  back_up();
  publish();
  follow();
  write(20);
  ASSERT_TRUE(is_followed());
  auto effects = event_ids(*log_);
  lose();
  lose_what_came_since();
  fs::remove(cursor_file_);
  write(25);
  EXPECT_EQ(published_again(), 26U) << "the new epoch's first record, and what was written since";
  EXPECT_THAT(found(), Contains("30"));
  ASSERT_TRUE(is_followed());
  copy_.end();
  const auto anew = event_ids(*log_, 30);
  effects.insert(effects.end(), anew.begin(), anew.end());
  EXPECT_EQ(faults_of_copies(copy_.own(), effects), "");
}

TEST_F(LostCursor, WaitsForABrokerThatIsAwayRatherThanRepeatItself) {
  publish_and_lose(10);
  write(4);
  broker().kill();
  publish();
  ASSERT_TRUE(relay_is_held_up_by("KAFKA_UNAVAILABLE"));
  EXPECT_THAT(found(), ElementsAre("0"));
  broker().start();
  ASSERT_TRUE(is_published());
  EXPECT_EQ(relay_->published(), 4U);
  EXPECT_THAT(found(), ElementsAre("0", "10"));
}

TEST_F(LostCursor, OfALogWithoutRecordsAsksNobody) {
  publish();
  ASSERT_TRUE(comes_true([&] { return broker().end_of(topic_) > 0; })) << "it beats";
  EXPECT_THAT(found(), IsEmpty());
}

}  // namespace
}  // namespace mash::testing
