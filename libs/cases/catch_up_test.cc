#include "cases/catch_up.h"

#include <functional>
#include <thread>

#include "cases/case_guard.h"
#include "cases/testing/two_logs.h"
#include "feed/testing/held_feed.h"

namespace mash::cases {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

class CatchUpTest : public TwoLogs {
 protected:
  CatchUpTest() { following_ = std::make_unique<Following>(parts()); }

  // Whether the case is known where the work runs; `known` is what is said of it before.
  Result<bool> runs_with_case(const CatchUp& catch_up, bool known) {
    bool found = false;
    const log::Work work = catch_up.first(
        [known](const Actor&) -> Result<bool> { return known; },
        [&](log::UnitOfWork& unit) {
          return family_of(unit, "c-1").map([&](const Family& f) { found = f.exists(); });
        });
    return run(*own_, {.context = as(kTriage)}, work).map([&](const log::Appended&) {
      return found;
    });
  }

  // Begins anew with a feed that the test holds.
  FollowingParts held() {
    following_.reset();
    FollowingParts parts = CatchUpTest::parts();
    parts.feed = std::make_shared<feed::testing::HeldFeed>(parts.feed, hold_);
    return parts;
  }
  void follow(const FollowingParts& parts) { following_ = std::make_unique<Following>(parts); }
  bool is_held_up() const { return following_->follower().is_held_up(); }

