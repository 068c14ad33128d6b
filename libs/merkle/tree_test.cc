#include "merkle/tree.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <thread>

#include "merkle/proof.h"
#include "merkle/testing/reference_tree.h"
#include "merkle/verify.h"

namespace mash::merkle {
namespace {

using testing::grow;
using testing::MemoryStore;
using testing::part;
using testing::reference_root;
using testing::some_leaves;

// Sizes around everything that happens at a tile's end, and any other up to `max`.
rc::Gen<std::size_t> some_size(std::size_t max) {
  return rc::gen::oneOf(rc::gen::inRange<std::size_t>(0, max + 1),
                        rc::gen::element<std::size_t>(0, 1, 2, 255, 256, 257, 511, 512, 513, 768));
}

TEST(Tree, WithoutLeavesHasTheRootOfNothing) {
  EXPECT_EQ(Tree().root(), empty_root());
  EXPECT_EQ(Tree().size(), 0U);
}

TEST(Tree, HasTheReferenceRootAtEverySize) {
  const auto leaves = some_leaves(600);
  Tree tree;
  MemoryStore store;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    grow(tree, store, {leaves[i]});
    ASSERT_EQ(tree.size(), i + 1);
    ASSERT_EQ(tree.root(), reference_root(part(leaves, 0, i + 1))) << i + 1;
  }
}

TEST(Tree, GivesOutEachTileOnceWhenItIsFull) {
  const auto leaves = some_leaves(256 * 256 + 300);
  Tree tree;
  MemoryStore store;
  std::vector<TileId> order;
  for (const Hash& leaf : leaves) {
    tree.append(leaf, [&](TileId id, std::string_view bytes) {
      order.push_back(id);
      store.sink()(id, bytes);
    });
  }
  ASSERT_EQ(order.size(), 258U);
  ASSERT_EQ(store.tiles.size(), 258U);
  EXPECT_EQ(order[255], (TileId{0, 255}));
  EXPECT_EQ(order[256], (TileId{1, 0}));
  EXPECT_EQ(order[257], (TileId{0, 256}));
  EXPECT_EQ(store.tiles.at({0, 3}), bytes_of(part(leaves, 768, 1024)));
  EXPECT_EQ(hash_from_bytes(std::string_view(store.tiles.at({1, 0})).substr(32, 32)),
            reference_root(part(leaves, 256, 512)));
  EXPECT_EQ(tree.edge(0), part(leaves, 65792, leaves.size()));
  EXPECT_EQ(tree.edge(1), std::vector<Hash>{reference_root(part(leaves, 65536, 65792))});
  EXPECT_EQ(tree.edge(2), std::vector<Hash>{reference_root(part(leaves, 0, 65536))});
  EXPECT_EQ(tree.root(), reference_root(leaves));
}

RC_GTEST_PROP(Tree, IsTheSameWhenLoadedAndGoesOnTheSame, ()) {
  const std::size_t size = *some_size(1500);
  const std::size_t more = *rc::gen::inRange<std::size_t>(0, 600);
  const auto leaves = some_leaves(size + more);
  Tree tree;
  MemoryStore store;
  grow(tree, store, part(leaves, 0, size));

  auto loaded = Tree::load(size, store.tile_reader(), store.leaf_reader());
  RC_ASSERT(loaded.has_value());
  RC_ASSERT(loaded->size() == size);
  RC_ASSERT(loaded->root() == tree.root());
  MemoryStore second = store;
  grow(tree, store, part(leaves, size, size + more));
  grow(*loaded, second, part(leaves, size, size + more));
  RC_ASSERT(loaded->root() == tree.root());
  RC_ASSERT(second.tiles == store.tiles);
}

TEST(Tree, IsTheSameWhenLoadedAtThreeLevels) {
  Tree tree;
  MemoryStore store;
  grow(tree, store, some_leaves(65536 + 4 * 256 + 7));
  const auto loaded = Tree::load(tree.size(), store.tile_reader(), store.leaf_reader());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->root(), tree.root());
  for (std::size_t level = 0; level < kTileLevels; ++level) {
    EXPECT_EQ(loaded->edge(level), tree.edge(level)) << level;
  }
}

TEST(Tree, IsNotLoadedFromAStoreThatLacksSomething) {
  Tree tree;
  MemoryStore store;
  grow(tree, store, some_leaves(600));
  const auto reason = [&](uint64_t size, const TileReader& tiles, const LeafReader& leaves) {
    const auto loaded = Tree::load(size, tiles, leaves);
    return loaded ? "" : loaded.error().reason;
  };
  const LeafReader one_less = [&](uint64_t first, uint64_t count) {
    return store.leaf_reader()(first, count - 1);
  };
  EXPECT_EQ(reason(600, store.tile_reader(), one_less), "LEAVES_MISSING");
  EXPECT_EQ(reason(kTreeSizeMax + 1, store.tile_reader(), store.leaf_reader()),
            "TREE_SIZE_INVALID");
  store.tiles.at({0, 1}).pop_back();
  EXPECT_EQ(reason(600, store.tile_reader(), store.leaf_reader()), "TILE_MALFORMED");
  store.tiles.erase({0, 1});
  EXPECT_EQ(reason(600, store.tile_reader(), store.leaf_reader()), "TILE_MISSING");
}

TEST(Tree, TakesABatchBackByDroppingItsCopy) {
  const auto leaves = some_leaves(600);
  Tree tree;
  MemoryStore store;
  grow(tree, store, part(leaves, 0, 250));
  {
    Tree staged = tree;
    MemoryStore dropped;
    grow(staged, dropped, some_leaves(300));
  }
  EXPECT_EQ(tree.size(), 250U);
  grow(tree, store, part(leaves, 250, 600));
  EXPECT_EQ(tree.root(), reference_root(leaves));
}

// The tiles of what is published are in place first, as with a store that commits before.
TEST(PublishedTree, IsReadWhileItGrows) {
  constexpr std::size_t kSize = 2000;
  const auto leaves = some_leaves(kSize);
  MemoryStore store;
  std::mutex mutex;
  const TileReader tiles = [&](TileId id) {
    const std::lock_guard lock(mutex);
    return store.tile_reader()(id);
  };
  PublishedTree published;
  std::atomic<std::size_t> proofs = 0;
  std::atomic<std::size_t> faults = 0;
  const auto read = [&](std::size_t stride) {
    for (std::size_t i = 0;; i += stride) {
      const auto snapshot = published.snapshot();
      if (snapshot->size() == 0) continue;
      const uint64_t size = snapshot->size() - i % snapshot->size();
      const uint64_t index = i * 7 % size;
      TreeReader reader(snapshot, tiles);
      const auto root = reader.root_at(size);
      const auto proof = reader.inclusion_proof(index, size);
      const auto growth = reader.consistency_proof(size, snapshot->size());
      const bool holds =
          root && proof && growth && verify_inclusion(leaves[index], index, size, *proof, *root) &&
          verify_consistency(size, snapshot->size(), *growth, *root, snapshot->root());
      if (!holds) ++faults;
      ++proofs;
      if (snapshot->size() == kSize) return;
    }
  };
  std::thread first(read, 3);
  std::thread second(read, 11);
  Tree tree;
  for (std::size_t i = 0; i < kSize; i += 10) {
    {
      const std::lock_guard lock(mutex);
      grow(tree, store, part(leaves, i, i + 10));
    }
    published.publish(tree);
  }
  first.join();
  second.join();
  EXPECT_EQ(faults, 0U);
  EXPECT_GE(proofs, 2U);
}

}  // namespace
}  // namespace mash::merkle
