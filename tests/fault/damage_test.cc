// A byte is flipped in any file of a log at rest. Opening refuses with a diagnosis, or the log is
// whole, or `verify` names what is not: it never silently holds less than was acknowledged.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "fault/chance.h"
#include "fault/ledger.h"
#include "fault/requests.h"
#include "log/handle.h"
#include "log/head_file.h"
#include "log/prover.h"
#include "log/recover.h"
#include "log/store.h"
#include "log/verify.h"
#include "vault/testing/temp_vault.h"

namespace mash::fault {
namespace {
namespace fs = std::filesystem;

constexpr uint64_t kFlushed = 150;  // requests in tables: 300 records, one whole tile
constexpr uint64_t kRequests = 190;

void flip(const fs::path& path, uint64_t offset, int mask) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const int byte = file.get();
  ASSERT_NE(byte, std::fstream::traits_type::eof());
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(byte ^ mask));
}

std::string contents(const fs::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

// One log, made once, as it lies after a kill: part in tables, the rest in the write-ahead log; and
// as it lies after everything was flushed and it was closed. Each test damages copies.
class Damage : public ::testing::Test {
 protected:
  Damage() {
    const auto log = log::EventLog::open(workshop_.options()).value();
    for (uint64_t number = 0; number < kRequests; ++number) {
      if (number == kFlushed) {
        EXPECT_TRUE(log->store().flush().has_value());
      }
      receipts_[number] =
          receipt_of(send_and_wait(*log, workshop_.place().case_id, number).value());
    }
    head_ = log->head();
    checkpoint_ = {.origin = log->origin(), .size = head_.size, .root = head_.root};
    fs::copy(workshop_.place().log, killed());
    EXPECT_TRUE(log->store().flush().has_value());
    fs::copy(workshop_.place().log, closed());
  }

  fs::path killed() const { return folder_.path() / "killed"; }
  fs::path closed() const { return folder_.path() / "closed"; }
  fs::path copy() const { return folder_.path() / "copy"; }
  void take_copy(const fs::path& of) const {
    fs::remove_all(copy());
    fs::copy(of, copy());
  }

  log::LogOptions options() const {
    auto options = workshop_.options();
    options.directory = copy();
    return options;
  }

  // The files of a kind in a log's folder, largest first.
  static std::vector<fs::path> files(const fs::path& folder, const std::string& part) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().filename().string().find(part) != std::string::npos && entry.file_size() > 0)
        found.push_back(entry.path());
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::pair(fs::file_size(b), a) < std::pair(fs::file_size(a), b);
    });
    return found;
  }

  // Whether a log holds everything that was acknowledged, byte for byte as it was.
  bool whole(const log::EventLog& log) const {
    std::map<uint64_t, Receipt> found;
    const auto scanned = log.scan({.with_sealed = true}, [&](log::Record&& record) {
      if (const auto number = number_of(record)) {
        found[*number].position = record.prefix.position;
        found[*number].event_ids.push_back(Uuid::from_bytes(record.body.event_id())->text());
      }
      return true;
    });
    return scanned && found == receipts_;
  }

  // What becomes of the copy: refused, whole, or named by verify.
  std::string fate() const {
    const auto log = log::EventLog::open(options());
    if (!log) return log.error().message.empty() ? "refused without a word" : "refused";
    if (whole(**log)) return "whole";
    const auto report = log::verify(**log, {});
    return !report || !report->intact() ? "named" : "less than was acknowledged, and no word of it";
  }

  void flip_sampled_bytes(const fs::path& of) {
    Chance chance;
    std::map<std::string, int> fates;
    const uint64_t flips = from_environment("MASH_FAULT_CYCLES", 200) / 4;
    std::vector<fs::path> damageable;
    for (const auto& file : files(of, ""))
      if (const auto name = file.filename().string(); name.find("LOG") != 0 && name != "LOCK")
        damageable.push_back(file.filename());
    for (uint64_t i = 0; i < flips; ++i) {
      const auto& name = damageable[i % damageable.size()];
      const uint64_t offset = chance.below(fs::file_size(of / name));
      const int mask = 1 << chance.below(8);
      SCOPED_TRACE(name.string() + " at " + std::to_string(offset) + " ^ " + std::to_string(mask));
      take_copy(of);
      flip(copy() / name, offset, mask);
      const auto what = fate();
      EXPECT_TRUE(what == "refused" || what == "whole" || what == "named") << what;
      ++fates[what];
    }
    for (const auto& [what, count] : fates) std::cout << count << " flips: " << what << '\n';
    EXPECT_GT(fates["refused"] + fates["named"], 0) << "no flip did any harm";
  }

  // Writes a value into the store as the log would: its checksums hold.
  void overwrite(log::Family family, const std::string& key, int flipped_byte) const {
    const auto store = log::Store::open({.directory = copy(),
                                         .block_cache_bytes = 1 << 20,
                                         .memtable_bytes = 1 << 20,
                                         .create = false})
                           .value();
    std::string value;
    ASSERT_TRUE(store->db().Get({}, store->family(family), key, &value).ok());
    const auto at = flipped_byte < 0 ? value.size() - 1 : static_cast<size_t>(flipped_byte);
    value[at] = static_cast<char>(value[at] ^ 1);
    ASSERT_TRUE(store->db().Put({}, store->family(family), key, value).ok());
  }

  // The first thing `verify` says of the copy, "REASON at position".
  std::string first_fault() const {
    const auto report = log::verify_directory(copy(), {});
    if (!report) return report.error().reason;
    if (report->intact()) return "intact";
    return report->faults[0].reason + " at " + std::to_string(report->faults[0].position);
  }

  vault::testing::TempFolder folder_;
  const Workshop workshop_{make_place(folder_.path())};
  std::map<uint64_t, Receipt> receipts_;
  log::Head head_;
  merkle::Checkpoint checkpoint_;
};

