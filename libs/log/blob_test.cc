#include "log/blob.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "log/backup.h"
#include "log/store.h"
#include "log/testing/blobs.h"
#include "log/testing/temp_log.h"
#include "log/verify.h"

namespace mash::log {
namespace {

using testing::Notebook;
using testing::stored_chunks;
using testing::TempLog;
using testing::triage_officer;

constexpr uint64_t kThreeChunks = 2 * kBlobChunkBytes + 1000;

// Bytes that tell which they are.
std::string numbered(uint64_t bytes) {
  std::string text;
  text.reserve(bytes + 16);
  for (int i = 0; text.size() < bytes; ++i) text += "line " + std::to_string(i) + "\n";
  text.resize(bytes);
  return text;
}

Uuid fresh_id(TempLog& log) { return log->fresh_event_id(); }

Result<std::shared_ptr<const PendingBlob>> write_blob(EventLog& log, const std::string& case_id,
                                                      const Uuid& id, std::string_view bytes,
                                                      size_t piece = 10'000) {
  BlobWriter writer(log, case_id, id, bytes.size());
  for (size_t at = 0; at < bytes.size(); at += piece)
    if (auto taken = writer.write(bytes.substr(at, piece)); !taken)
      return tl::unexpected(taken.error());
  return writer.finish();
}

// A note that cites blobs.
Result<Appended> write_note_with(EventLog& log, const std::string& case_id, Blobs blobs,
                                 uint32_t notes_max = 0) {
  testing::v1::WriteNoteRequest request;
  request.set_text("With a picture.");
  request.set_notes_max(notes_max);
  std::promise<Result<Appended>> answered;
  handle(
      log, {.context = {.actor = triage_officer(), .now = log.options().clock->now()}},
      [&](UnitOfWork& unit) {
        return unit.decide<Notebook>({"notebook/" + case_id, case_id}, request, blobs);
      },
      [&](Result<Appended> result) { answered.set_value(std::move(result)); });
  return answered.get_future().get();
}

Result<std::string> read_back(EventLog& log, uint64_t position, const Uuid& id) {
  const auto record = log.read(position).value();
  const v1::Blob* blob = find_blob(record, id);
  if (blob == nullptr) return refuse(Code::kNotFound, "NOT_CITED", "");
  BlobReader reader(log, record.body.case_id(), *blob);
  std::string all;
  while (true) {
    auto next = reader.next();
    if (!next) return next;
    if (next->empty()) return all;
    all += *next;
  }
}

std::vector<std::string> chunk_keys(EventLog& log) {
  std::vector<std::string> keys;
  const auto it = log.store().iterate(kBlobs);
  for (it->SeekToFirst(); it->Valid(); it->Next()) keys.push_back(it->key().ToString());
  return keys;
}

bool on_disk(const std::filesystem::path& directory, const std::string& bytes) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ostringstream file;
    file << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    if (file.str().find(bytes) != std::string::npos) return true;
  }
  return false;
}

// A log whose one record cites one blob of three chunks.
struct Cited {
  TempLog log;
  std::string case_id = log.fresh_case();
  Uuid id = fresh_id(log);
  std::string bytes = numbered(kThreeChunks);
  uint64_t position = 0;

  Cited() {
    position =
        write_note_with(*log, case_id, {write_blob(*log, case_id, id, bytes).value()})->position;
  }

  rocksdb::DB& db() { return log->store().db(); }
  std::string chunk(size_t index) {
    std::string value;
    EXPECT_TRUE(db().Get({}, family(), chunk_keys(*log).at(index), &value).ok());
    return value;
  }
  void put_chunk(size_t index, const std::string& value) {
    ASSERT_TRUE(db().Put({}, family(), chunk_keys(*log).at(index), value).ok());
  }
  rocksdb::ColumnFamilyHandle* family() { return log->store().family(kBlobs); }
  std::string first_fault() {
    const auto report = verify(*log, {}).value();
    return report.intact() ? "" : report.faults.front().reason;
  }
};

