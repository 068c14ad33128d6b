#include "merkle/verify.h"

#include <bit>

#include "merkle/tile.h"

namespace mash::merkle {
namespace {

auto malformed(std::string why) {
  return refuse(Code::kInvalidArgument, "PROOF_MALFORMED", std::move(why));
}

auto mismatch(std::string why) { return refuse(Code::kDataLoss, "PROOF_MISMATCH", std::move(why)); }

// Up to this height the leaf's way to the root and the last leaf's run apart, and each step has a
// sibling; above it they run together, and a step has one on the left or none.
std::size_t inner_length(uint64_t index, uint64_t size) {
  return static_cast<std::size_t>(std::bit_width(index ^ (size - 1)));
}

// RFC 9162, section 2.1.4.2, for 0 < from < to.
Result<void> verify_growth(uint64_t from, uint64_t to, std::span<const Hash> proof,
                           const Hash& from_root, const Hash& to_root) {
  uint64_t old_node = from - 1;
  uint64_t new_node = to - 1;
  const int complete = std::countr_one(old_node);
  old_node >>= complete;
  new_node >>= complete;

  // A smaller tree that is itself complete is a node of the larger: the proof leaves out its root.
  Hash old_hash = from_root;
  if (old_node != 0) {
    if (proof.empty()) return malformed("the proof has too few hashes");
    old_hash = proof.front();
    proof = proof.subspan(1);
  }
  Hash new_hash = old_hash;
  for (const Hash& hash : proof) {
    if (new_node == 0) return malformed("the proof has too many hashes");
    if ((old_node & 1) != 0 || old_node == new_node) {
      old_hash = node_hash(hash, old_hash);
      new_hash = node_hash(hash, new_hash);
      while (old_node != 0 && (old_node & 1) == 0) {
        old_node >>= 1;
        new_node >>= 1;
      }
    } else {
      new_hash = node_hash(new_hash, hash);
    }
    old_node >>= 1;
    new_node >>= 1;
  }
  if (new_node != 0) return malformed("the proof has too few hashes");
  if (old_hash != from_root) return mismatch("the proof does not lead to the smaller tree's root");
  if (new_hash != to_root) return mismatch("the proof does not lead to the larger tree's root");
  return {};
}

}  // namespace

std::size_t inclusion_proof_length(uint64_t index, uint64_t size) {
  const std::size_t inner = inner_length(index, size);
  const int border = inner < 64 ? std::popcount(index >> inner) : 0;
  return inner + static_cast<std::size_t>(border);
}

Result<void> verify_inclusion(const Hash& leaf, uint64_t index, uint64_t size,
                              std::span<const Hash> proof, const Hash& root) {
  if (size > kTreeSizeMax) return malformed("no tree is that large");
  if (index >= size) return malformed("the tree has no leaf of that index");
  if (proof.size() != inclusion_proof_length(index, size)) {
    return malformed("the proof has not the number of hashes its index and size call for");
  }
  const std::size_t inner = inner_length(index, size);
  Hash hash = leaf;
  for (std::size_t i = 0; i < proof.size(); ++i) {
    const bool on_the_right = i >= inner || (index >> i & 1) != 0;
    hash = on_the_right ? node_hash(proof[i], hash) : node_hash(hash, proof[i]);
  }
  if (hash != root) return mismatch("the proof does not lead from the record to the tree's root");
  return {};
}

Result<void> verify_consistency(uint64_t from, uint64_t to, std::span<const Hash> proof,
                                const Hash& from_root, const Hash& to_root) {
  if (to > kTreeSizeMax) return malformed("no tree is that large");
  if (from > to) return malformed("the earlier tree is the larger");
  if (from != 0 && from != to) return verify_growth(from, to, proof, from_root, to_root);
  if (!proof.empty()) return malformed("the proof has too many hashes");
  if (from == 0 && from_root != empty_root()) return mismatch("that is no empty tree's root");
  if (from == to && from_root != to_root) return mismatch("two roots for one size");
  return {};
}

}  // namespace mash::merkle
