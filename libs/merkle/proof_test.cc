#include "merkle/proof.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>

#include "merkle/testing/reference_tree.h"
#include "merkle/verify.h"

namespace mash::merkle {
namespace {

using testing::grow;
using testing::MemoryStore;
using testing::part;
using testing::reference_path;
using testing::reference_root;
using testing::reference_subproof;
using testing::some_leaves;

// A tree in its store, with the reader over it.
struct Grown {
  explicit Grown(std::size_t size) {
    Tree tree;
    grow(tree, store, some_leaves(size));
    reader.emplace(std::make_shared<const Tree>(std::move(tree)), store.tile_reader());
  }
  MemoryStore store;
  std::optional<TreeReader> reader;
};

TEST(Proof, OfEverySmallTreeIsTheReferencesAndHolds) {
  Grown grown(70);
  for (std::size_t size = 1; size <= 70; ++size) {
    const auto leaves = part(grown.store.leaves, 0, size);
    const Hash root = reference_root(leaves);
    ASSERT_EQ(grown.reader->root_at(size), root);
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = grown.reader->inclusion_proof(index, size);
      ASSERT_EQ(proof, reference_path(index, leaves)) << index << " of " << size;
      ASSERT_TRUE(verify_inclusion(leaves[index], index, size, *proof, root));
    }
    for (std::size_t from = 1; from <= size; ++from) {
      const auto proof = grown.reader->consistency_proof(from, size);
      ASSERT_EQ(proof, reference_subproof(from, leaves, true)) << from << " to " << size;
      ASSERT_TRUE(
          verify_consistency(from, size, *proof, reference_root(part(leaves, 0, from)), root));
    }
  }
}

RC_GTEST_PROP(Proof, OfAnySizeIsTheReferencesWhileTheTreeIsLarger, ()) {
  static Grown grown(1700);
  const auto size = *rc::gen::inRange<std::size_t>(1, 1701);
  const auto index = *rc::gen::inRange<std::size_t>(0, size);
  const auto from = *rc::gen::inRange<std::size_t>(1, size + 1);
  const auto leaves = part(grown.store.leaves, 0, size);
  RC_ASSERT(grown.reader->root_at(size) == reference_root(leaves));
  RC_ASSERT(grown.reader->inclusion_proof(index, size) == reference_path(index, leaves));
  RC_ASSERT(grown.reader->consistency_proof(from, size) == reference_subproof(from, leaves, true));
}

TEST(Proof, SpansThreeLevelsOfTiles) {
  Grown grown(65536 + 2 * 256 + 9);
  const auto& leaves = grown.store.leaves;
  const Hash root = reference_root(leaves);
  for (const std::size_t index : {0UL, 255UL, 256UL, 40000UL, 65535UL, 65536UL, 66056UL}) {
    const auto proof = grown.reader->inclusion_proof(index, leaves.size());
    ASSERT_TRUE(proof);
    EXPECT_TRUE(verify_inclusion(leaves[index], index, leaves.size(), *proof, root)) << index;
  }
  for (const std::size_t from : {1UL, 300UL, 65535UL, 65536UL, 65537UL, 66056UL}) {
    const auto proof = grown.reader->consistency_proof(from, leaves.size());
    ASSERT_TRUE(proof);
    EXPECT_TRUE(verify_consistency(from, leaves.size(), *proof, *grown.reader->root_at(from), root))
        << from;
  }
}

TEST(Proof, FromNothingOrToTheSameHasNoHashes) {
  Grown grown(5);
  EXPECT_EQ(grown.reader->consistency_proof(0, 5), std::vector<Hash>{});
  EXPECT_EQ(grown.reader->consistency_proof(5, 5), std::vector<Hash>{});
  EXPECT_EQ(grown.reader->consistency_proof(0, 0), std::vector<Hash>{});
  EXPECT_EQ(grown.reader->root_at(0), empty_root());
}

TEST(Proof, IsRefusedBeyondTheTree) {
  Grown grown(5);
  EXPECT_EQ(grown.reader->root_at(6).error().reason, "SIZE_OUT_OF_RANGE");
  EXPECT_EQ(grown.reader->inclusion_proof(0, 6).error().reason, "SIZE_OUT_OF_RANGE");
  EXPECT_EQ(grown.reader->inclusion_proof(5, 5).error().reason, "INDEX_OUT_OF_RANGE");
  EXPECT_EQ(grown.reader->inclusion_proof(0, 0).error().reason, "INDEX_OUT_OF_RANGE");
  EXPECT_EQ(grown.reader->consistency_proof(2, 6).error().reason, "SIZE_OUT_OF_RANGE");
  EXPECT_EQ(grown.reader->consistency_proof(4, 3).error().reason, "SIZE_OUT_OF_RANGE");
  EXPECT_EQ(grown.reader->hash({0, 5}).error().reason, "SIZE_OUT_OF_RANGE");
  EXPECT_EQ(grown.reader->hash({2, 1}).error().reason, "SIZE_OUT_OF_RANGE");
  EXPECT_EQ(grown.reader->hash({255, 0}).error().reason, "SIZE_OUT_OF_RANGE");
}

TEST(Proof, SaysWhyATileCouldNotBeRead) {
  Grown grown(600);
  grown.store.tiles.at({0, 0}).pop_back();
  EXPECT_EQ(grown.reader->inclusion_proof(0, 600).error().reason, "TILE_MALFORMED");
  grown.store.tiles.clear();
  EXPECT_EQ(grown.reader->inclusion_proof(0, 600).error().reason, "TILE_MISSING");
}

TEST(TreeReader, GivesTilesAndTheirBeginnings) {
  Grown grown(70000);
  const auto& leaves = grown.store.leaves;
  EXPECT_EQ(grown.reader->tile({0, 2}), bytes_of(part(leaves, 512, 768)));
  EXPECT_EQ(grown.reader->tile({0, 2}, 3), bytes_of(part(leaves, 512, 515)));
  EXPECT_EQ(grown.reader->tile({0, 273}, 112), bytes_of(part(leaves, 69888, 70000)));
  EXPECT_EQ(grown.reader->tile({1, 1}, 17)->size(), 17 * kHashBytes);
  EXPECT_EQ(grown.reader->tile({2, 0}, 1), bytes_of(reference_root(part(leaves, 0, 65536))));
  for (const auto& [id, width] : std::vector<std::pair<TileId, std::size_t>>{{{0, 273}, 113},
                                                                             {{0, 274}, 1},
                                                                             {{1, 1}, 18},
                                                                             {{2, 0}, 2},
                                                                             {{3, 0}, 1},
                                                                             {{200, 0}, 1},
                                                                             {{0, 0}, 0},
                                                                             {{0, 0}, 257}}) {
    EXPECT_EQ(grown.reader->tile(id, width).error().reason, "TILE_OUT_OF_RANGE");
  }
}

}  // namespace
}  // namespace mash::merkle
