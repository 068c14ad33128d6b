#include "log/disk_room.h"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <set>
#include <string>
#include <vector>

#include "log/blob.h"
#include "log/testing/temp_log.h"

namespace mash::log {
namespace {

using ::testing::ElementsAre;
using testing::TempLog;
using testing::write_note;

constexpr uint64_t kMin = 1'000'000;

// A log on a disk with as much room as the test says.
class ShortDisk : public ::testing::Test {
 protected:
  ShortDisk() { EXPECT_TRUE(log_.reopen(options()).has_value()); }

  LogOptions options() {
    LogOptions options = log_.options();
    options.room = {.free_bytes_min = kMin,
                    .free_bytes = [this] { return free_.load(); },
                    .on_change = [this](bool is_short) { told_.push_back(is_short); }};
    return options;
  }
  Result<Appended> write(const std::string& request = {}) {
    return write_note(*log_, {.case_id = case_, .request_id = request});
  }
  Result<Appended> look() {
    std::promise<Result<Appended>> answered;
    handle(
        *log_, {.context = {.actor = testing::triage_officer()}, .is_look = true},
        [&](UnitOfWork& unit) { return unit.add({"look/1", case_}, testing::v1::NoteEvent()); },
        [&](Result<Appended> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }
  static void expect_full(const auto& result) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().reason, "DISK_FULL");
    EXPECT_EQ(result.error().code, Code::kResourceExhausted);
  }

  std::atomic<uint64_t> free_ = kMin;
  std::vector<bool> told_;
  TempLog log_;
  const std::string case_ = log_.fresh_case();
};

TEST_F(ShortDisk, TakesNoCommandsGoesOnReadingAndGoesOnByItself) {
  ASSERT_TRUE(write("r-1").has_value());
  free_ = kMin - 1;
  expect_full(write());
  EXPECT_EQ(log_->size(), 1U);
  EXPECT_TRUE(log_->read(0, true).has_value());
  EXPECT_TRUE(write("r-1")->repeated) << "what was taken before has its answer";
  EXPECT_TRUE(log_->stats().is_short_of_room);
  free_ = kMin;
  EXPECT_TRUE(write().has_value());
  EXPECT_FALSE(log_->stats().is_short_of_room);
  EXPECT_THAT(told_, ElementsAre(true, false));
}

TEST_F(ShortDisk, TakesLooksForLonger) {
  free_ = kMin / 2;
  expect_full(write());
  EXPECT_TRUE(look().has_value());
  free_ = kMin / 2 - 1;
  expect_full(look());
  EXPECT_EQ(log_->size(), 1U);
}

TEST_F(ShortDisk, TakesNoFiles) {
  BlobWriter blob(*log_, case_, log_->fresh_event_id(), 10);
  ASSERT_TRUE(blob.write("0123456789").has_value());
  free_ = kMin - 1;
  expect_full(blob.finish());
}

TEST_F(ShortDisk, IsNotOpenedAndNotTouched) {
  ASSERT_TRUE(write().has_value());
  log_.close();
  const auto files = [this] {
    std::set<std::string> names;
    for (const auto& file : std::filesystem::recursive_directory_iterator(log_.directory()))
      names.insert(file.path().string());
    return names;
  };
  const auto before = files();
  free_ = kMin / 4 - 1;
  expect_full(log_.reopen(options()));
  EXPECT_EQ(files(), before);
  free_ = kMin / 4;
  ASSERT_TRUE(log_.reopen(options()).has_value());
  EXPECT_EQ(log_->size(), 1U);
  expect_full(write());
}

TEST(DiskRoom, IsAskedOfTheFileSystem) {
  const TempLog log;
  DiskRoom room(log.directory(), {.free_bytes_min = uint64_t{1} << 60});
  EXPECT_GT(room.free_bytes(), 0U);
  EXPECT_LT(room.free_bytes(), uint64_t{1} << 60);
  EXPECT_FALSE(room.check(DiskRoom::Need::kOpening).has_value());
  EXPECT_TRUE(DiskRoom(log.directory(), {}).check(DiskRoom::Need::kCommand).has_value());
}

}  // namespace
}  // namespace mash::log
