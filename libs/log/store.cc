#include "log/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/slice_transform.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "log/bytes.h"
#include "log/family_layout.h"
#include "log/view_set.h"
#include "merkle/hash.h"
#include "vault/store_notes.h"

namespace mash::log {
namespace {

using rocksdb::ColumnFamilyOptions;

constexpr const char* kFamilyNames[kFamilies] = {"default",  "records", "sealed",    "index",
                                                 "requests", "tiles",   "view_rows", "view_nodes",
                                                 "blobs",    "cursors"};
constexpr size_t kIndexPrefixBytes = 17;
// Few shards: each must hold whole filters, up to some 200 KiB, beside much else.
constexpr int kCacheShardBits = 2;
constexpr size_t kPositionHintBytes = 4;  // of a position's eight: what neighbours have in common
constexpr size_t kIndexBytesPerBucket = 128;   // about a key's: as many buckets as keys
constexpr double kMemtableFilterShare = 0.02;  // of the write buffer
constexpr uint64_t kWalBytesMax =
    48 << 20;  // bounds memtables, and what a start after a crash replays

ColumnFamilyOptions family_options(int family, const StoreOptions& options,
                                   const std::shared_ptr<rocksdb::Cache>& cache) {
  ColumnFamilyOptions out;
  out.write_buffer_size = options.memtable_bytes;
  out.compression = rocksdb::kNoCompression;
  switch (family) {
    case kRecords:
    case kSealed:  // each key follows the one before: inserted next to it, without a search
      out.memtable_insert_with_hint_prefix_extractor.reset(
          rocksdb::NewFixedPrefixTransform(kPositionHintBytes));
      lay_out_tables(out, cache, Filter::kNone);
      break;
    case kIndex:
      out.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kIndexPrefixBytes));
      lay_out_tables(out, cache, Filter::kPrefixes);
      expect_scattered_keys(out, kIndexBytesPerBucket);
      break;
    case kRequests:  // most begin with the time, so they come about in order
      out.memtable_prefix_bloom_size_ratio = kMemtableFilterShare;
      out.memtable_whole_key_filtering = true;
      lay_out_tables(out, cache, Filter::kKeys);
      break;
    case kViewRows:
      configure_view_rows(out, cache);
      break;
    case kViewNodes:
      configure_view_nodes(out, cache);
      break;
    default:
      lay_out_tables(out, cache, Filter::kNone);
      break;
  }
  return out;
}

std::vector<rocksdb::ColumnFamilyDescriptor> descriptors(
    const std::vector<Family>& families, const StoreOptions& options,
    const std::shared_ptr<rocksdb::Cache>& cache) {
  std::vector<rocksdb::ColumnFamilyDescriptor> out;
  for (const Family family : families)
    out.emplace_back(kFamilyNames[family], family_options(family, options, cache));
  return out;
}

rocksdb::DBOptions db_options(const StoreOptions& options) {
  rocksdb::DBOptions db;
  db.create_if_missing = options.create;
  db.create_missing_column_families = true;
  db.allow_concurrent_memtable_write = false;  // one writer; hashed memtables require it
  db.wal_recovery_mode = options.keep_readable_prefix
                             ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                             : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.recycle_log_file_num = 0;
  // Families reach their tables together: what a damaged write-ahead log leaves then agrees with
  // itself, or no recovery could open it.
  db.atomic_flush = true;
  db.max_total_wal_size = kWalBytesMax;
  db.max_open_files = 512;
  db.max_background_jobs = 2;
  db.paranoid_checks = true;
  db.avoid_flush_during_shutdown = options.read_only;
  db.info_log = vault::store_notes(options.read_only ? std::filesystem::path() : options.directory);
  db.keep_log_file_num = 4;  // of an earlier version's
  db.stats_dump_period_sec = 0;
  db.bytes_per_sync = 1 << 20;
  if (options.env != nullptr) db.env = options.env;
  return db;
}

Head decode_head(std::string_view value) {
  Head head;
  head.epoch = get_u64(value.data());
  head.size = get_u64(value.data() + 8);
  std::memcpy(head.root.data(), value.data() + 16, head.root.size());
  return head;
}

constexpr size_t kHeadBytes = 16 + 32;
constexpr size_t kRequestBytes = 8 + 4 + 8 + 32;
constexpr size_t kCursorBytes = 8 + 8;

}  // namespace

