#include "log/lookup.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <array>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <set>
#include <utility>

#include "core/check.h"
#include "log/bytes.h"
#include "log/replaced_files.h"
#include "log/store.h"
#include "vault/store_notes.h"

namespace mash::log {
namespace {

// docs/formats/lookup.md is the format.
enum LookupFamily { kLookupMeta, kFound, kUnderKey, kLookupFamilies };
constexpr const char* kLookupFamilyNames[kLookupFamilies] = {"default", "found", "under_key"};
constexpr char kFormat[] = "1 ";
constexpr char kContent[] = "content";
constexpr char kCursor[] = "cursor";

constexpr size_t kIdBytes = sizeof(Uuid::bytes);
// Of a token's 32 bytes: among a hundred million entries, a look-up in two hundred thousand million
// finds somebody it should not, and a shorter index stays in memory.
constexpr size_t kTokenBytes = 8;
// Small files, since an erasure rewrites each that holds an entry of the key.
constexpr uint64_t kFileBytes = 4 << 20;
constexpr uint64_t kLookupWalBytesMax = 32 << 20;  // what a start after a crash replays at most

using Families = std::array<rocksdb::ColumnFamilyHandle*, kLookupFamilies>;

std::vector<rocksdb::ColumnFamilyDescriptor> lookup_families(const LookupOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.cache_index_and_filter_blocks = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  table.format_version = 5;
  rocksdb::ColumnFamilyOptions family;
  family.write_buffer_size = options.memtable_bytes;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.compression = rocksdb::kNoCompression;  // digests do not compress
  family.target_file_size_base = kFileBytes;
  std::vector<rocksdb::ColumnFamilyDescriptor> all;
  for (const char* name : kLookupFamilyNames) all.emplace_back(name, family);
  all[kFound].options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kTokenBytes));
  all[kUnderKey].options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kIdBytes));
  return all;
}

rocksdb::Options lookup_options(const std::filesystem::path& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.atomic_flush = true;  // the cursor reaches the files together with what it speaks of
  options.max_total_wal_size = kLookupWalBytesMax;
  options.max_open_files = 256;
  // The list of files names the first and last entry of each. Written anew with every change of it
  // (some 20 KiB), it names none that is erased for longer than until the next.
  options.max_manifest_file_size = 1;
  // Below warnings, it names entries too.
  options.info_log = vault::store_notes(folder, rocksdb::InfoLogLevel::WARN_LEVEL);
  options.keep_log_file_num = 2;  // of an earlier version's
  options.stats_dump_period_sec = 0;
  return options;
}

std::string_view as_text(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

std::string_view short_token(const vault::Hash32& token) {
  return {reinterpret_cast<const char*>(token.data()), kTokenBytes};
}

std::string found_key(std::string_view token, std::string_view id) {
  return std::string(token).append(id);
}

std::string under_key_key(const Uuid& key, const Uuid& id, std::string_view token) {
  return std::string(as_text(key)).append(as_text(id)).append(token);
}

// Comes before the key's entries.
std::string note_key(const Uuid& key) { return std::string(as_text(key)); }

std::string erased_key(const Uuid& key) { return kErasedPrefix + std::string(as_text(key)); }

// Whether it is the store that is wrong, and not the disk or another program that has it open.
bool is_damage(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsInvalidArgument() ||
         (status.IsIOError() && status.subcode() == rocksdb::Status::kPathNotFound);
}

Result<void> checked(const rocksdb::Status& status, std::string_view doing) {
  if (!status.ok()) return tl::unexpected(store_error(status, doing));
  return {};
}

}  // namespace

class Lookup::Impl {
 public:
  explicit Impl(LookupOptions options) : options_(std::move(options)) {}
  ~Impl() { close(); }

  Result<void> open();
  Result<void> apply(const LookupChanges& changes);
  Result<std::vector<Uuid>> find(const vault::Hash32& token, size_t limit) const;
  Result<std::string> note(const Uuid& key) const;
  uint64_t cursor() const;
  bool wait_until(uint64_t position, std::chrono::milliseconds patience) const;
  Result<uint64_t> erase(const Uuid& key);

 private:
  // An entry as its key's row names it: enough to find the row it is found by.
  struct Row {
    std::string under_key;
    std::string found;
  };

  rocksdb::Status open_store();
  void close();
  Result<void> begin_anew();
  Result<bool> has_other_content() const;
  Result<bool> is_erased(const Uuid& key) const;
  Result<std::set<Uuid>> erased_among(const LookupChanges& changes) const;
  Result<std::vector<Row>> rows_under(const Uuid& key) const;
  Result<void> rewrite(LookupFamily family, const std::vector<std::string>& keys);
  Result<void> flush();
  Result<void> change_list_of_files(const Uuid& key);

  const LookupOptions options_;
  std::unique_ptr<rocksdb::DB> db_;
  Families families_{};

  std::mutex writing_;  // an erased key is asked for and written under it
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  uint64_t cursor_ = 0;
};

