#include "feed/tree_frontier.h"

#include <gtest/gtest.h>

#include <string>

#include "merkle/tree.h"

namespace mash::feed {
namespace {

merkle::Hash leaf(uint64_t index) { return merkle::leaf_hash("record " + std::to_string(index)); }

TEST(TreeFrontier, HasTheRootThatTheTreeHas) {
  merkle::Tree tree;
  TreeFrontier frontier;
  EXPECT_EQ(frontier.root(), merkle::empty_root());
  for (uint64_t i = 0; i < 600; ++i) {
    tree.append(leaf(i), [](merkle::TileId, std::string_view) {});
    frontier.append(leaf(i));
    ASSERT_EQ(frontier.root(), tree.root()) << "of " << i + 1;
  }
}

TEST(TreeFrontier, GoesOnFromWhatWasKept) {
  TreeFrontier whole;
  for (uint64_t i = 0; i < 21; ++i) whole.append(leaf(i));
  auto kept = TreeFrontier::of(whole.size(), whole.subtrees()).value();
  EXPECT_EQ(kept, whole);
  kept.append(leaf(21));
  whole.append(leaf(21));
  EXPECT_EQ(kept.root(), whole.root());
}

TEST(TreeFrontier, RefusesWhatDoesNotFitItsSize) {
  const auto refused = TreeFrontier::of(3, {leaf(0)});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "CURSOR_MALFORMED");
}

}  // namespace
}  // namespace mash::feed
