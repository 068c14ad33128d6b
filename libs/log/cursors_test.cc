#include "log/cursors.h"

#include <gmock/gmock.h>
#include <rocksdb/db.h>

#include "log/backup.h"
#include "log/recover.h"
#include "log/store.h"
#include "log/testing/temp_log.h"
#include "log/verify.h"

namespace mash::log {
namespace {

namespace fs = std::filesystem;
using testing::Notebook;
using testing::TempLog;
using testing::triage_officer;
using Note = testing::v1::WriteNoteRequest;

const std::string kFeed = "mash/E10000013/referral";

class CursorsTest : public ::testing::Test {
 protected:
  // Follows the feed from one position to another, writing this many notes about it.
  Result<Appended> follow(uint64_t from, uint64_t to, int notes = 1, std::string state = {}) {
    CommandCall call{.context = {.actor = triage_officer(), .now = log_.clock().now()}};
    call.cursor = CursorMove{
        .feed = kFeed, .from = from, .to = {.epoch = 1, .position = to, .state = std::move(state)}};
    std::promise<Result<Appended>> answered;
    handle(
        *log_, call,
        [&](UnitOfWork& unit) {
          Result<void> written;
          for (int i = 0; i < notes && written; ++i)
            written = unit.decide<Notebook>({"notebook/1", case_}, Note{});
          return written;
        },
        [&](Result<Appended> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }

  // The log's files as they are now, as after a crash.
  fs::path copy(const std::string& name) {
    const fs::path to = log_.folder() / name;
    fs::create_directories(to);
    for (const auto& file : fs::directory_iterator(log_.directory()))
      if (file.path().filename() != "LOCK") fs::copy(file.path(), to / file.path().filename());
    return to;
  }

  // Takes away what earlier versions did not have.
  void make_old() {
    log_.close();
    auto store = Store::open({.directory = log_.directory(),
                              .block_cache_bytes = 1 << 20,
                              .memtable_bytes = 1 << 20,
                              .create = false})
                     .value();
    ASSERT_TRUE(store->db().DropColumnFamily(store->family(kCursors)).ok());
  }

  TempLog log_;
  std::string case_ = log_.fresh_case();
};

TEST_F(CursorsTest, AFeedNeverFollowedStandsAtItsBeginning) {
  EXPECT_EQ(log_->cursor(kFeed), Cursor{});
  EXPECT_TRUE(log_->cursors().empty());
}

TEST_F(CursorsTest, MoveWithTheEventsThatFollow) {
  ASSERT_TRUE(follow(0, 3, 2).has_value());
  EXPECT_EQ(log_->cursor(kFeed), (Cursor{.epoch = 1, .position = 3}));
  EXPECT_EQ(log_->size(), 2U);
}

TEST_F(CursorsTest, KeepWhatTheFeedMustKnowToGoOn) {
  ASSERT_TRUE(follow(0, 3, 1, "where Kafka has it").has_value());
  ASSERT_TRUE(log_.reopen().has_value());
  EXPECT_EQ(log_->cursor(kFeed),
            (Cursor{.epoch = 1, .position = 3, .state = "where Kafka has it"}));
}

TEST_F(CursorsTest, ThatHaveMovedRefuseWhatFollowsFromBefore) {
  ASSERT_TRUE(follow(0, 3).has_value());
  const auto again = follow(0, 3);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, Code::kAborted);
  EXPECT_EQ(again.error().reason, "CURSOR_MOVED");
  EXPECT_EQ(again.error().metadata.at("position"), "3");
  EXPECT_EQ(log_->size(), 1U) << "followed twice";
}

TEST_F(CursorsTest, OfTwoWhoFollowTheSameAtOnceOneIsRefused) {
  std::vector<std::future<Result<Appended>>> answers;
  for (int i = 0; i < 2; ++i) {
    const auto answered = std::make_shared<std::promise<Result<Appended>>>();
    answers.push_back(answered->get_future());
    Append append;
    append.cursor = CursorMove{.feed = kFeed, .from = 0, .to = {.epoch = 1, .position = 3}};
    log_->append(std::move(append),
                 [answered](Result<Appended> result) { answered->set_value(std::move(result)); });
  }
  EXPECT_TRUE(answers[0].get().has_value());
  EXPECT_EQ(answers[1].get().error().reason, "CURSOR_MOVED");
}

TEST_F(CursorsTest, MoveWithoutEvents) {
  ASSERT_TRUE(follow(0, 1'000, 0).has_value());
  EXPECT_EQ(log_->size(), 0U);
  ASSERT_TRUE(log_.reopen().has_value());
  EXPECT_EQ(log_->cursor(kFeed).position, 1'000U);
}

TEST_F(CursorsTest, StayWhereTheyWereWhenTheEventsAreRefused) {
  ASSERT_TRUE(testing::write_note(*log_, {.case_id = case_}).has_value());
  Append append;
  append.cursor = CursorMove{.feed = kFeed, .from = 0, .to = {.epoch = 1, .position = 3}};
  append.expectations.push_back({.stream = "notebook/1", .version = 0, .read_size = log_->size()});
  std::promise<Result<Appended>> answered;
  log_->append(std::move(append),
               [&](Result<Appended> result) { answered.set_value(std::move(result)); });
  EXPECT_EQ(answered.get_future().get().error().reason, "VERSION_CONFLICT");
  EXPECT_EQ(log_->cursor(kFeed), Cursor{});
  EXPECT_TRUE(follow(0, 3).has_value());
}

TEST_F(CursorsTest, MayGoBackWhereTheOtherLogLostWhatWasFollowed) {
  ASSERT_TRUE(follow(0, 9).has_value());
  ASSERT_TRUE(follow(9, 5, 0).has_value());
  EXPECT_EQ(log_->cursor(kFeed).position, 5U);
}

TEST_F(CursorsTest, AreWhatARecordSaysHadBeenSeenWhenItWasDecided) {
  ASSERT_TRUE(follow(0, 42).has_value());
  EXPECT_EQ(log_->read(0)->body.seen_size(), 0) << "nothing had been followed before it";
  ASSERT_TRUE(testing::write_note(*log_, {.case_id = case_}).has_value());
  const auto body = log_->read(1)->body;
  ASSERT_EQ(body.seen_size(), 1);
  EXPECT_EQ(body.seen(0).origin(), kFeed + "/1");
  EXPECT_EQ(body.seen(0).size(), 42U);
}

TEST_F(CursorsTest, AreKnownAfterReopening) {
  ASSERT_TRUE(follow(0, 3).has_value());
  ASSERT_TRUE(log_.reopen().has_value());
  EXPECT_EQ(log_->cursor(kFeed), (Cursor{.epoch = 1, .position = 3}));
  EXPECT_EQ(follow(0, 3).error().reason, "CURSOR_MOVED");
  EXPECT_TRUE(follow(3, 4).has_value());
}

TEST_F(CursorsTest, AndTheEventsAreThereTogetherOrNotAtAllAfterACrashAnywhere) {
  auto options = log_.options();
  std::vector<fs::path> copies;
  bool watching = false;
  options.at_point = [&](std::string_view point) {
    if (watching)
      copies.push_back(copy("at-" + std::to_string(copies.size()) + std::string(point)));
  };
  ASSERT_TRUE(log_.reopen(std::move(options)).has_value());
  ASSERT_TRUE(follow(0, 10).has_value());
  watching = true;
  ASSERT_TRUE(follow(10, 20).has_value());
  watching = false;
  ASSERT_EQ(copies.size(), 3U);
  for (const auto& directory : copies) {
    auto after = log_.options();
    after.directory = directory;
    const auto log = EventLog::open(std::move(after)).value();
    EXPECT_EQ(log->cursor(kFeed).position, 10 * log->size()) << directory;
  }
}

TEST_F(CursorsTest, AreInABackupAndInTheNextEpoch) {
  ASSERT_TRUE(follow(0, 3).has_value());
  ASSERT_TRUE(backup(*log_, log_.folder() / "backup").has_value());
  EXPECT_TRUE(verify(*log_, {})->intact());
  auto options = log_.options();
  options.directory = log_.folder() / "restored";
  const auto restored = restore(log_.folder() / "backup", std::move(options), triage_officer(), {});
  ASSERT_TRUE(restored.has_value());
  EXPECT_EQ((**restored).cursor(kFeed), (Cursor{.epoch = 1, .position = 3}));
  EXPECT_EQ((**restored).read(1)->body.seen(0).size(), 3U);
}

TEST_F(CursorsTest, AStoreOfAnEarlierVersionGetsAPlaceForThem) {
  ASSERT_TRUE(testing::write_note(*log_, {.case_id = case_}).has_value());
  make_old();
  ASSERT_TRUE(log_.reopen().has_value());
  EXPECT_EQ(log_->size(), 1U);
  ASSERT_TRUE(follow(0, 3).has_value());
  ASSERT_TRUE(log_.reopen().has_value());
  EXPECT_EQ(log_->cursor(kFeed).position, 3U);
}

TEST_F(CursorsTest, AStoreOfAnEarlierVersionIsVerifiedAsItIs) {
  ASSERT_TRUE(testing::write_note(*log_, {.case_id = case_}).has_value());
  make_old();
  const auto report = verify_directory(log_.directory(), {});
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->intact());
  EXPECT_EQ(report->head.size, 1U);
}

TEST_F(CursorsTest, OfTheWrongLengthAreRefused) {
  log_.close();
  {
    const auto store = Store::open({.directory = log_.directory(),
                                    .block_cache_bytes = 1 << 20,
                                    .memtable_bytes = 1 << 20,
                                    .create = false})
                           .value();
    ASSERT_TRUE(store->db().Put({}, store->family(kCursors), kFeed, "short").ok());
  }
  EXPECT_EQ(log_.reopen().error().reason, "STORE_CORRUPT");
}

}  // namespace
}  // namespace mash::log
