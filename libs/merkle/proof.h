#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "merkle/hash.h"
#include "merkle/tile.h"
#include "merkle/tree.h"

// Proofs about a tree of any size up to the newest, while a writer goes on appending. RFC 6962,
// sections 2.1.1 and 2.1.2; `verify.h` checks them.
namespace mash::merkle {

// A complete subtree: the leaves [index << height, (index + 1) << height).
struct Subtree {
  uint8_t height = 0;
  uint64_t index = 0;
};

// Yields the hash of a complete subtree.
using HashSource = std::function<Result<Hash>(Subtree)>;

// The root of the tree's first `size` leaves.
Result<Hash> root_at(uint64_t size, const HashSource& hashes);

// The path from leaf `index` to the root of the first `size` leaves, the leaf's sibling first.
// Refused: INDEX_OUT_OF_RANGE unless index < size.
Result<std::vector<Hash>> inclusion_proof(uint64_t index, uint64_t size, const HashSource& hashes);

// That the first `to` leaves begin with the first `from`. No hashes when from is 0 or equals to.
// Refused: SIZE_OUT_OF_RANGE unless from <= to.
Result<std::vector<Hash>> consistency_proof(uint64_t from, uint64_t to, const HashSource& hashes);

// Reads one snapshot of a tree: its open edge from memory, everything else from full tiles. Keeps
// the last two tiles it hashed of each level (256 KB at most), so a page of neighbouring proofs
// costs little more than one. Not thread-safe: every caller makes its own, from
// PublishedTree::snapshot(); the tile reader must then allow calls from several threads.
// It answers for any size up to size(); beyond it refuses with SIZE_OUT_OF_RANGE.
class TreeReader {
 public:
  TreeReader(std::shared_ptr<const Tree> tree, TileReader full_tiles);

  uint64_t size() const { return tree_->size(); }

  Result<Hash> root_at(uint64_t size);
  Result<std::vector<Hash>> inclusion_proof(uint64_t index, uint64_t size);
  Result<std::vector<Hash>> consistency_proof(uint64_t from, uint64_t to);

  // The first `width` hashes of a tile, 1 to 256. Refused: TILE_OUT_OF_RANGE when the tree does
  // not have them yet.
  Result<std::string> tile(TileId id, std::size_t width = kTileWidth);

  // The hash of a complete subtree. Refused: SIZE_OUT_OF_RANGE when the tree does not cover it.
  Result<Hash> hash(Subtree subtree);

 private:
  // A tile's hashes and every complete pair above them: rows[r][i] is the hash of 2^r of the
  // tile's hashes from i * 2^r on.
  struct Rows {
    uint64_t index = 0;
    std::vector<std::vector<Hash>> rows;
  };

  // Valid until the next call.
  Result<const Rows*> rows_of(TileId id);

  std::shared_ptr<const Tree> tree_;
  TileReader full_tiles_;
  // The tile used last and the one before: a proof goes along its leaf and along the tree's end.
  std::array<std::array<std::optional<Rows>, 2>, kTileLevels> cache_;
};

}  // namespace mash::merkle
