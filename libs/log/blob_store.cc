#include "log/blob_store.h"

#include <cstring>

#include "log/bytes.h"

namespace mash::log {
namespace {

constexpr std::string_view kUncitedPrefix = "uncited/";
constexpr std::string_view kDigestTag = "mash/blob/1\n";
constexpr size_t kIdBytes = 16;

std::string prefix_of(const BlobPlace& place) {
  std::string key(place.scope.data(), place.scope.size());
  key += place.id.to_bytes();
  return key;
}

std::string chunk_key(const BlobPlace& place, uint32_t index) {
  std::string key = prefix_of(place);
  append_u32(key, index);
  return key;
}

std::string mark_of(const BlobPlace& place) {
  return std::string(kUncitedPrefix) + prefix_of(place);
}

std::string scope_prefix(std::string_view key_id) {
  const StreamHash scope = hash_stream(key_id);
  return {scope.data(), scope.size()};
}

rocksdb::WriteOptions with_next_commit() {
  rocksdb::WriteOptions options;
  options.protection_bytes_per_key = 8;
  return options;
}

Result<void> write(Store& store, rocksdb::WriteBatch& batch) {
  const auto status = store.db().Write(with_next_commit(), &batch);
  if (!status.ok()) return tl::unexpected(store_error(status, "Writing a file's bytes"));
  return {};
}

// Each key by itself: chunks are few and long, so deleting them as a range would save nothing.
Result<void> remove(const Store& store, const std::string& prefix, rocksdb::WriteBatch& batch) {
  const auto it = store.scan_all(kBlobs);
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next())
    batch.Delete(store.family(kBlobs), it->key());
  if (!it->status().ok())
    return tl::unexpected(store_error(it->status(), "Looking for files' bytes"));
  return {};
}

}  // namespace

BlobPlace blob_place(std::string_view key_id, const Uuid& id) {
  return {.scope = hash_stream(key_id), .id = id};
}

BlobDigest::BlobDigest(std::string_view id, uint64_t bytes) {
  std::string length;
  append_u64(length, bytes);
  digest_ = merkle::sha256({kDigestTag, id, length});
}

void BlobDigest::add(std::string_view sealed_chunk) {
  digest_ = merkle::sha256({merkle::bytes_of(digest_), sealed_chunk});
}

Result<void> put_chunk(Store& store, const BlobPlace& place, uint32_t index,
                       std::string_view sealed) {
  if (auto room = store.room().check(DiskRoom::Need::kCommand); !room) return room;
  rocksdb::WriteBatch batch;
  batch.Put(store.family(kMeta), mark_of(place), {});
  batch.Put(store.family(kBlobs), chunk_key(place, index),
            rocksdb::Slice(sealed.data(), sealed.size()));
  return write(store, batch);
}

Result<std::string> read_chunk(const Store& store, const BlobPlace& place, uint32_t index) {
  return store.chunk(chunk_key(place, index))
      .and_then([&](std::optional<std::string> sealed) -> Result<std::string> {
        if (sealed) return std::move(*sealed);
        return refuse(Code::kDataLoss, "BLOB_MISSING",
                      "Chunk " + std::to_string(index) + " of the blob " + place.id.text() +
                          " is not there.");
      });
}

void cite(const Store& store, const BlobPlace& place, rocksdb::WriteBatch& batch) {
  batch.Delete(store.family(kMeta), mark_of(place));
}

Result<void> remove_if_uncited(Store& store, const BlobPlace& place) {
  rocksdb::PinnableSlice mark;
  const auto status = store.db().Get({}, store.family(kMeta), mark_of(place), &mark);
  if (status.IsNotFound()) return {};
  if (!status.ok()) return tl::unexpected(store_error(status, "Looking up a file's bytes"));
  rocksdb::WriteBatch batch;
  if (auto removed = remove(store, prefix_of(place), batch); !removed) return removed;
  batch.Delete(store.family(kMeta), mark_of(place));
  return write(store, batch);
}

Result<uint64_t> sweep_uncited(Store& store) {
  uint64_t swept = 0;
  rocksdb::WriteBatch batch;
  const auto it = store.iterate(kMeta);
  for (it->Seek(rocksdb::Slice(kUncitedPrefix.data(), kUncitedPrefix.size()));
       it->Valid() && it->key().starts_with({kUncitedPrefix.data(), kUncitedPrefix.size()});
       it->Next(), ++swept) {
    const std::string prefix = it->key().ToString().substr(kUncitedPrefix.size());
    if (auto removed = remove(store, prefix, batch); !removed)
      return tl::unexpected(removed.error());
    batch.Delete(store.family(kMeta), it->key());
  }
  if (!it->status().ok())
    return tl::unexpected(store_error(it->status(), "Looking for uploads that were cut"));
  if (swept == 0) return swept;
  return write(store, batch).map([&] { return swept; });
}

Result<void> check_blob_bytes(const Store& store, std::string_view key_id, const v1::Blob& blob) {
  const auto id = Uuid::from_bytes(blob.id());
  if (!id)
    return refuse(Code::kDataLoss, "BLOB_MISMATCH", "It cites a blob by what is no id of one.");
  const BlobPlace place = blob_place(key_id, *id);
  BlobDigest digest(blob.id(), blob.bytes());
  const uint32_t count = chunks_of(blob.bytes());
  for (uint32_t index = 0; index < count; ++index) {
    const auto sealed = read_chunk(store, place, index);
    if (!sealed && sealed.error().reason == "BLOB_MISSING") return tl::unexpected(sealed.error());
    if (!sealed) return refuse(Code::kDataLoss, "BLOB_MISMATCH", sealed.error().message);
    digest.add(*sealed);
  }
  if (digest.bytes() == blob.digest()) return {};
  return refuse(Code::kDataLoss, "BLOB_MISMATCH",
                "The bytes of the blob " + id->text() + " are not those that it cites.");
}

Result<bool> has_blobs_under(const Store& store, std::string_view key_id) {
  const std::string prefix = scope_prefix(key_id);
  const auto it = store.iterate(kBlobs);
  it->Seek(prefix);
  if (!it->status().ok())
    return tl::unexpected(store_error(it->status(), "Looking for files' bytes"));
  return it->Valid() && it->key().starts_with(prefix);
}

Result<void> remove_blobs_under(const Store& store, std::string_view key_id,
                                rocksdb::WriteBatch& batch) {
  return remove(store, scope_prefix(key_id), batch);
}

Result<void> rewrite_blobs_under(Store& store, std::string_view key_id,
                                 const rocksdb::CompactRangeOptions& options) {
  const std::string from = scope_prefix(key_id);
  const std::string to = from + std::string(kIdBytes + sizeof(uint32_t), '\xff');
  const rocksdb::Slice begin(from);
  const rocksdb::Slice end(to);
  if (const auto status = store.db().CompactRange(options, store.family(kBlobs), &begin, &end);
      !status.ok())
    return tl::unexpected(store_error(status, "Erasing files' bytes"));
  return {};
}

}  // namespace mash::log
