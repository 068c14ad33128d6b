#include "cli/proving.h"

#include <utility>

#include "cli/inputs.h"
#include "merkle/tlog_proof.h"

namespace mash::cli {
namespace {

constexpr const char* kDistrust =
    "Do not rely on what this hub says before its operator has explained it; keep what you have.";

tl::unexpected<Failure> not_proven(std::string reason, std::string message) {
  return fail(Exit::kNotProven, Code::kDataLoss, std::move(reason), std::move(message), kDistrust);
}

// Adds what one reply brought; every proof must lead to one checkpoint.
Outcome<void> gather(const log::v1::ReplayCaseResponse& reply, ToldCase& told) {
  if (reply.tlog_proofs_size() != reply.entries_size())
    return not_proven("PROOF_MISSING", "The hub sent records without their proofs.");
  for (int i = 0; i < reply.entries_size(); ++i) {
    auto proof = merkle::TlogProof::parse(reply.tlog_proofs(i));
    if (!proof) return fail(Exit::kNotProven, proof.error(), kDistrust);
    if (!told.entries.empty() && proof->checkpoint != told.bundle.checkpoint)
      return not_proven("PROOF_MISMATCH", "The hub's proofs do not lead to one checkpoint.");
    told.bundle.checkpoint = proof->checkpoint;
    told.bundle.entries.push_back(
        {proof->index, reply.entries(i).record(), std::move(proof->hashes)});
    told.entries.push_back(reply.entries(i));
  }
  return {};
}

}  // namespace

Outcome<ToldCase> fetch_case(const Client& client, const log::v1::ReplayCaseRequest& request) {
  ToldCase told;
  told.bundle.case_id = request.case_id();
  log::v1::ReplayCaseRequest with_proofs = request;
  with_proofs.set_with_proofs(true);
  log::v1::ReplayCaseResponse reply;
  const auto read =
      client.read("mash.log.v1.LogService/ReplayCase", with_proofs, reply,
                  [&]() -> Outcome<bool> { return gather(reply, told).map([] { return true; }); });
  if (!read) return tl::unexpected(read.error());
  if (told.entries.empty())
    return fail(Exit::kRefused, Code::kNotFound, "CASE_EMPTY",
                "Nothing is recorded of case " + request.case_id() + ".",
                "Is it a case's id, and was anything recorded by the time asked for?");
  const auto key = fetch_checkpoint(client, request.log());
  if (!key) return tl::unexpected(key.error());
  told.bundle.keys.push_back(key->key);
  auto proven = verify_bundle(told.bundle);
  if (!proven) return fail(Exit::kNotProven, proven.error(), kDistrust);
  told.proven = std::move(*proven);
  return told;
}

Outcome<SignedCheckpoint> fetch_checkpoint(const Client& client, const std::string& log) {
  log::v1::GetCheckpointRequest request;
  request.set_log(log);
  log::v1::GetCheckpointResponse response;
  const auto got = client.unary("mash.log.v1.LogService/GetCheckpoint", request, response);
  if (!got) return tl::unexpected(got.error());
  auto key = merkle::VerifierKey::parse(response.verifier_key());
  if (!key) return fail(Exit::kNotProven, key.error(), kDistrust);
  auto checkpoint = merkle::open_checkpoint(response.checkpoint(), std::span(&*key, 1));
  if (!checkpoint) return fail(Exit::kNotProven, checkpoint.error(), kDistrust);
  return SignedCheckpoint{std::move(*checkpoint), std::move(*key), response.checkpoint()};
}

Outcome<void> check_trusted(const merkle::VerifierKey& key,
                            const std::vector<merkle::VerifierKey>& trusted) {
  if (trusted.empty() || is_trusted(key, trusted)) return {};
  return fail(Exit::kNotProven, Code::kDataLoss, "KEY_NOT_TRUSTED",
              "The checkpoint is signed with another key than the one trusted: " + key.str() + ".",
              "Ask the hub's operator, on another way than this, which key is the hub's.");
}

}  // namespace mash::cli
