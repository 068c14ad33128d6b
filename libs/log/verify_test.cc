#include "log/verify.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <latch>
#include <map>
#include <thread>

#include "log/store.h"
#include "log/testing/temp_log.h"

namespace mash::log {
namespace {

using testing::TempLog;
using testing::write_note;
using testing::write_note_async;

// Writes many notes, over several streams of one case, and waits for all.
void write_notes(EventLog& log, const std::string& case_id, int count) {
  std::latch all(count);
  for (int i = 0; i < count; ++i)
    write_note_async(log, {.stream = "notebook/" + std::to_string(i), .case_id = case_id},
                     [&](const Result<Appended>& result) {
                       EXPECT_TRUE(result.has_value());
                       all.count_down();
                     });
  all.wait();
}

std::string faults_of(const VerifyReport& report) {
  std::string out;
  for (const auto& fault : report.faults)
    out += fault.reason + " at " + std::to_string(fault.position) + "; ";
  return out;
}

merkle::Checkpoint checkpoint_of(EventLog& log) {
  return {.origin = log.origin(), .size = log.head().size, .root = log.head().root};
}

TEST(Verify, FindsNothingWrongWithALogOfAnySize) {
  TempLog log;
  const auto case_id = log.fresh_case();
  for (const int more : {0, 1, 254, 1, 1, 300}) {  // 0, 1, 255, 256, 257 and 557 records
    if (more > 0) write_notes(*log, case_id, more);
    for (const unsigned threads : {1u, 2u}) {
      const auto report = verify(*log, {.threads = threads, .with_views = true}).value();
      EXPECT_TRUE(report.intact()) << faults_of(report);
      EXPECT_EQ(report.head, log->head());
      EXPECT_EQ(report.sealed_parts, log->size());
    }
    ASSERT_TRUE(log.reopen().has_value());
  }
}

TEST(Verify, FindsNothingWrongWhileTheLogGrows) {
  TempLog log;
  const auto case_id = log.fresh_case();
  std::atomic<bool> enough{false};
  std::thread writer([&] {
    for (int i = 0; !enough; ++i)
      write_note_async(*log, {.stream = "notebook/" + std::to_string(i % 997), .case_id = case_id},
                       [](const Result<Appended>&) {});
  });
  uint64_t last = 0;
  int looks = 0;
  while (looks < 12 || last < 1'500) {
    const auto report = verify(*log, {.with_views = looks % 4 == 0}).value();
    ASSERT_TRUE(report.intact()) << faults_of(report);
    last = report.head.size;
    ++looks;
  }
  enough = true;
  writer.join();
}

TEST(Verify, KnowsWhatIsErasedWhileItLooks) {
  TempLog log;
  std::vector<std::string> cases;
  for (int i = 0; i < 20; ++i) cases.push_back(log.fresh_case());
  for (const auto& case_id : cases)
    for (int i = 0; i < 3; ++i)
      write_note(*log, {.stream = "notebook/" + case_id, .case_id = case_id}).value();
  std::atomic<bool> erased{false};
  std::thread eraser([&] {
    for (const auto& case_id : cases) EXPECT_EQ(log->erase_sealed(case_id).value(), 3u);
    erased = true;
  });
  do {
    const auto report = verify(*log, {}).value();
    EXPECT_TRUE(report.intact()) << faults_of(report);
  } while (!erased);
  eraser.join();
  EXPECT_EQ(verify(*log, {})->erased_parts, 60u);
}

TEST(Verify, HoldsTheLogAgainstACheckpointKeptElsewhere) {
  TempLog log;
  const auto case_id = log.fresh_case();
  write_notes(*log, case_id, 300);
  const auto known = checkpoint_of(*log);
  write_notes(*log, case_id, 300);
  EXPECT_TRUE(verify(*log, {.known = known})->intact());

  auto beyond = checkpoint_of(*log);
  beyond.size += 1;
  EXPECT_EQ(faults_of(verify(*log, {.known = beyond}).value()), "LOG_BEHIND_HEAD at 600; ");
  auto another = known;
  another.root[0] ^= 1;
  EXPECT_EQ(faults_of(verify(*log, {.known = another}).value()), "CHECKPOINT_MISMATCH at 299; ");
}

TEST(Verify, NamesAMissingRecordASealedPartAndAnIndexEntry) {
  TempLog log;
  write_notes(*log, log.fresh_case(), 20);
  auto& store = log->store();
  const auto remove = [&](Family family, const std::string& key) {
    ASSERT_TRUE(store.db().Delete({}, store.family(family), key).ok());
  };
  remove(kIndex, stream_key(hash_stream("notebook/3"), 1));
  EXPECT_EQ(faults_of(verify(*log, {}).value()), "INDEX_MISMATCH at 0; ");
  remove(kSealed, position_key(11));
  EXPECT_TRUE(faults_of(verify(*log, {}).value()).starts_with("SEALED_PART_MISSING at 11; "));
  remove(kRecords, position_key(7));
  EXPECT_TRUE(faults_of(verify(*log, {}).value())
                  .starts_with("RECORD_UNREADABLE at 7; SEALED_PART_MISSING at 11; "));
}

TEST(Verify, KeepsTheFirstFaultsWhenThereAreMany) {
  TempLog log;
  write_notes(*log, log.fresh_case(), 300);
  auto& store = log->store();
  for (uint64_t position = 299; position >= 5; --position)
    ASSERT_TRUE(store.db().Delete({}, store.family(kRecords), position_key(position)).ok());
  const auto report = verify(*log, {.faults_max = 3}).value();
  EXPECT_EQ(faults_of(report),
            "RECORD_UNREADABLE at 5; RECORD_UNREADABLE at 6; RECORD_UNREADABLE at 7; ");
}

TEST(Verify, StopsWhenItIsTold) {
  TempLog log;
  write_notes(*log, log.fresh_case(), 10);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(verify(*log, {.stop = stop.get_token()}).error().reason, "VERIFY_STOPPED");
}

TEST(Verify, ReportsItsProgress) {
  TempLog log;
  write_notes(*log, log.fresh_case(), 10);
  uint64_t done = 0;
  verify(*log, {.progress = [&](uint64_t now, uint64_t total) {
    done = now;
    EXPECT_EQ(total, 10u);
  }}).value();
  EXPECT_EQ(done, 10u);
}

TEST(Verify, OfADirectoryWantsALogAtRest) {
  TempLog log;
  write_notes(*log, log.fresh_case(), 10);
  const auto head = log->head();
  EXPECT_EQ(verify_directory(log.directory(), {}).error().reason, "LOG_IN_USE");
  log.close();
  const auto report = verify_directory(log.directory(), {}).value();
  EXPECT_TRUE(report.intact()) << faults_of(report);
  EXPECT_EQ(report.head, head);
  EXPECT_EQ(report.name, "mash/E10000013/notes");
  EXPECT_EQ(verify_directory(log.folder() / "nothing", {}).error().reason, "LOG_MISSING");
}

TEST(Verify, OfADirectoryReadsTheWriteAheadLogAndLeavesAllFilesAsTheyAre) {
  TempLog log;
  write_notes(*log, log.fresh_case(), 10);
  const auto copy = log.folder() / "copy";
  std::filesystem::copy(log.directory(), copy);  // what was written last is in no table yet
  const auto files = [&] {
    std::map<std::string, std::pair<uintmax_t, std::filesystem::file_time_type>> found;
    for (const auto& file : std::filesystem::directory_iterator(copy))
      found[file.path().filename()] = {file.file_size(), file.last_write_time()};
    return found;
  };
  const auto before = files();
  const auto report = verify_directory(copy, {}).value();
  EXPECT_TRUE(report.intact()) << faults_of(report);
  EXPECT_EQ(report.head, log->head());
  EXPECT_EQ(files(), before);
}

}  // namespace
}  // namespace mash::log