StreamHash hash_stream(std::string_view name) {
  const auto digest = merkle::sha256({name});
  StreamHash hash;
  std::memcpy(hash.data(), digest.data(), hash.size());
  return hash;
}

std::string position_key(uint64_t position) {
  std::string key;
  append_u64(key, position);
  return key;
}

std::string tile_key(merkle::TileId id) {
  std::string key(1, static_cast<char>(id.level));
  append_u64(key, id.index);
  return key;
}

std::string stream_key(const StreamHash& stream, uint64_t version) {
  std::string key(1, 'S');
  key.append(stream.data(), stream.size());
  append_u64(key, ~version);
  return key;
}

std::string scope_key(const StreamHash& scope, uint64_t position) {
  std::string key(1, 'C');
  key.append(scope.data(), scope.size());
  append_u64(key, position);
  return key;
}

std::string encode_request(const RequestEntry& entry) {
  std::string value;
  append_u64(value, entry.first);
  append_u32(value, entry.count);
  append_u64(value, entry.version);
  value.append(reinterpret_cast<const char*>(entry.digest.data()), entry.digest.size());
  return value;
}

namespace {

Error missing(const StoreOptions& options) {
  return {.code = Code::kNotFound,
          .reason = "LOG_MISSING",
          .message = "There is no log in " + options.directory.string() + "."};
}

Error opening_error(const rocksdb::Status& status, const StoreOptions& options) {
  const std::string where = options.directory.string();
  if (!options.create && status.IsInvalidArgument()) return missing(options);
  if (status.IsIOError() && status.ToString().find("LOCK") != std::string::npos)
    return {.code = Code::kUnavailable,
            .reason = "LOG_IN_USE",
            .message = "A running program has the log in " + where + " open."};
  return store_error(status, "Opening " + where);
}

// The families to open. One that came later than a log is made when the log is opened, but not
// where nothing may be changed.
Result<std::vector<Family>> families_to_open(const StoreOptions& options,
                                             const rocksdb::DBOptions& how) {
  std::vector<std::string> there(std::begin(kFamilyNames), std::end(kFamilyNames));
  if (options.read_only)
    if (const auto status =
            rocksdb::DB::ListColumnFamilies(how, options.directory.string(), &there);
        !status.ok())
      return tl::unexpected(opening_error(status, options));
  std::vector<Family> families;
  for (int i = 0; i < kFamilies; ++i)
    if (std::ranges::find(there, kFamilyNames[i]) != there.end())
      families.push_back(static_cast<Family>(i));
  return families;
}

}  // namespace

// Keeps others from writing to what is being read. A folder that cannot be written to needs no lock
// and could not have one.
Result<void> Store::hold(rocksdb::Env& env, const StoreOptions& options) {
  const auto& directory = options.directory;
  if (env.FileExists(directory / "CURRENT").IsNotFound()) return tl::unexpected(missing(options));
  if (::access(directory.c_str(), W_OK) != 0) return {};
  rocksdb::FileLock* lock = nullptr;
  if (const auto status = env.LockFile(directory / "LOCK", &lock); !status.ok())
    return tl::unexpected(opening_error(status, options));
  lock_ = {lock, Unlock{&env}};
  return {};
}

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  auto store = std::unique_ptr<Store>(new Store(options));
  // RocksDB leaves half files behind where it cannot be opened, until it can.
  if (!options.read_only)
    if (auto room = store->room().check(DiskRoom::Need::kOpening); !room)
      return tl::unexpected(room.error());
  const auto how = db_options(options);
  if (options.read_only)
    if (auto held = store->hold(*how.env, options); !held) return tl::unexpected(held.error());
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes, kCacheShardBits);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto wanted = families_to_open(options, how);
  if (!wanted) return tl::unexpected(wanted.error());
  const auto families = descriptors(*wanted, options, cache);
  const auto folder = options.directory.string();
  const auto status = options.read_only
                          ? rocksdb::DB::OpenForReadOnly(how, folder, families, &handles, &db)
                          : rocksdb::DB::Open(how, folder, families, &handles, &db);
  if (!status.ok()) return tl::unexpected(opening_error(status, options));
  store->db_.reset(db);
  for (size_t i = 0; i < handles.size(); ++i) store->families_[wanted->at(i)] = handles[i];
  return store;
}

