#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "merkle/hash.h"
#include "merkle/proof.h"
#include "merkle/tile.h"
#include "merkle/tree.h"

// What the tests hold the tree against: RFC 6962's definitions written down as they stand there,
// recursive and slow.
namespace mash::merkle::testing {

using Leaves = std::vector<Hash>;

inline Leaves part(const Leaves& leaves, std::size_t first, std::size_t end) {
  return {leaves.begin() + static_cast<std::ptrdiff_t>(first),
          leaves.begin() + static_cast<std::ptrdiff_t>(end)};
}

// The largest power of two smaller than n, for n > 1.
inline std::size_t split(std::size_t n) {
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

// Section 2.1: MTH(D[n]).
inline Hash reference_root(const Leaves& leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves.front();
  const std::size_t k = split(leaves.size());
  return node_hash(reference_root(part(leaves, 0, k)),
                   reference_root(part(leaves, k, leaves.size())));
}

// Section 2.1.1: PATH(m, D[n]).
inline std::vector<Hash> reference_path(std::size_t m, const Leaves& leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = split(leaves.size());
  const Leaves left = part(leaves, 0, k);
  const Leaves right = part(leaves, k, leaves.size());
  std::vector<Hash> path = m < k ? reference_path(m, left) : reference_path(m - k, right);
  path.push_back(reference_root(m < k ? right : left));
  return path;
}

// Section 2.1.2: SUBPROOF(m, D[n], b).
inline std::vector<Hash> reference_subproof(std::size_t m, const Leaves& leaves, bool known) {
  const std::size_t n = leaves.size();
  if (m == n) return known ? std::vector<Hash>{} : std::vector<Hash>{reference_root(leaves)};
  const std::size_t k = split(n);
  const Leaves left = part(leaves, 0, k);
  const Leaves right = part(leaves, k, n);
  std::vector<Hash> proof =
      m <= k ? reference_subproof(m, left, known) : reference_subproof(m - k, right, false);
  proof.push_back(reference_root(m <= k ? right : left));
  return proof;
}

// The leaves "record 0", "record 1"...
inline Leaves some_leaves(std::size_t count) {
  Leaves leaves;
  for (std::size_t i = 0; i < count; ++i)
    leaves.push_back(leaf_hash("record " + std::to_string(i)));
  return leaves;
}

// A store in memory: the tiles a tree has given out, and its leaves.
struct MemoryStore {
  Leaves leaves;
  std::map<TileId, std::string> tiles;

  FullTile sink() {
    return [this](TileId id, std::string_view bytes) { tiles.emplace(id, bytes); };
  }
  TileReader tile_reader() const {
    return [this](TileId id) -> Result<std::string> {
      const auto tile = tiles.find(id);
      if (tile == tiles.end()) return refuse(Code::kDataLoss, "TILE_MISSING", tile_path(id));
      return tile->second;
    };
  }
  LeafReader leaf_reader() const {
    return [this](uint64_t first, uint64_t count) -> Result<std::vector<Hash>> {
      return part(leaves, first, first + count);
    };
  }
};

// Appends the leaves, keeping them and the tiles in the store.
inline void grow(Tree& tree, MemoryStore& store, const Leaves& leaves) {
  for (const Hash& leaf : leaves) {
    store.leaves.push_back(leaf);
    tree.append(leaf, store.sink());
  }
}

}  // namespace mash::merkle::testing
