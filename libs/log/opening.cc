#include "log/opening.h"

#include <rocksdb/env.h>

#include <algorithm>

#include "merkle/proof.h"

namespace mash::log {
namespace {

tl::unexpected<Error> damaged(std::string reason, std::string message) {
  return refuse(Code::kDataLoss, std::move(reason), std::move(message));
}

std::string at(const Head& head) {
  return "epoch " + std::to_string(head.epoch) + ", " + std::to_string(head.size) + " records";
}

Result<Time> recorded_at(const Store& store, uint64_t size) {
  if (size == 0) return Time{};
  return store.leaf(size - 1)
      .and_then([](const std::string& leaf) { return decode_prefix(leaf); })
      .map([](const RecordPrefix& prefix) { return prefix.recorded_at; });
}

Result<void> make_directory(const LogOptions& options) {
  std::error_code failed;
  std::filesystem::create_directories(options.directory, failed);
  if (failed)
    return refuse(Code::kUnavailable, "STORE_FAILED",
                  "Cannot make " + options.directory.string() + ": " + failed.message());
  return {};
}

// A directory that holds another log is refused before anything is read as this one's.
Result<void> check_name(Store& store, const LogOptions& options) {
  return store.name().and_then([&](const std::string& stored) -> Result<void> {
    if (stored.empty()) return store.put_name(log_name(options));
    if (stored == log_name(options)) return {};
    return refuse(Code::kFailedPrecondition, "LOG_IS_ANOTHER",
                  options.directory.string() + " holds the log " + stored + ", not " +
                      log_name(options) + ".");
  });
}

Head next_epoch(const Head& stored, const std::optional<Head>& acknowledged, const NewEpoch& why) {
  uint64_t last = stored.epoch;
  if (acknowledged) last = std::max(last, acknowledged->epoch);
  if (why.last_known) last = std::max(last, why.last_known->epoch);
  return {.epoch = last + 1, .size = stored.size, .root = stored.root};
}

}  // namespace

Result<void> check_acknowledged(const Head& stored, const Head& acknowledged, const Store& store,
                                const merkle::Tree& tree) {
  if (stored.epoch < acknowledged.epoch ||
      (stored.epoch == acknowledged.epoch && stored.size < acknowledged.size))
    return damaged("LOG_BEHIND_HEAD",
                   "The store holds " + at(stored) + ", but " + at(acknowledged) +
                       " were acknowledged. `mash recover` shows what would be kept and lost.");
  if (stored.epoch > acknowledged.epoch)
    return {};  // a new epoch was opened and its head not yet written
  merkle::TreeReader reader(std::make_shared<const merkle::Tree>(tree),
                            [&](merkle::TileId id) { return store.full_tile(id); });
  return reader.root_at(acknowledged.size).and_then([&](const merkle::Hash& root) -> Result<void> {
    if (root == acknowledged.root) return {};
    return damaged("HEAD_MISMATCH",
                   "The first " + std::to_string(acknowledged.size) +
                       " records in the store are not those that were acknowledged.");
  });
}

Result<void> check_head_file(const std::optional<Head>& stored,
                             const std::optional<Head>& acknowledged) {
  if (!stored || acknowledged) return {};
  return damaged("HEAD_FILE_DAMAGED", "The store holds " + at(*stored) +
                                          ", but the head file is missing or blank, so what was "
                                          "acknowledged is not known.");
}

std::string log_name(const LogOptions& options) {
  return "mash/" + options.area + "/" + options.service;
}

Result<merkle::Tree> load_tree(const Store& store, uint64_t size) {
  const auto leaves = [&](uint64_t first, uint64_t count) -> Result<std::vector<merkle::Hash>> {
    std::vector<merkle::Hash> hashes;
    for (uint64_t position = first; position < first + count; ++position) {
      const auto leaf = store.leaf(position);
      if (!leaf) return tl::unexpected(leaf.error());
      hashes.push_back(merkle::leaf_hash(*leaf));
    }
    return hashes;
  };
  return merkle::Tree::load(size, [&](merkle::TileId id) { return store.full_tile(id); }, leaves);
}

Result<Opened> open_parts(const LogOptions& options, const NewEpoch* new_epoch) {
  if (auto made = make_directory(options); !made) return tl::unexpected(made.error());
  auto& env = options.env != nullptr ? *options.env : *rocksdb::Env::Default();
  auto head_file = HeadFile::open(env, options.directory);
  if (!head_file && new_epoch != nullptr && head_file.error().reason == "HEAD_FILE_DAMAGED")
    head_file = HeadFile::replace(env, options.directory);
  if (!head_file) return tl::unexpected(head_file.error());
  const auto& acknowledged = head_file->newest();
  auto store = Store::open({.directory = options.directory,
                            .env = options.env,
                            .block_cache_bytes = options.block_cache_bytes,
                            .memtable_bytes = options.memtable_bytes,
                            // Never over what is left of a log: RocksDB would begin by deleting it.
                            .create = !acknowledged && new_epoch == nullptr,
                            .keep_readable_prefix = new_epoch != nullptr,
                            .room = options.room});
  if (!store && store.error().reason == "LOG_MISSING")
    return damaged("STORE_INCOMPLETE",
                   "There is a head file in " + options.directory.string() + ", but no store.");
  if (!store) return tl::unexpected(store.error());
  if (auto named = check_name(**store, options); !named) return tl::unexpected(named.error());
  const auto stored = (**store).head();
  if (!stored) return tl::unexpected(stored.error());
  if (new_epoch == nullptr)
    if (auto ok = check_head_file(*stored, acknowledged); !ok) return tl::unexpected(ok.error());

  const Head first{.epoch = 1, .size = 0, .root = merkle::empty_root()};
  Head head = stored->value_or(first);
  auto tree = load_tree(**store, head.size);
  if (!tree) return tl::unexpected(tree.error());
  if (tree->root() != head.root)
    return damaged("ROOT_MISMATCH",
                   "The records in the store do not lead to the root stored with them.");
  if (new_epoch != nullptr) {
    head = next_epoch(head, acknowledged, *new_epoch);
  } else if (acknowledged) {
    if (auto ok = check_acknowledged(head, *acknowledged, **store, *tree); !ok)
      return tl::unexpected(ok.error());
  }
  const auto last = recorded_at(**store, head.size);
  if (!last) return tl::unexpected(last.error());
  auto cursors = (**store).cursors();
  if (!cursors) return tl::unexpected(cursors.error());
  return Opened{.store = std::move(*store),
                .head_file = std::move(*head_file),
                .head = head,
                .last_recorded_at = *last,
                .tree = std::move(*tree),
                .cursors = std::move(*cursors)};
}

}  // namespace mash::log
