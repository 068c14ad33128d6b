#include "cases/start_gate.h"

#include <functional>
#include <memory>
#include <thread>

#include "cases/testing/two_logs.h"
#include "feed/testing/held_feed.h"

namespace mash::cases {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using std::chrono::hours;
using std::chrono::milliseconds;

class StartGateTest : public TwoLogs {
 protected:
  StartGateTest() { tell({contact_from("police", "c-1", "r-1")}); }

  // Begins to follow as after a time away.
  void follow() {
    FollowingParts parts = TwoLogs::parts();
    parts.feed = std::make_shared<feed::testing::HeldFeed>(parts.feed, hold_);
    following_.push_back(std::make_unique<Following>(parts));
  }
  StartGateParts with(milliseconds patience) {
    return {.followings = following_,
            .patience = patience,
            .ask_every = milliseconds(1),
            .ask_max = milliseconds(20)};
  }
  static bool opens(const StartGate& gate) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (!gate.is_open() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return gate.is_open();
  }
  // Until it has asked the owner so often more.
  void wait_until_asked(int more) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    const int before = hold_->owner_asked;
    while (hold_->owner_asked < before + more) ASSERT_LT(std::chrono::steady_clock::now(), end);
  }

  const std::shared_ptr<feed::testing::Hold> hold_ = std::make_shared<feed::testing::Hold>();
  Followings following_;
};

TEST_F(StartGateTest, OpensWhenWhatTheOwnerHasIsFollowed) {
  hold_->quiet = true;
  follow();
  const StartGate gate(with(hours(1)));
  wait_until_asked(2);
  EXPECT_EQ(following_.front()->follower().behind(), 0U) << "as far as it knows";
  EXPECT_FALSE(gate.is_open());
  hold_->quiet = false;
  EXPECT_TRUE(opens(gate));
  EXPECT_EQ(following_.front()->follower().status().position, referral_->size());
}

TEST_F(StartGateTest, StaysShutWhileTheOwnerIsAway) {
  hold_->owner_away = true;
  follow();
  const StartGate gate(with(hours(1)));
  ASSERT_TRUE(following_.front()->wait_until(referral_->size(), std::chrono::seconds(120)));
  EXPECT_FALSE(gate.is_open());
  hold_->owner_away = false;
  EXPECT_TRUE(opens(gate));
}

TEST_F(StartGateTest, OpensAllTheSameAfterItsPatience) {
  hold_->owner_away = hold_->quiet = true;
  follow();
  const StartGate gate(with(milliseconds(1)));
  EXPECT_TRUE(opens(gate));
  EXPECT_FALSE(following_.front()->has_caught_up());
  // And goes on asking, since others wait for what it finds.
  hold_->owner_away = hold_->quiet = false;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!following_.front()->has_caught_up()) ASSERT_LT(std::chrono::steady_clock::now(), end);
}

}  // namespace
}  // namespace mash::cases
