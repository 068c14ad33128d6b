#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "log/head.h"
#include "log/store.h"
#include "merkle/proof.h"
#include "merkle/signing_key.h"
#include "merkle/tree.h"

namespace mash::log {

// What a log can prove about itself, off the commit path: the writer publishes a head and its tree
// after each commit, and whoever asks signs and proves in its own thread. Thread-safe.
class Prover {
 public:
  // `name` is the log's without the epoch. Without a signer, checkpoints are refused.
  Prover(const Store& store, std::string name, const merkle::SigningKey* signer, Head head,
         merkle::Tree tree);

  void publish(const Head& head, const merkle::Tree& tree);

  Head head() const;
  std::string origin() const;

  // Signed once for each size asked for: never two roots for one size of one origin, since it signs
  // what is durable.
  Result<std::string> checkpoint() const;
  // The same of the tree's first `size` records, at most all that are durable: for whoever cannot
  // wait until it has the newest. Refused: SIZE_OUT_OF_RANGE.
  Result<std::string> checkpoint_at(uint64_t size) const;
  // The key checkpoints verify under, bearing the origin as its name.
  Result<merkle::VerifierKey> verifier() const;
  Result<std::string> tlog_proof(uint64_t position) const;

  // A view of the tree as last published, for proofs at any size up to it.
  merkle::TreeReader proofs() const;

 private:
  struct Signed {
    Head head;
    std::string note;
  };
  Result<Signed> signed_head() const;
  std::string origin_of(const Head& head) const;

  const Store& store_;
  const std::string name_;
  const merkle::SigningKey* signer_;
  merkle::PublishedTree tree_;
  mutable std::mutex mutex_;  // head_
  Head head_;
  mutable std::mutex signing_;  // signed_; held while signing, so that one size is signed once
  mutable std::optional<Signed> signed_;
};

}  // namespace mash::log
