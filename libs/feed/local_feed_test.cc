#include "feed/local_feed.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <thread>

#include "log/recover.h"
#include "log/testing/temp_log.h"

namespace mash::feed {
namespace {

namespace fs = std::filesystem;
using log::testing::TempLog;
using log::testing::write_note;

constexpr auto kPatience = std::chrono::seconds(30);

std::vector<uint64_t> positions(const std::vector<log::Record>& records) {
  std::vector<uint64_t> positions;
  for (const auto& record : records) positions.push_back(record.prefix.position);
  return positions;
}

class GoingOn : public ::testing::Test {
 protected:
  // Five records, of which an older copy is kept, and three more.
  GoingOn() {
    write_notes(5);
    log_.close();
    fs::copy(log_.directory(), log_.folder() / "older");
    EXPECT_TRUE(log_.reopen().has_value());
    write_notes(3);
  }
  log::Cursor at(uint64_t position) { return {.epoch = log_->head().epoch, .position = position}; }
  void write_notes(int count) {
    for (int i = 0; i < count; ++i) write_note(*log_, {.case_id = case_}).value();
  }
  // The log as an older copy has it, in a new epoch: its first record stands at 5.
  void lose_the_end() {
    log_.close();
    fs::remove(log_.folder() / "older" / "head");
    fs::copy(log_.directory() / "head", log_.folder() / "older" / "head");
    fs::remove_all(log_.directory());
    fs::rename(log_.folder() / "older", log_.directory());
    const auto plan = log::plan_recovery(log_.directory(), {}).value();
    log_.adopt(log::recover(log_.options(), plan, log::testing::triage_officer()).value());
  }

  TempLog log_;
  std::string case_ = log_.fresh_case();
};

TEST_F(GoingOn, BeginsAtTheBeginningWhereNothingWasFollowed) {
  EXPECT_EQ(go_on_from(*log_, {}).value(), 0U);
}

TEST_F(GoingOn, StandsWhereItStood) {
  EXPECT_EQ(go_on_from(*log_, at(7)).value(), 7U);
  EXPECT_EQ(go_on_from(*log_, at(8)).value(), 8U);
}

TEST_F(GoingOn, StandsWhereItStoodWhenWhatWasLostHadNotBeenFollowed) {
  const auto before = at(4);
  const auto last = at(5);
  lose_the_end();
  EXPECT_EQ(go_on_from(*log_, before).value(), 4U);
  EXPECT_EQ(go_on_from(*log_, last).value(), 5U);
}

TEST_F(GoingOn, GoesBackToTheFirstRecordThatTookThePlaceOfOneFollowed) {
  const auto middle = at(6);
  const auto all = at(8);
  lose_the_end();
  write_notes(1);
  EXPECT_EQ(go_on_from(*log_, middle).value(), 5U);
  EXPECT_EQ(go_on_from(*log_, all).value(), 5U);
  write_notes(10);
  EXPECT_EQ(go_on_from(*log_, all).value(), 5U);
}

TEST_F(GoingOn, HandsOutWhatThereIsAndThenNothing) {
  LocalFeed feed(*log_);
  ASSERT_EQ(feed.go_on_from(at(6)).value(), 6U);
  const Batch batch = feed.next(kPatience).value();
  EXPECT_THAT(positions(batch.records), ::testing::ElementsAre(6, 7));
  EXPECT_TRUE(batch.complete);
  const Batch nothing = feed.next({}).value();
  EXPECT_THAT(nothing.records, ::testing::IsEmpty());
  EXPECT_EQ(feed.cursor_at(8), at(8));
  EXPECT_EQ(feed.log(), log_->name());
}

TEST_F(GoingOn, HandsOutALongLogInParts) {
  write_notes(300);
  LocalFeed feed(*log_);
  ASSERT_TRUE(feed.go_on_from({}).has_value());
  EXPECT_FALSE(feed.next(kPatience)->complete);
  EXPECT_TRUE(feed.next(kPatience)->complete);
}

TEST_F(GoingOn, IsWokenByWhoeverInterrupts) {
  LocalFeed feed(*log_);
  ASSERT_TRUE(feed.go_on_from(at(8)).has_value());
  std::jthread interrupting([&] { feed.interrupt(); });
  EXPECT_THAT(feed.next(kPatience)->records, ::testing::IsEmpty());
}

TEST_F(GoingOn, ReadsOneStreamBetweenTwoPositions) {
  LocalFeed feed(*log_);
  const std::string stream = log_->read(0)->body.stream();
  EXPECT_THAT(positions(feed.read_stream(stream, 2, 5).value()), ::testing::ElementsAre(2, 3, 4));
  EXPECT_THAT(feed.read_stream("notebook/none", 0, 5).value(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace mash::feed
