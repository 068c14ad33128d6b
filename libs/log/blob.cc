#include "log/blob.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "log/store.h"
#include "vault/key_ring.h"
#include "vault/sealing.h"

namespace mash::log {
namespace {

tl::unexpected<Error> length_wrong() {
  return refuse(Code::kInvalidArgument, "BLOB_LENGTH_WRONG",
                "There are other bytes than were announced: more, or fewer.");
}

}  // namespace

PendingBlob::~PendingBlob() {
  // Where it fails, the next opening of the log finds the mark.
  (void)remove_if_uncited(log_.store(), place_);
}

void PendingBlob::cite_in(rocksdb::WriteBatch& batch) const { cite(log_.store(), place_, batch); }

BlobWriter::BlobWriter(const EventLog& log, std::string key_id, const Uuid& id, uint64_t bytes)
    : log_(log),
      bytes_(bytes),
      digest_(id.to_bytes(), bytes),
      blob_(std::make_shared<PendingBlob>(log, std::move(key_id), id)) {
  MASH_CHECK(bytes > 0 && bytes <= kBlobBytesMax);
  chunk_.reserve(std::min<uint64_t>(bytes, kBlobChunkBytes));
  blob_->cited_.set_id(id.to_bytes());
  blob_->cited_.set_bytes(bytes);
}

Result<void> BlobWriter::write(std::string_view bytes) {
  if (bytes.size() > bytes_ - taken_) return length_wrong();
  taken_ += bytes.size();
  while (!bytes.empty()) {
    const size_t room = std::min(kBlobChunkBytes - chunk_.size(), bytes.size());
    chunk_.append(bytes.substr(0, room));
    bytes.remove_prefix(room);
    if (chunk_.size() == kBlobChunkBytes)
      if (auto sealed = seal_chunk(); !sealed) return sealed;
  }
  return {};
}

Result<void> BlobWriter::seal_chunk() {
  const auto aad =
      vault::blob_aad(log_.name(), blob_->cited_.id(), next_, chunks_of(bytes_), blob_->key_id_);
  const auto sealed = log_.options().keys->seal(blob_->key_id_, aad, chunk_);
  if (!sealed) return tl::unexpected(sealed.error());
  chunk_.clear();
  digest_.add(*sealed);
  return put_chunk(log_.store(), blob_->place_, next_++, *sealed);
}

Result<std::shared_ptr<const PendingBlob>> BlobWriter::finish() {
  if (taken_ != bytes_) return length_wrong();
  if (!chunk_.empty())
    if (auto sealed = seal_chunk(); !sealed) return tl::unexpected(sealed.error());
  blob_->cited_.set_digest(std::string(digest_.bytes()));
  return blob_;
}

BlobReader::BlobReader(const EventLog& log, std::string key_id, v1::Blob blob)
    : log_(log), key_id_(std::move(key_id)), blob_(std::move(blob)) {}

Result<std::string> BlobReader::next() {
  const uint32_t count = chunks_of(blob_.bytes());
  if (next_ == count) return std::string();
  const auto id = Uuid::from_bytes(blob_.id());
  if (!id) return tl::unexpected(id.error());
  const uint32_t index = next_++;
  const auto aad = vault::blob_aad(log_.name(), blob_.id(), index, count, key_id_);
  return read_chunk(log_.store(), blob_place(key_id_, *id), index)
      .and_then([&](const std::string& sealed) {
        return log_.options().keys->open(key_id_, aad, sealed);
      });
}

const v1::Blob* find_blob(const Record& record, const Uuid& id) {
  const auto found = std::ranges::find_if(
      record.body.blobs(), [&](const v1::Blob& blob) { return blob.id() == id.to_bytes(); });
  return found == record.body.blobs().end() ? nullptr : &*found;
}

}  // namespace mash::log
