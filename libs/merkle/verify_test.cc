#include "merkle/verify.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "merkle/testing/reference_tree.h"
#include "merkle/tile.h"

namespace mash::merkle {
namespace {

using testing::Leaves;
using testing::part;
using testing::reference_path;
using testing::reference_root;
using testing::reference_subproof;
using testing::some_leaves;

Hash flipped(Hash hash, std::size_t bit) {
  hash[bit / 8] = static_cast<uint8_t>(hash[bit / 8] ^ (1 << bit % 8));
  return hash;
}

constexpr std::size_t kHashBits = 8 * kHashBytes;

TEST(VerifyInclusion, RefusesEveryFlippedBit) {
  const auto leaves = some_leaves(11);
  const Hash root = reference_root(leaves);
  for (std::size_t index = 0; index < leaves.size(); ++index) {
    const auto proof = reference_path(index, leaves);
    ASSERT_TRUE(verify_inclusion(leaves[index], index, 11, proof, root));
    for (std::size_t bit = 0; bit < kHashBits; ++bit) {
      const auto refused = [&](const Hash& leaf, const std::vector<Hash>& path, const Hash& head) {
        const auto result = verify_inclusion(leaf, index, 11, path, head);
        return !result && result.error().reason == "PROOF_MISMATCH";
      };
      EXPECT_TRUE(refused(flipped(leaves[index], bit), proof, root));
      EXPECT_TRUE(refused(leaves[index], proof, flipped(root, bit)));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto changed = proof;
        changed[i] = flipped(changed[i], bit);
        EXPECT_TRUE(refused(leaves[index], changed, root));
      }
    }
  }
}

RC_GTEST_PROP(VerifyInclusion, RefusesAnyOtherIndexAndAnyOtherNumberOfHashes, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 300);
  const auto index = *rc::gen::inRange<std::size_t>(0, size);
  const auto other = *rc::gen::inRange<std::size_t>(0, size + 2);
  const auto at = *rc::gen::inRange<std::size_t>(0, 10);
  const auto leaves = some_leaves(size);
  const Hash root = reference_root(leaves);
  const auto proof = reference_path(index, leaves);
  RC_ASSERT(proof.size() == inclusion_proof_length(index, size));
  RC_ASSERT(verify_inclusion(leaves[index], index, size, proof, root).has_value());
  RC_ASSERT(other == index || !verify_inclusion(leaves[index], other, size, proof, root));

  auto more = proof;
  more.insert(more.begin() + static_cast<std::ptrdiff_t>(std::min(at, proof.size())), root);
  RC_ASSERT(verify_inclusion(leaves[index], index, size, more, root).error().reason ==
            "PROOF_MALFORMED");
  if (proof.empty()) return;
  auto fewer = proof;
  fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(std::min(at, proof.size() - 1)));
  RC_ASSERT(verify_inclusion(leaves[index], index, size, fewer, root).error().reason ==
            "PROOF_MALFORMED");
}

TEST(VerifyInclusion, RefusesImpossibleSizesAndIndexes) {
  const Hash leaf = leaf_hash("record");
  EXPECT_TRUE(verify_inclusion(leaf, 0, 1, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, 0, 0, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, 1, 1, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, ~0ULL, ~0ULL, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, 0, kTreeSizeMax + 1, std::vector<Hash>(63, leaf), leaf));
  const auto largest = verify_inclusion(leaf, 0, kTreeSizeMax, std::vector<Hash>(63, leaf), leaf);
  EXPECT_EQ(largest.error().reason, "PROOF_MISMATCH");
}

// An inner node must not pass for a leaf: its children would be a "record" nobody logged.
TEST(VerifyInclusion, DoesNotTakeANodeForALeaf) {
  const auto leaves = some_leaves(4);
  const Hash left = node_hash(leaves[0], leaves[1]);
  const Hash right = node_hash(leaves[2], leaves[3]);
  const std::vector<Hash> proof{right};
  EXPECT_FALSE(verify_inclusion(left, 0, 4, proof, reference_root(leaves)));
}

