#include "merkle/tree.h"

#include <bit>
#include <span>
#include <utility>

#include "core/check.h"

namespace mash::merkle {
namespace {

// Where a level's open tile begins, and how many hashes it has.
struct Open {
  uint64_t first;
  std::size_t count;
};

Open open_part(uint64_t size, std::size_t level) {
  const uint64_t hashes = size >> (kTileHeight * level);
  const std::size_t count = hashes % kTileWidth;
  return {hashes - count, count};
}

// The open hashes of a level above the leaves: the roots of the full tiles below it.
Result<std::vector<Hash>> roots_below(Open open, std::size_t level, const TileReader& full_tiles) {
  std::vector<Hash> roots;
  roots.reserve(open.count);
  for (std::size_t i = 0; i < open.count; ++i) {
    const auto tile = full_tiles(TileId{static_cast<uint8_t>(level - 1), open.first + i});
    if (!tile) return tl::unexpected(tile.error());
    const auto root = tile_root(*tile);
    if (!root) return tl::unexpected(root.error());
    roots.push_back(*root);
  }
  return roots;
}

}  // namespace

Result<Tree> Tree::load(uint64_t size, const TileReader& full_tiles, const LeafReader& leaves) {
  if (size > kTreeSizeMax) {
    return refuse(Code::kInvalidArgument, "TREE_SIZE_INVALID", "no tree is that large");
  }
  Tree tree;
  tree.size_ = size;
  for (std::size_t level = 0; level < kTileLevels; ++level) {
    const Open open = open_part(size, level);
    if (open.count == 0) continue;
    auto hashes =
        level == 0 ? leaves(open.first, open.count) : roots_below(open, level, full_tiles);
    if (!hashes) return tl::unexpected(hashes.error());
    if (hashes->size() != open.count) {
      return refuse(Code::kDataLoss, "LEAVES_MISSING",
                    "the store has not the leaf hashes its tree ends with");
    }
    tree.edge_[level] = std::move(*hashes);

    // The binary digits of the count say which complete subtrees the open hashes form.
    std::span<const Hash> rest = tree.edge_[level];
    for (std::size_t height = kTileHeight; height-- > 0;) {
      const std::size_t width = std::size_t{1} << height;
      if ((open.count & width) == 0) continue;
      tree.subtree_[kTileHeight * level + height] = complete_root(rest.first(width));
      rest = rest.subspan(width);
    }
  }
  return tree;
}

void Tree::append(const Hash& leaf, const FullTile& sink) {
  MASH_CHECK(size_ < kTreeSizeMax);
  const uint64_t size = size_ + 1;
  const auto add = [&](std::size_t level, const Hash& hash) {
    std::vector<Hash>& open = edge_[level];
    open.push_back(hash);
    if (open.size() < kTileWidth) return;
    const uint64_t index = (size >> (kTileHeight * (level + 1))) - 1;
    sink(TileId{static_cast<uint8_t>(level), index}, bytes_of(open));
    open.clear();
  };

  add(0, leaf);
  Hash hash = leaf;
  std::size_t height = 0;
  // Adding a leaf is adding one to a binary number: every set digit below the first clear one is a
  // subtree that now pairs up.
  for (; (size_ >> height & 1) != 0; ++height) {
    hash = node_hash(subtree_[height], hash);
    if ((height + 1) % kTileHeight == 0) add((height + 1) / kTileHeight, hash);
  }
  subtree_[height] = hash;
  size_ = size;
}

Hash Tree::root() const {
  if (size_ == 0) return empty_root();
  auto height = static_cast<std::size_t>(std::countr_zero(size_));
  Hash hash = subtree_[height];
  while (size_ >> ++height != 0) {
    if ((size_ >> height & 1) != 0) hash = node_hash(subtree_[height], hash);
  }
  return hash;
}

void PublishedTree::publish(Tree tree) {
  auto next = std::make_shared<const Tree>(std::move(tree));
  // The old snapshot leaves with `next`, after the lock: freeing it is no reader's wait.
  const std::lock_guard lock(mutex_);
  tree_.swap(next);
}

std::shared_ptr<const Tree> PublishedTree::snapshot() const {
  const std::lock_guard lock(mutex_);
  return tree_;
}

}  // namespace mash::merkle
