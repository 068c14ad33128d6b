#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <memory>

#include "cases/case_guard.h"
#include "cases/copying.h"
#include "cases/testing/two_logs.h"
#include "feed/together.h"
#include "mash/sharing/v1/request_events.pb.h"

// Several logs followed by one: nothing of one is judged before what its author had seen of
// another.
namespace mash::cases {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kPatience = std::chrono::seconds(120);

// A log that follows the referral log, and one that follows both.
class SeenTest : public TwoLogs {
 public:
  void TestBody() override {}

 protected:
  SeenTest() { sharing_ = open("sharing"); }

  FollowingParts following(const log::EventLog& log, log::EventLog& own_log) {
    return {.feed = std::make_shared<feed::LocalFeed>(log),
            .own_log = own_log,
            .clock = vault_.clock,
            .retry_after = std::chrono::hours(1)};
  }
  // For the log that follows both: a request is judged by who is barred.
  FollowingParts beside(const log::EventLog& log, std::shared_ptr<feed::Together> together) {
    FollowingParts parts = following(log, *own_);
    parts.feed->follow_among(std::move(together));
    parts.reacts_to = [](const log::Record& record) {
      return record.body.stream().starts_with("request/");
    };
    parts.react = [this](log::UnitOfWork& unit, const log::Record& record) -> Result<void> {
      if (!record.body.stream().starts_with("request/")) return {};
      return family_of(unit, record.body.case_id()).map([&](const Family& family) {
        judged_.emplace_back(family.access.bars(kPolice) ? "barred" : "told");
      });
    };
    return parts;
  }
  std::shared_ptr<feed::Together> together() const {
    return std::make_shared<feed::Together>(std::vector{referral_->name(), sharing_->name()});
  }

  static void take_all(Copying& copying, const log::EventLog& log) {
    while (copying.next() < log.size())
      ASSERT_TRUE(copying.follow(log.read(copying.next()).value()).has_value());
    ASSERT_TRUE(copying.settle(true).has_value());
  }
  void sharing_follows() {
    auto copying = begun(following(*referral_, *sharing_));
    take_all(copying, *referral_);
  }
  void request_in(const std::string& case_id) {
    ASSERT_TRUE(run(*sharing_, {.context = as(kTriage)}, [&](log::UnitOfWork& unit) {
                  return unit.add({"request/q-1", case_id}, sharing::v1::RequestEvent());
                }).has_value());
  }
  // A bar, and a request whose author knew of it.
  void bar_and_request() {
    tell({contact_from("police", "c-1", "r-1")});
    tell({about_case("c-1",
                     "barred { bar { practitioner { agency: 'police' practitioner: 'p-17' } } }")});
    sharing_follows();
    request_in("c-1");
  }