rocksdb::Status Lookup::Impl::open_store() {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto status =
      rocksdb::DB::Open(lookup_options(options_.directory), options_.directory.string(),
                        lookup_families(options_), &handles, &db);
  if (!status.ok()) return status;
  db_.reset(db);
  std::copy(handles.begin(), handles.end(), families_.begin());
  return status;
}

void Lookup::Impl::close() {
  if (!db_) return;
  (void)flush();  // so that the next start has nothing to replay
  for (auto* family : families_) db_->DestroyColumnFamilyHandle(family);
  db_.reset();
}

Result<bool> Lookup::Impl::has_other_content() const {
  std::string content;
  const auto status = db_->Get({}, families_[kLookupMeta], kContent, &content);
  if (!status.ok() && !status.IsNotFound())
    return tl::unexpected(store_error(status, "Reading what a look-up holds"));
  return content != kFormat + options_.content;
}

Result<void> Lookup::Impl::begin_anew() {
  close();
  const std::string directory = options_.directory.string();
  return checked(rocksdb::DestroyDB(directory, lookup_options({})), "Emptying " + directory)
      .and_then([&] { return checked(open_store(), "Opening " + directory); })
      .and_then([&] {
        return checked(db_->Put({}, families_[kLookupMeta], kContent, kFormat + options_.content),
                       "Naming what a look-up holds");
      });
}

Result<void> Lookup::Impl::open() {
  std::error_code problem;
  std::filesystem::create_directories(options_.directory, problem);  // the store says what is wrong
  const auto status = open_store();
  if (!status.ok() && !is_damage(status))
    return checked(status, "Opening " + options_.directory.string());
  if (!status.ok()) return begin_anew();
  const auto other = has_other_content();
  if (!other) return tl::unexpected(other.error());
  if (*other) return begin_anew();
  std::string value;
  const auto read = db_->Get({}, families_[kLookupMeta], kCursor, &value);
  if (read.IsNotFound()) return {};
  if (!read.ok() || value.size() != sizeof(cursor_)) return begin_anew();
  cursor_ = get_u64(value.data());
  return {};
}

Result<bool> Lookup::Impl::is_erased(const Uuid& key) const {
  rocksdb::PinnableSlice mark;
  const auto status = db_->Get({}, families_[kLookupMeta], erased_key(key), &mark);
  if (!status.ok() && !status.IsNotFound())
    return tl::unexpected(store_error(status, "Looking up an erased key"));
  return status.ok();
}

Result<std::set<Uuid>> Lookup::Impl::erased_among(const LookupChanges& changes) const {
  std::set<Uuid> keys;
  for (const LookupEntry& entry : changes.added) keys.insert(entry.key);
  for (const auto& [key, note] : changes.notes) keys.insert(key);
  for (auto key = keys.begin(); key != keys.end();) {
    const auto is_gone = is_erased(*key);
    if (!is_gone) return tl::unexpected(is_gone.error());
    key = *is_gone ? std::next(key) : keys.erase(key);
  }
  return keys;
}

Result<std::vector<Lookup::Impl::Row>> Lookup::Impl::rows_under(const Uuid& key) const {
  std::vector<Row> rows;
  rocksdb::ReadOptions within_key;
  within_key.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(within_key, families_[kUnderKey]));
  const std::string prefix(as_text(key));
  for (at->Seek(prefix); at->Valid(); at->Next()) {
    const std::string_view row = at->key().ToStringView();
    if (row == note_key(key)) continue;
    if (row.size() != 2 * kIdBytes + kTokenBytes)
      return refuse(Code::kDataLoss, "STORE_CORRUPT", "An entry of a look-up has a wrong length.");
    rows.push_back({.under_key = std::string(row),
                    .found = found_key(row.substr(2 * kIdBytes), row.substr(kIdBytes, kIdBytes))});
  }
  if (auto read = checked(at->status(), "Reading a key's entries"); !read)
    return tl::unexpected(read.error());
  return rows;
}

Result<void> Lookup::Impl::apply(const LookupChanges& changes) {
  const std::lock_guard lock(writing_);
  rocksdb::WriteBatch batch;
  for (const Uuid& key : changes.replaced) {
    const auto rows = rows_under(key);
    if (!rows) return tl::unexpected(rows.error());
    for (const Row& row : *rows) {
      batch.Delete(families_[kFound], row.found);
      batch.Delete(families_[kUnderKey], row.under_key);
    }
  }
  const auto erased = erased_among(changes);
  if (!erased) return tl::unexpected(erased.error());
  for (const auto& [token, id, key] : changes.added) {
    if (erased->contains(key)) continue;
    batch.Put(families_[kFound], found_key(short_token(token), as_text(id)), {});
    batch.Put(families_[kUnderKey], under_key_key(key, id, short_token(token)), {});
  }
  for (const auto& [key, note] : changes.notes)
    if (!erased->contains(key)) batch.Put(families_[kUnderKey], note_key(key), note);
  std::string cursor;
  append_u64(cursor, changes.cursor);
  batch.Put(families_[kLookupMeta], kCursor, cursor);
  // Not synced: the cursor is in the same write, so what a crash takes is read and applied again.
  if (auto written = checked(db_->Write({}, &batch), "Writing a look-up"); !written) return written;
  {
    const std::lock_guard moving(mutex_);
    MASH_CHECK(changes.cursor >= cursor_);
    cursor_ = changes.cursor;
  }
  moved_.notify_all();
  return {};
}

