#pragma once
#include <memory>
#include <optional>
#include <string>

#include "cli/commands.h"

namespace google::protobuf {
class Message;
}

namespace mash::cli {

// What all commands that change a referral have in common.
struct ChangeOptions {
  std::string referral_id;
  std::string request_id;
  std::optional<uint64_t> expected_version;
  bool want_proof = false;
};
void add_change_options(CLI::App* command, ChangeOptions& options);

// Puts the common options into a request (its fields referral_id, request_id, expected_version and
// want_proof), sends it, and shows the receipt and what else the reply says.
Outcome<void> send_change(const ChangeOptions& options, const UsualCaller& usual,
                          const std::string& method, google::protobuf::Message& request,
                          google::protobuf::Message& reply, Session& session);

void add_triage(CLI::App& referral, Session& session);     // acknowledge, accept, close, rate, add
void add_decisions(CLI::App& referral, Session& session);  // decide, revise, feedback

}  // namespace mash::cli