  std::unique_ptr<log::EventLog> sharing_;
  std::vector<std::string> judged_;
};

TEST_F(SeenTest, WithoutItARequestIsJudgedBeforeABarThatItsAuthorKnewOf) {
  bar_and_request();
  auto of_referral = begun(beside(*referral_, {}));
  ASSERT_TRUE(of_referral.follow(referral_->read(0).value()).has_value());
  ASSERT_TRUE(of_referral.settle(true).has_value());
  auto of_sharing = begun(beside(*sharing_, {}));
  take_all(of_sharing, *sharing_);
  EXPECT_THAT(judged_, ElementsAre("told")) << "which this file is about";
}

TEST_F(SeenTest, ARequestWaitsForTheBarThatItsAuthorKnewOfHoweverFarEachIs) {
  bar_and_request();
  for (uint64_t far = 0; far <= referral_->size(); ++far)
    for (const bool settled : {false, true}) {
      own_.reset();
      std::filesystem::remove_all(vault_.folder() / "strategy");
      own_ = open("strategy");
      judged_.clear();
      const auto both = together();
      auto of_referral = begun(beside(*referral_, both));
      auto of_sharing = begun(beside(*sharing_, both));
      while (of_referral.next() < far)
        ASSERT_TRUE(of_referral.follow(referral_->read(of_referral.next()).value()).has_value());
      if (settled) {
        ASSERT_TRUE(of_referral.settle(false).has_value());
      }
      Result<void> followed;
      while (followed && of_sharing.next() < sharing_->size())
        followed = of_sharing.follow(sharing_->read(of_sharing.next()).value());
      EXPECT_EQ(followed ? "taken" : followed.error().reason, "OTHER_LOG_AWAITED");
      ASSERT_TRUE(of_sharing.settle(false).has_value());
      EXPECT_THAT(judged_, IsEmpty());
      take_all(of_referral, *referral_);
      take_all(of_sharing, *sharing_);
      EXPECT_THAT(judged_, ElementsAre("barred"));
    }
}

TEST_F(SeenTest, WhatWaitsSaysSoAndGoesOnAtOnceWhenTheOtherHasCome) {
  bar_and_request();
  const auto both = together();
  Following of_sharing(beside(*sharing_, both));
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (of_sharing.standing()->reason() != "OTHER_LOG_AWAITED")
    ASSERT_LT(std::chrono::steady_clock::now(), end);
  EXPECT_TRUE(of_sharing.follower().is_held_up());
  EXPECT_EQ(of_sharing.standing()->behind(), sharing_->size() - of_sharing.standing()->position());
  Following of_referral(beside(*referral_, both));
  // It is tried again by itself in an hour.
  ASSERT_TRUE(of_sharing.wait_until(sharing_->size(), kPatience));
  EXPECT_THAT(judged_, ElementsAre("barred"));
  while (of_sharing.follower().is_held_up()) ASSERT_LT(std::chrono::steady_clock::now(), end);
}

TEST_F(SeenTest, ItIsEnoughThatARecordWasFollowedOfWhichNothingIsKept) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_referral("c-1", "r-1", "assigned { assignee: 'w-1' }")});
  tell({about_case("c-1", "unrestricted {}")});
  sharing_follows();
  request_in("c-1");
  tell({about_referral("c-1", "r-1", "assigned { assignee: 'w-2' }")});
  const auto both = together();
  auto of_referral = begun(beside(*referral_, both));
  auto of_sharing = begun(beside(*sharing_, both));
  take_all(of_referral, *referral_);
  take_all(of_sharing, *sharing_);
  EXPECT_THAT(judged_, ElementsAre("told"));
}

TEST_F(SeenTest, AfterAStartWhatWasFollowedBeforeCounts) {
  bar_and_request();
  {
    auto of_referral = begun(beside(*referral_, together()));
    take_all(of_referral, *referral_);
  }
  reopen_own();
  const auto both = together();
  const auto of_referral = begun(beside(*referral_, both));
  auto of_sharing = begun(beside(*sharing_, both));
  take_all(of_sharing, *sharing_);
  EXPECT_THAT(judged_, ElementsAre("barred"));
}

// Two logs that follow one another, and one that follows both.
class Crossing : public SeenTest {
 public:
  void run_one() {
    both_ = together();
    next_agency_ = 0;
    restart_sides();
    restart_followers();
    const int steps = *rc::gen::inRange(1, 80);
    for (int step = 0; step < steps; ++step) switch (*rc::gen::inRange(0, 8)) {
        case 0:
          involve(*referral_);
          break;
        case 1:
          involve(*sharing_);
          break;
        case 2:
          step_of(*sharing_in_referral_, *sharing_);
          break;
        case 3:
          step_of(*referral_in_sharing_, *referral_);
          break;
        case 4:
          restart_sides();
          break;
        case 5:
          restart_followers();
          break;
        case 6:
          visible_[0] = follow(*of_referral_, *referral_, visible_[0]);
          break;
        default:
          visible_[1] = follow(*of_sharing_, *sharing_, visible_[1]);
      }
    // However they stand, one of them can always go on, until nothing is left.
    while (of_referral_->next() < referral_->size() || of_sharing_->next() < sharing_->size()) {
      const uint64_t before = of_referral_->next() + of_sharing_->next();
      visible_[0] = follow(*of_referral_, *referral_, visible_[0]);
      visible_[1] = follow(*of_sharing_, *sharing_, visible_[1]);
      RC_ASSERT(of_referral_->next() + of_sharing_->next() > before);
    }
  }

