#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "vault/kek_file.h"
#include "vault/sealing.h"

namespace mash::vault {

// A block of data keys as one value of the vault's database (docs/formats/vault.md): their ids and
// whether each was destroyed in plain, the keys encrypted under the block's own key.
class KeyBlock {
 public:
  struct Entry {
    Uuid id;
    bool destroyed = false;
    SecretKey key;  // zeros when destroyed
  };

  // `ids` ascend; each gets a fresh random key.
  static KeyBlock fresh(const std::vector<Uuid>& ids);

  // kDataLoss, reason VAULT_DAMAGED, for anything but a block sealed under this key.
  static Result<KeyBlock> open(std::string_view value, const SecretKey& block_key);

  std::string seal(const SecretKey& block_key) const;

  const std::vector<Entry>& entries() const { return entries_; }

  // Null when the block does not hold it.
  const Entry* find(const Uuid& id) const;

  // The key's bytes are gone from the block. False: it had been destroyed before. The block holds
  // the id.
  bool destroy(const Uuid& id);

 private:
  std::vector<Entry> entries_;  // ascending ids
};

// The ids and states alone, without any key: enough to tell KEY_UNKNOWN and KEY_DESTROYED apart.
struct KeyState {
  Uuid id;
  bool destroyed = false;
};
Result<std::vector<KeyState>> read_states(std::string_view value);

// A key of 32 bytes sealed under the key-encryption key; `name` says which it is, and is part of
// what the tag covers, as is the KEK's id.
std::string wrap_key(const Kek& kek, std::string_view name, const SecretKey& key);
Result<SecretKey> unwrap_key(const Kek& kek, std::string_view name, std::string_view wrapped);

}  // namespace mash::vault
