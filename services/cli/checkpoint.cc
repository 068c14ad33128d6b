#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "cli/proving.h"
#include "cli/story.h"
#include "merkle/tlog_proof.h"
#include "merkle/verify.h"

// mash checkpoint and mash proof: what to keep elsewhere, and what it proves.
namespace mash::cli {
namespace {

struct CheckpointOptions {
  std::string log = "referral";
  std::string out;
  std::string key_out;
  std::string since;
  std::vector<std::string> keys;
};

struct ProofOptions {
  uint64_t position = 0;
  std::string log = "referral";
  std::string out;
  std::vector<std::string> keys;
};

tl::unexpected<Failure> history_changed(const merkle::Checkpoint& kept,
                                        const merkle::Checkpoint& now, const std::string& why) {
  return fail(Exit::kNotProven, Code::kDataLoss, "CHECKPOINT_MISMATCH",
              "The hub's log of " + std::to_string(now.size) + " records does not begin with the " +
                  std::to_string(kept.size) + " records of the kept checkpoint" + why + ".",
              "The log was rewritten, has lost its end, or is another one. Keep both checkpoints: "
              "together they prove it.");
}

// That the log has only grown since a checkpoint kept in a file.
Outcome<void> check_since(const Client& client, const std::string& log, const std::string& file,
                          const SignedCheckpoint& now) {
  const auto kept = read_checkpoint(file, {now.key});
  if (!kept) return tl::unexpected(kept.error());
  const merkle::Checkpoint& before = kept->checkpoint;
  if (before.size > now.checkpoint.size)
    return history_changed(before, now.checkpoint, ": it has become shorter");
  log::v1::GetConsistencyProofRequest request;
  request.set_log(log);
  request.set_from_size(before.size);
  request.set_to_size(now.checkpoint.size);
  log::v1::GetConsistencyProofResponse response;
  if (before.size > 0 && before.size < now.checkpoint.size) {
    const auto got = client.unary("mash.log.v1.LogService/GetConsistencyProof", request, response);
    if (!got) return got;
  }
  std::vector<merkle::Hash> proof;
  for (const std::string& bytes : response.hashes()) {
    const auto hash = merkle::hash_from_bytes(bytes);
    if (!hash) return fail(Exit::kNotProven, hash.error());
    proof.push_back(*hash);
  }
  const auto holds = merkle::verify_consistency(before.size, now.checkpoint.size, proof,
                                                before.root, now.checkpoint.root);
  if (!holds) return history_changed(before, now.checkpoint, "");
  return {};
}

Outcome<void> checkpoint(const CheckpointOptions& options, Session& session) {
  const auto trusted = read_keys(options.keys);
  if (!trusted) return tl::unexpected(trusted.error());
  const auto client = connect(session, kUsualAuditor);
  if (!client) return tl::unexpected(client.error());
  const auto now = fetch_checkpoint(*client, options.log);
  if (!now) return tl::unexpected(now.error());
  if (auto good = check_trusted(now->key, *trusted); !good) return good;
  if (!options.since.empty())
    if (auto grown = check_since(*client, options.log, options.since, *now); !grown) return grown;
  if (!options.out.empty())
    if (auto written = write_file(options.out, now->note); !written) return written;
  if (!options.key_out.empty())
    if (auto written = write_file(options.key_out, now->key.str() + "\n"); !written) return written;
  if (session.settings.json) {
    log::v1::GetCheckpointResponse response;
    response.set_checkpoint(now->note);
    response.set_verifier_key(now->key.str());
    session.out << to_json(response, false) << '\n';
    return {};
  }
  Facts facts;
  facts.add("log", now->checkpoint.origin);
  facts.add("records", std::to_string(now->checkpoint.size));
  facts.add("root", merkle::to_hex(now->checkpoint.root));
  facts.add("public key", now->key.str());
  facts.add("signature", "holds");
  if (!options.since.empty())
    facts.add("since " + options.since, "the log has only grown: every record of then is there");
  facts.print(session.out);
  return {};
}

Outcome<std::string> fetch_record(const Client& client, const ProofOptions& options) {
  log::v1::ReadLogRequest request;
  request.set_log(options.log);
  request.set_from(options.position);
  request.set_limit(1);
  log::v1::ReadLogResponse response;
  std::string record;
  const auto read =
      client.read("mash.log.v1.LogService/ReadLog", request, response, [&]() -> Outcome<bool> {
        if (response.entries_size() > 0) record = response.entries(0).record();
        return true;
      });
  if (!read) return tl::unexpected(read.error());
  if (record.empty())
    return fail(Exit::kRefused, Code::kOutOfRange, "INDEX_OUT_OF_RANGE",
                "The log has no record " + std::to_string(options.position) + " yet.");
  return record;
}

Outcome<void> proof(const ProofOptions& options, Session& session) {
  const auto trusted = read_keys(options.keys);
  if (!trusted) return tl::unexpected(trusted.error());
  const auto client = connect(session, kUsualAuditor);
  if (!client) return tl::unexpected(client.error());
  const auto record = fetch_record(*client, options);
  if (!record) return tl::unexpected(record.error());
  log::v1::GetInclusionProofRequest request;
  request.set_log(options.log);
  request.set_position(options.position);
  log::v1::GetInclusionProofResponse response;
  const auto got = client->unary("mash.log.v1.LogService/GetInclusionProof", request, response);
  if (!got) return got;
  const auto now = fetch_checkpoint(*client, options.log);
  if (!now) return tl::unexpected(now.error());
  if (auto good = check_trusted(now->key, *trusted); !good) return good;
  const auto proven =
      merkle::verify_tlog_proof(response.tlog_proof(), *record, std::span(&now->key, 1));
  if (!proven) return fail(Exit::kNotProven, proven.error());
  if (!options.out.empty())
    if (auto written = write_file(options.out, response.tlog_proof()); !written) return written;
  if (session.settings.json) {
    session.out << to_json(response, false) << '\n';
    return {};
  }
  const auto decoded = log::decode_record(*record, true);
  if (!decoded) return fail(Exit::kNotProven, decoded.error());
  tell(1, *decoded, "", Content::kNotAskedFor, session.out);
  Facts facts;
  facts.add("position", std::to_string(proven->index) + " of " + proven->checkpoint.origin);
  facts.add("leaf hash", merkle::to_hex(merkle::leaf_hash(*record)));
  facts.add("proved by", "the signed checkpoint of " + std::to_string(proven->checkpoint.size) +
                             " records, root " + merkle::to_hex(proven->checkpoint.root));
  facts.add("public key", now->key.str());
  if (!options.out.empty()) facts.add("written to", options.out + " (C2SP tlog-proof)");
  facts.print(session.out);
  return {};
}

}  // namespace

void add_checkpoint(CLI::App& app, Session& session) {
  auto options = std::make_shared<CheckpointOptions>();
  CLI::App* command = add_command(
      app, "checkpoint", "Shows the log's newest signed checkpoint; keep one elsewhere.",
      "  mash checkpoint --user a-7\n"
      "  mash checkpoint --out today.checkpoint --key-out hub.key\n"
      "  mash checkpoint --since last-month.checkpoint     has the log only grown since?\n");
  command->add_option("--out", options->out, "write the signed note to this file");
  command->add_option("--key-out", options->key_out, "write the public key to this file");
  command->add_option("--since", options->since,
                      "prove that the log still begins with what this kept checkpoint says");
  command->add_option("--log", options->log, "the log: the hub keeps one for each service")
      ->capture_default_str();
  command->add_option("--key", options->keys, "trust this public key only (or a file of them)");
  command->callback([options, &session] {
    session.run = [options, &session] { return checkpoint(*options, session); };
  });
}

void add_proof(CLI::App& app, Session& session) {
  auto options = std::make_shared<ProofOptions>();
  CLI::App* command =
      add_command(app, "proof", "Proves that one record is in the log, as a C2SP tlog-proof.",
                  "  mash proof 17 --user a-7\n"
                  "  mash proof 17 --out record-17.tlog-proof --key hub.key\n");
  command->add_option("position", options->position, "the record's position, as in a receipt")
      ->required();
  command->add_option("--out", options->out, "write the tlog-proof to this file");
  command->add_option("--log", options->log, "the log: the hub keeps one for each service")
      ->capture_default_str();
  command->add_option("--key", options->keys, "trust this public key only (or a file of them)");
  command->callback([options, &session] {
    session.run = [options, &session] { return proof(*options, session); };
  });
}

}  // namespace mash::cli
