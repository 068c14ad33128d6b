#include "vault/store_notes.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "vault/testing/temp_vault.h"

namespace mash::vault {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class StoreNotes : public ::testing::Test {
 protected:
  std::string noted(const char* file = "LOG") const {
    std::ostringstream all;
    all << std::ifstream(folder_.path() / file).rdbuf();
    return all.str();
  }
  testing::TempFolder folder_;
};

TEST_F(StoreNotes, AreLinesInTheStoresFolderWhichGoOn) {
  rocksdb::Log(store_notes(folder_.path()), "one of %d", 2);
  const auto notes = store_notes(folder_.path());
  rocksdb::Warn(notes, "two of %d\n", 2);
  EXPECT_THAT(noted(), HasSubstr("Z one of 2\n"));
  EXPECT_THAT(noted(), HasSubstr("[WARN] two of 2\n"));
}

TEST_F(StoreNotes, BelowTheLevelAreNone) {
  rocksdb::Log(store_notes(folder_.path(), rocksdb::WARN_LEVEL), "names an entry");
  EXPECT_THAT(noted(), Not(HasSubstr("entry")));
}

TEST_F(StoreNotes, AreBounded) {
  const auto notes = store_notes(folder_.path());
  const std::string line(4'000, 'x');
  for (int i = 0; i < 2'000; ++i) rocksdb::Log(notes, "%s %d", line.c_str(), i);
  EXPECT_LE(fs::file_size(folder_.path() / "LOG"), 3U << 20);
  EXPECT_LE(fs::file_size(folder_.path() / "LOG.old"), 3U << 20);
  EXPECT_THAT(noted() + noted("LOG.old"), HasSubstr(" 1999\n"));
}

TEST_F(StoreNotes, TooLongForALineAreCut) {
  rocksdb::Log(store_notes(folder_.path()), "%s", std::string(10'000, 'x').c_str());
  EXPECT_THAT(noted(), ::testing::EndsWith("xx\n"));
  EXPECT_LT(noted().size(), 5'000U);
}

TEST_F(StoreNotes, OnAFullDiskAreLostAndNothingElse) {
  fs::create_symlink("/dev/full", folder_.path() / "LOG");
  const auto notes = store_notes(folder_.path());
  for (int i = 0; i < 1'000; ++i) rocksdb::Log(notes, "note %d", i);
}

TEST_F(StoreNotes, WithoutAFolderAreNone) { rocksdb::Log(store_notes({}), "nothing"); }

}  // namespace
}  // namespace mash::vault
