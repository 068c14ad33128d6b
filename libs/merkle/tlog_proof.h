#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "merkle/checkpoint.h"
#include "merkle/hash.h"

// tlog-proof files (C2SP tlog-proof): a record's place in a log, provable offline
// (docs/formats/tlog-proof.md). Pure and thread-safe.
namespace mash::merkle {

inline constexpr std::size_t kTlogProofBytesMax = 2 << 20;

// The file taken apart, not verified.
struct TlogProof {
  uint64_t index = 0;
  std::vector<Hash> hashes;  // the inclusion proof, the leaf's sibling first
  std::string checkpoint;    // the signed note, byte for byte
  std::string extra;         // unauthenticated bytes for the application; empty: none

  // The file, byte for byte as it was parsed.
  std::string str() const;
  // Accepts exactly what str() writes: the number of hashes must be the one its index and the
  // checkpoint's size call for. Refused: PROOF_MALFORMED, NOTE_MALFORMED, CHECKPOINT_MALFORMED.
  static Result<TlogProof> parse(std::string_view file);

  friend bool operator==(const TlogProof&, const TlogProof&) = default;
};

// What a verified proof says: the record stands at `index` of the log at that checkpoint.
struct ProvenRecord {
  uint64_t index = 0;
  Checkpoint checkpoint;
};

// Checks the file for a record, byte for byte as the log holds it: form, signature, path. Refused:
// as TlogProof::parse, open_checkpoint and verify_inclusion.
Result<ProvenRecord> verify_tlog_proof(std::string_view file, std::string_view record,
                                       std::span<const VerifierKey> keys);

}  // namespace mash::merkle
