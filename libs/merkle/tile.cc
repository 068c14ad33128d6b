#include "merkle/tile.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "core/check.h"
#include "merkle/encoding.h"

namespace mash::merkle {
namespace {

auto malformed_path() {
  return refuse(Code::kInvalidArgument, "TILE_PATH_MALFORMED",
                "a tile's path is tile/<level>/<index> in groups of three digits, all but the last "
                "after an x, and .p/<width> for a partial tile");
}

// Takes `prefix` off the front of `text`, if it stands there.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string tile_path(TileId id, std::size_t width) {
  MASH_CHECK(width >= 1 && width <= kTileWidth);
  const auto group = [](uint64_t number) {
    const std::string digits = std::to_string(number);
    return std::string(3 - digits.size(), '0') + digits;
  };
  std::string index = group(id.index % 1000);
  for (uint64_t rest = id.index / 1000; rest != 0; rest /= 1000) {
    index.insert(0, "/").insert(0, group(rest % 1000)).insert(0, "x");
  }
  std::string path = "tile/" + std::to_string(id.level) + "/" + index;
  if (width != kTileWidth) path += ".p/" + std::to_string(width);
  return path;
}

Result<TilePath> parse_tile_path(std::string_view path) {
  std::string_view rest = path;
  if (!take(rest, "tile/")) return malformed_path();
  const auto level = parse_decimal(rest.substr(0, rest.find('/')));
  if (!level || *level >= kTileLevels) return malformed_path();

  std::string digits;
  for (const char c : rest.substr(std::min(rest.find('/'), rest.size()))) {
    if (c == '.') break;
    if (c >= '0' && c <= '9') digits += c;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  const auto index = parse_decimal(digits.empty() ? "0" : digits);
  if (!index) return malformed_path();

  std::size_t width = kTileWidth;
  if (const auto suffix = rest.find(".p/"); suffix != std::string_view::npos) {
    const auto partial = parse_decimal(rest.substr(suffix + 3));
    if (!partial || *partial < 1 || *partial >= kTileWidth) return malformed_path();
    width = static_cast<std::size_t>(*partial);
  }

  // There is one way to write a path: whatever else the numbers were found in is refused here.
  const TilePath parsed{{static_cast<uint8_t>(*level), *index}, width};
  if (tile_path(parsed.id, parsed.width) != path) return malformed_path();
  return parsed;
}

Hash complete_root(std::span<const Hash> hashes) {
  MASH_CHECK(std::has_single_bit(hashes.size()));
  if (hashes.size() == 1) return hashes.front();
  std::vector<Hash> row(hashes.size() / 2);
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] = node_hash(hashes[2 * i], hashes[2 * i + 1]);
  }
  for (std::size_t width = row.size() / 2; width != 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) row[i] = node_hash(row[2 * i], row[2 * i + 1]);
  }
  return row.front();
}

Result<Hash> tile_root(std::string_view full_tile) {
  if (full_tile.size() != kTileBytes) {
    return refuse(Code::kDataLoss, "TILE_MALFORMED", "a full tile has exactly 8,192 bytes");
  }
  return complete_root(*hashes_from_bytes(full_tile));
}

}  // namespace mash::merkle
