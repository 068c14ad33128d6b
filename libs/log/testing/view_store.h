#pragma once
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/check.h"
#include "log/versioned_list.h"
#include "log/view_set.h"

namespace mash::log::testing {

// A RocksDB with the two families that views need, in a temporary folder of its own. Not shared
// between threads while it opens and closes.
class TemporaryViewStore {
 public:
  explicit TemporaryViewStore(size_t memtable_bytes = 1 << 20) : memtable_bytes_(memtable_bytes) {
    std::string pattern = std::filesystem::temp_directory_path() / "mash-views-XXXXXX";
    MASH_CHECK(mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
    open();
  }
  ~TemporaryViewStore() {
    close();
    std::filesystem::remove_all(directory_);
  }
  TemporaryViewStore(const TemporaryViewStore&) = delete;
  TemporaryViewStore& operator=(const TemporaryViewStore&) = delete;

  // As after a restart: what was only in memory comes back from the write-ahead log.
  void reopen() {
    close();
    open();
  }

  rocksdb::DB& db() { return *db_; }
  ViewStore views() { return {.db = db_.get(), .rows = families_[1], .nodes = families_[2]}; }
  ListStore list(ListSlot slot) { return {.db = db_.get(), .nodes = families_[2], .slot = slot}; }

 private:
  void open() {
    rocksdb::DBOptions options;
    options.create_if_missing = options.create_missing_column_families = true;
    options.allow_concurrent_memtable_write = false;  // hashed memtables cannot
    rocksdb::ColumnFamilyOptions rows;
    rocksdb::ColumnFamilyOptions nodes;
    for (auto* family : {&rows, &nodes}) {
      family->write_buffer_size = memtable_bytes_;
      family->compression = rocksdb::kNoCompression;
    }
    configure_view_rows(rows, cache_);
    configure_view_nodes(nodes, cache_);
    rocksdb::DB* db = nullptr;
    const auto status = rocksdb::DB::Open(
        options, directory_,
        {{rocksdb::kDefaultColumnFamilyName, {}}, {"view_rows", rows}, {"view_nodes", nodes}},
        &families_, &db);
    MASH_CHECK(status.ok());
    db_.reset(db);
  }
  void close() {
    for (auto* family : families_) db_->DestroyColumnFamilyHandle(family);
    families_.clear();
    db_.reset();
  }

  size_t memtable_bytes_;
  std::shared_ptr<rocksdb::Cache> cache_ = rocksdb::NewLRUCache(128 << 20);
  std::string directory_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

}  // namespace mash::log::testing
