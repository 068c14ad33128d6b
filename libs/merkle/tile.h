#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "merkle/hash.h"

// Tiles: the tree cut into pieces of 256 hashes that never change once full (C2SP tlog-tiles;
// docs/formats/tiles.md). Everything here is pure and thread-safe.
namespace mash::merkle {

inline constexpr std::size_t kTileHeight = 8;                       // tree levels a tile
inline constexpr std::size_t kTileWidth = 256;                      // hashes
inline constexpr std::size_t kTileBytes = kTileWidth * kHashBytes;  // 8,192
inline constexpr uint64_t kTreeSizeMax = (uint64_t{1} << 63) - 1;   // others' int64
inline constexpr std::size_t kTileLevels = 8;                       // 256^8 > kTreeSizeMax

// Which tile. Level 0 holds leaf hashes; a hash at level n + 1 is the root of a full tile at level
// n. Tile `index` of a level holds the level's hashes [index * 256, index * 256 + 256).
struct TileId {
  uint8_t level = 0;
  uint64_t index = 0;

  friend auto operator<=>(const TileId&, const TileId&) = default;
};

// Yields the bytes of a full tile: exactly 8,192, or why they cannot be had. Who passes one to a
// reader of this library says whether it may be called from several threads.
using TileReader = std::function<Result<std::string>(TileId)>;

// "tile/0/x001/234", or with a width under 256 "tile/0/x001/234.p/17".
std::string tile_path(TileId id, std::size_t width = kTileWidth);

// A path as tile_path writes it, and no other. Refused: TILE_PATH_MALFORMED.
struct TilePath {
  TileId id;
  std::size_t width = kTileWidth;

  friend bool operator==(const TilePath&, const TilePath&) = default;
};
Result<TilePath> parse_tile_path(std::string_view path);

// The root over hashes side by side: a power of two of them, at least one.
Hash complete_root(std::span<const Hash> hashes);

// The hash of a full tile's 8,192 bytes as it stands in the level above. Refused: TILE_MALFORMED
// for any other length.
Result<Hash> tile_root(std::string_view full_tile);

}  // namespace mash::merkle
