// Notes, checkpoints, origins, keys and tile paths from outside: whatever is read must be written
// again the same, byte for byte.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "merkle/checkpoint.h"
#include "merkle/note.h"
#include "merkle/signing_key.h"
#include "merkle/tile.h"

using namespace mash::merkle;  // NOLINT(google-build-using-namespace): a program of one function

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  // The key that signed the seeds; fuzzing cannot forge for it.
  static const std::vector<VerifierKey> kKeys{*VerifierKey::parse(
      "mash/E09000001/referral/1+75d2105b+AadyDdVE/UqqpEf5+v7Nmhjv6a5eYee9mYU4X/g4JzC3")};

  if (const auto note = parse_note(input)) MASH_CHECK(note->str() == input);
  if (const auto note = open_note(input, kKeys)) MASH_CHECK(note->signers == kKeys);
  if (const auto checkpoint = Checkpoint::parse(input)) MASH_CHECK(checkpoint->text() == input);
  if (const auto checkpoint = open_checkpoint(input, kKeys)) {
    MASH_CHECK(checkpoint->origin == kKeys.front().name());
  }
  if (const auto origin = Origin::parse(input)) MASH_CHECK(origin->str() == input);
  if (const auto key = VerifierKey::parse(input)) MASH_CHECK(key->str() == input);
  if (const auto tile = parse_tile_path(input)) {
    MASH_CHECK(tile_path(tile->id, tile->width) == input);
  }
  return 0;
}
