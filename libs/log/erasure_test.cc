#include "log/erasure.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "log/store.h"
#include "log/testing/temp_log.h"
#include "log/verify.h"

namespace mash::log {
namespace {

using testing::TempLog;
using testing::write_note;

// Whether these bytes are in any file of the log.
bool on_disk(const std::filesystem::path& directory, const std::string& bytes) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ostringstream file;
    file << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    if (file.str().find(bytes) != std::string::npos) return true;
  }
  return false;
}

TEST(Erasure, LeavesNoByteOfASealedPartInAnyFile) {
  TempLog log;
  const auto case_id = log.fresh_case();
  const auto kept_case = log.fresh_case();
  for (int i = 0; i < 20; ++i) {
    write_note(*log, {.stream = "notebook/a", .case_id = case_id}).value();
    write_note(*log, {.stream = "notebook/b", .case_id = kept_case}).value();
  }
  const auto in_table = log->read(4, true)->sealed->ciphertext();
  ASSERT_TRUE(log->store().flush().has_value());
  write_note(*log, {.stream = "notebook/a", .case_id = case_id}).value();
  const auto in_write_ahead_log = log->read(40, true)->sealed->ciphertext();
  const auto kept = log->read(5, true)->sealed->ciphertext();
  ASSERT_TRUE(on_disk(log.directory(), in_table));
  ASSERT_TRUE(on_disk(log.directory(), in_write_ahead_log));

  EXPECT_EQ(log->erase_sealed(case_id).value(), 21u);
  EXPECT_FALSE(on_disk(log.directory(), in_table));
  EXPECT_FALSE(on_disk(log.directory(), in_write_ahead_log));
  EXPECT_TRUE(on_disk(log.directory(), kept));
  EXPECT_TRUE(log->store().erased(case_id).value());
  EXPECT_FALSE(log->store().erased(kept_case).value());
}

TEST(Erasure, KeepsTheRecordsAndTheirProofs) {
  TempLog log;
  const auto case_id = log.fresh_case();
  for (int i = 0; i < 5; ++i) write_note(*log, {.case_id = case_id}).value();
  const auto head = log->head();
  EXPECT_EQ(log->erase_sealed(case_id).value(), 5u);
  EXPECT_EQ(log->head(), head);
  const auto record = log->read(2, true).value();
  EXPECT_TRUE(record.has_personal());
  EXPECT_FALSE(record.sealed.has_value());
  ASSERT_TRUE(log.reopen().has_value());
  const auto report = verify(*log, {.with_views = true}).value();
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(report.erased_parts, 5u);
}

TEST(Erasure, OfAKeyThatSealedNothingIsDone) {
  TempLog log;
  EXPECT_EQ(log->erase_sealed(log.fresh_case()).value(), 0u);
}

TEST(Erasure, ASealedPartThatIsOnlyGoneIsNotTakenForErased) {
  TempLog log;
  const auto case_id = log.fresh_case();
  write_note(*log, {.case_id = case_id}).value();
  auto& store = log->store();
  ASSERT_TRUE(store.db().Delete({}, store.family(kSealed), position_key(0)).ok());
  EXPECT_EQ(verify(*log, {})->faults.at(0).reason, "SEALED_PART_MISSING");
}

}  // namespace
}  // namespace mash::log
