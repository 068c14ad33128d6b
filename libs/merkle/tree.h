#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "merkle/hash.h"
#include "merkle/tile.h"

namespace mash::merkle {

// Takes a tile that has just become full; the view lives for the call.
using FullTile = std::function<void(TileId, std::string_view)>;

// Yields `count` leaf hashes from index `first` on.
using LeafReader = std::function<Result<std::vector<Hash>>(uint64_t first, uint64_t count)>;

// An RFC 6962 tree that grows at its end. It holds only what is still open: at most 255 hashes a
// tile level (24 KB at ten million leaves) and the path to the root. What is full leaves through
// the sink and is the caller's to keep.
//
// A plain value: one thread at a time; a copy costs a microsecond or two. That is how a batch is
// staged: copy, append to the copy, commit, and only then let the copy take the original's place
// (PublishedTree for readers). A batch that fails is dropped with its copy.
class Tree {
 public:
  Tree() = default;

  // The tree of `size` leaves, from what the store holds: at most 255 full tiles a level and 255
  // leaf hashes are read, however large the tree. The caller compares root() with the one it
  // knows; what the store says is not otherwise checked. Refused: TREE_SIZE_INVALID over
  // kTreeSizeMax, TILE_MALFORMED, LEAVES_MISSING, and whatever the readers refuse with.
  static Result<Tree> load(uint64_t size, const TileReader& full_tiles, const LeafReader& leaves);

  // Adds one leaf. Tiles that became full (seldom one, rarely more) go to the sink, lowest level
  // first.
  void append(const Hash& leaf, const FullTile& sink);

  uint64_t size() const { return size_; }

  // Hashes at most 62 pairs; empty_root() for no leaves.
  Hash root() const;

  // The open hashes of a tile level, in order: the partial tile of this size. Empty when the
  // level's last tile is full or the level does not exist. Valid until the tree changes.
  const std::vector<Hash>& edge(std::size_t level) const { return edge_.at(level); }

  // The complete subtree of 2^height leaves that ends at or next before the right edge; only for
  // the heights whose bit of size() is set. Valid until the tree changes.
  const Hash& subtree(std::size_t height) const { return subtree_.at(height); }

 private:
  uint64_t size_ = 0;
  // By height; meaningful where that bit of size_ is set.
  std::array<Hash, 64> subtree_{};
  std::array<std::vector<Hash>, kTileLevels> edge_;
};

// The newest tree readers may see. Thread-safe: one writer publishes, any number of readers take
// snapshots; a snapshot never changes and holds nothing up. The mutex guards one pointer.
class PublishedTree {
 public:
  explicit PublishedTree(Tree tree = {}) : tree_(std::make_shared<const Tree>(std::move(tree))) {}

  // Called by the writer, once the batch and its full tiles are durable.
  void publish(Tree tree);

  std::shared_ptr<const Tree> snapshot() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Tree> tree_;
};

}  // namespace mash::merkle
