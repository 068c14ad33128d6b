#pragma once
#include <cstdint>
#include <string>

#include "core/result.h"
#include "merkle/hash.h"
#include "merkle/signing_key.h"

namespace mash::feed {

// A checkpoint whose signature holds.
struct SignedHead {
  uint64_t epoch = 0;
  uint64_t size = 0;
  merkle::Hash root{};
};

// Opens a checkpoint of a log, "mash/E10000013/referral", which its owner has signed under this
// key, in whichever epoch; an older one like any other: which follows which is the caller's to ask.
// Refused: as merkle::open_checkpoint; ORIGIN_MALFORMED; kDataLoss, CHECKPOINT_ORIGIN where it is
// another log's.
Result<SignedHead> open_head(const std::string& note, const std::string& log,
                             const merkle::VerifierKey& key);

}  // namespace mash::feed
