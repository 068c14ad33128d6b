#include "log/verify.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "log/blob_store.h"
#include "log/bytes.h"
#include "log/head_file.h"
#include "log/opening.h"
#include "log/scan.h"
#include "log/store.h"
#include "merkle/proof.h"
#include "vault/sealing.h"

namespace mash::log {
namespace {

constexpr uint64_t kChunk =
    64 * merkle::kTileWidth;  // records a thread takes at a time: whole tiles

// A sum over a set that does not depend on the order: index entries and records are counted on both
// sides, and the sums differ if the sets do.
uint64_t mix(std::string_view key, uint64_t position) {
  uint64_t hash = 0xcbf29ce484222325ULL ^ position;
  for (const char byte : key) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  return hash ^ (hash >> 29);
}

// In the order of positions; of one position, in the order found.
void add_fault(VerifyReport& report, LogFault fault) {
  const auto after =
      std::upper_bound(report.faults.begin(), report.faults.end(), fault,
                       [](const auto& a, const auto& b) { return a.position < b.position; });
  report.faults.insert(after, std::move(fault));
}

class Verification {
 public:
  Verification(const Store& store, Head head, const VerifyOptions& options)
      : store_(store), options_(options), tile_roots_(head.size / merkle::kTileWidth) {
    report_.head = head;
  }

  VerifyReport run() {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < std::max(1U, options_.threads); ++i)
      threads.emplace_back([this] { check_chunks(); });
    for (auto& thread : threads) thread.join();
    if (options_.stop.stop_requested()) return std::move(report_);
    check_tree();
    check_index();
    check_other_bytes();
    return std::move(report_);
  }

  // Keeps the first by position, whichever thread finds them first.
  void fault(uint64_t position, std::string reason, std::string message) {
    const std::lock_guard lock(mutex_);
    add_fault(report_, {position, std::move(reason), std::move(message)});
    if (report_.faults.size() > options_.faults_max) report_.faults.pop_back();
  }

 private:
  // What one thread counts on its way.
  struct Tally {
    uint64_t sealed = 0;
    uint64_t erased = 0;
    uint64_t blobs = 0;
    uint64_t index_sum = 0;
    std::vector<merkle::Hash> tile;  // leaf hashes of the tile being read
    bool tile_whole = true;          // no record of it was unreadable
    std::optional<RecordPrefix> before;
  };

  void check_chunks() {
    Tally tally;
    const uint64_t size = report_.head.size;
    for (uint64_t first = next_chunk_.fetch_add(kChunk);
         first < size && !options_.stop.stop_requested(); first = next_chunk_.fetch_add(kChunk)) {
      const uint64_t end = std::min(size, first + kChunk);
      check_range(first, end, tally);
      const std::lock_guard lock(mutex_);
      done_ += end - first;
      if (options_.progress) options_.progress(done_, size);
    }
    const std::lock_guard lock(mutex_);
    report_.sealed_parts += tally.sealed;
    report_.erased_parts += tally.erased;
    report_.blobs += tally.blobs;
    index_sum_ += tally.index_sum;
  }

  void check_range(uint64_t first, uint64_t end, Tally& tally) {
    auto records = store_.scan_all(kRecords);
    auto sealed = store_.scan_all(kSealed);
    records->Seek(position_key(first));
    sealed->Seek(position_key(first));
    tally.before.reset();
    tally.tile.clear();
    tally.tile_whole = true;
    if (first > 0)
      if (const auto before =
              store_.leaf(first - 1).and_then([](const auto& leaf) { return decode_prefix(leaf); }))
        tally.before = *before;
    bool readable = true;
    for (uint64_t position = first; position < end; ++position) {
      const bool here = readable && records->Valid() && get_u64(records->key().data()) == position;
      if (here) {
        check_record(position, records->value().ToStringView(), *sealed, tally);
        records->Next();
      } else {
        // After damage the iterator is of no use: record by record from here.
        readable = false;
        check_alone(position, *sealed, tally);
      }
      if (tally.tile.size() == merkle::kTileWidth)
        finish_tile(position / merkle::kTileWidth, tally);
    }
    if (!tally.tile.empty()) {
      const std::lock_guard lock(mutex_);
      last_leaves_ = tally.tile;
    }
  }

