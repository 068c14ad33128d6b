#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "merkle/signing_key.h"

// Signed notes (C2SP signed-note): a text, an empty line, signature lines. Pure and thread-safe.
namespace mash::merkle {

inline constexpr std::size_t kNoteBytesMax = 1 << 20;
inline constexpr std::size_t kNoteSignaturesMax = 100;

// One signature line as it stands, checked or not.
struct NoteSignature {
  std::string name;
  uint32_t key_id = 0;
  std::string signature;  // raw bytes, at least one; 64 for Ed25519

  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

// A note taken apart, not verified. `text` ends with its newline.
struct Note {
  std::string text;
  std::vector<NoteSignature> signatures;

  // The note, byte for byte as it was parsed.
  std::string str() const;
};

// Takes a note apart without verifying anything: accepts exactly what Note::str() writes. Refused:
// NOTE_MALFORMED, saying where.
Result<Note> parse_note(std::string_view note);

// Signs a text with each of the keys, in their order. Refused: NOTE_MALFORMED when the text is not
// valid UTF-8, has control characters, does not end with a newline or is too long, or when there
// is no key.
Result<std::string> sign_note(std::string_view text, std::span<const SigningKey> keys);

// A note at least one known key has signed.
struct VerifiedNote {
  std::string text;
  std::vector<VerifierKey> signers;  // in the order of their lines, each once
};

// Opens a note. Signatures of unknown keys are ignored, as witnesses add theirs; one of a known
// key that does not hold refuses the whole note. Refused: NOTE_MALFORMED, SIGNATURE_INVALID,
// NOTE_UNVERIFIED (no known key has signed it).
Result<VerifiedNote> open_note(std::string_view note, std::span<const VerifierKey> keys);

}  // namespace mash::merkle
