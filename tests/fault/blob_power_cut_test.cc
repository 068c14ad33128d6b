// The power goes at any change on the disk while files are written and cited. A file that was
// acknowledged is whole, a record that is there has its file, and of an upload that no record came
// to cite nothing is left.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>

#include "fault/chance.h"
#include "fault/fault_disk.h"
#include "fault/requests.h"
#include "log/blob.h"
#include "log/handle.h"
#include "log/testing/blobs.h"
#include "log/testing/notebook.h"
#include "log/verify.h"
#include "vault/testing/temp_vault.h"

namespace mash::fault {
namespace {

using log::testing::Notebook;

constexpr uint64_t kUploadsOfACycle = 8;
constexpr uint64_t kBytesMax = 3 * log::kBlobChunkBytes;
constexpr uint64_t kCyclesOfALog = 15;

std::string bytes_of(uint64_t number, uint64_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += "file " + std::to_string(number) + "\n";
  bytes.resize(size);
  return bytes;
}

class BlobPowerCut : public ::testing::Test {
 protected:
  log::LogOptions options() {
    auto options = workshop_.options();
    options.env = &disk_;
    // More than a cycle writes: RocksDB's own assertions stop the process where a flush in the
    // background meets a write-ahead log whose last write failed.
    options.memtable_bytes = 8 << 20;
    options.on_fatal = [](const std::string&) {};
    return options;
  }
  const std::string& case_id() const { return workshop_.place().case_id; }

  // Some are sent whole and cited, some are cut.
  Result<void> upload(log::EventLog& log) {
    const uint64_t number = next_++;
    const std::string bytes = bytes_of(number, 1 + chance_.below(kBytesMax));
    const Uuid id = log.fresh_event_id();
    log::BlobWriter writer(log, case_id(), id, bytes.size());
    const bool cut = chance_.below(4) == 0;
    const uint64_t sent = cut ? chance_.below(bytes.size()) : bytes.size();
    if (auto taken = writer.write(std::string_view(bytes).substr(0, sent)); !taken) return taken;
    if (cut) return {};
    auto blob = writer.finish();
    if (!blob) return tl::unexpected(blob.error());
    const auto appended = append(log, *blob);
    if (!appended) return tl::unexpected(appended.error());
    acknowledged_[appended->position] = bytes;
    return {};
  }

  Result<log::Appended> append(log::EventLog& log,
                               const std::shared_ptr<const log::PendingBlob>& blob) {
    log::testing::v1::WriteNoteRequest note;
    note.set_text("With a file.");
    std::promise<Result<log::Appended>> answered;
    log::handle(
        log, {.context = {.actor = {.agency = "health"}, .now = log.options().clock->now()}},
        [&](log::UnitOfWork& unit) {
          return unit.decide<Notebook>({"notebook/1", case_id()}, note, {blob});
        },
        [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }

  void write_until_dark() {
    const auto log = log::EventLog::open(options());
    if (!log) {
      ASSERT_TRUE(disk_.power_is_cut()) << log.error().reason << ": " << log.error().message;
      return;
    }
    for (uint64_t i = 0; i < kUploadsOfACycle; ++i)
      if (!upload(**log)) {
        ++cuts_;
        return;
      }
  }

  std::string read(const log::EventLog& log, const log::v1::Blob& blob) {
    log::BlobReader reader(log, case_id(), blob);
    std::string all;
    while (true) {
      const auto next = reader.next();
      EXPECT_TRUE(next.has_value()) << next.error().reason;
      if (!next || next->empty()) return all;
      all += *next;
    }
  }

  // Every record has its file, and nothing else lies there.
  void check(log::EventLog& log) {
    const auto report = log::verify(log, {});
    ASSERT_TRUE(report.has_value());
    ASSERT_TRUE(report->intact()) << report->faults.front().message;
    uint64_t chunks = 0;
    std::map<uint64_t, log::v1::Blob> cited;
    ASSERT_TRUE(log.scan({},
                         [&](log::Record&& record) {
                           for (const auto& blob : record.body.blobs()) {
                             chunks += log::chunks_of(blob.bytes());
                             cited[record.prefix.position] = blob;
                           }
                           return true;
                         })
                    .has_value());
    EXPECT_EQ(log::testing::stored_chunks(log), chunks);
    for (const auto& [position, bytes] : acknowledged_) {
      ASSERT_TRUE(cited.contains(position));
      EXPECT_TRUE(read(log, cited[position]) == bytes);
    }
  }

  void cycle() {
    disk_.cut_power_after(1 + chance_.below(160));
    write_until_dark();
    disk_.lose_unsynced();
    const auto log = log::EventLog::open(options());
    ASSERT_TRUE(log.has_value()) << log.error().reason << ": " << log.error().message;
    check(**log);
  }

  vault::testing::TempFolder folder_;
  Chance chance_;
  FaultDisk disk_{chance_.seed()};
  const Workshop workshop_{make_place(folder_.path())};
  std::map<uint64_t, std::string> acknowledged_;  // by position
  uint64_t next_ = 0;
  uint64_t cuts_ = 0;
};

TEST_F(BlobPowerCut, LeavesEveryRecordItsFileAndNoOther) {
  const uint64_t cycles = from_environment("MASH_FAULT_CYCLES", 120);
  uint64_t acknowledged = 0;
  for (uint64_t i = 0; i < cycles && !HasFailure(); ++i) {
    SCOPED_TRACE("cycle " + std::to_string(i));
    if (i % kCyclesOfALog == 0) {
      std::filesystem::remove_all(workshop_.place().log);
      acknowledged += acknowledged_.size();
      acknowledged_.clear();
    }
    cycle();
  }
  EXPECT_GT(acknowledged + acknowledged_.size(), cycles / 4) << "hardly anything was written";
  EXPECT_GT(cuts_, cycles / 10) << "the power hardly ever went in the middle";
}

}  // namespace
}  // namespace mash::fault
