#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "merkle/hash.h"
#include "merkle/signing_key.h"

// Checkpoints (C2SP tlog-checkpoint): a log's size and root, signed (docs/formats/checkpoint.md).
// Pure and thread-safe.
namespace mash::merkle {

// Names one history of one log: "mash/<area>/<service>/<epoch>". A log that lost its end opens a
// new epoch, hence a new origin: no origin ever has two roots for one size.
struct Origin {
  std::string area;     // "E09000001": letters, digits, '.', '_' and '-'
  std::string service;  // "referral": the same
  uint64_t epoch = 1;

  std::string str() const;
  // Refused: ORIGIN_MALFORMED.
  static Result<Origin> parse(std::string_view text);

  friend bool operator==(const Origin&, const Origin&) = default;
};

// Whether two names are one log's, be it in different epochs or, as its key file may name it, in
// none: "mash/<area>/<service>". A key renamed for another epoch (VerifierKey::named) may speak for
// a checkpoint only where this holds.
bool same_log(std::string_view name, std::string_view other);

// What a checkpoint says.
struct Checkpoint {
  std::string origin;  // one line; a log's key bears the same name
  uint64_t size = 0;
  Hash root{};

  // The note's text: three lines.
  std::string text() const;
  // Exactly those three lines. Extension lines, which nobody could audit, are refused with
  // everything else: CHECKPOINT_MALFORMED.
  static Result<Checkpoint> parse(std::string_view text);

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The signed note. Refused: CHECKPOINT_MALFORMED for an origin that is not one line of text or
// not the key's name, a size over kTreeSizeMax, or an empty tree whose root is not empty_root().
Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key);

// Opens a checkpoint that the log named by its origin has signed: among the keys there must be one
// of that name, and its signature must hold; co-signatures of keys not given are ignored. Refused:
// as open_note, CHECKPOINT_MALFORMED, and CHECKPOINT_ORIGIN when only others have signed.
Result<Checkpoint> open_checkpoint(std::string_view note, std::span<const VerifierKey> keys);

}  // namespace mash::merkle