Result<std::vector<Uuid>> Lookup::Impl::find(const vault::Hash32& token, size_t limit) const {
  std::vector<Uuid> ids;
  rocksdb::ReadOptions within_token;
  within_token.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(within_token, families_[kFound]));
  for (at->Seek(short_token(token)); at->Valid() && ids.size() < limit; at->Next()) {
    const auto id = Uuid::from_bytes(at->key().ToStringView().substr(kTokenBytes));
    if (!id) return refuse(Code::kDataLoss, "STORE_CORRUPT", "A look-up holds what is no id.");
    ids.push_back(*id);
  }
  if (auto read = checked(at->status(), "Looking up"); !read) return tl::unexpected(read.error());
  return ids;
}

Result<std::string> Lookup::Impl::note(const Uuid& key) const {
  std::string note;
  const auto status = db_->Get({}, families_[kUnderKey], note_key(key), &note);
  if (!status.ok() && !status.IsNotFound())
    return tl::unexpected(store_error(status, "Reading a note"));
  return note;
}

uint64_t Lookup::Impl::cursor() const {
  const std::lock_guard lock(mutex_);
  return cursor_;
}

bool Lookup::Impl::wait_until(uint64_t position, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return moved_.wait_for(lock, patience, [&] { return cursor_ >= position; });
}

Result<void> Lookup::Impl::flush() {
  return checked(db_->Flush({}, {families_.begin(), families_.end()}), "Flushing a look-up");
}

// So that what was deleted of these keys is in no file any more.
Result<void> Lookup::Impl::rewrite(LookupFamily family, const std::vector<std::string>& keys) {
  if (auto flushed = flush(); !flushed) return flushed;  // the write-ahead log held them too
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.exclusive_manual_compaction = false;
  for (const std::string& key : keys) {
    const rocksdb::Slice only(key);
    const auto status = db_->CompactRange(options, families_[family], &only, &only);
    if (!status.ok()) return tl::unexpected(store_error(status, "Erasing entries from files"));
  }
  return remove_replaced_files(*db_);
}

// A change of the list of files is written after the list as it was before: one more change, and
// the list names only files that there are now.
Result<void> Lookup::Impl::change_list_of_files(const Uuid& key) {
  return checked(db_->Put({}, families_[kLookupMeta], erased_key(key), {}), "Erasing entries")
      .and_then([&] { return flush(); })
      .and_then([&] { return remove_replaced_files(*db_); });
}

// First the rows that are found, then those that tell which they are: an erasure that is cut short
// between the two still knows what to rewrite when it is asked for again.
Result<uint64_t> Lookup::Impl::erase(const Uuid& key) {
  std::vector<std::string> found;
  std::vector<std::string> under_key;
  {
    const std::lock_guard lock(writing_);
    const auto rows = rows_under(key);
    if (!rows) return tl::unexpected(rows.error());
    rocksdb::WriteBatch batch;
    batch.Put(families_[kLookupMeta], erased_key(key), {});
    for (const Row& row : *rows) {
      batch.Delete(families_[kFound], row.found);
      found.push_back(row.found);
      under_key.push_back(row.under_key);
    }
    if (auto written = checked(db_->Write({}, &batch), "Erasing entries"); !written)
      return tl::unexpected(written.error());
  }
  if (auto gone = rewrite(kFound, found); !gone) return tl::unexpected(gone.error());
  under_key.push_back(note_key(key));
  rocksdb::WriteBatch batch;
  for (const std::string& row : under_key) batch.Delete(families_[kUnderKey], row);
  if (auto written = checked(db_->Write({}, &batch), "Erasing entries"); !written)
    return tl::unexpected(written.error());
  return rewrite(kUnderKey, under_key).and_then([&] { return change_list_of_files(key); }).map([&] {
    return static_cast<uint64_t>(found.size());
  });
}

Lookup::Lookup(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Lookup::~Lookup() = default;

Result<std::unique_ptr<Lookup>> Lookup::open(LookupOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  return impl->open().map([&] { return std::unique_ptr<Lookup>(new Lookup(std::move(impl))); });
}

Result<void> Lookup::apply(const LookupChanges& changes) { return impl_->apply(changes); }
Result<std::vector<Uuid>> Lookup::find(const vault::Hash32& token, size_t limit) const {
  return impl_->find(token, limit);
}
Result<std::string> Lookup::note(const Uuid& key) const { return impl_->note(key); }
uint64_t Lookup::cursor() const { return impl_->cursor(); }
bool Lookup::wait_until(uint64_t position, std::chrono::milliseconds patience) const {
  return impl_->wait_until(position, patience);
}
Result<uint64_t> Lookup::erase(std::string_view key_id) {
  const auto key = Uuid::parse(key_id);
  if (!key) return tl::unexpected(key.error());
  return impl_->erase(*key);
}

}  // namespace mash::log
