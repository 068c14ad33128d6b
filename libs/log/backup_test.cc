#include "log/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "log/handle.h"
#include "log/prover.h"
#include "log/testing/temp_log.h"
#include "log/verify.h"

namespace mash::log {
namespace {
namespace fs = std::filesystem;

using testing::TempLog;
using testing::write_note;
using testing::write_note_async;

void write_notes(EventLog& log, const std::string& case_id, int count) {
  for (int i = 0; i < count; ++i)
    write_note(log, {.stream = "notebook/" + std::to_string(i), .case_id = case_id}).value();
}

merkle::Checkpoint checkpoint_of(EventLog& log) {
  return {.origin = log.origin(), .size = log.head().size, .root = log.head().root};
}

TEST(Backup, HoldsTheLogAsItIs) {
  TempLog log;
  write_notes(*log, log.fresh_case(), 30);
  const auto head = backup(*log, log.folder() / "backup").value();
  EXPECT_EQ(head, log->head());
  const auto report = verify_directory(log.folder() / "backup", {}).value();
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(report.head, head);
  EXPECT_EQ(backup(*log, log.folder() / "backup").error().reason, "BACKUP_EXISTS");
}

TEST(Backup, TakenWhileTheLogGrowsIsWhole) {
  TempLog log;
  const auto case_id = log.fresh_case();
  std::atomic<bool> enough{false};
  std::thread writer([&] {
    for (int i = 0; !enough; ++i)
      write_note(*log, {.stream = "notebook/" + std::to_string(i % 97), .case_id = case_id})
          .value();
  });
  for (int i = 0; i < 5; ++i) {
    const auto into = log.folder() / ("backup-" + std::to_string(i));
    const uint64_t before = log->size();
    const auto head = backup(*log, into);
    EXPECT_TRUE(head.has_value()) << head.error().message;
    if (!head) break;
    EXPECT_GE(head->size, before);
    const auto report = verify_directory(into, {}).value();
    EXPECT_TRUE(report.intact()) << report.faults.at(0).message;
    EXPECT_EQ(report.head, *head);
  }
  enough = true;
  writer.join();
}

TEST(Backup, OfALogThatIsStillEmptyIsTaken) {
  TempLog log;
  EXPECT_EQ(backup(*log, log.folder() / "backup")->size, 0u);
}

class Restore : public ::testing::Test {
 protected:
  Restore() {
    write_notes(*log_, case_, 30);
    kept_ = backup(*log_, folder()).value();
    write_notes(*log_, case_, 5);
    lost_ = log_->head();
    checkpoint_ = checkpoint_of(*log_);
    log_.close();
  }

  fs::path folder() const { return log_.folder() / "backup"; }
  Result<std::unique_ptr<EventLog>> restore_it(const std::optional<Head>& last_known = {}) {
    return restore(folder(), log_.options(), {.agency = "operator"}, last_known);
  }

  TempLog log_;
  const std::string case_ = log_.fresh_case();
  Head kept_;
  Head lost_;
  merkle::Checkpoint checkpoint_;
};

TEST_F(Restore, OpensANewEpochThatCitesTheLastHeadKnown) {
  fs::remove_all(log_.directory());
  auto restored = restore_it(lost_);
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  log_.adopt(std::move(*restored));
  EXPECT_EQ(log_->origin(), "mash/E10000013/notes/2");
  EXPECT_EQ(log_->size(), kept_.size + 1);
  const auto event =
      public_events<v1::LogEvent>({log_->read(kept_.size).value()}).value().front().epoch_opened();
  EXPECT_EQ(event.size_kept(), kept_.size);
  EXPECT_EQ(event.previous_size(), lost_.size);
  EXPECT_EQ(event.previous_root(), merkle::bytes_of(lost_.root));
  EXPECT_EQ(event.reason(), v1::EPOCH_REASON_RESTORED);
  write_notes(*log_, case_, 10);
  EXPECT_TRUE(verify(*log_, {.with_views = true})->intact());
  EXPECT_FALSE(fs::exists(log_.directory().string() + ".restoring"));
}

TEST_F(Restore, WithoutAnotherHeadCitesTheBackupsOwn) {
  fs::remove_all(log_.directory());
  log_.adopt(restore_it().value());
  const auto event =
      public_events<v1::LogEvent>({log_->read(kept_.size).value()}).value().front().epoch_opened();
  EXPECT_EQ(event.previous_size(), kept_.size);
  EXPECT_EQ(log_->head().epoch, 2u);
}

TEST_F(Restore, IsRefusedOverALog) { EXPECT_EQ(restore_it().error().reason, "LOG_EXISTS"); }

TEST_F(Restore, OfADamagedBackupIsRefusedAndLeavesNothing) {
  fs::remove_all(log_.directory());
  int tables = 0;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() != ".sst") continue;
    ++tables;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(entry.file_size() / 3));
    file.put('~');
    file.put('~');
  }
  ASSERT_GT(tables, 0);
  const auto refused = restore_it();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kDataLoss);
  EXPECT_FALSE(fs::exists(log_.directory()));
}

TEST_F(Restore, OfACopyCutShortBeforeStartsAgain) {
  fs::remove_all(log_.directory());
  fs::create_directories(log_.directory().string() + ".restoring/half");
  EXPECT_TRUE(restore_it(lost_).has_value());
}

// Put in place by hand, a backup is a log that opens: nothing in it says what came after. What is
// kept elsewhere does.
TEST_F(Restore, ABackupPutInPlaceByHandIsFoundByACheckpointKeptElsewhere) {
  fs::remove_all(log_.directory());
  fs::copy(folder(), log_.directory());
  const auto behind = verify_directory(log_.directory(), {.known = checkpoint_}).value();
  ASSERT_FALSE(behind.intact());
  EXPECT_EQ(behind.faults[0].reason, "LOG_BEHIND_HEAD");
  EXPECT_EQ(behind.faults[0].position, kept_.size);

  // It grew since, past the checkpoint: other records stand there now.
  ASSERT_TRUE(log_.reopen().has_value());
  EXPECT_EQ(log_->head(), kept_);
  write_notes(*log_, case_, 20);
  log_.close();
  const auto forked = verify_directory(log_.directory(), {.known = checkpoint_}).value();
  ASSERT_FALSE(forked.intact());
  EXPECT_EQ(forked.faults[0].reason, "CHECKPOINT_MISMATCH");
}

TEST_F(Restore, ABackupPutUnderTheNewerHeadFileIsRefused) {
  fs::copy(log_.directory() / "head", log_.folder() / "newer-head");
  fs::remove_all(log_.directory());
  fs::copy(folder(), log_.directory());
  fs::rename(log_.folder() / "newer-head", log_.directory() / "head");
  EXPECT_EQ(log_.reopen().error().reason, "LOG_BEHIND_HEAD");
}

}  // namespace
}  // namespace mash::log