 private:
  void involve(log::EventLog& log) {
    v1::KnownCaseEvent event;
    event.mutable_involved()->set_agency("agency-" + std::to_string(next_agency_++));
    RC_ASSERT(run(log, {.context = as(kTriage)}, [&](log::UnitOfWork& unit) {
                return unit.add({"case/c-1", "c-1"}, event);
              }).has_value());
  }
  void restart_sides() {
    sharing_in_referral_ = std::make_unique<Copying>(begun(following(*sharing_, *referral_)));
    referral_in_sharing_ = std::make_unique<Copying>(begun(following(*referral_, *sharing_)));
  }
  void restart_followers() {
    both_ = together();
    of_referral_ = std::make_unique<Copying>(begun(following_among(*referral_, 1)));
    of_sharing_ = std::make_unique<Copying>(begun(following_among(*sharing_, 0)));
    visible_[0] = of_referral_->next();
    visible_[1] = of_sharing_->next();
  }
  // Checks of each record that as much is visible as its author had seen.
  FollowingParts following_among(const log::EventLog& log, int other) {
    FollowingParts parts = following(log, *own_);
    parts.feed->follow_among(both_);
    const std::string other_log = other == 0 ? referral_->name() : sharing_->name();
    parts.reacts_to = [](const log::Record&) { return true; };
    parts.react = [this, other, other_log](log::UnitOfWork&,
                                           const log::Record& record) -> Result<void> {
      for (const auto& seen : record.body.seen())
        if (seen.origin().starts_with(other_log) && seen.size() > visible_.at(other))
          return refuse(Code::kUnavailable, "TOO_SOON", "It was judged too soon.");
      return {};
    };
    return parts;
  }
  static void step_of(Copying& copying, const log::EventLog& log) {
    if (copying.next() < log.size())
      RC_ASSERT(copying.follow(log.read(copying.next()).value()).has_value());
    if (*rc::gen::arbitrary<bool>()) RC_ASSERT(copying.settle(true).has_value());
  }
  // As a follower does: a record, and where it is refused or by chance what lies before is settled.
  static uint64_t follow(Copying& copying, const log::EventLog& log, uint64_t visible) {
    bool settles = *rc::gen::arbitrary<bool>() || copying.next() == log.size();
    bool complete = false;
    if (copying.next() < log.size()) {
      const auto followed = copying.follow(log.read(copying.next()).value());
      if (!followed) RC_ASSERT(followed.error().reason == "OTHER_LOG_AWAITED");
      settles = settles || !followed;
      complete = followed && copying.next() == log.size();
    }
    if (!settles) return visible;
    const auto settled = copying.settle(complete);
    RC_ASSERT(settled.has_value());
    return *settled;
  }

  std::shared_ptr<feed::Together> both_;
  int next_agency_ = 0;
  std::unique_ptr<Copying> sharing_in_referral_;
  std::unique_ptr<Copying> referral_in_sharing_;
  std::unique_ptr<Copying> of_referral_;
  std::unique_ptr<Copying> of_sharing_;
  std::array<uint64_t, 2> visible_{};
};

TEST(Seen, HoweverTwoLogsSeeOneAnotherNothingIsJudgedTooSoonAndNothingWaitsForEver) {
  Crossing logs;
  EXPECT_TRUE(rc::check([&] { logs.run_one(); }));
}

}  // namespace
}  // namespace mash::cases