TEST(Blob, IsReadBackAsItWasWrittenWhateverThePieces) {
  TempLog log;
  const std::string case_id = log.fresh_case();
  for (const uint64_t size : {uint64_t{1}, uint64_t{kBlobChunkBytes - 1}, uint64_t{kBlobChunkBytes},
                              uint64_t{kBlobChunkBytes + 1}, kThreeChunks})
    for (const size_t piece : {size_t{7'919}, size_t{kBlobChunkBytes}, size_t{1'000'000}}) {
      const Uuid id = fresh_id(log);
      const std::string bytes = numbered(size);
      auto blob = write_blob(*log, case_id, id, bytes, piece);
      ASSERT_TRUE(blob.has_value());
      const auto appended = write_note_with(*log, case_id, {std::move(*blob)});
      EXPECT_EQ(read_back(*log, appended->position, id).value(), bytes) << size << " by " << piece;
    }
  const auto report = verify(*log, {}).value();
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(report.blobs, 15u);
}

TEST(Blob, LeavesARecordWithoutOneAsItWas) {
  v1::RecordBody body;
  body.set_stream("notebook/1");
  const std::string before = encode_body(body);
  body.add_blobs()->set_bytes(1);
  body.clear_blobs();
  EXPECT_EQ(encode_body(body), before);
}

TEST(Blob, LiesSealedUnderTheKeyOfItsCase) {
  Cited cited;
  ASSERT_TRUE(cited.log->store().flush().has_value());
  EXPECT_FALSE(on_disk(cited.log.directory(), "line 17\nline 18\n"));
  EXPECT_TRUE(on_disk(cited.log.directory(), cited.chunk(1).substr(100, 200)));
}

TEST(Blob, OfAnotherLengthThanAnnouncedIsRefusedAndRemoved) {
  TempLog log;
  const std::string case_id = log.fresh_case();
  {
    BlobWriter writer(*log, case_id, fresh_id(log), 100'000);
    ASSERT_TRUE(writer.write(numbered(99'999)).has_value());
    EXPECT_EQ(writer.finish().error().reason, "BLOB_LENGTH_WRONG");
    EXPECT_EQ(stored_chunks(*log), 1u);
    EXPECT_EQ(writer.write("ab").error().reason, "BLOB_LENGTH_WRONG");
  }
  EXPECT_EQ(stored_chunks(*log), 0u);
}

TEST(Blob, StaysOnlyWhereARecordComesToCiteIt) {
  TempLog log;
  const std::string case_id = log.fresh_case();
  const auto sealed = [&] {
    return write_blob(*log, case_id, fresh_id(log), numbered(kThreeChunks)).value();
  };
  ASSERT_TRUE(write_note_with(*log, case_id, {sealed()}).has_value());
  EXPECT_EQ(stored_chunks(*log), 3u);
  EXPECT_EQ(write_note_with(*log, case_id, {sealed()}, 1).error().reason, "NOTEBOOK_FULL");
  EXPECT_EQ(stored_chunks(*log), 3u);
}

TEST(Blob, OfAnUploadThatACrashCutIsGoneWhenTheLogIsOpenedAgain) {
  TempLog log;
  const std::string case_id = log.fresh_case();
  const Uuid kept = fresh_id(log);
  const auto appended = write_note_with(
      *log, case_id, {write_blob(*log, case_id, kept, numbered(kThreeChunks)).value()});
  auto cut = write_blob(*log, case_id, fresh_id(log), numbered(kThreeChunks)).value();
  EXPECT_EQ(stored_chunks(*log), 6u);
  // As a crash between the chunks and the event leaves it.
  LogOptions options = log.options();
  options.directory = log.folder() / "after-the-crash";
  std::filesystem::copy(log.directory(), options.directory);
  cut.reset();
  EXPECT_EQ(stored_chunks(*log), 3u);
  ASSERT_TRUE(log.reopen(std::move(options)).has_value());
  EXPECT_EQ(stored_chunks(*log), 3u);
  EXPECT_EQ(read_back(*log, appended->position, kept)->size(), kThreeChunks);
  EXPECT_TRUE(verify(*log, {})->intact());
}

TEST(Blob, WithOneByteChangedIsFoundAndNamed) {
  Cited cited;
  for (size_t index = 0; index < 3; ++index) {
    const std::string right = cited.chunk(index);
    std::string wrong = right;
    wrong[wrong.size() / 2] ^= 1;
    cited.put_chunk(index, wrong);
    const auto report = verify(*cited.log, {}).value();
    ASSERT_EQ(report.faults.size(), 1u);
    EXPECT_EQ(report.faults.front().reason, "BLOB_MISMATCH");
    EXPECT_EQ(report.faults.front().position, cited.position);
    EXPECT_NE(report.faults.front().message.find(cited.id.text()), std::string::npos);
    EXPECT_EQ(read_back(*cited.log, cited.position, cited.id).error().reason,
              "SEALED_PART_DAMAGED");
    cited.put_chunk(index, right);
  }
  EXPECT_EQ(cited.first_fault(), "");
}

TEST(Blob, WithChunksSwappedIsFoundAndNotOpened) {
  Cited cited;
  const std::string first = cited.chunk(0);
  cited.put_chunk(0, cited.chunk(1));
  cited.put_chunk(1, first);
  EXPECT_EQ(cited.first_fault(), "BLOB_MISMATCH");
  EXPECT_EQ(read_back(*cited.log, cited.position, cited.id).error().reason, "SEALED_PART_DAMAGED");
}

TEST(Blob, WithItsLastChunkCutIsFound) {
  Cited cited;
  ASSERT_TRUE(cited.db().Delete({}, cited.family(), chunk_keys(*cited.log).at(2)).ok());
  EXPECT_EQ(cited.first_fault(), "BLOB_MISSING");
  EXPECT_EQ(read_back(*cited.log, cited.position, cited.id).error().reason, "BLOB_MISSING");
}

// Each chunk says of how many it is one: one that says less opens nowhere.
TEST(Blob, ThatIsSaidToBeShorterDoesNotOpen) {
  Cited cited;
  v1::Blob shorter = *find_blob(cited.log->read(cited.position).value(), cited.id);
  shorter.set_bytes(2 * kBlobChunkBytes);
  BlobReader reader(*cited.log, cited.case_id, shorter);
  EXPECT_EQ(reader.next().error().reason, "SEALED_PART_DAMAGED");
}

TEST(Blob, IsErasedWithItsKeyFromEveryFile) {
  Cited cited;
  const std::string in_table = cited.chunk(1).substr(100, 200);
  const std::string other_case = cited.log.fresh_case();
  const Uuid other = fresh_id(cited.log);
  write_note_with(*cited.log, other_case,
                  {write_blob(*cited.log, other_case, other, numbered(kThreeChunks)).value()})
      .value();
  ASSERT_TRUE(cited.log->store().flush().has_value());
  auto cut = write_blob(*cited.log, cited.case_id, fresh_id(cited.log), numbered(1000)).value();
  EXPECT_EQ(stored_chunks(*cited.log), 7u);
  ASSERT_TRUE(on_disk(cited.log.directory(), in_table));

  EXPECT_EQ(cited.log->erase_sealed(cited.case_id).value(), 1u);
  EXPECT_EQ(stored_chunks(*cited.log), 3u);
  EXPECT_FALSE(on_disk(cited.log.directory(), in_table));
  EXPECT_EQ(cited.first_fault(), "");
  EXPECT_EQ(verify(*cited.log, {})->blobs, 1u);
  EXPECT_EQ(cited.log->erase_sealed(cited.case_id).value(), 0u);
}

TEST(Blob, UnderADestroyedKeyIsNotReadAndNoneIsSealed) {
  Cited cited;
  ASSERT_TRUE(cited.log.vault().destroy(std::vector{cited.case_id}).has_value());
  EXPECT_EQ(read_back(*cited.log, cited.position, cited.id).error().reason, "KEY_DESTROYED");
  EXPECT_EQ(write_blob(*cited.log, cited.case_id, fresh_id(cited.log), "late").error().reason,
            "KEY_DESTROYED");
}

TEST(Blob, IsInABackupAndInWhatIsRestoredFromIt) {
  Cited cited;
  const auto backup_folder = cited.log.folder() / "backup";
  ASSERT_TRUE(backup(*cited.log, backup_folder).has_value());
  EXPECT_EQ(verify_directory(backup_folder, {})->blobs, 1u);
  LogOptions options = cited.log.options();
  options.directory = cited.log.folder() / "restored";
  auto restored = restore(backup_folder, std::move(options), triage_officer(), {});
  ASSERT_TRUE(restored.has_value());
  EXPECT_EQ(read_back(**restored, cited.position, cited.id).value(), cited.bytes);
}

TEST(Blob, DamagedInABackupKeepsItFromBeingRestored) {
  Cited cited;
  std::string wrong = cited.chunk(2);
  wrong.front() ^= 1;
  cited.put_chunk(2, wrong);
  const auto backup_folder = cited.log.folder() / "backup";
  ASSERT_TRUE(backup(*cited.log, backup_folder).has_value());
  LogOptions options = cited.log.options();
  options.directory = cited.log.folder() / "restored";
  EXPECT_EQ(restore(backup_folder, std::move(options), triage_officer(), {}).error().reason,
            "BACKUP_DAMAGED");
}

// As a log lies that was made before there were blobs.
TEST(Blob, NeedsNoFamilyInALogThatIsOnlyRead) {
  TempLog log;
  testing::write_note(*log, {.case_id = log.fresh_case()}).value();
  ASSERT_TRUE(log->store().db().DropColumnFamily(log->store().family(kBlobs)).ok());
  log.close();
  const auto report = verify_directory(log.directory(), {});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->intact());
  ASSERT_TRUE(log.reopen().has_value());
  EXPECT_EQ(stored_chunks(*log), 0u);
}

}  // namespace
}  // namespace mash::log