  const std::shared_ptr<feed::testing::Hold> hold_ = std::make_shared<feed::testing::Hold>();
  std::unique_ptr<Following> following_;
};

std::string said(const Result<void>& result) { return result ? "yes" : result.error().reason; }

bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST_F(CatchUpTest, LetsWorkSeeWhatTheReferralLogGotJustBefore) {
  const CatchUp catch_up(*following_, std::chrono::seconds(120));
  tell({contact_from("police", "c-1", "r-1")});
  EXPECT_TRUE(runs_with_case(catch_up, false).value());
}

TEST_F(CatchUpTest, GivesUpOnWhatDoesNotComeInTimeAndNeverWaitsForWhatIsKnown) {
  following_.reset();
  FollowingParts never = parts();
  never.react = [](log::UnitOfWork&, const log::Record&) -> Result<void> {
    return refuse(Code::kUnavailable, "NOT_NOW", "Nothing follows for now.");
  };
  following_ = std::make_unique<Following>(never);
  tell({contact_from("police", "c-1", "r-1")});
  const CatchUp catch_up(*following_, std::chrono::milliseconds(1));
  const auto behind = runs_with_case(catch_up, false);
  ASSERT_FALSE(behind.has_value());
  EXPECT_EQ(behind.error().code, Code::kUnavailable);
  EXPECT_EQ(behind.error().reason, "CASES_BEHIND");
  EXPECT_TRUE(behind.error().retry_after.has_value());
  EXPECT_TRUE(runs_with_case(catch_up, true).has_value());
}

TEST_F(CatchUpTest, AfterAStartNothingIsShownBeforeWhatWasMissedIsFollowed) {
  const FollowingParts parts = held();
  tell({contact_from("police", "c-1", "r-1")});
  hold_->quiet = true;
  follow(parts);
  ASSERT_TRUE(eventually([&] { return following_->follower().behind() == 0; }))
      << "as far as it knows";
  ASSERT_FALSE(is_held_up());
  const CatchUp hasty(*following_, std::chrono::milliseconds(1));
  EXPECT_EQ(said(hasty.goes_on()), "CASES_BEHIND");
  const CatchUp catch_up(*following_, std::chrono::seconds(120));
  EXPECT_EQ(said(catch_up.is_current()), "CASES_BEHIND");
  hold_->quiet = false;
  EXPECT_EQ(said(catch_up.goes_on()), "yes");
  EXPECT_TRUE(family_of(*own_, "c-1").value().exists());
}

TEST_F(CatchUpTest, TheOwnerIsAskedUntilItHasCaughtUpAndNotAfterwards) {
  hold_->owner_away = true;
  follow(held());
  const CatchUp catch_up(*following_, std::chrono::seconds(120));
  EXPECT_EQ(said(catch_up.goes_on()), "CASES_BEHIND") << "how much there is, nobody says";
  hold_->owner_away = false;
  EXPECT_EQ(said(catch_up.goes_on()), "yes");
  hold_->owner_away = true;
  EXPECT_EQ(said(catch_up.goes_on()), "yes");
  EXPECT_EQ(hold_->owner_asked, 1);
}

TEST_F(CatchUpTest, WhatRunsAgainOnTheLogsThreadDoesNotWait) {
  follow(held());
  const CatchUp catch_up(*following_, std::chrono::seconds(120));
  hold_->owner_away = true;
  const auto stands = catch_up.asked_once();
  EXPECT_EQ(said(stands()), "CASES_BEHIND");
  hold_->owner_away = false;
  EXPECT_EQ(said(stands()), "CASES_BEHIND");
  EXPECT_EQ(hold_->owner_asked, 0);
}

TEST_F(CatchUpTest, NothingIsShownWhileTheFeedIsHeldUp) {
  follow(held());
  const CatchUp catch_up(*following_, std::chrono::seconds(120));
  ASSERT_EQ(said(catch_up.goes_on()), "yes");
  hold_->broken = true;
  ASSERT_TRUE(eventually([&] { return is_held_up(); }));
  EXPECT_EQ(said(catch_up.goes_on()), "CASES_BEHIND");
  hold_->broken = false;
  EXPECT_TRUE(eventually([&] { return catch_up.goes_on().has_value(); }));
}

TEST_F(CatchUpTest, ThatTheFeedWaitsForAnotherLogCountsOnlyWhenItLasts) {
  FollowingParts parts = held();
  parts.react = [](log::UnitOfWork&, const log::Record&) -> Result<void> {
    return refuse(Code::kUnavailable, "OTHER_LOG_AWAITED", "Its author had seen more.");
  };
  follow(parts);
  ASSERT_TRUE(following_->catch_up(std::chrono::seconds(120)));
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(eventually([&] { return is_held_up(); }));
  EXPECT_EQ(said(CatchUp(*following_, std::chrono::hours(1)).goes_on()), "yes");
  const CatchUp hasty(*following_, std::chrono::milliseconds(1));
  EXPECT_TRUE(eventually([&] { return said(hasty.goes_on()) == "CASES_BEHIND"; }));
}

TEST_F(CatchUpTest, AStreamSaysNothingMeanwhileAndIsWokenWhenItGoesOn) {
  FollowingParts parts = held();
  hold_->broken = true;
  follow(parts);
  const CatchUp catch_up(*following_, std::chrono::seconds(120));
  std::atomic<int> woken = 0;
  const host::Pull<std::string> pull = catch_up.telling<std::string>(
      [](std::string& message, host::Looks&) -> Result<host::Next> {
        message = "a notice";
        return host::Next::kMessage;
      },
      [&] { ++woken; });
  std::string message;
  host::Looks looks;
  EXPECT_EQ(pull(message, looks).value(), host::Next::kWait);
  EXPECT_EQ(message, "");
  hold_->broken = false;
  ASSERT_TRUE(following_->catch_up(std::chrono::seconds(120)));
  EXPECT_TRUE(eventually([&] { return woken > 0 && catch_up.is_current(); }));
  EXPECT_EQ(pull(message, looks).value(), host::Next::kMessage);
  const int before = woken;
  hold_->broken = true;
  ASSERT_TRUE(eventually([&] { return is_held_up(); }));
  EXPECT_EQ(pull(message, looks).value(), host::Next::kWait);
  hold_->broken = false;
  EXPECT_TRUE(eventually([&] { return woken >= before + 2 && !is_held_up(); }));
}

}  // namespace
}  // namespace mash::cases
