#include "feed/follower.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <optional>

#include "feed/local_feed.h"
#include "log/testing/temp_log.h"

namespace mash::feed {
namespace {

using log::testing::TempLog;
using log::testing::write_note;
using ::testing::ElementsAre;

constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kRetry = std::chrono::milliseconds(1);

tl::unexpected<Error> not_now() {
  return refuse(Code::kUnavailable, "VAULT_AWAY", "The vault is away.");
}

class Following : public ::testing::Test {
 protected:
  struct Settled {
    uint64_t position = 0;
    bool complete = false;
    friend bool operator==(const Settled&, const Settled&) = default;
  };

  void write_notes(int count) {
    for (int i = 0; i < count; ++i) write_note(*log_, {.case_id = case_}).value();
  }
  // Many records in one append.
  void write_at_once(int count) {
    std::promise<Result<log::Appended>> answered;
    log::handle(
        *log_, {.context = {.actor = log::testing::triage_officer()}},
        [&](log::UnitOfWork& unit) {
          Result<void> added;
          for (int i = 0; i < count && added; ++i)
            added = unit.add({"notebook/2", case_}, log::testing::v1::NoteEvent());
          return added;
        },
        [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    ASSERT_TRUE(answered.get_future().get().has_value());
  }

  FollowerParts parts(uint64_t from = 0) {
    return {.feed = std::make_shared<LocalFeed>(*log_),
            .reaction = {.stored = [this, from] { return cursor(from); },
                         .begin = [](uint64_t) {},
                         .follow = [this](const log::Record& record) { return follow(record); },
                         .settle = [this](bool complete) { return settle(complete); }},
            .retry_after = kRetry,
            .on_held_up = [this](const Result<void>& followed) {
              const std::lock_guard lock(mutex_);
              told_.push_back(followed ? "goes on" : followed.error().reason);
              changed_.notify_all();
            }};
  }
  log::Cursor cursor(uint64_t position) {
    return {.epoch = log_->head().epoch, .position = position};
  }
  void start(uint64_t from = 0) { follower_.emplace(parts(from)); }
  bool has_followed() { return follower_->wait_until(log_->size(), kPatience); }

  // Refuses, this many times, whatever it is asked at that position.
  void refuse_at(uint64_t position, int times) {
    const std::lock_guard lock(mutex_);
    refusing_ = position;
    refusals_ = times;
  }
  void wait_for_refusals(int count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kPatience, [&] { return refused_ >= count; }));
  }
  std::vector<std::string> told() {
    const std::lock_guard lock(mutex_);
    return told_;
  }

  TempLog log_;
  std::string case_ = log_.fresh_case();
  std::vector<uint64_t> followed_;
  std::vector<Settled> settled_;

 private:
  bool refuses(uint64_t position) {
    const std::lock_guard lock(mutex_);
    if (position != refusing_ || refusals_ == 0) return false;
    --refusals_;
    ++refused_;
    changed_.notify_all();
    return true;
  }
  Result<void> follow(const log::Record& record) {
    if (refuses(record.prefix.position)) return not_now();
    followed_.push_back(record.prefix.position);
    return {};
  }
  Result<uint64_t> settle(bool complete) {
    const uint64_t position = followed_.empty() ? 0 : followed_.back() + 1;
    if (refuses(1'000'000 + position)) return not_now();
    settled_.push_back({position, complete});
    return position;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t refusing_ = 0;
  int refusals_ = 0;
  int refused_ = 0;
  std::vector<std::string> told_;

 protected:
  std::optional<Follower> follower_;  // last: its thread uses the others
};

TEST_F(Following, TakesEveryRecordInOrderFromWhereItBegins) {
  write_notes(4);
  start(1);
  ASSERT_TRUE(has_followed());
  follower_.reset();
  EXPECT_THAT(followed_, ElementsAre(1, 2, 3));
}

TEST_F(Following, WakesWhenTheLogGrows) {
  start();
  for (int i = 0; i < 3; ++i) {
    write_notes(1);
    ASSERT_TRUE(has_followed());
  }
  follower_.reset();
  EXPECT_THAT(followed_, ElementsAre(0, 1, 2));
}

TEST_F(Following, TriesWhatIsRefusedAgainAndSkipsNothing) {
  write_notes(3);
  refuse_at(1, 3);
  start();
  ASSERT_TRUE(has_followed());
  follower_.reset();
  EXPECT_THAT(followed_, ElementsAre(0, 1, 2));
}

TEST_F(Following, TellsWhenItIsHeldUpAndWhenItGoesOn) {
  write_notes(2);
  refuse_at(1, 5);
  start();
  ASSERT_TRUE(has_followed());
  write_notes(1);
  ASSERT_TRUE(has_followed());
  follower_.reset();
  EXPECT_THAT(told(), ElementsAre("VAULT_AWAY", "goes on"));
}

TEST_F(Following, IsHeldUpUntilThatIsDone) {
  write_notes(2);
  refuse_at(1, 1'000'000);
  start();
  wait_for_refusals(2);  // so the first was told
  EXPECT_TRUE(follower_->is_held_up());
  EXPECT_EQ(follower_->behind(), 2U);
  refuse_at(1, 0);
  ASSERT_TRUE(has_followed());
  EXPECT_EQ(follower_->behind(), 0U);
}

TEST_F(Following, EndsWhileItIsHeldUp) {
  write_notes(2);
  refuse_at(1, 1'000'000);
  start();
  wait_for_refusals(1);
  follower_.reset();
  EXPECT_THAT(followed_, ElementsAre(0));
}

TEST_F(Following, SettlesAgainWhatCouldNotBeWithoutFollowingItTwice) {
  write_notes(2);
  refuse_at(1'000'002, 2);
  start();
  ASSERT_TRUE(has_followed());
  follower_.reset();
  EXPECT_THAT(followed_, ElementsAre(0, 1));
  EXPECT_THAT(settled_, ElementsAre(Settled{2, true}));
}

TEST_F(Following, SettlesOnTheWayAndWhenNothingIsLeft) {
  write_at_once(1'500);
  start();
  ASSERT_TRUE(has_followed());
  follower_.reset();
  EXPECT_THAT(settled_, ElementsAre(Settled{1'000, false}, Settled{1'500, true}));
}

TEST_F(Following, IsVisibleOnlyWhenSettled) {
  start();
  EXPECT_TRUE(follower_->wait_until(0, {}));
  EXPECT_FALSE(follower_->wait_until(1, {}));
  refuse_at(1'000'001, 1'000'000);
  write_notes(1);
  wait_for_refusals(1);
  EXPECT_FALSE(follower_->wait_until(1, {})) << "followed, but not settled";
  refuse_at(1'000'001, 0);
  EXPECT_TRUE(follower_->wait_until(1, kPatience));
}

TEST_F(Following, ReadsSealedPartsWhereTheyAreAskedFor) {
  write_notes(1);
  for (const bool with_sealed : {false, true}) {
    bool sealed = false;
    auto parts = Following::parts();
    parts.feed = std::make_shared<LocalFeed>(*log_, with_sealed);
    parts.reaction.follow = [&](const log::Record& record) -> Result<void> {
      sealed = record.sealed.has_value();
      return {};
    };
    parts.reaction.settle = [](bool) -> Result<uint64_t> { return 1; };
    Follower follower(std::move(parts));
    ASSERT_TRUE(follower.wait_until(1, kPatience));
    EXPECT_EQ(sealed, with_sealed);
  }
}

}  // namespace
}  // namespace mash::feed