TEST_F(Damage, AnyFlippedByteOfAKilledLogIsHarmlessOrFound) { flip_sampled_bytes(killed()); }
TEST_F(Damage, AnyFlippedByteOfAClosedLogIsHarmlessOrFound) { flip_sampled_bytes(closed()); }

TEST_F(Damage, AnUndamagedCopyIsWhole) {
  for (const auto& of : {killed(), closed()}) {
    take_copy(of);
    EXPECT_EQ(first_fault(), "intact");
    EXPECT_EQ(fate(), "whole");
  }
}

TEST_F(Damage, InARecordIsNamedByItsPosition) {
  for (const uint64_t position : {0, 100, 255}) {
    take_copy(closed());
    overwrite(log::kRecords, log::position_key(position), 40);  // in its event id
    EXPECT_EQ(first_fault(), "TILE_MISMATCH at " + std::to_string(position));
    take_copy(closed());
    overwrite(log::kRecords, log::position_key(position), 3);  // in its format
    EXPECT_EQ(first_fault(), "RECORD_UNREADABLE at " + std::to_string(position));
  }
  // Records that fill no tile yet are vouched for together: by the root.
  take_copy(closed());
  overwrite(log::kRecords, log::position_key(300), 40);
  EXPECT_EQ(first_fault(), "ROOT_MISMATCH at " + std::to_string(head_.size - 1));
}

TEST_F(Damage, InASealedPartIsNamedByItsPosition) {
  for (const uint64_t position : {0, 199, 379}) {
    take_copy(closed());
    overwrite(log::kSealed, log::position_key(position), -1);
    EXPECT_EQ(first_fault(), "COMMITMENT_MISMATCH at " + std::to_string(position));
  }
}

