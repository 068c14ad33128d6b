#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "log/testing/temp_log.h"

// A log on a file system that is really full (on_small_disk.sh): what it refuses, what it loses
// (nothing that it acknowledged), and how it goes on.
namespace mash::testing {
namespace {

namespace fs = std::filesystem;
using log::testing::TempLog;
using log::testing::write_note;
using ::testing::HasSubstr;

constexpr uint64_t kKeptFree = 24 << 20;

class FullDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* mounted = std::getenv("MASH_SMALL_DISK");
    if (mounted == nullptr) GTEST_SKIP() << "no small file system can be mounted here";
    disk_ = mounted;
    fs::create_directory(disk_ / "log");
  }
  void TearDown() override {
    log_.close();
    if (disk_.empty()) return;
    fs::remove_all(disk_ / "log");
    fs::remove(filler());
  }

  fs::path filler() const { return disk_ / "filler"; }
  uint64_t room() const { return fs::space(disk_).available; }
  // Leaves so much, whatever else there is.
  void fill_but(uint64_t bytes) const {
    const std::string block(64 << 10, 'x');
    std::ofstream file(filler(), std::ios::app);
    while (file && room() > bytes)
      file.write(block.data(),
                 static_cast<std::streamsize>(std::min<uint64_t>(block.size(), room() - bytes)))
          .flush();
  }
  Result<void> open(uint64_t kept_free) {
    log::LogOptions options = log_.options();
    options.directory = disk_ / "log";
    options.room = {.free_bytes_min = kept_free};
    options.memtable_bytes = 1 << 20;
    options.on_fatal = [this](const std::string& diagnosis) { diagnosis_ = diagnosis; };
    return log_.reopen(std::move(options));
  }
  // Writes until it is refused, which it says.
  Error write_until_refused() {
    while (true) {
      auto written = write_note(*log_, {.stream = "notebook/" + std::to_string(taken_ % 50),
                                        .case_id = case_,
                                        .text = std::string(20'000, 'x')});
      if (!written) return written.error();
      ++taken_;
    }
  }
  void expect_all_that_was_taken() {
    ASSERT_GE(log_->size(), taken_);
    for (uint64_t position = 0; position < taken_; ++position) {
      const auto record = log_->read(position, true);
      ASSERT_TRUE(record.has_value()) << position << ": " << record.error().message;
      ASSERT_TRUE(record->sealed.has_value()) << position;
    }
  }

  fs::path disk_;
  std::string diagnosis_;
  TempLog log_;
  const std::string case_ = log_.fresh_case();
  uint64_t taken_ = 0;
};

TEST_F(FullDisk, IsNotFilledReadingGoesOnAndWithRoomWriting) {
  fill_but(70 << 20);
  ASSERT_TRUE(open(kKeptFree).has_value());
  EXPECT_EQ(write_until_refused().reason, "DISK_FULL");
  EXPECT_GT(taken_, 100U);
  EXPECT_GT(room(), kKeptFree / 2) << "it stopped where it should";
  EXPECT_EQ(diagnosis_, "");
  expect_all_that_was_taken();
  fs::remove(filler());
  const auto taken_before = taken_;
  fill_but(40 << 20);
  EXPECT_EQ(write_until_refused().reason, "DISK_FULL");
  EXPECT_GT(taken_, taken_before) << "it went on by itself";
  EXPECT_EQ(diagnosis_, "");
  ASSERT_TRUE(open(kKeptFree).has_value()) << "there is room enough for that";
  expect_all_that_was_taken();
}

// The room that it keeps free was taken by others: it stops by its own word, wherever RocksDB was.
TEST_F(FullDisk, ThatOthersHaveFilledStopsItAndLosesNothing) {
  for (const int room_left : {0, 1, 3, 5, 8, 11, 15}) {
    ASSERT_TRUE(open(0).has_value());
    diagnosis_.clear();
    for (int i = 0; i < 60 + room_left * 7; ++i)
      if (write_note(*log_, {.case_id = case_, .text = std::string(20'000, 'x')})) ++taken_;
    fill_but(static_cast<uint64_t>(room_left) << 20);
    EXPECT_EQ(write_until_refused().reason, "LOG_STOPPING");
    EXPECT_THAT(diagnosis_, HasSubstr("No space left")) << room_left;
    log_.close();
    fill_but(0);
    const auto refused = open(kKeptFree);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "DISK_FULL");
    fs::remove(filler());
    const auto opened = open(0);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    expect_all_that_was_taken();
    taken_ = log_->size();  // what was written and not acknowledged may be there
  }
}

}  // namespace
}  // namespace mash::testing
