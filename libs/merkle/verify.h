#pragma once
#include <cstdint>
#include <span>

#include "core/result.h"
#include "merkle/hash.h"

// What an auditor runs, with nothing but hashes in hand. Pure and thread-safe. A proof is accepted
// only in its one right form: a hash too many or too few is refused as firmly as a wrong one.
// Refused: PROOF_MALFORMED (the proof cannot be one for these sizes), PROOF_MISMATCH (it leads
// elsewhere).
namespace mash::merkle {

// How many hashes the proof of a leaf has; needs index < size.
std::size_t inclusion_proof_length(uint64_t index, uint64_t size);

// The leaf is the tree's leaf `index`, the tree having `size` leaves and this root.
Result<void> verify_inclusion(const Hash& leaf, uint64_t index, uint64_t size,
                              std::span<const Hash> proof, const Hash& root);

// The tree of `to` leaves begins with all leaves of the tree of `from`. From nothing (0, whose
// root is empty_root()) everything follows, without a proof.
Result<void> verify_consistency(uint64_t from, uint64_t to, std::span<const Hash> proof,
                                const Hash& from_root, const Hash& to_root);

}  // namespace mash::merkle