  void check_alone(uint64_t position, rocksdb::Iterator& sealed, Tally& tally) {
    const auto leaf = store_.leaf(position);
    if (leaf) return check_record(position, *leaf, sealed, tally);
    fault(position, "RECORD_UNREADABLE", leaf.error().message);
    tally.tile.emplace_back();
    tally.tile_whole = false;
  }

  void check_record(uint64_t position, std::string_view leaf, rocksdb::Iterator& sealed,
                    Tally& tally) {
    tally.tile.push_back(merkle::leaf_hash(leaf));
    const auto record = decode_record(leaf, true);
    if (!record) return fault(position, "RECORD_UNREADABLE", record.error().message);
    const auto& prefix = record->prefix;
    if (prefix.position != position)
      fault(position, "RECORD_MISPLACED", "It says another position.");
    if (tally.before &&
        (prefix.recorded_at < tally.before->recorded_at || prefix.epoch < tally.before->epoch))
      fault(position, "RECORD_MISPLACED", "It goes back in time or epoch.");
    tally.before = prefix;
    const auto& body = record->body;
    const auto scope = key_scope(body.stream(), body.case_id());
    const auto stream_hash = hash_stream(body.stream());
    tally.index_sum += mix(stream_key(stream_hash, prefix.stream_version), position);
    tally.index_sum += mix(scope_key(hash_stream(scope), position), position);
    if (record->has_personal()) check_sealed(*record, scope, sealed, tally);
    for (const v1::Blob& blob : body.blobs()) check_blob(position, blob, scope, tally);
  }

  void check_blob(uint64_t position, const v1::Blob& blob, std::string_view scope, Tally& tally) {
    const auto found = check_blob_bytes(store_, scope, blob);
    if (found) {
      ++tally.blobs;
    } else if (const auto erased = store_.erased(scope);
               found.error().reason != "BLOB_MISSING" || !erased || !*erased) {
      fault(position, found.error().reason, found.error().message);
    }
  }

  void check_sealed(const Record& record, std::string_view scope, rocksdb::Iterator& sealed,
                    Tally& tally) {
    const uint64_t position = record.prefix.position;
    while (sealed.Valid() && get_u64(sealed.key().data()) < position) sealed.Next();
    std::optional<v1::SealedPart> part;
    if (sealed.Valid() && get_u64(sealed.key().data()) == position) {
      part.emplace();
      if (!part->ParseFromArray(sealed.value().data(), static_cast<int>(sealed.value().size())))
        return fault(position, "COMMITMENT_MISMATCH", "Its sealed part cannot be read.");
    } else if (!sealed.status().ok()) {
      auto alone = store_.sealed(position);
      if (!alone) return fault(position, "COMMITMENT_MISMATCH", alone.error().message);
      part = std::move(*alone);
    }
    if (!part) {
      // Asked now, not at the beginning: the mark comes in the batch that takes the parts.
      if (const auto erased = store_.erased(scope); !erased || !*erased)
        return fault(position, "SEALED_PART_MISSING",
                     "Its sealed part is gone, though its key was not erased.");
      ++tally.erased;
      return;
    }
    ++tally.sealed;
    const auto commitment = vault::commitment(part->salt(), part->ciphertext());
    if (std::string_view(reinterpret_cast<const char*>(commitment.data()), commitment.size()) !=
        record.body.commitment())
      fault(position, "COMMITMENT_MISMATCH", "Its sealed part is not the one it commits to.");
  }

