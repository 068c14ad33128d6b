#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/result.h"
#include "log/append.h"
#include "log/blob_store.h"
#include "log/event_log.h"

namespace rocksdb {
class WriteBatch;
}

namespace mash::log {

// A blob is bytes that an event brings with it and that are too long for its record: a file. They
// lie in the log's own store, sealed in chunks under the data key of the event's case, and the
// record cites their digest. So one sync makes both durable, a backup holds both, `verify` reads
// both, and erasing the key takes both.

// A blob that is written, and not cited by a record yet. Whoever holds it holds its bytes: when the
// last one lets go and no record has come to cite it, they are removed. Thread-safe; the log
// outlives it.
class PendingBlob {
 public:
  PendingBlob(const EventLog& log, std::string key_id, const Uuid& id)
      : log_(log), key_id_(std::move(key_id)), place_(blob_place(key_id_, id)) {}
  ~PendingBlob();
  PendingBlob(const PendingBlob&) = delete;
  PendingBlob& operator=(const PendingBlob&) = delete;

  const std::string& key_id() const { return key_id_; }
  // What a record says of it.
  const v1::Blob& cited() const { return cited_; }

  // For the log's writer: the batch holds the record that cites it.
  void cite_in(rocksdb::WriteBatch& batch) const;

 private:
  friend class BlobWriter;

  const EventLog& log_;
  const std::string key_id_;
  const BlobPlace place_;
  v1::Blob cited_;
};

// Takes the bytes of one blob in whatever pieces they come, and seals and writes each chunk as it
// is full: on the caller's thread, never the log's writer's, and with no more than a chunk in
// memory. Not thread-safe. The log outlives it.
class BlobWriter {
 public:
  // Of a blob of exactly `bytes` bytes, at least one. The key is that of the case of the event to
  // come.
  BlobWriter(const EventLog& log, std::string key_id, const Uuid& id, uint64_t bytes);

  // BLOB_LENGTH_WRONG for more bytes than were announced; as KeyRing::seal() refuses;
  // kUnavailable, STORE_FAILED; kResourceExhausted, DISK_FULL.
  Result<void> write(std::string_view bytes);

  // The blob, to be cited (UnitOfWork::decide). BLOB_LENGTH_WRONG where bytes are missing.
  Result<std::shared_ptr<const PendingBlob>> finish();

 private:
  Result<void> seal_chunk();

  const EventLog& log_;
  const uint64_t bytes_;
  uint64_t taken_ = 0;
  uint32_t next_ = 0;  // chunk
  std::string chunk_;
  BlobDigest digest_;
  std::shared_ptr<PendingBlob> blob_;
};

// Reads a blob that a record cites, a chunk at a time and with no more in memory. Not thread-safe.
// The log outlives it.
class BlobReader {
 public:
  BlobReader(const EventLog& log, std::string key_id, v1::Blob blob);

  // The next bytes, at most kBlobChunkBytes; none: that was all. KEY_DESTROYED; kDataLoss,
  // BLOB_MISSING or SEALED_PART_DAMAGED.
  Result<std::string> next();

 private:
  const EventLog& log_;
  const std::string key_id_;
  const v1::Blob blob_;
  uint32_t next_ = 0;
};

// The blob of this id among those that a record cites; null: it is none of them.
const v1::Blob* find_blob(const Record& record, const Uuid& id);

}  // namespace mash::log
