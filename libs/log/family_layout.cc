#include "log/family_layout.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/memtablerep.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <limits>

namespace mash::log {
namespace {

constexpr double kFilterBitsPerKey = 10;  // one look-up in a hundred reads a table for nothing
// A filter the cache has let go is read again whole: this makes it some 200 KiB.
constexpr uint64_t kFilteredTableBytes = 16 << 20;
constexpr int kScatteredRunsMax = 8;  // each look-up asks the filters of all
// Of hashed memtables. Most buckets hold an entry or two: a list of them takes a third of the
// memory that a skip list for each does, and only long ones become one.
constexpr uint32_t kSkipListFrom = 16;
constexpr size_t kNoHugePages = 0;
constexpr int kLongBucketsUnlogged = std::numeric_limits<int>::max();
constexpr bool kBucketsUnlogged = false;

}  // namespace

void lay_out_tables(rocksdb::ColumnFamilyOptions& options,
                    const std::shared_ptr<rocksdb::Cache>& cache, Filter filter) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  if (filter != Filter::kNone) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
    table.whole_key_filtering = filter == Filter::kKeys;
    options.target_file_size_base = kFilteredTableBytes;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
}

void expect_scattered_keys(rocksdb::ColumnFamilyOptions& options, size_t bytes_per_bucket) {
  options.memtable_factory.reset(rocksdb::NewHashLinkListRepFactory(
      std::max<size_t>(options.write_buffer_size / bytes_per_bucket, 16), kNoHugePages,
      kLongBucketsUnlogged, kBucketsUnlogged, kSkipListFrom));
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  options.level0_file_num_compaction_trigger = kScatteredRunsMax;
}

}  // namespace mash::log
