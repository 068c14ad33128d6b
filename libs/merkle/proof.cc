#include "merkle/proof.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace mash::merkle {
namespace {

// The leaves [first, end); first is a multiple of the smallest power of two that spans them, as in
// every range RFC 6962 makes by halving.
struct Range {
  uint64_t first;
  uint64_t end;

  uint64_t size() const { return end - first; }
  // Where it is halved: after the largest power of two smaller than its size; needs size() > 1.
  uint64_t middle() const { return first + std::bit_floor(size() - 1); }
};

// The root of a range: its complete subtrees, largest first, folded from the right.
Result<Hash> root_of(Range range, const HashSource& hashes) {
  std::optional<Hash> root;
  uint64_t end = range.end;
  while (end != range.first) {
    const auto height = static_cast<uint8_t>(std::countr_zero(end - range.first));
    end -= uint64_t{1} << height;
    const auto hash = hashes(Subtree{height, end >> height});
    if (!hash) return tl::unexpected(hash.error());
    root = root ? node_hash(*hash, *root) : *hash;
  }
  return root.value_or(empty_root());
}

// The roots of the ranges in turn.
Result<std::vector<Hash>> roots_of(const std::vector<Range>& ranges, const HashSource& hashes) {
  std::vector<Hash> roots;
  roots.reserve(ranges.size());
  for (const Range range : ranges) {
    const auto root = root_of(range, hashes);
    if (!root) return tl::unexpected(root.error());
    roots.push_back(*root);
  }
  return roots;
}

auto beyond_tree() {
  return refuse(Code::kOutOfRange, "SIZE_OUT_OF_RANGE", "the tree is not that large yet");
}

}  // namespace

Result<Hash> root_at(uint64_t size, const HashSource& hashes) { return root_of({0, size}, hashes); }

Result<std::vector<Hash>> inclusion_proof(uint64_t index, uint64_t size, const HashSource& hashes) {
  if (index >= size) {
    return refuse(Code::kOutOfRange, "INDEX_OUT_OF_RANGE", "the tree has no such leaf");
  }
  std::vector<Range> siblings;
  Range range{0, size};
  while (range.size() > 1) {
    const uint64_t middle = range.middle();
    if (index < middle) {
      siblings.push_back({middle, range.end});
      range.end = middle;
    } else {
      siblings.push_back({range.first, middle});
      range.first = middle;
    }
  }
  std::reverse(siblings.begin(), siblings.end());
  return roots_of(siblings, hashes);
}

Result<std::vector<Hash>> consistency_proof(uint64_t from, uint64_t to, const HashSource& hashes) {
  if (from > to) {
    return refuse(Code::kOutOfRange, "SIZE_OUT_OF_RANGE", "the earlier tree is the larger");
  }
  std::vector<Range> parts;
  if (from == 0 || from == to) return std::vector<Hash>{};
  Range range{0, to};
  // Down to the range that ends where the smaller tree ends. While its end is never stepped over,
  // that range begins at 0: it is the smaller tree itself, whose root the verifier has.
  while (range.end != from) {
    const uint64_t middle = range.middle();
    if (from <= middle) {
      parts.push_back({middle, range.end});
      range.end = middle;
    } else {
      parts.push_back({range.first, middle});
      range.first = middle;
    }
  }
  if (range.first != 0) parts.push_back(range);
  std::reverse(parts.begin(), parts.end());
  return roots_of(parts, hashes);
}

TreeReader::TreeReader(std::shared_ptr<const Tree> tree, TileReader full_tiles)
    : tree_(std::move(tree)), full_tiles_(std::move(full_tiles)) {}

Result<Hash> TreeReader::root_at(uint64_t size) {
  if (size > tree_->size()) return beyond_tree();
  return merkle::root_at(size, [this](Subtree subtree) { return hash(subtree); });
}

Result<std::vector<Hash>> TreeReader::inclusion_proof(uint64_t index, uint64_t size) {
  if (size > tree_->size()) return beyond_tree();
  return merkle::inclusion_proof(index, size, [this](Subtree subtree) { return hash(subtree); });
}

Result<std::vector<Hash>> TreeReader::consistency_proof(uint64_t from, uint64_t to) {
  if (to > tree_->size()) return beyond_tree();
  return merkle::consistency_proof(from, to, [this](Subtree subtree) { return hash(subtree); });
}

Result<std::string> TreeReader::tile(TileId id, std::size_t width) {
  const uint64_t hashes = id.level < kTileLevels ? tree_->size() >> (kTileHeight * id.level) : 0;
  const uint64_t full = hashes / kTileWidth;
  const std::size_t there = id.index < full    ? kTileWidth
                            : id.index == full ? hashes % kTileWidth
                                               : 0;
  if (width < 1 || width > there) {
    return refuse(Code::kOutOfRange, "TILE_OUT_OF_RANGE", "the tree has no such tile yet");
  }
  if (id.index == full) {
    return std::string(bytes_of(tree_->edge(id.level)).substr(0, width * kHashBytes));
  }
  auto tile = full_tiles_(id);
  if (!tile) return tile;
  if (tile->size() != kTileBytes) {
    return refuse(Code::kDataLoss, "TILE_MALFORMED", "a full tile has exactly 8,192 bytes");
  }
  tile->resize(width * kHashBytes);
  return tile;
}

Result<Hash> TreeReader::hash(Subtree subtree) {
  if (subtree.height >= 63 || subtree.index >= tree_->size() >> subtree.height) {
    return beyond_tree();
  }
  // What the newest root consists of the tree has at hand.
  const uint64_t count = tree_->size() >> subtree.height;
  if (subtree.index + 1 == count && count % 2 == 1) return tree_->subtree(subtree.height);

  const std::size_t row = subtree.height % kTileHeight;
  const uint64_t tile = subtree.index >> (kTileHeight - row);
  const auto rows = rows_of(TileId{static_cast<uint8_t>(subtree.height / kTileHeight), tile});
  if (!rows) return tl::unexpected(rows.error());
  return (*rows)->rows[row][subtree.index - (tile << (kTileHeight - row))];
}

Result<const TreeReader::Rows*> TreeReader::rows_of(TileId id) {
  auto& [newer, older] = cache_[id.level];
  if (newer && newer->index == id.index) return &*newer;
  std::swap(newer, older);
  if (newer && newer->index == id.index) return &*newer;

  const uint64_t full = tree_->size() >> (kTileHeight * id.level) >> kTileHeight;
  Rows read{id.index, {}};
  if (id.index == full) {
    read.rows.push_back(tree_->edge(id.level));
  } else {
    const auto bytes = tile(id);
    if (!bytes) return tl::unexpected(bytes.error());
    read.rows.push_back(*hashes_from_bytes(*bytes));
  }
  for (std::size_t row = 1; row < kTileHeight; ++row) {
    const std::vector<Hash>& below = read.rows.back();
    std::vector<Hash> pairs(below.size() / 2);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      pairs[i] = node_hash(below[2 * i], below[2 * i + 1]);
    }
    read.rows.push_back(std::move(pairs));
  }
  newer = std::move(read);
  return &*newer;
}

}  // namespace mash::merkle
