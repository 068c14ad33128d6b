#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "mash/feed/v1/feed.pb.h"
#include "merkle/hash.h"
#include "merkle/signing_key.h"

namespace mash::feed {

// The owner of a log that is followed over Kafka, asked for what Kafka does not have: records that
// its retention took, or that it lost; how long the log is now. node/remote_log.h asks the owner's
// LogService. Thread-safe. Refusals: kUnavailable, ORIGIN_UNAVAILABLE, where it does not answer;
// whatever it refuses with.
class Origin {
 public:
  virtual ~Origin() = default;

  // At most so many records from a position on, with their sealed parts; fewer, or none, where the
  // log ends.
  virtual Result<std::vector<v1::TopicRecord>> read(uint64_t from, uint64_t limit) = 0;

  // A stream's records from a position on, below another.
  virtual Result<std::vector<v1::TopicRecord>> read_stream(std::string_view stream, uint64_t from,
                                                           uint64_t below) = 0;

  // That the tree of `to` records begins with that of `from`: an RFC 6962 consistency proof.
  virtual Result<std::vector<merkle::Hash>> consistency_proof(uint64_t from, uint64_t to) = 0;

  // The newest signed checkpoint: a C2SP signed note.
  virtual Result<std::string> checkpoint(std::chrono::milliseconds patience) = 0;

  // The key that the owner's checkpoints verify under. Asked over mutual TLS, of whom the
  // configuration names.
  virtual Result<merkle::VerifierKey> verifier(std::chrono::milliseconds patience) = 0;
};

}  // namespace mash::feed
