#pragma once
#include <string>
#include <vector>

#include "cli/bundle.h"
#include "cli/client.h"
#include "cli/outcome.h"
#include "mash/log/v1/log_service.pb.h"

namespace mash::cli {

// A case as a hub told it, and the same as a bundle that has been verified: what the hub says is
// taken for true only where it can prove it.
struct ToldCase {
  std::vector<log::v1::LogEntry> entries;
  Bundle bundle;
  ProvenCase proven;
};

// Asks for a case with its proofs and checks them. Fails with Exit::kNotProven when they do not
// hold; NOT_FOUND, reason CASE_EMPTY, when nothing is recorded of it.
Outcome<ToldCase> fetch_case(const Client& client, const log::v1::ReplayCaseRequest& request);

// A hub's newest checkpoint, its signature checked with the key that came with it.
struct SignedCheckpoint {
  merkle::Checkpoint checkpoint;
  merkle::VerifierKey key;
  std::string note;
};
Outcome<SignedCheckpoint> fetch_checkpoint(const Client& client, const std::string& log);

// Refuses a key that is none of those trusted; with none given every key is taken.
Outcome<void> check_trusted(const merkle::VerifierKey& key,
                            const std::vector<merkle::VerifierKey>& trusted);

}  // namespace mash::cli
