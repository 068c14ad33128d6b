#include "merkle/tlog_proof.h"

#include <utility>

#include "merkle/encoding.h"
#include "merkle/note.h"
#include "merkle/verify.h"

namespace mash::merkle {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

auto malformed(std::string why) {
  return refuse(Code::kInvalidArgument, "PROOF_MALFORMED", std::move(why));
}

// The lines up to and with the empty one.
Result<std::vector<Hash>> take_hashes(std::string_view& rest) {
  std::vector<Hash> hashes;
  while (const auto line = take_line(rest)) {
    if (line->empty()) return hashes;
    const auto bytes = base64_decode(*line);
    const auto hash = bytes ? hash_from_bytes(*bytes) : malformed("");
    if (!hash) return malformed("each line of the proof is a hash, 32 bytes in base64");
    hashes.push_back(*hash);
  }
  return malformed("an empty line parts the proof and the checkpoint");
}

}  // namespace

std::string TlogProof::str() const {
  std::string file(kHeader);
  file += '\n';
  if (!extra.empty()) file.append(kExtra).append(base64_encode(extra)).append("\n");
  file.append(kIndex).append(std::to_string(index)).append("\n");
  for (const Hash& hash : hashes) file.append(base64_encode(bytes_of(hash))).append("\n");
  return file.append("\n").append(checkpoint);
}

Result<TlogProof> TlogProof::parse(std::string_view file) {
  if (file.size() > kTlogProofBytesMax) return malformed("the file is too long");
  if (take_line(file) != kHeader) return malformed("the first line is not a tlog-proof's");
  TlogProof proof;
  auto line = take_line(file);
  if (line && line->starts_with(kExtra)) {
    auto extra = base64_decode(line->substr(kExtra.size()));
    if (!extra || extra->empty()) return malformed("extra data is base64, and some");
    proof.extra = std::move(*extra);
    line = take_line(file);
  }
  if (!line || !line->starts_with(kIndex)) return malformed("the index is missing");
  const auto index = parse_decimal(line->substr(kIndex.size()));
  if (!index) return malformed("the index is a decimal number");
  proof.index = *index;
  auto hashes = take_hashes(file);
  if (!hashes) return tl::unexpected(hashes.error());
  proof.hashes = std::move(*hashes);

  const auto note = parse_note(file);
  if (!note) return tl::unexpected(note.error());
  const auto checkpoint = Checkpoint::parse(note->text);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  if (proof.index >= checkpoint->size) return malformed("the tree has no leaf of that index");
  if (proof.hashes.size() != inclusion_proof_length(proof.index, checkpoint->size)) {
    return malformed("the proof has not the number of hashes its index and size call for");
  }
  proof.checkpoint = file;
  return proof;
}

Result<ProvenRecord> verify_tlog_proof(std::string_view file, std::string_view record,
                                       std::span<const VerifierKey> keys) {
  const auto proof = TlogProof::parse(file);
  if (!proof) return tl::unexpected(proof.error());
  auto checkpoint = open_checkpoint(proof->checkpoint, keys);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  const auto holds = verify_inclusion(leaf_hash(record), proof->index, checkpoint->size,
                                      proof->hashes, checkpoint->root);
  if (!holds) return tl::unexpected(holds.error());
  return ProvenRecord{proof->index, std::move(*checkpoint)};
}

}  // namespace mash::merkle
