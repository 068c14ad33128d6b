#pragma once
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "cli/outcome.h"
#include "core/clock.h"
#include "merkle/checkpoint.h"
#include "merkle/signing_key.h"

namespace google::protobuf {
class EnumDescriptor;
class Timestamp;
}  // namespace google::protobuf

namespace mash::cli {

// What people give on the command line, read. Refused with Exit::kUsage or Exit::kFile.

// "2026-03-03T10:00:00Z", or as a clock in London shows it: "2026-03-03 10:00", "2026-03-03"
// (midnight, when that day begins).
Outcome<Time> read_time(const std::string& text);

// The same into a field of a message; an empty text leaves the field alone.
Outcome<void> put_time(const std::string& text,
                       const std::function<google::protobuf::Timestamp*()>& field);

// Public keys somebody trusts: "name+hash+base64" itself, or a file with one a line.
Outcome<std::vector<merkle::VerifierKey>> read_keys(const std::vector<std::string>& texts);

// Whether `key` is one of those trusted, under whatever name: the epochs of a log are origins of
// their own, signed with one secret.
bool is_trusted(const merkle::VerifierKey& key, const std::vector<merkle::VerifierKey>& trusted);

// A checkpoint kept in a file. `keys` check its signature; without any, only its form is checked.
struct KeptCheckpoint {
  merkle::Checkpoint checkpoint;
  std::string note;
  bool signature_checked = false;
};
Outcome<KeptCheckpoint> read_checkpoint(const std::string& file,
                                        const std::vector<merkle::VerifierKey>& keys);

// A value of an enum from its word as enum_word() writes it, "early-help". `option` is what the
// user gave it to, for messages.
Outcome<int> read_enum(const google::protobuf::EnumDescriptor& type, const std::string& word,
                       const std::string& option);

// A text, or standard input where it is "-".
Outcome<std::string> read_text(const std::string& text, std::istream& in);

// A new request id.
std::string new_request_id();

// The request id given, or a new one.
Outcome<std::string> request_id_or_new(const std::string& given);

}  // namespace mash::cli
