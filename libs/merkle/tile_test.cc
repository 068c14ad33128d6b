#include "merkle/tile.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "merkle/testing/reference_tree.h"

namespace mash::merkle {
namespace {

TEST(TilePath, GroupsTheIndexInThrees) {
  EXPECT_EQ(tile_path({0, 0}), "tile/0/000");
  EXPECT_EQ(tile_path({0, 1234067}), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path({3, 1000}), "tile/3/x001/000");
  EXPECT_EQ(tile_path({1, 5}, 17), "tile/1/005.p/17");
}

RC_GTEST_PROP(TilePath, IsReadAsWritten, ()) {
  const TilePath path{
      {*rc::gen::inRange<uint8_t>(0, kTileLevels), *rc::gen::inRange<uint64_t>(0, kTreeSizeMax)},
      *rc::gen::inRange<std::size_t>(1, kTileWidth + 1)};
  const auto read = parse_tile_path(tile_path(path.id, path.width));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == path);
}

TEST(TilePath, IsReadInNoOtherForm) {
  for (const char* path : {"",
                           "tile",
                           "tile/0",
                           "tile/0/",
                           "tile/0/0",
                           "tile/0/0000",
                           "tile/00/000",
                           "tile/8/000",
                           "tile/0/x000/001",
                           "tile/0/001/002",
                           "tile/0/x001",
                           "tile/0/x001/x002",
                           "tile/0/X001/234",
                           "/tile/0/000",
                           "tile/0/000/",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/07",
                           "tile/0/000.p/7/",
                           "tile/0/000.p/-1",
                           "tile/-1/000",
                           "tile/0/000 ",
                           "tile/0/000\n",
                           "tile/entries/000",
                           "tile/0/0 0",
                           "tile/0/x9/223",
                           "tile/0/x009/x223/x372/x036/x854/x775/808",
                           "tile/0/x099/x999/x999/x999/x999/x999/999"}) {
    const auto read = parse_tile_path(path);
    ASSERT_FALSE(read) << path;
    EXPECT_EQ(read.error().reason, "TILE_PATH_MALFORMED");
  }
}

TEST(Tile, HasTheRootOfItsHashes) {
  const auto leaves = testing::some_leaves(kTileWidth);
  EXPECT_EQ(tile_root(bytes_of(leaves)), testing::reference_root(leaves));
}

TEST(Tile, IsRefusedUnlessItHasExactly8192Bytes) {
  for (const std::size_t size : {std::size_t{0}, kTileBytes - 1, kTileBytes + 1}) {
    EXPECT_EQ(tile_root(std::string(size, 'x')).error().reason, "TILE_MALFORMED");
  }
}

}  // namespace
}  // namespace mash::merkle
