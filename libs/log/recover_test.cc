#include "log/recover.h"

#include <gtest/gtest.h>

#include <fstream>

#include "log/testing/temp_log.h"

namespace mash::log {
namespace {
namespace fs = std::filesystem;

using testing::TempLog;
using testing::write_note;

// A log whose store lost its last three records: an older copy of it under the newer head file.
class Recover : public ::testing::Test {
 protected:
  Recover() {
    write_notes(5);
    kept_ = log_->head();
    log_.close();
    fs::copy(log_.directory(), log_.folder() / "older");
    EXPECT_TRUE(log_.reopen().has_value());
    write_notes(3);
    last_ = log_->head();
    log_.close();
  }

  void write_notes(int count) {
    for (int i = 0; i < count; ++i) write_note(*log_, {.case_id = case_}).value();
  }
  void lose_the_end() {
    fs::remove(log_.folder() / "older" / "head");
    fs::copy(log_.directory() / "head", log_.folder() / "older" / "head");
    fs::remove_all(log_.directory());
    fs::rename(log_.folder() / "older", log_.directory());
  }
  RecoveryPlan plan(const std::optional<Head>& known = {}) {
    return plan_recovery(log_.directory(), known).value();
  }

  TempLog log_;
  const std::string case_ = log_.fresh_case();
  Head kept_;
  Head last_;
};

TEST_F(Recover, AHealthyLogHasNothingToRecover) {
  const auto found = plan();
  EXPECT_EQ(found.problem, "");
  EXPECT_EQ(found.kept, last_);
  EXPECT_EQ(found.last_known, last_);
  EXPECT_EQ(found.lost(), 0u);
  EXPECT_EQ(found.name, "mash/E10000013/notes");
}

TEST_F(Recover, ShowsWhatIsKeptAndLostAndChangesNothing) {
  lose_the_end();
  for (int twice = 0; twice < 2; ++twice) {
    const auto found = plan();
    EXPECT_NE(found.problem, "");
    EXPECT_EQ(found.kept, kept_);
    EXPECT_EQ(found.last_known, last_);
    EXPECT_EQ(found.lost(), 3u);
  }
  EXPECT_FALSE(fs::exists(log_.directory().string() + ".trial"));
  EXPECT_EQ(log_.reopen().error().reason, "LOG_BEHIND_HEAD");
}

TEST_F(Recover, AHeadKnownElsewhereCountsWhenItIsNewer) {
  lose_the_end();
  Head elsewhere = last_;
  elsewhere.size += 2;
  EXPECT_EQ(plan(elsewhere).lost(), 5u);
  elsewhere.size = 1;
  EXPECT_EQ(plan(elsewhere).last_known, last_);
}

TEST_F(Recover, AHeadKnownElsewhereThatTheLogDoesNotHoldIsAProblem) {
  Head another = last_;
  another.root[5] ^= 1;
  EXPECT_NE(plan(another).problem, "");
}

TEST_F(Recover, OpensTheNextEpochAndKeepsIt) {
  lose_the_end();
  log_.adopt(recover(log_.options(), plan(), {.agency = "operator"}).value());
  EXPECT_EQ(log_->head().epoch, 2u);
  EXPECT_EQ(log_->size(), kept_.size + 1);
  EXPECT_EQ(log_->read(kept_.size)->body.actor().agency(), "operator");
  ASSERT_TRUE(log_.reopen().has_value());
  EXPECT_EQ(log_->head().epoch, 2u);
  write_notes(4);
  log_.close();
  // The next loss opens the third.
  const auto found = plan(Head{.epoch = 2, .size = 100, .root = {}});
  EXPECT_EQ(found.lost(), 100 - (kept_.size + 5));
  log_.adopt(recover(log_.options(), found, {.agency = "operator"}).value());
  EXPECT_EQ(log_->head().epoch, 3u);
  EXPECT_EQ(log_->read(log_->size() - 1)->prefix.epoch, 3u);
}

TEST_F(Recover, ADamagedHeadFileIsPutAside) {
  std::ofstream(log_.directory() / "head", std::ios::binary) << std::string(8'192, '?');
  EXPECT_EQ(log_.reopen().error().reason, "HEAD_FILE_DAMAGED");
  const auto found = plan();
  EXPECT_NE(found.problem, "");
  EXPECT_EQ(found.kept, last_);
  log_.adopt(recover(log_.options(), found, {.agency = "operator"}).value());
  EXPECT_EQ(log_->head().epoch, 2u);
  EXPECT_TRUE(fs::exists(log_.directory() / "head.damaged"));
  EXPECT_TRUE(log_.reopen().has_value());
}

TEST_F(Recover, AStoreThatDoesNotAgreeWithItselfWantsABackup) {
  fs::resize_file(log_.directory() / "CURRENT", 3);
  EXPECT_EQ(plan_recovery(log_.directory(), {}).error().reason, "LOG_NOT_RECOVERABLE");
}

}  // namespace
}  // namespace mash::log
