#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "log/record.h"
#include "merkle/checkpoint.h"
#include "merkle/hash.h"
#include "merkle/signing_key.h"

namespace mash::cli {

// What happened in one case, with all that is needed to check it offline: the records byte for
// byte, the proof of each, the signed checkpoint they lead to and the public keys it is signed
// with. docs/formats/bundle.md is its format. Every byte of a bundle is held to something: none can
// be changed without verify_bundle() saying which.
struct Bundle {
  struct Entry {
    uint64_t position = 0;
    std::string record;                // the leaf, as hashed
    std::vector<merkle::Hash> hashes;  // its inclusion proof

    friend bool operator==(const Entry&, const Entry&) = default;
  };

  std::string case_id;
  std::vector<merkle::VerifierKey> keys;  // the log's first, then those of witnesses
  std::vector<Entry> entries;             // by position
  std::string checkpoint;                 // the signed note

  std::string str() const;

  // Accepts exactly what str() writes. Refused: BUNDLE_MALFORMED, saying at which line.
  static Result<Bundle> parse(std::string_view text);
};

inline constexpr size_t kBundleBytesMax = size_t{256} << 20;

// What a good bundle says.
struct ProvenCase {
  std::string case_id;
  merkle::Checkpoint checkpoint;
  std::vector<log::Record> records;
};

// Checks all of it: the checkpoint's signatures, each record's form and proof, that every record is
// of the case and of the checkpoint's log, that positions and times go forward, and that no stream
// lacks an event before its last one here. Refused with DATA_LOSS and the first thing wrong:
//   CHECKPOINT_UNSIGNED  a signature does not hold, or is not by exactly the bundle's keys
//   RECORD_MALFORMED, RECORD_NOT_PROVEN, RECORD_MISPLACED, RECORD_OF_ANOTHER_CASE,
//   RECORD_OF_ANOTHER_LOG, RECORD_MISSING
Result<ProvenCase> verify_bundle(const Bundle& bundle);

}  // namespace mash::cli
