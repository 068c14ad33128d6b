#pragma once
#include <rocksdb/cache.h>
#include <rocksdb/options.h>

#include <memory>

namespace mash::log {

// What the tables of a column family can tell without reading their data: whether a key, or a
// prefix (options.prefix_extractor), may be in them. Only worth its memory where something is
// sought that often is not there.
enum class Filter { kNone, kKeys, kPrefixes };

// How the tables of a family lie on disk. Their indexes and filters count against `cache`, so that
// memory is bounded by configuration, not by data.
void lay_out_tables(rocksdb::ColumnFamilyOptions& options,
                    const std::shared_ptr<rocksdb::Cache>& cache, Filter filter);

// For families whose keys come in no order and are read by whole key or prefix only; the prefix
// extractor and the write buffer's size are set already. Memtables are hashed, with a bucket for
// each `bytes_per_bucket`, and inserting into them costs a third; tables are merged with others of
// their size, so that each key is rewritten a few times only, however many there are.
void expect_scattered_keys(rocksdb::ColumnFamilyOptions& options, size_t bytes_per_bucket);

}  // namespace mash::log
