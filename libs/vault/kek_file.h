#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "core/result.h"
#include "vault/sealing.h"

namespace mash::vault {

// The key-encryption key: its public id (16 random bytes), which the vault's database names, and
// the key.
struct Kek {
  std::string id;
  SecretKey key;

  static Kek random();
  Kek copy() const { return {id, key.copy()}; }
};

// The file that holds the key-encryption key, and the two beside it that make its replacement
// survive a crash: "<file>.next" before, "<file>.old" after. docs/formats/vault.md has the steps.
// Used by one thread at a time. Errors of the file system are kUnavailable, VAULT_UNAVAILABLE.
class KekFile {
 public:
  enum class Slot { kCurrent, kNext, kOld };

  explicit KekFile(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path(Slot slot) const;
  bool exists(Slot slot) const;

  // Refuses with kFailedPrecondition: KEK_MISSING, KEK_EXPOSED (others than the owner may read it,
  // or it belongs to another), KEK_MALFORMED.
  Result<Kek> read(Slot slot) const;

  // Writes the file (mode 0600) and syncs it and its folder, which is made if absent (mode 0700).
  Result<void> write_next(const Kek& kek) const;

  // A rename and a sync of the folder.
  Result<void> move(Slot from, Slot to) const;

  // Overwrites the file's bytes, syncs, unlinks. Nothing to do when it is not there. On a disk that
  // writes elsewhere what is overwritten (flash, copy-on-write) the old bytes may stay on the
  // medium: docs/personal-data.md says what to use instead.
  Result<void> wipe(Slot slot) const;

 private:
  Result<void> sync_folder() const;

  std::filesystem::path path_;
};

}  // namespace mash::vault
