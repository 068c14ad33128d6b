#include <gmock/gmock.h>

#include <array>

#include "kafka/relay_faults.h"

// Brokers that are away for long while events come, and brokers that come back having lost the end
// of their logs. The times after which something is given up and said are short here, so that all
// of a long outage is gone through; and long enough that a busy machine's brokers answer in time.
namespace mash::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::Not;

enum class Way : bool { kStopped, kKilled };
void PrintTo(Way way, std::ostream* out) { *out << (way == Way::kStopped ? "Stopped" : "Killed"); }

class Outage : public RelayFaults, public ::testing::WithParamInterface<Way> {
 protected:
  Outage() { silent_max_ = origin_patience_ = away_after_ = milliseconds(1'000); }

  // So much more is taken by the log that is followed, whatever becomes of the brokers.
  bool takes_more(uint64_t records) {
    const uint64_t wanted = log_->size() + records;
    growing_.up_to(wanted);
    return comes_true([&] { return log_->size() >= wanted; });
  }

  Growing growing_{*this};
};

TEST_P(Outage, ThatLastsIsSaidAndTriedAgainAndGoneOnFromByThemselves) {
  publish();
  follow();
  ASSERT_TRUE(takes_more(200));
  ASSERT_TRUE(is_followed());
  GetParam() == Way::kStopped ? broker().stop() : broker().kill();
  ASSERT_TRUE(takes_more(200)) << "the service goes on";
  // Both have given up waiting, and say so.
  ASSERT_TRUE(relay_is_held_up_by("KAFKA_UNAVAILABLE"));
  ASSERT_TRUE(is_held_up_by("KAFKA_UNAVAILABLE")) << ::testing::PrintToString(copy_.told());
  const auto has_said = [](const auto& told, const char* what) {
    return [&told, what] { return !told().empty() && told().back() == what; };
  };
  const auto relay_told = [this] { return told(); };
  const auto follower_told = [this] { return copy_.told(); };
  ASSERT_TRUE(comes_true(has_said(relay_told, "KAFKA_UNAVAILABLE")));
  ASSERT_TRUE(comes_true(has_said(follower_told, "KAFKA_UNAVAILABLE")));
  const std::array said{told(), copy_.told()};
  // They try again, more than once, and say nothing else; what comes meanwhile is counted.
  const auto tried = origin_->checkpoints_given();
  ASSERT_TRUE(takes_more(200));
  ASSERT_TRUE(comes_true([&] { return origin_->checkpoints_given() >= tried + 3; }));
  EXPECT_EQ((std::array{told(), copy_.told()}), said);
  EXPECT_FALSE(copy_.follower().status().stopped);
  EXPECT_GE(relay_->behind(), 400U);
  broker().start();
  ASSERT_TRUE(takes_more(200));
  ASSERT_TRUE(is_followed()) << ::testing::PrintToString(copy_.told());
  EXPECT_TRUE(comes_true(has_said(relay_told, "")));
  EXPECT_TRUE(comes_true(has_said(follower_told, "")));
  EXPECT_THAT(copy_.told(), Not(Contains("FEED_AHEAD_OF_BROKER")));
  expect_all_followed_once();
}

INSTANTIATE_TEST_SUITE_P(Brokers, Outage, ::testing::Values(Way::kStopped, Way::kKilled));

// A topic of many batches, all of which was followed, of which the brokers then lose the end: all
// that was followed since the middle, however much came until they had stopped.
class LostTail : public RelayFaults {
 protected:
  void follow_all() {
    publish();
    follow();
    for (int i = 0; i < 20; ++i) {
      if (i == 10) kept_ = broker().bytes_of(topic_);
      write(2);
      ASSERT_TRUE(is_followed());
    }
    end_ = broker().end_of(topic_);
  }
  // While it does not run. A batch is torn.
  void lose() { broker().lose_behind(topic_, kept_ + 100); }
  void lose_the_tail() {
    broker().stop();  // one that was killed is there again later
    lose();
    broker().start();
  }
  void expect_to_be_stopped_until_somebody_has_looked() {
    ASSERT_TRUE(is_held_up_by("FEED_AHEAD_OF_BROKER")) << ::testing::PrintToString(copy_.told());
    EXPECT_TRUE(copy_.follower().status().stopped);
    const auto position = copy_.follower().status().position;
    if (!relay_) publish();
    write(5);
    ASSERT_TRUE(is_published());
    EXPECT_EQ(copy_.follower().status().position, position);
    copy_.follower().resume();
    expect_all_followed_once();
    // What was lost is the owner's to give: one who begins now gets all of it.
    copy_.end();
    CopiedLog anew;
    anew.begin(feed());
    ASSERT_TRUE(anew.follower().wait_until(log_->size(), kPatience));
    anew.end();
    EXPECT_EQ(anew.faults_against(*log_), "");
  }

  uint64_t kept_ = 0;
  int64_t end_ = 0;
};

TEST_F(LostTail, StopsOneThatFollowsItWhoSaysSo) {
  ASSERT_NO_FATAL_FAILURE(follow_all());
  relay_.reset();
  lose_the_tail();
  ASSERT_LT(broker().end_of(topic_), end_);
  expect_to_be_stopped_until_somebody_has_looked();
}

TEST_F(LostTail, StopsOneThatIsStartedAfterwards) {
  ASSERT_NO_FATAL_FAILURE(follow_all());
  relay_.reset();
  copy_.end();
  lose_the_tail();
  ASSERT_LT(broker().end_of(topic_), end_);
  follow();
  expect_to_be_stopped_until_somebody_has_looked();
}

// Whoever publishes goes on at once, and may come past the place where one follows before that one
// looks: what stands before it there is not what stood there.
TEST_F(LostTail, IsNoticedWhenMoreThanWasLostHasBeenPublishedSince) {
  ASSERT_NO_FATAL_FAILURE(follow_all());
  copy_.end();
  lose_the_tail();
  ASSERT_TRUE(comes_true([&] {
    write(1);
    return broker().end_of(topic_) > end_ + 5;
  }));
  follow();
  expect_to_be_stopped_until_somebody_has_looked();
}

TEST_F(LostTail, IsNoticedWhenNothingButSignsOfLifeCameSince) {
  heartbeat_ = milliseconds(20);
  ASSERT_NO_FATAL_FAILURE(follow_all());
  copy_.end();
  lose_the_tail();
  ASSERT_TRUE(comes_true([&] { return broker().end_of(topic_) > end_ + 5; }));
  follow();
  expect_to_be_stopped_until_somebody_has_looked();
}

// Which of them is first, the relay with what waits or the follower, does not matter.
TEST_F(LostTail, IsNoticedWhileMoreIsPublished) {
  ASSERT_NO_FATAL_FAILURE(follow_all());
  broker().stop();
  for (int i = 0; i < 3; ++i) write_together(100);
  lose();
  broker().start();
  expect_to_be_stopped_until_somebody_has_looked();
}

}  // namespace
}  // namespace mash::testing