Store::Store(const StoreOptions& options) : room_(options.directory, options.room) {}

Store::~Store() {
  // So that the next start has nothing to replay; a failed disk keeps what it has.
  if (db_ && !db_->GetDBOptions().avoid_flush_during_shutdown) (void)flush();
  for (auto* family : families_)
    if (family != nullptr) db_->DestroyColumnFamilyHandle(family);
}

Result<std::optional<Head>> Store::head() const {
  rocksdb::PinnableSlice value;
  const auto status = db_->Get({}, family(kMeta), "head", &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return tl::unexpected(store_error(status, "Reading the head"));
  if (value.size() != kHeadBytes)
    return refuse(Code::kDataLoss, "STORE_CORRUPT", "The stored head has the wrong length.");
  return decode_head(value.ToStringView());
}

Result<void> Store::check_files() const {
  rocksdb::ReadOptions options;
  options.readahead_size = 2 << 20;
  const auto status = db_->VerifyChecksum(options);
  if (!status.ok()) return tl::unexpected(store_error(status, "Checking the files"));
  return {};
}

void Store::put_head(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* meta,
                     const Head& head) {
  std::string value;
  append_u64(value, head.epoch);
  append_u64(value, head.size);
  value.append(reinterpret_cast<const char*>(head.root.data()), head.root.size());
  batch.Put(meta, "head", value);
}

void Store::put_cursor(rocksdb::WriteBatch& batch, const CursorMove& move) const {
  std::string value;
  append_u64(value, move.to.epoch);
  append_u64(value, move.to.position);
  value.append(move.to.state);
  batch.Put(family(kCursors), move.feed, value);
}

Result<std::map<std::string, Cursor>> Store::cursors() const {
  std::map<std::string, Cursor> cursors;
  if (family(kCursors) == nullptr) return cursors;
  const auto it = scan_all(kCursors);
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const std::string_view value = it->value().ToStringView();
    if (value.size() < kCursorBytes)
      return refuse(Code::kDataLoss, "STORE_CORRUPT", "A stored cursor is too short.");
    cursors[it->key().ToString()] = {.epoch = get_u64(value.data()),
                                     .position = get_u64(value.data() + sizeof(uint64_t)),
                                     .state = std::string(value.substr(kCursorBytes))};
  }
  if (!it->status().ok()) return tl::unexpected(store_error(it->status(), "Reading the cursors"));
  return cursors;
}

Result<std::string> Store::leaf(uint64_t position) const {
  std::string value;
  const auto status = db_->Get({}, family(kRecords), position_key(position), &value);
  if (!status.ok())
    return tl::unexpected(store_error(status, "Reading record " + std::to_string(position)));
  return value;
}

