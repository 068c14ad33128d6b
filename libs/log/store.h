#pragma once
#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "log/append.h"
#include "log/disk_room.h"
#include "log/head.h"
#include "log/record.h"
#include "log/store_error.h"
#include "merkle/tile.h"

namespace mash::log {

// How the log lies in RocksDB: column families, keys, values. Internal to libs/log;
// docs/formats/log.md is the format.
//
// - meta: "head" -> epoch, size, root; "name" -> the log's; "erased/<key id>" -> ""
// - records: position -> leaf
// - sealed: position -> SealedPart
// - index: 'S' stream-hash ~version -> position; 'C' scope-hash position -> "" (key_scope())
// - requests: scope -> first position, count, version, digest
// - tiles: level index -> 8,192 bytes
// - view_rows, view_nodes: log/view_set.h
// - blobs: log/blob_store.h
// - cursors: feed -> epoch, position
//
// Reading is thread-safe; writing is the writer thread's alone, but for blobs, whose bytes never
// pass through it.
enum Family {
  kMeta,
  kRecords,
  kSealed,
  kIndex,
  kRequests,
  kTiles,
  kViewRows,
  kViewNodes,
  kBlobs,
  kCursors,
  kFamilies
};

struct StoreOptions {
  std::filesystem::path directory;
  rocksdb::Env* env = nullptr;
  size_t block_cache_bytes = 0;
  size_t memtable_bytes = 0;
  bool create = true;  // false: NOT_FOUND, reason LOG_MISSING, when there is none
  // Nothing in the folder is changed, so that it may lie on a medium that cannot be written to:
  // what the write-ahead log holds is only read. Never made; Store's writing methods are not for
  // it.
  bool read_only = false;
  // For recovery: drop what follows the first damage in the write-ahead log instead of refusing to
  // open.
  bool keep_readable_prefix = false;
  DiskRoomOptions room{};  // less than a part of it: DISK_FULL, and nothing is touched
};

// What is kept of an answered request.
struct RequestEntry {
  uint64_t first = 0;  // position of its first event; when it had none, the last position it saw
  uint32_t count = 0;
  uint64_t version = 0;
  std::array<uint8_t, 32> digest{};
};

inline constexpr char kErasedPrefix[] = "erased/";

// The first half of SHA-256 of a stream's name or a scope's id: what index keys begin with.
using StreamHash = std::array<char, 16>;
StreamHash hash_stream(std::string_view name);

class Store {
 public:
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
  ~Store();

  rocksdb::DB& db() { return *db_; }
  const rocksdb::DB& db() const { return *db_; }
  DiskRoom& room() { return room_; }
  const DiskRoom& room() const { return room_; }
  // Null where a store of an earlier version, opened to be read only, has none.
  rocksdb::ColumnFamilyHandle* family(Family family) const { return families_[family]; }
  // False only of a log made before there were any that is read where it may not be changed.
  bool has_blobs() const { return families_[kBlobs] != nullptr; }

  // The log's name; empty when the store is new.
  Result<std::string> name() const;
  Result<void> put_name(const std::string& name);

  // Nothing when the store is new.
  Result<std::optional<Head>> head() const;

  Result<std::string> leaf(uint64_t position) const;
  // Nothing when there is none, or it was erased.
  Result<std::optional<v1::SealedPart>> sealed(uint64_t position) const;
  Result<Record> record(uint64_t position, bool with_sealed) const;
  // Whether sealed parts under this key were erased on an order.
  Result<bool> erased(std::string_view key_id) const;
  Result<std::string> full_tile(merkle::TileId id) const;
  Result<std::optional<RequestEntry>> request(const RequestKey& key) const;

  // A chunk of a blob, past the cache: it is long, and read once. Nothing where it is not there.
  Result<std::optional<std::string>> chunk(std::string_view key) const;

  // Of every feed followed, by its name.
  Result<std::map<std::string, Cursor>> cursors() const;

  // The newest version of a stream; 0 when it does not exist.
  Result<uint64_t> stream_version(const StreamHash& stream) const;

  struct Entry {
    uint64_t version = 0;
    uint64_t position = 0;
  };
  // A stream's entries from `from_version` on with positions below `size`, ascending.
  Result<std::vector<Entry>> stream_entries(std::string_view stream, uint64_t from_version,
                                            uint64_t size) const;

  // A point-in-time iterator over a family. With `prefix`, stays within keys that share the sought
  // key's prefix.
  std::unique_ptr<rocksdb::Iterator> iterate(Family family, bool prefix = false) const;

  // An iterator for reading a whole family once: checksums verified, the cache left alone.
  std::unique_ptr<rocksdb::Iterator> scan_all(Family family) const;

  // Reads every block of every file and checks its checksum.
  Result<void> check_files() const;

  static void put_head(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* meta,
                       const Head& head);
  void put_cursor(rocksdb::WriteBatch& batch, const CursorMove& move) const;

  // Flushes every family, so that files alone hold everything.
  Result<void> flush();

 private:
  explicit Store(const StoreOptions& options);
  Result<void> hold(rocksdb::Env& env, const StoreOptions& options);

  DiskRoom room_;
  struct Unlock {
    rocksdb::Env* env;
    void operator()(rocksdb::FileLock* lock) const { env->UnlockFile(lock); }
  };
  std::unique_ptr<rocksdb::FileLock, Unlock> lock_;  // when read only: RocksDB takes none then
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families_{};
};

std::string position_key(uint64_t position);
std::string tile_key(merkle::TileId id);
// 'S' stream-hash ~version: within a stream the newest version comes first.
std::string stream_key(const StreamHash& stream, uint64_t version);
// 'C' scope-hash position.
std::string scope_key(const StreamHash& scope, uint64_t position);
std::string encode_request(const RequestEntry& entry);

}  // namespace mash::log
