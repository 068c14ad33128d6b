#pragma once
#include <rocksdb/env.h>

#include <filesystem>
#include <memory>

namespace mash::vault {

// What RocksDB notes of its own work, in the file LOG of a store's folder, for whoever mends it:
// bounded, the older half in LOG.old. On a disk that is full notes are lost, and nothing else is.
//
// RocksDB's own way of writing them does not bear that: after a write that failed the next note
// ends the program by an assertion, `sync_without_flush_called_` in
// WritableFileWriter::AssertFalseAndGetStatusForPrevError, as Debian builds it (7.8.3, with
// assertions), wherever the store has come with what it was to keep.
//
// `folder`: made where it is missing; empty: nothing is noted.
std::shared_ptr<rocksdb::Logger> store_notes(const std::filesystem::path& folder,
                                             rocksdb::InfoLogLevel level = rocksdb::INFO_LEVEL);

}  // namespace mash::vault
