#include "log/prover.h"

#include "merkle/checkpoint.h"
#include "merkle/tlog_proof.h"

namespace mash::log {
namespace {

tl::unexpected<Error> no_signing_key() {
  return refuse(Code::kFailedPrecondition, "NO_SIGNING_KEY",
                "This log was opened without a signing key.");
}

}  // namespace

Prover::Prover(const Store& store, std::string name, const merkle::SigningKey* signer, Head head,
               merkle::Tree tree)
    : store_(store), name_(std::move(name)), signer_(signer), tree_(std::move(tree)), head_(head) {}

void Prover::publish(const Head& head, const merkle::Tree& tree) {
  tree_.publish(tree);
  const std::lock_guard lock(mutex_);
  head_ = head;
}

Head Prover::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

std::string Prover::origin_of(const Head& head) const {
  return name_ + "/" + std::to_string(head.epoch);
}

std::string Prover::origin() const { return origin_of(head()); }

merkle::TreeReader Prover::proofs() const {
  return {tree_.snapshot(), [this](merkle::TileId id) { return store_.full_tile(id); }};
}

Result<Prover::Signed> Prover::signed_head() const {
  if (signer_ == nullptr) return no_signing_key();
  const std::lock_guard lock(signing_);
  const Head newest = head();
  if (signed_ && signed_->head == newest) return *signed_;
  return signer_->named(origin_of(newest))
      .and_then([&](const merkle::SigningKey& key) {
        return merkle::sign_checkpoint(
            {.origin = origin_of(newest), .size = newest.size, .root = newest.root}, key);
      })
      .map([&](std::string note) {
        signed_ = Signed{.head = newest, .note = std::move(note)};
        return *signed_;
      });
}

Result<std::string> Prover::checkpoint() const {
  return signed_head().map([](Signed head) { return std::move(head.note); });
}

Result<std::string> Prover::checkpoint_at(uint64_t size) const {
  if (signer_ == nullptr) return no_signing_key();
  const std::string origin = Prover::origin();
  return proofs().root_at(size).and_then([&](const merkle::Hash& root) {
    return signer_->named(origin).and_then([&](const merkle::SigningKey& key) {
      return merkle::sign_checkpoint({.origin = origin, .size = size, .root = root}, key);
    });
  });
}

Result<merkle::VerifierKey> Prover::verifier() const {
  if (signer_ == nullptr) return no_signing_key();
  return signer_->verifier().named(origin());
}

Result<std::string> Prover::tlog_proof(uint64_t position) const {
  // The head is taken first: the tree read after it is that large or larger.
  auto head = signed_head();
  if (!head) return tl::unexpected(head.error());
  return proofs()
      .inclusion_proof(position, head->head.size)
      .map([&](std::vector<merkle::Hash> hashes) {
        return merkle::TlogProof{.index = position,
                                 .hashes = std::move(hashes),
                                 .checkpoint = std::move(head->note),
                                 .extra = {}}
            .str();
      });
}

}  // namespace mash::log
