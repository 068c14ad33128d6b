#include "feed/testing/follower_cases.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>

namespace mash::feed::testing {

using ::testing::ElementsAre;

namespace {

constexpr auto kRetry = std::chrono::milliseconds(1);

tl::unexpected<Error> not_now() {
  return refuse(Code::kUnavailable, "VAULT_AWAY", "The vault is away.");
}

}  // namespace

FollowerParts FollowerCases::parts(uint64_t from) {
  const log::Cursor stored{
      .epoch = from == 0 ? 0 : followed_log_->log().head().epoch, .position = from, .state = {}};
  return {.feed = followed_log_->feed(),
          .reaction = {.stored = [stored] { return stored; },
                       .begin = [](uint64_t) {},
                       .follow = [this](const log::Record& record) { return follow(record); },
                       .settle = [this](bool complete) { return settle(complete); }},
          .retry_after = kRetry,
          .in_background = false,
          .on_held_up = [this](const Result<void>& followed) {
            const std::lock_guard lock(mutex_);
            told_.push_back(followed ? "goes on" : followed.error().reason);
            changed_.notify_all();
          }};
}

void FollowerCases::start(uint64_t from) {
  followed_log_->publish();
  follower_.emplace(parts(from));
}

void FollowerCases::refuse_at(uint64_t position, int times) {
  const std::lock_guard lock(mutex_);
  refusing_ = position;
  refusals_ = times;
}

void FollowerCases::wait_for_refusals(int count) {
  std::unique_lock lock(mutex_);
  ASSERT_TRUE(changed_.wait_for(lock, kPatience, [&] { return refused_ >= count; }));
}

std::vector<std::string> FollowerCases::told() {
  const std::lock_guard lock(mutex_);
  return told_;
}

bool FollowerCases::refuses(uint64_t position) {
  const std::lock_guard lock(mutex_);
  if (position != refusing_ || refusals_ == 0) return false;
  --refusals_;
  ++refused_;
  changed_.notify_all();
  return true;
}

Result<void> FollowerCases::follow(const log::Record& record) {
  if (refuses(record.prefix.position)) return not_now();
  followed_.push_back(record.prefix.position);
  return {};
}

Result<uint64_t> FollowerCases::settle(bool complete) {
  const uint64_t position = followed_.empty() ? 0 : followed_.back() + 1;
  if (refuses(kSettling + position)) return not_now();
  settled_.push_back({position, complete});
  return position;
}

namespace {

TEST_P(FollowerCases, TakesEveryRecordInOrderFromWhereItBegins) {
  followed_log_->write(4);
  start(1);
  ASSERT_TRUE(has_followed());
  follower_.reset();
  EXPECT_THAT(followed_, ElementsAre(1, 2, 3));
}

TEST_P(FollowerCases, WakesWhenTheLogGrows) {
  start();
  for (int i = 0; i < 3; ++i) {
    followed_log_->write(1);
    ASSERT_TRUE(has_followed());
  }
  follower_.reset();
  EXPECT_THAT(followed_, ElementsAre(0, 1, 2));
}

TEST_P(FollowerCases, TriesWhatIsRefusedAgainAndSkipsNothing) {
  followed_log_->write(3);
  refuse_at(1, 3);
  start();
  ASSERT_TRUE(has_followed());
  follower_.reset();
  EXPECT_THAT(followed_, ElementsAre(0, 1, 2));
}

TEST_P(FollowerCases, TellsWhenItIsHeldUpAndWhenItGoesOn) {
  followed_log_->write(2);
  refuse_at(1, 5);
  start();
  ASSERT_TRUE(has_followed());
  followed_log_->write(1);
  ASSERT_TRUE(has_followed());
  follower_.reset();
  EXPECT_THAT(told(), ElementsAre("VAULT_AWAY", "goes on"));
}

TEST_P(FollowerCases, IsHeldUpUntilThatIsDone) {
  followed_log_->write(2);
  refuse_at(1, 1'000'000);
  start();
  wait_for_refusals(2);  // so the first was told
  EXPECT_TRUE(follower_->is_held_up());
  EXPECT_EQ(follower_->behind(), 1U) << "what lies before it is settled";
  refuse_at(1, 0);
  ASSERT_TRUE(has_followed());
  EXPECT_EQ(follower_->behind(), 0U);
}

TEST_P(FollowerCases, EndsWhileItIsHeldUp) {
  followed_log_->write(2);
  refuse_at(1, 1'000'000);
  start();
  wait_for_refusals(1);
  follower_.reset();
  EXPECT_THAT(followed_, ElementsAre(0));
}

TEST_P(FollowerCases, SettlesAgainWhatCouldNotBeWithoutFollowingItTwice) {
  followed_log_->write(2);
  refuse_at(kSettling + 2, 2);
  start();
  ASSERT_TRUE(has_followed());
  follower_.reset();
  EXPECT_THAT(followed_, ElementsAre(0, 1));
  EXPECT_THAT(settled_, ElementsAre(Settled{2, true}));
}

TEST_P(FollowerCases, SettlesOnTheWayAndWhenNothingIsLeft) {
  followed_log_->write_together(1'500);
  start();
  ASSERT_TRUE(has_followed());
  follower_.reset();
  EXPECT_THAT(settled_, ElementsAre(Settled{1'000, false}, Settled{1'500, true}));
}

TEST_P(FollowerCases, IsVisibleOnlyWhenSettled) {
  start();
  EXPECT_TRUE(follower_->wait_until(0, {}));
  EXPECT_FALSE(follower_->wait_until(1, {}));
  refuse_at(kSettling + 1, 1'000'000);
  followed_log_->write(1);
  wait_for_refusals(1);
  EXPECT_FALSE(follower_->wait_until(1, {})) << "followed, but not settled";
  refuse_at(kSettling + 1, 0);
  EXPECT_TRUE(follower_->wait_until(1, kPatience));
}

// Whoever asks for something besides has it done where nothing is half followed.
TEST_P(FollowerCases, DoesWhatItIsAskedBetweenTwoRecords) {
  followed_log_->write(2);
  start();
  ASSERT_TRUE(has_followed());
  std::promise<std::size_t> followed;
  const auto asked = follower_->ask([&](const Result<void>& begun) {
    EXPECT_TRUE(begun.has_value());
    followed.set_value(followed_.size());  // on its thread
  });
  ASSERT_TRUE(asked.has_value());
  EXPECT_EQ(followed.get_future().get(), 2U);
}

TEST_P(FollowerCases, DoesWhatItIsAskedWhileItIsHeldUp) {
  followed_log_->write(2);
  refuse_at(1, 1'000'000);
  start();
  wait_for_refusals(2);
  std::promise<bool> begun;
  const auto asked =
      follower_->ask([&](const Result<void>& is) { begun.set_value(is.has_value()); });
  ASSERT_TRUE(asked.has_value());
  EXPECT_TRUE(begun.get_future().get());
  refuse_at(1, 0);
  ASSERT_TRUE(has_followed());
}

TEST_P(FollowerCases, TakesABoundedNumberOfThingsToDo) {
  followed_log_->write(1);
  start();
  ASSERT_TRUE(has_followed());
  std::promise<void> go_on;
  std::atomic<int> done = 0;
  const auto waits = go_on.get_future().share();
  Result<void> asked = follower_->ask([waits, &done](const Result<void>&) {
    waits.wait();
    ++done;
  });
  int taken = 0;
  for (; taken < 1'000 && asked; ++taken)
    asked = follower_->ask([&done](const Result<void>&) { ++done; });
  ASSERT_FALSE(asked.has_value());
  EXPECT_EQ(asked.error().reason, "TOO_MANY_ASKED");
  go_on.set_value();
  follower_.reset();  // answers whoever still waits
  EXPECT_EQ(done, taken) << "the first, and all but the one that was refused";
}

}  // namespace
}  // namespace mash::feed::testing
