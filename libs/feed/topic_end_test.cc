#include "feed/topic_end.h"

#include <gtest/gtest.h>

#include "feed/messages.h"
#include "feed/testing/followed_log.h"
#include "log/prover.h"
#include "merkle/checkpoint.h"

namespace mash::feed {
namespace {

// A log that is published, as far as its topic shows.
class TopicEnd : public testing::FollowedLog, public ::testing::Test {
 protected:
  std::shared_ptr<Feed> feed() override { return nullptr; }

  static TopicMessage message(const Outgoing& sent) {
    TopicMessage message{.value = sent.value};
    for (const auto& [name, value] : sent.headers) {
      if (name == kafka::kTypeHeader) message.type = value;
      if (name == kafka::kEpochHeader) message.epoch = std::stoull(value);
      if (name == kafka::kPositionHeader) message.position = std::stoull(value);
    }
    return message;
  }
  TopicMessage record(uint64_t position) {
    return message(outgoing(log_->read(position, true).value(), log_->name()));
  }
  TopicMessage checkpoint(const std::string& note, uint64_t epoch, uint64_t size) {
    return message(outgoing_checkpoint(note, log_->name(), epoch, size));
  }
  TopicMessage checkpoint(uint64_t size) {
    return checkpoint(log_->prover().checkpoint_at(size).value(), log_->head().epoch, size);
  }
  std::optional<uint64_t> shown_by(const TopicMessage& message) {
    return feed::shown_by(message, *log_).value();
  }
};

TEST_F(TopicEnd, IsShownByTheLogsOwnRecordsAndCheckpoints) {
  write(5);
  EXPECT_EQ(shown_by(record(0)), 1U);
  EXPECT_EQ(shown_by(record(4)), 5U);
  EXPECT_EQ(shown_by(checkpoint(0)), 0U);
  EXPECT_EQ(shown_by(checkpoint(3)), 3U);
  EXPECT_EQ(shown_by(checkpoint(5)), 5U);
}

TEST_F(TopicEnd, IsNotShownByARecordThatIsNotTheSameThere) {
  write(5);
  auto elsewhere = record(2);
  elsewhere.position = 3;
  EXPECT_EQ(shown_by(elsewhere), std::nullopt);
  auto later = record(2);
  later.epoch = 2;
  EXPECT_EQ(shown_by(later), std::nullopt);
  auto forged = log_->read(4, true).value();
  forged.leaf.back() = static_cast<char>(forged.leaf.back() ^ 1);
  EXPECT_EQ(shown_by(message(outgoing(forged, log_->name()))), std::nullopt);
  auto beyond = record(4);
  beyond.position = 5;
  EXPECT_EQ(shown_by(beyond), std::nullopt);
  auto bare = record(4);
  bare.position.reset();
  EXPECT_EQ(shown_by(bare), std::nullopt);
  EXPECT_EQ(shown_by({.type = "any", .epoch = 1, .position = 4, .value = "no record"}),
            std::nullopt);
}

TEST_F(TopicEnd, IsNotShownByACheckpointThatIsNotTheLogs) {
  write(5);
  log::testing::TempLog other;  // of the same name, under another key
  for (int i = 0; i < 9; ++i)
    log::testing::write_note(*other, {.case_id = other.fresh_case()}).value();
  EXPECT_EQ(shown_by(checkpoint(other->prover().checkpoint_at(4).value(), 1, 4)), std::nullopt);
  auto more = checkpoint(3);
  more.position = 5;  // than it says
  EXPECT_EQ(shown_by(more), std::nullopt);
  EXPECT_EQ(shown_by(checkpoint("no checkpoint", 1, 5)), std::nullopt);
}

// The same log as it was before it lost its end: what it signed then is its own word.
TEST_F(TopicEnd, InAnEarlierEpochIsNoFurtherThanWhereThisOneBegins) {
  write(3);
  back_up();
  write(4);
  const auto before = checkpoint(7);
  const auto lost = record(5);
  const auto kept = record(1);
  lose_what_came_since();
  write(9);
  ASSERT_EQ(log_->head().epoch, 2U);
  EXPECT_EQ(shown_by(before), 3U);
  EXPECT_EQ(shown_by(lost), std::nullopt);
  EXPECT_EQ(shown_by(kept), 2U);
  EXPECT_EQ(shown_by(record(3)), 4U);
}

// A log put back as it was, without a word of it: what it signed since does not fit it.
TEST_F(TopicEnd, ThatIsAnotherHistorysIsNotShown) {
  write(5);
  const auto key = log_.signer().named(log_->origin()).value();
  for (const uint64_t size : {4U, 6U}) {
    const auto note = merkle::sign_checkpoint(
        {.origin = log_->origin(), .size = size, .root = log_->head().root}, key);
    ASSERT_TRUE(note.has_value()) << note.error().message;
    EXPECT_EQ(shown_by(checkpoint(*note, 1, size)), std::nullopt) << size;
  }
}

}  // namespace
}  // namespace mash::feed