TEST_F(Damage, InATileIsNamedByTheRecordItIsOf) {
  take_copy(closed());
  overwrite(log::kTiles, log::tile_key({.level = 0, .index = 0}), 77 * 32 + 5);
  EXPECT_EQ(first_fault(), "TILE_MISMATCH at 77");
}

TEST_F(Damage, InABlockOfATableIsNamedByItsFirstRecord) {
  const auto tables = files(closed(), ".sst");
  int damaged_records = 0;
  for (size_t i = 0; i < std::min<size_t>(tables.size(), 6); ++i) {
    take_copy(closed());
    const auto table = copy() / tables[i].filename();
    flip(table, fs::file_size(table) / 3, 16);
    std::string expected;
    {
      const auto store = log::Store::open({.directory = copy(),
                                           .block_cache_bytes = 1 << 20,
                                           .memtable_bytes = 1 << 20,
                                           .create = false});
      if (!store) continue;
      for (uint64_t position = 0; position < head_.size && expected.empty(); ++position)
        if (!(**store).leaf(position))
          expected = "RECORD_UNREADABLE at " + std::to_string(position);
    }
    if (expected.empty()) {
      EXPECT_NE(first_fault(), "intact") << tables[i];
    } else {
      ++damaged_records;
      EXPECT_EQ(first_fault(), expected) << tables[i];
    }
  }
  EXPECT_GT(damaged_records, 0) << "no table of records was damaged";
}

TEST_F(Damage, ATableThatIsGoneIsRefused) {
  take_copy(closed());
  fs::remove(files(copy(), ".sst").front());
  EXPECT_EQ(fate(), "refused");
}

TEST_F(Damage, AStoreIsNeverMadeAnewOverWhatIsLeftOfIt) {
  take_copy(closed());
  fs::remove(copy() / "CURRENT");
  const auto tables = files(copy(), ".sst").size();
  EXPECT_EQ(log::EventLog::open(options()).error().reason, "STORE_INCOMPLETE");
  EXPECT_EQ(files(copy(), ".sst").size(), tables);
}

TEST_F(Damage, AMissingOrBlankHeadFileIsRefused) {
  take_copy(killed());
  fs::remove(copy() / "head");
  EXPECT_EQ(first_fault(), "HEAD_FILE_DAMAGED at " + std::to_string(head_.size));
  EXPECT_EQ(log::EventLog::open(options()).error().reason, "HEAD_FILE_DAMAGED");
  const auto plan = log::plan_recovery(copy(), {}).value();
  EXPECT_FALSE(plan.problem.empty());
  EXPECT_EQ(plan.kept, head_);
  EXPECT_EQ(plan.lost(), 0u);
}

// Where the write-ahead log's records of the last block begin, in the format of RocksDB: blocks of
// 32 KiB; of each record a checksum of 4 bytes, a length of 2 and a type.
std::vector<uint64_t> records_of_last_block(const std::string& wal) {
  constexpr uint64_t kBlock = 32'768;
  constexpr uint64_t kHeader = 7;
  std::vector<uint64_t> starts;
  for (uint64_t at = (wal.size() - 1) / kBlock * kBlock; at + kHeader < wal.size();) {
    starts.push_back(at);
    at += kHeader + static_cast<unsigned char>(wal[at + 4]) +
          256u * static_cast<unsigned char>(wal[at + 5]);
  }
  return starts;
}

