#pragma once
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/result.h"
#include "log/record.h"
#include "log/store.h"
#include "merkle/hash.h"

namespace mash::log {

// How blobs lie in the store. Internal to libs/log; docs/formats/blobs.md is the format.
//
// - blobs: scope-hash blob-id index -> a sealed chunk; so all that lies under one key lies together
// - meta: "uncited/" scope-hash blob-id -> "", while no record cites it
//
// The mark of what is uncited comes with every chunk and goes in the batch that writes the record:
// a chunk without a record has its mark, wherever a crash cuts.

inline constexpr size_t kBlobChunkBytes = 64 << 10;  // before sealing; the last may be shorter
inline constexpr uint64_t kBlobBytesMax = uint64_t{1} << 40;

inline uint32_t chunks_of(uint64_t bytes) {
  return static_cast<uint32_t>((bytes + kBlobChunkBytes - 1) / kBlobChunkBytes);
}

// Where one blob lies.
struct BlobPlace {
  StreamHash scope{};
  Uuid id;
};
BlobPlace blob_place(std::string_view key_id, const Uuid& id);

// The digest that a record holds: over the blob's id and length, and each sealed chunk in turn.
class BlobDigest {
 public:
  BlobDigest(std::string_view id, uint64_t bytes);
  void add(std::string_view sealed_chunk);
  std::string_view bytes() const { return merkle::bytes_of(digest_); }

 private:
  merkle::Hash digest_;
};

// Written from any thread and synced with the next commit. DISK_FULL, as an append is refused.
Result<void> put_chunk(Store& store, const BlobPlace& place, uint32_t index,
                       std::string_view sealed);
// kDataLoss, reason BLOB_MISSING, where it is not there.
Result<std::string> read_chunk(const Store& store, const BlobPlace& place, uint32_t index);

// A record cites it: the mark goes in the record's batch.
void cite(const Store& store, const BlobPlace& place, rocksdb::WriteBatch& batch);

// Removes it where its mark still stands.
Result<void> remove_if_uncited(Store& store, const BlobPlace& place);

// Removes what no record cites, when a log is opened: uploads that were cut. How many there were.
Result<uint64_t> sweep_uncited(Store& store);

// Reads every byte that a record cites. BLOB_MISSING, BLOB_MISMATCH.
Result<void> check_blob_bytes(const Store& store, std::string_view key_id, const v1::Blob& blob);

// For erasing what lies under a key.
Result<bool> has_blobs_under(const Store& store, std::string_view key_id);
Result<void> remove_blobs_under(const Store& store, std::string_view key_id,
                                rocksdb::WriteBatch& batch);
Result<void> rewrite_blobs_under(Store& store, std::string_view key_id,
                                 const rocksdb::CompactRangeOptions& options);

}  // namespace mash::log
