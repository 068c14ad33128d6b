#include "clocks/asking.h"

#include <gtest/gtest.h>

#include "clocks/testing/task_log.h"

namespace mash::clocks {
namespace {

using namespace std::chrono_literals;
using testing::TaskLog;

constexpr std::size_t kRow = 7;

class AskingStreams : public ::testing::Test {
 protected:
  static log::Work refusing(Error error) {
    return [error = std::move(error)](log::UnitOfWork&) -> Result<void> {
      return tl::unexpected(error);
    };
  }
  static log::Work vault_away() {
    return refusing({.code = Code::kUnavailable, .reason = "VAULT_AWAY"});
  }
  // What it answers who has nothing to say.
  static log::Work silent() {
    return [](log::UnitOfWork&) -> Result<void> { return {}; };
  }
  void ask(int number, log::Work work, std::size_t row = kRow) {
    asking_.ask(log_.stream(number), row, log_.context(), std::move(work));
  }

  TaskLog log_;
  Asking asking_{*log_, 4, 1h, 2};
};

TEST_F(AskingStreams, HoldsNothingAgainstAStreamWhenTheLogRefusesAll) {
  EXPECT_EQ(asking_.pause(), 0ms);
  ask(1, refusing({.code = Code::kResourceExhausted, .reason = "QUEUE_FULL", .retry_after = 30s}));
  EXPECT_EQ(asking_.drain(), 0);
  EXPECT_EQ(asking_.in_hand(), 0);
  EXPECT_FALSE(asking_.waits(log_.stream(1)));
  EXPECT_GT(asking_.pause(), 0ms);
  EXPECT_LE(asking_.pause(), 30s);
  ask(1, refusing({.code = Code::kUnavailable, .reason = "LOG_STOPPING"}));
  EXPECT_EQ(asking_.drain(), 0);
  EXPECT_EQ(asking_.in_hand(), 0);
  EXPECT_GT(asking_.pause(), 30s);
}

TEST_F(AskingStreams, HasAStreamThatRefusedWaitAndCountsItOnceWhenItIsAskedAgain) {
  ask(1, vault_away());
  EXPECT_EQ(asking_.drain(), 1);
  EXPECT_TRUE(asking_.waits(log_.stream(1)));
  EXPECT_FALSE(asking_.waits(log_.stream(2)));
  EXPECT_EQ(asking_.in_hand(), 1);
  EXPECT_EQ(asking_.refused(), 1);
  ask(1, [&](log::UnitOfWork&) -> Result<void> {
    EXPECT_EQ(asking_.in_hand(), 1);
    return refuse(Code::kUnavailable, "VAULT_AWAY", "The vault is away.");
  });
  asking_.drain();
  EXPECT_EQ(asking_.in_hand(), 1);
  EXPECT_EQ(asking_.pause(), 0ms);
}

TEST_F(AskingStreams, TakesOneForHeldUpThatTwiceHasNothingToSayOfTheSameRow) {
  ask(1, silent());
  asking_.drain();
  EXPECT_EQ(asking_.in_hand(), 1);
  EXPECT_EQ(asking_.refused(), 0);  // another may just have said it
  ask(1, silent(), kRow + 1);
  asking_.drain();
  EXPECT_EQ(asking_.refused(), 0);
  ask(1, silent(), kRow + 1);
  asking_.drain();
  EXPECT_EQ(asking_.refused(), 1);
  EXPECT_EQ(asking_.last_refusal()->reason, "ALARM_DISAGREES");
}

TEST_F(AskingStreams, PausesOnceAsManyWaitAsMay) {
  ask(1, vault_away());
  ask(2, vault_away());
  asking_.drain();
  EXPECT_EQ(asking_.pause(), 0ms);
  ask(2, vault_away());  // which waits already
  asking_.drain();
  EXPECT_EQ(asking_.pause(), 0ms);
  ask(3, vault_away());
  asking_.drain();
  EXPECT_GT(asking_.pause(), 0ms);
  EXPECT_EQ(asking_.in_hand(), 2);
}

TEST_F(AskingStreams, ByTheWayAreCountedAndNotHeld) {
  asking_.ask_by_the_way(log_.stream(1), log_.context(), vault_away());
  asking_.ask_by_the_way(log_.stream(2), log_.context(), silent());
  EXPECT_EQ(asking_.drain(), 1);
  EXPECT_EQ(asking_.drain(), 0);
  EXPECT_EQ(asking_.in_hand(), 0);
}

TEST_F(AskingStreams, ForgetsWhatIsNotComeAcrossAnyMore) {
  ask(1, vault_away());
  ask(2, vault_away());
  asking_.drain();
  asking_.begin_look();
  EXPECT_TRUE(asking_.waits(log_.stream(2)));
  asking_.end_look();
  EXPECT_EQ(asking_.in_hand(), 1);
  EXPECT_FALSE(asking_.waits(log_.stream(1)));
}

}  // namespace
}  // namespace mash::clocks
