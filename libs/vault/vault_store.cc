#include "vault/vault_store.h"

#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include "vault/store_notes.h"
#include "vault/vault_errors.h"

namespace mash::vault {
namespace {

constexpr std::array<const char*, 3> kFamilyNames = {"default", "blocks", "block_keys"};
constexpr std::size_t kChecksumBytesPerKey = 8;

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// Keys, ids and nonces do not compress. The write buffers are small: the vault is written seldom.
rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.compression = rocksdb::kNoCompression;
  options.bottommost_compression = rocksdb::kNoCompression;
  options.write_buffer_size = 8 << 20;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::DBOptions database_options(const std::filesystem::path& notes, rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.recycle_log_file_num = 0;
  options.max_background_jobs = 2;
  options.info_log = store_notes(notes);
  options.keep_log_file_num = 2;  // of an earlier version's
  options.max_open_files = 64;
  if (env != nullptr) options.env = env;
  return options;
}

Result<void> result_of(const rocksdb::Status& status) {
  if (status.ok()) return {};
  if (status.IsCorruption())
    return vault_damaged("The vault's files are damaged: " + status.ToString());
  return vault_unavailable("The vault's files cannot be used: " + status.ToString());
}

}  // namespace

Result<std::unique_ptr<VaultStore>> VaultStore::open(const std::filesystem::path& directory,
                                                     rocksdb::Env* env, bool read_only) {
  const auto cache = rocksdb::NewLRUCache(8 << 20);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.reserve(kFamilyNames.size());
  for (const char* name : kFamilyNames) families.emplace_back(name, family_options(cache));
  if (!read_only) {
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (failed)
      return vault_unavailable("Cannot make " + directory.string() + ": " + failed.message());
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failed);
  }
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto how = database_options(read_only ? std::filesystem::path() : directory, env);
  const rocksdb::Status status =
      read_only ? rocksdb::DB::OpenForReadOnly(how, directory.string(), families, &handles, &db)
                : rocksdb::DB::Open(how, directory.string(), families, &handles, &db);
  if (const auto opened = result_of(status); !opened) return tl::unexpected(opened.error());
  std::unique_ptr<VaultStore> store(new VaultStore);
  store->db_.reset(db);
  for (std::size_t i = 0; i < handles.size(); ++i) store->handles_[i] = handles[i];
  return store;
}

VaultStore::~VaultStore() {
  if (!db_) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  db_->Close();
}

Result<std::optional<std::string>> VaultStore::get(Family family, std::string_view key) const {
  std::string value;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), handle(family), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (const auto read = result_of(status); !read) return tl::unexpected(read.error());
  return value;
}

Result<std::optional<VaultStore::Row>> VaultStore::at_or_before(Family family,
                                                                std::string_view key) const {
  const std::unique_ptr<rocksdb::Iterator> at(
      db_->NewIterator(rocksdb::ReadOptions(), handle(family)));
  if (key.empty()) {
    at->SeekToLast();
  } else {
    at->SeekForPrev(slice(key));
  }
  if (const auto read = result_of(at->status()); !read) return tl::unexpected(read.error());
  if (!at->Valid()) return std::nullopt;
  return Row{at->key().ToString(), at->value().ToString()};
}

Result<void> VaultStore::for_each(Family family, const Visit& each) const {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(options, handle(family)));
  for (at->SeekToFirst(); at->Valid(); at->Next())
    if (const auto visited = each(view(at->key()), view(at->value())); !visited) return visited;
  return result_of(at->status());
}

Result<void> VaultStore::write(const std::vector<Put>& puts) {
  rocksdb::WriteBatch batch(0, 0, kChecksumBytesPerKey, 0);
  for (const Put& put : puts) {
    const auto added = result_of(batch.Put(handle(put.family), slice(put.key), slice(put.value)));
    if (!added) return added;
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  return result_of(db_->Write(options, &batch));
}

Result<void> VaultStore::remove(Family family, std::string_view key) {
  rocksdb::WriteOptions options;
  options.sync = true;
  return result_of(db_->Delete(options, handle(family), slice(key)));
}

Result<void> VaultStore::flush() {
  const std::vector<rocksdb::ColumnFamilyHandle*> families(handles_.begin(), handles_.end());
  return result_of(db_->Flush(rocksdb::FlushOptions(), families));
}

Result<void> VaultStore::rewrite(const std::string& first, const std::string& last) {
  // Every family first: only then can the write-ahead log that held old values go.
  if (const auto flushed = flush(); !flushed) return flushed;
  // The new values are in a file of their own now, above the old ones. Compacting it down to the
  // last level meets every older value of the same keys, and drops it.
  const rocksdb::CompactRangeOptions options;
  const rocksdb::Slice begin(first);
  const rocksdb::Slice end(last);
  for (const Family family : {Family::kBlocks, Family::kBlockKeys, Family::kMeta}) {
    const bool is_part = family == Family::kBlocks;
    const auto compacted = result_of(db_->CompactRange(
        options, handle(family), is_part ? &begin : nullptr, is_part ? &end : nullptr));
    if (!compacted) return compacted;
  }
  return remove_replaced_files();
}

// A compaction returns a moment before the files it replaced are removed. Listing the log files
// while removals are held back waits for those under way; allowing them again removes the rest.
Result<void> VaultStore::remove_replaced_files() {
  if (const auto held = result_of(db_->DisableFileDeletions()); !held) return held;
  rocksdb::VectorLogPtr ignored;
  const auto waited = result_of(db_->GetSortedWalFiles(ignored));
  return result_of(db_->EnableFileDeletions(true)).and_then([&] { return waited; });
}

Result<void> VaultStore::checkpoint(const std::filesystem::path& directory) {
  rocksdb::Checkpoint* made = nullptr;
  if (const auto ready = result_of(rocksdb::Checkpoint::Create(db_.get(), &made)); !ready)
    return ready;
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  return result_of(checkpoint->CreateCheckpoint(directory.string()));
}

}  // namespace mash::vault