TEST(VerifyConsistency, RefusesEveryFlippedBitAndEveryOtherNumberOfHashes) {
  const auto leaves = some_leaves(13);
  for (std::size_t to = 1; to <= leaves.size(); ++to) {
    const Hash to_root = reference_root(part(leaves, 0, to));
    for (std::size_t from = 1; from < to; ++from) {
      const Hash from_root = reference_root(part(leaves, 0, from));
      const auto proof = reference_subproof(from, part(leaves, 0, to), true);
      const auto reason = [&](const std::vector<Hash>& path, const Hash& old_root,
                              const Hash& new_root) -> std::string {
        const auto result = verify_consistency(from, to, path, old_root, new_root);
        return result ? "" : result.error().reason;
      };
      ASSERT_EQ(reason(proof, from_root, to_root), "");
      for (std::size_t bit = 0; bit < kHashBits; bit += 5) {
        EXPECT_EQ(reason(proof, flipped(from_root, bit), to_root), "PROOF_MISMATCH");
        EXPECT_EQ(reason(proof, from_root, flipped(to_root, bit)), "PROOF_MISMATCH");
        for (std::size_t i = 0; i < proof.size(); ++i) {
          auto changed = proof;
          changed[i] = flipped(changed[i], bit);
          EXPECT_EQ(reason(changed, from_root, to_root), "PROOF_MISMATCH");
        }
      }
      for (std::size_t i = 0; i <= proof.size(); ++i) {
        auto more = proof;
        more.insert(more.begin() + static_cast<std::ptrdiff_t>(i), to_root);
        EXPECT_EQ(reason(more, from_root, to_root), "PROOF_MALFORMED");
        EXPECT_EQ(reason(part(proof, 0, i), from_root, to_root),
                  i == proof.size() ? "" : "PROOF_MALFORMED");
      }
    }
  }
}

TEST(VerifyConsistency, OfNothingOrTheSameTakesNoProof) {
  const auto leaves = some_leaves(3);
  const Hash root = reference_root(leaves);
  EXPECT_TRUE(verify_consistency(0, 3, {}, empty_root(), root));
  EXPECT_TRUE(verify_consistency(0, 0, {}, empty_root(), empty_root()));
  EXPECT_TRUE(verify_consistency(3, 3, {}, root, root));
  EXPECT_EQ(verify_consistency(0, 3, {}, root, root).error().reason, "PROOF_MISMATCH");
  EXPECT_EQ(verify_consistency(3, 3, {}, leaves[0], root).error().reason, "PROOF_MISMATCH");
  EXPECT_EQ(verify_consistency(3, 3, {leaves}, root, root).error().reason, "PROOF_MALFORMED");
  EXPECT_EQ(verify_consistency(0, 3, {leaves}, empty_root(), root).error().reason,
            "PROOF_MALFORMED");
  EXPECT_EQ(verify_consistency(4, 3, {}, root, root).error().reason, "PROOF_MALFORMED");
  EXPECT_EQ(verify_consistency(1, ~0ULL, {}, root, root).error().reason, "PROOF_MALFORMED");
}

// A log that changed one early record cannot prove that it only grew.
RC_GTEST_PROP(VerifyConsistency, RefusesARewrittenHistory, ()) {
  const auto to = *rc::gen::inRange<std::size_t>(2, 200);
  const auto from = *rc::gen::inRange<std::size_t>(1, to);
  const auto changed = *rc::gen::inRange<std::size_t>(0, from);
  const auto before = some_leaves(from);
  auto after = some_leaves(to);
  after[changed] = leaf_hash("rewritten");
  RC_ASSERT(!verify_consistency(from, to, reference_subproof(from, after, true),
                                reference_root(before), reference_root(after)));
}

}  // namespace
}  // namespace mash::merkle