  // A full tile of leaf hashes against the one stored. A tile with an unreadable record counts as
  // stored, so that one damaged record is not reported as everything after it.
  void finish_tile(uint64_t index, Tally& tally) {
    const auto stored = store_.full_tile({.level = 0, .index = index});
    const auto computed = merkle::bytes_of(tally.tile);
    if (!stored) {
      fault(index * merkle::kTileWidth, "TILE_MISMATCH", stored.error().message);
    } else if (tally.tile_whole && *stored != computed) {
      uint64_t at = 0;
      while (at + 1 < merkle::kTileWidth &&
             stored->compare(at * merkle::kHashBytes, merkle::kHashBytes, computed,
                             at * merkle::kHashBytes, merkle::kHashBytes) == 0)
        ++at;
      fault(index * merkle::kTileWidth + at, "TILE_MISMATCH",
            "The record is not the one in the stored tile.");
    }
    const auto root =
        merkle::tile_root(stored && !tally.tile_whole ? std::string_view(*stored) : computed);
    if (root) tile_roots_[index] = *root;
    tally.tile.clear();
    tally.tile_whole = true;
  }

  // Everything above the leaves, from the roots of their tiles: stored tiles, the stored root, the
  // checkpoint kept elsewhere.
  void check_tree() {
    std::map<merkle::TileId, std::string> tiles;
    std::vector<merkle::Hash> level = tile_roots_;
    for (uint8_t height = 1; level.size() >= merkle::kTileWidth; ++height) {
      std::vector<merkle::Hash> above;
      for (uint64_t index = 0; (index + 1) * merkle::kTileWidth <= level.size(); ++index) {
        const std::vector<merkle::Hash> hashes(
            level.begin() + static_cast<long>(index * merkle::kTileWidth),
            level.begin() + static_cast<long>((index + 1) * merkle::kTileWidth));
        const std::string computed(merkle::bytes_of(hashes));
        const auto stored = store_.full_tile({.level = height, .index = index});
        const uint64_t first = index << (8 * (height + 1));
        if (!stored || *stored != computed)
          fault(first, "TILE_MISMATCH",
                "The stored tile " + merkle::tile_path({height, index}) +
                    " is not what the records lead to.");
        if (const auto root = merkle::tile_root(computed)) above.push_back(*root);
        tiles.emplace(merkle::TileId{height, index}, computed);
      }
      level = std::move(above);
    }
    const auto tile = [&](merkle::TileId id) -> Result<std::string> {
      if (const auto it = tiles.find(id); it != tiles.end()) return it->second;
      return store_.full_tile(id);  // level 0, compared above
    };
    check_roots(tile);
  }

  void check_roots(const merkle::TileReader& tile) {
    const auto tree =
        merkle::Tree::load(report_.head.size, tile,
                           [&](uint64_t, uint64_t count) -> Result<std::vector<merkle::Hash>> {
                             auto leaves = last_leaves_;
                             leaves.resize(count);
                             return leaves;
                           });
    if (!tree) return fault(0, "ROOT_MISMATCH", tree.error().message);
    if (tree->root() != report_.head.root)
      fault(report_.head.size == 0 ? 0 : report_.head.size - 1, "ROOT_MISMATCH",
            "The records do not lead to the root stored with them.");
    if (!options_.known) return;
    const auto& known = *options_.known;
    if (known.size > report_.head.size)
      return fault(report_.head.size, "LOG_BEHIND_HEAD",
                   "The log ends before the checkpoint kept elsewhere, which has " +
                       std::to_string(known.size) + " records.");
    merkle::TreeReader reader(std::make_shared<const merkle::Tree>(*tree), tile);
    const auto root = reader.root_at(known.size);
    if (!root || *root != known.root)
      fault(known.size == 0 ? 0 : known.size - 1, "CHECKPOINT_MISMATCH",
            "The log does not begin with the records of the checkpoint kept elsewhere.");
  }

