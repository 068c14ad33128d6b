#include "log/erasure.h"

#include "log/blob_store.h"
#include "log/replaced_files.h"
#include "log/scan.h"

namespace mash::log {
namespace {

// Of the positions in the key's scope, those whose sealed part is really under that key.
Result<std::vector<uint64_t>> sealed_under(const Store& store, const std::string& key_id,
                                           const std::vector<uint64_t>& scope) {
  std::vector<uint64_t> under;
  for (const uint64_t position : scope) {
    const auto part = store.sealed(position);
    if (!part) return tl::unexpected(part.error());
    if (part->has_value() && (**part).key_id() == key_id) under.push_back(position);
  }
  return under;
}

Result<void> remove(Store& store, Writer& writer, const std::string& key_id,
                    const std::vector<uint64_t>& positions) {
  rocksdb::WriteBatch batch;
  for (const uint64_t position : positions)
    batch.Delete(store.family(kSealed), position_key(position));
  if (auto removed = remove_blobs_under(store, key_id, batch); !removed) return removed;
  // So that `verify` knows them erased, not lost.
  batch.Put(store.family(kMeta), kErasedPrefix + key_id, {});
  return writer.write_between_commits(batch);
}

// Rewrites the files that hold these keys, so that what was deleted is in none of them. Neighbours
// go together.
Result<void> rewrite_files(Store& store, const std::string& key_id,
                           const std::vector<uint64_t>& positions) {
  if (auto flushed = store.flush(); !flushed) return flushed;  // the write-ahead log held them too
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.exclusive_manual_compaction = false;
  for (size_t i = 0; i < positions.size();) {
    size_t last = i;
    while (last + 1 < positions.size() && positions[last + 1] - positions[last] < 10'000) ++last;
    const auto from = position_key(positions[i]);
    const auto to = position_key(positions[last]);
    const rocksdb::Slice begin(from);
    const rocksdb::Slice end(to);
    if (const auto status = store.db().CompactRange(options, store.family(kSealed), &begin, &end);
        !status.ok())
      return tl::unexpected(store_error(status, "Erasing sealed parts from files"));
    i = last + 1;
  }
  if (auto rewritten = rewrite_blobs_under(store, key_id, options); !rewritten) return rewritten;
  return remove_replaced_files(store.db());
}

}  // namespace

Result<uint64_t> erase_sealed(Store& store, Writer& writer, const std::string& key_id,
                              const std::function<uint64_t()>& size) {
  uint64_t removed = 0;
  for (bool is_first = true;; is_first = false) {
    const auto scope = scope_positions(store, key_id, size());
    if (!scope) return tl::unexpected(scope.error());
    const auto positions = sealed_under(store, key_id, *scope);
    if (!positions) return tl::unexpected(positions.error());
    const auto blobs = has_blobs_under(store, key_id);
    if (!blobs) return tl::unexpected(blobs.error());
    if (positions->empty() && !*blobs && !is_first) return removed;
    if (auto deleted = remove(store, writer, key_id, *positions); !deleted)
      return tl::unexpected(deleted.error());
    // The whole scope's files, also those of an erasure that was cut short after its deletions.
    if (auto rewritten = rewrite_files(store, key_id, *scope); !rewritten)
      return tl::unexpected(rewritten.error());
    removed += positions->size();
  }
}

}  // namespace mash::log