Result<std::optional<v1::SealedPart>> Store::sealed(uint64_t position) const {
  rocksdb::PinnableSlice value;
  const auto status = db_->Get({}, family(kSealed), position_key(position), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok())
    return tl::unexpected(
        store_error(status, "Reading the sealed part of " + std::to_string(position)));
  v1::SealedPart part;
  if (!part.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return refuse(Code::kDataLoss, "SEALED_PART_MALFORMED",
                  "The sealed part of record " + std::to_string(position) + " cannot be read.");
  return part;
}

Result<Record> Store::record(uint64_t position, bool with_sealed) const {
  auto record =
      leaf(position).and_then([](const std::string& bytes) { return decode_record(bytes); });
  if (!record) return record;
  if (record->prefix.position != position)
    return refuse(Code::kDataLoss, "RECORD_MISPLACED",
                  "Record " + std::to_string(position) + " says it stands elsewhere.");
  if (with_sealed && record->has_personal()) {
    auto part = sealed(position);
    if (!part) return tl::unexpected(part.error());
    record->sealed = std::move(*part);
  }
  return record;
}

Result<bool> Store::erased(std::string_view key_id) const {
  rocksdb::PinnableSlice mark;
  const auto status = db_->Get({}, family(kMeta), kErasedPrefix + std::string(key_id), &mark);
  if (!status.ok() && !status.IsNotFound())
    return tl::unexpected(store_error(status, "Looking up an erased key"));
  return status.ok();
}

Result<std::string> Store::full_tile(merkle::TileId id) const {
  std::string value;
  const auto status = db_->Get({}, family(kTiles), tile_key(id), &value);
  if (!status.ok()) return tl::unexpected(store_error(status, "Reading a tile"));
  return value;
}

Result<std::optional<RequestEntry>> Store::request(const RequestKey& key) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Slice scope(reinterpret_cast<const char*>(key.scope.data()), key.scope.size());
  const auto status = db_->Get({}, family(kRequests), scope, &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return tl::unexpected(store_error(status, "Looking up a request"));
  if (value.size() != kRequestBytes)
    return refuse(Code::kDataLoss, "STORE_CORRUPT", "A stored request has the wrong length.");
  RequestEntry entry;
  entry.first = get_u64(value.data());
  entry.count = get_u32(value.data() + 8);
  entry.version = get_u64(value.data() + 12);
  std::memcpy(entry.digest.data(), value.data() + 20, entry.digest.size());
  return entry;
}

Result<std::optional<std::string>> Store::chunk(std::string_view key) const {
  if (!has_blobs()) return std::nullopt;
  rocksdb::ReadOptions past_the_cache;
  past_the_cache.fill_cache = false;
  std::string value;
  const auto status =
      db_->Get(past_the_cache, family(kBlobs), rocksdb::Slice(key.data(), key.size()), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return tl::unexpected(store_error(status, "Reading a file's bytes"));
  return value;
}

Result<std::string> Store::name() const {
  std::string value;
  const auto status = db_->Get({}, family(kMeta), "name", &value);
  if (!status.ok() && !status.IsNotFound())
    return tl::unexpected(store_error(status, "Reading the log's name"));
  return value;
}

Result<void> Store::put_name(const std::string& name) {
  rocksdb::WriteOptions durable;
  durable.sync = true;
  if (const auto status = db_->Put(durable, family(kMeta), "name", name); !status.ok())
    return tl::unexpected(store_error(status, "Writing the log's name"));
  return {};
}

std::unique_ptr<rocksdb::Iterator> Store::scan_all(Family family_wanted) const {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = false;
  options.readahead_size = 2 << 20;
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, family(family_wanted)));
}

std::unique_ptr<rocksdb::Iterator> Store::iterate(Family family_wanted, bool prefix) const {
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = prefix;
  options.total_order_seek = !prefix;
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, family(family_wanted)));
}

Result<uint64_t> Store::stream_version(const StreamHash& stream) const {
  const auto it = iterate(kIndex, true);
  it->Seek(stream_key(stream, UINT64_MAX));
  if (!it->status().ok())
    return tl::unexpected(store_error(it->status(), "Reading the stream index"));
  if (!it->Valid()) return 0;
  return ~get_u64(it->key().data() + kIndexPrefixBytes);
}

Result<std::vector<Store::Entry>> Store::stream_entries(std::string_view stream,
                                                        uint64_t from_version,
                                                        uint64_t size) const {
  std::vector<Entry> entries;
  const auto hash = hash_stream(stream);
  // Most commands begin a stream, and that there is none yet is told several times faster by one
  // look-up than by an iterator.
  rocksdb::PinnableSlice first;
  const auto exists = db_->Get({}, family(kIndex), stream_key(hash, 1), &first);
  if (exists.IsNotFound()) return entries;
  if (!exists.ok()) return tl::unexpected(store_error(exists, "Reading the stream index"));
  const auto it = iterate(kIndex, true);
  for (it->Seek(stream_key(hash, UINT64_MAX)); it->Valid(); it->Next()) {
    const Entry entry{.version = ~get_u64(it->key().data() + kIndexPrefixBytes),
                      .position = get_u64(it->value().data())};
    if (entry.version < from_version) break;
    if (entry.position < size) entries.push_back(entry);
  }
  if (!it->status().ok())
    return tl::unexpected(store_error(it->status(), "Reading the stream index"));
  std::reverse(entries.begin(), entries.end());
  return entries;
}

Result<void> Store::flush() {
  std::vector<rocksdb::ColumnFamilyHandle*> all(families_.begin(), families_.end());
  if (const auto status = db_->Flush({}, all); !status.ok())
    return tl::unexpected(store_error(status, "Flushing"));
  return {};
}

}  // namespace mash::log