// The one flip that RocksDB takes for the torn end a crash leaves.
TEST_F(Damage, AFlippedLengthThatEndsTheReplayEarlyIsRefusedUntilItIsRecovered) {
  take_copy(killed());
  const auto wal = files(copy(), ".log").front();
  const auto starts = records_of_last_block(contents(wal));
  ASSERT_GT(starts.size(), 4u);
  flip(wal, starts[starts.size() / 2] + 5, 0x40);

  const auto plan = log::plan_recovery(copy(), {}).value();
  EXPECT_NE(plan.problem.find("were acknowledged"), std::string::npos) << plan.problem;
  EXPECT_EQ(plan.last_known, head_);
  EXPECT_GT(plan.kept.size, 2 * kFlushed);
  EXPECT_GT(plan.lost(), 0u);
  EXPECT_EQ(log::EventLog::open(options()).error().reason, "LOG_BEHIND_HEAD");
  EXPECT_EQ(log::EventLog::open(options()).error().reason, "LOG_BEHIND_HEAD") << "a second time";

  const Actor who{.agency = "operator", .system = "op-01"};
  {
    const auto log = log::recover(options(), plan, who).value();
    EXPECT_EQ(log->head().epoch, 2u);
    EXPECT_NE(log->origin(), checkpoint_.origin);
    const auto record = log->read(plan.kept.size).value();
    EXPECT_EQ(record.prefix.epoch, 2u);
    const auto event = log::public_events<log::v1::LogEvent>({record}).value().front();
    EXPECT_EQ(event.epoch_opened().size_kept(), plan.kept.size);
    EXPECT_EQ(event.epoch_opened().previous_epoch(), 1u);
    EXPECT_EQ(event.epoch_opened().previous_size(), head_.size);
    EXPECT_EQ(event.epoch_opened().previous_root(), merkle::bytes_of(head_.root));
    EXPECT_EQ(event.epoch_opened().reason(), log::v1::EPOCH_REASON_RECOVERED);
    // It grows past the size that epoch 1 signed, under an origin of its own.
    for (uint64_t number = 0; number < kRequests + 40; ++number)
      ASSERT_TRUE(send_and_wait(*log, workshop_.place().case_id, number).has_value());
    EXPECT_GT(log->size(), head_.size);
    EXPECT_TRUE(log->prover().checkpoint()->starts_with("mash/E10000013/notes/2\n"));
    EXPECT_TRUE(log::verify(*log, {.with_views = true})->intact());
    EXPECT_EQ(log::verify(*log, {.known = checkpoint_})->faults.at(0).reason,
              "CHECKPOINT_MISMATCH");
  }
  const auto again = log::EventLog::open(options());
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ((**again).head().epoch, 2u);
}

// Whatever was flushed when, damage in a write-ahead log leaves a store that agrees with itself.
TEST_F(Damage, InAnyWriteAheadLogIsRefusedAndCanBeRecovered) {
  {
    fs::remove_all(copy());
    const auto log = log::EventLog::open(options()).value();
    for (uint64_t number = 0; number < 2'500; ++number)
      send(*log, workshop_.place().case_id, number, [](const Result<log::Appended>&) {});
    ASSERT_TRUE(send_and_wait(*log, workshop_.place().case_id, 2'500).has_value());
    EXPECT_FALSE(files(copy(), ".sst").empty()) << "nothing was flushed by itself";
    fs::remove_all(killed());
    fs::copy(copy(), killed());
  }
  const auto logs = files(killed(), ".log");
  ASSERT_FALSE(logs.empty());
  int recovered = 0;
  for (const auto& wal : logs) {
    SCOPED_TRACE(wal.filename().string());
    take_copy(killed());
    flip(copy() / wal.filename(), fs::file_size(wal) / 4, 1);
    if (log::EventLog::open(options())) continue;  // it holds only what is in tables by now
    take_copy(killed());
    flip(copy() / wal.filename(), fs::file_size(wal) / 4, 1);
    const auto plan = log::plan_recovery(copy(), {});
    ASSERT_TRUE(plan.has_value()) << plan.error().reason << ": " << plan.error().message;
    EXPECT_GT(plan->lost(), 0u);
    const auto log = log::recover(options(), *plan, {.agency = "operator"});
    ASSERT_TRUE(log.has_value()) << log.error().message;
    EXPECT_TRUE(log::verify(**log, {.with_views = true})->intact());
    ++recovered;
  }
  EXPECT_GT(recovered, 0) << "no flip did any harm";
}

}  // namespace
}  // namespace mash::fault
