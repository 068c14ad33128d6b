#include "merkle/note.h"

#include <algorithm>
#include <utility>

#include "merkle/encoding.h"

namespace mash::merkle {
namespace {

constexpr std::string_view kSignaturePrefix = "\xe2\x80\x94 ";  // em dash, space
constexpr std::size_t kKeyIdBytes = 4;

auto malformed(std::string why) {
  return refuse(Code::kInvalidArgument, "NOTE_MALFORMED", std::move(why));
}

std::string signature_line(const NoteSignature& signature) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(signature.key_id >> shift & 0xff);
  }
  bytes += signature.signature;
  std::string line(kSignaturePrefix);
  return line.append(signature.name).append(" ").append(base64_encode(bytes)).append("\n");
}

Result<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kSignaturePrefix)) {
    return malformed("a signature line begins with an em dash and a space");
  }
  line.remove_prefix(kSignaturePrefix.size());
  const std::size_t space = line.find(' ');
  const std::string_view name = line.substr(0, space);
  if (space == std::string_view::npos || !is_key_name(name)) {
    return malformed("a signature line names its key, then gives the signature");
  }
  const auto bytes = base64_decode(line.substr(space + 1));
  if (!bytes || bytes->size() <= kKeyIdBytes) {
    return malformed("a signature is the base64 of a key id and at least one byte more");
  }
  NoteSignature signature{std::string(name), 0, bytes->substr(kKeyIdBytes)};
  for (std::size_t i = 0; i < kKeyIdBytes; ++i) {
    signature.key_id = signature.key_id << 8 | static_cast<unsigned char>((*bytes)[i]);
  }
  return signature;
}

// A text fit to be signed.
Result<void> check_text(std::string_view text) {
  if (text.size() > kNoteBytesMax) return malformed("the note is too long");
  if (!text.ends_with('\n')) return malformed("a note's text ends with a newline");
  if (!is_note_text(text)) {
    return malformed("a note is UTF-8 without control characters other than newlines");
  }
  return {};
}

// Whether a signature is of one of the keys: kNone when they do not know it.
enum class Finding { kNone, kHolds, kBroken };

Finding check(std::string_view text, const NoteSignature& signature,
              std::span<const VerifierKey> keys, const VerifierKey*& signer) {
  Finding finding = Finding::kNone;
  for (const VerifierKey& key : keys) {
    if (key.name() != signature.name || key.id() != signature.key_id) continue;
    if (key.verify(text, signature.signature)) {
      signer = &key;
      return Finding::kHolds;
    }
    finding = Finding::kBroken;
  }
  return finding;
}

}  // namespace

std::string Note::str() const {
  std::string note = text + "\n";
  for (const NoteSignature& signature : signatures) note += signature_line(signature);
  return note;
}

Result<Note> parse_note(std::string_view note) {
  if (auto fit = check_text(note); !fit) return tl::unexpected(fit.error());
  // The text may have empty lines of its own: the last one parts it from the signatures.
  const std::size_t part = note.rfind("\n\n");
  if (part == std::string_view::npos) return malformed("an empty line parts text and signatures");
  Note parsed{std::string(note.substr(0, part + 1)), {}};
  std::string_view rest = note.substr(part + 2);
  if (rest.empty()) return malformed("a note has at least one signature");
  while (const auto line = take_line(rest)) {
    if (parsed.signatures.size() == kNoteSignaturesMax) return malformed("too many signatures");
    auto signature = parse_signature(*line);
    if (!signature) return tl::unexpected(signature.error());
    parsed.signatures.push_back(std::move(*signature));
  }
  return parsed;
}

Result<std::string> sign_note(std::string_view text, std::span<const SigningKey> keys) {
  if (auto fit = check_text(text); !fit) return tl::unexpected(fit.error());
  if (keys.empty() || keys.size() > kNoteSignaturesMax) {
    return malformed("a note has at least one signature and at most a hundred");
  }
  Note note{std::string(text), {}};
  for (const SigningKey& key : keys) {
    note.signatures.push_back({key.name(), key.verifier().id(), key.sign(text)});
  }
  std::string signed_note = note.str();
  if (signed_note.size() > kNoteBytesMax) return malformed("the note is too long");
  return signed_note;
}

Result<VerifiedNote> open_note(std::string_view note, std::span<const VerifierKey> keys) {
  auto parsed = parse_note(note);
  if (!parsed) return tl::unexpected(parsed.error());
  VerifiedNote verified;
  for (const NoteSignature& signature : parsed->signatures) {
    const VerifierKey* signer = nullptr;
    const Finding finding = check(parsed->text, signature, keys, signer);
    if (finding == Finding::kBroken) {
      return refuse(Code::kDataLoss, "SIGNATURE_INVALID",
                    "the signature under the name of a known key is not that key's");
    }
    if (finding == Finding::kNone) continue;
    const auto& signers = verified.signers;
    if (std::find(signers.begin(), signers.end(), *signer) == signers.end()) {
      verified.signers.push_back(*signer);
    }
  }
  if (verified.signers.empty()) {
    return refuse(Code::kFailedPrecondition, "NOTE_UNVERIFIED", "no known key has signed the note");
  }
  verified.text = std::move(parsed->text);
  return verified;
}

}  // namespace mash::merkle