  void check_index() {
    uint64_t sum = 0;
    const auto it = store_.scan_all(kIndex);
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      const bool of_stream = it->key()[0] == 'S';
      const char* at =
          of_stream ? it->value().data() : it->key().data() + it->key().size() - sizeof(uint64_t);
      const uint64_t position = get_u64(at);
      if (position < report_.head.size) sum += mix(it->key().ToStringView(), position);
    }
    if (!it->status().ok()) return fault(0, "INDEX_MISMATCH", it->status().ToString());
    if (sum != index_sum_ && report_.faults.empty())
      fault(0, "INDEX_MISMATCH", "The stream and case index does not list exactly the records.");
  }

  void check_other_bytes() {
    for (const Family family : {kMeta, kRequests, kTiles, kViewRows, kViewNodes, kCursors}) {
      if (store_.family(family) == nullptr) continue;
      const auto it = store_.scan_all(family);
      for (it->SeekToFirst(); it->Valid(); it->Next()) {
      }
      if (!it->status().ok()) fault(report_.head.size, "STORE_CORRUPT", it->status().ToString());
    }
    // What no scan reads: the files' own indexes, filters and properties.
    if (const auto sound = store_.check_files(); !sound)
      fault(report_.head.size, "STORE_CORRUPT", sound.error().message);
  }

  const Store& store_;
  const VerifyOptions& options_;
  std::atomic<uint64_t> next_chunk_{0};
  std::vector<merkle::Hash> tile_roots_;  // each thread writes its own tiles'
  std::mutex mutex_;                      // the rest
  std::vector<merkle::Hash> last_leaves_;
  uint64_t index_sum_ = 0;
  uint64_t done_ = 0;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> verify(const EventLog& log, const VerifyOptions& options) {
  Verification verification(log.store(), log.head(), options);
  auto report = verification.run();
  if (options.stop.stop_requested())
    return refuse(Code::kUnavailable, "VERIFY_STOPPED", "The verification was stopped.");
  report.name = log.name();
  if (!options.with_views) return report;
  for (const auto& view : log.options().views) {
    const auto checked = log.check_view(view->name());
    // One that is being rebuilt is not there to be wrong.
    if (checked || checked.error().reason == "VIEW_REBUILDING") continue;
    add_fault(report, {.position = report.head.size,
                       .reason = checked.error().reason,
                       .message = checked.error().message});
  }
  return report;
}

Result<VerifyReport> verify_directory(const std::filesystem::path& directory,
                                      const VerifyOptions& options) {
  auto& env = *rocksdb::Env::Default();
  const auto acknowledged = HeadFile::read(env, directory);
  if (!acknowledged) return tl::unexpected(acknowledged.error());
  auto store = Store::open({.directory = directory,
                            .block_cache_bytes = 64 << 20,
                            .memtable_bytes = 32 << 20,
                            .create = false,
                            .read_only = true});
  if (!store) return tl::unexpected(store.error());
  const auto head = (**store).head();
  if (!head) return tl::unexpected(head.error());
  const auto name = (**store).name();
  if (!name) return tl::unexpected(name.error());

  Verification verification(
      **store, head->value_or(Head{.epoch = 1, .size = 0, .root = merkle::empty_root()}), options);
  auto report = verification.run();
  report.name = *name;
  if (const auto kept = check_head_file(*head, *acknowledged); !kept)
    add_fault(report, {.position = report.head.size,
                       .reason = kept.error().reason,
                       .message = kept.error().message});
  if (*acknowledged) {
    auto tree = load_tree(**store, report.head.size);
    const auto agreed = tree ? check_acknowledged(report.head, **acknowledged, **store, *tree)
                             : Result<void>(tl::unexpected(tree.error()));
    if (!agreed)
      add_fault(report, {.position = std::min(report.head.size, (**acknowledged).size),
                         .reason = agreed.error().reason == "HEAD_MISMATCH" ? "ROOT_MISMATCH"
                                                                            : agreed.error().reason,
                         .message = agreed.error().message});
  }
  return report;
}

}  // namespace mash::log
