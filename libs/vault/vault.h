#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "vault/key_source.h"
#include "vault/sealing.h"

namespace rocksdb {
class Env;
}

namespace mash::vault {

// How a vault is opened. What it points to outlives the vault.
struct VaultOptions {
  std::filesystem::path directory;  // the vault's own; made if absent
  std::filesystem::path kek_file;   // the key-encryption key; apart from the data, in no backup
  const Clock* clock = nullptr;

  // For tests: another file system, and what to call at the named points of a destruction
  // (docs/formats/vault.md lists them).
  rocksdb::Env* env = nullptr;
  std::function<void(std::string_view point)> at_point{};
};

// The data keys of one area, wrapped, in a RocksDB of their own; the key-encryption key (KEK) that
// wraps them is a file apart. Keys are kept in blocks of kBlockKeys: a block is encrypted under a
// block key, block keys under the KEK, so that destroying one key among millions rewrites one block
// and re-wraps only block keys. docs/formats/vault.md is the format.
//
// Threads share one. Everything that is written is synced before the call returns. After a failed
// write the vault answers nothing but VAULT_UNAVAILABLE until it is opened again: what the disk
// holds is not known any more.
class Vault final : public KeySource {
 public:
  static constexpr std::size_t kBlockKeys = 256;

  // Opens, or makes, the vault and its KEK; finishes a destruction that a crash interrupted.
  // Refuses with kFailedPrecondition: KEK_MISSING, KEK_WRONG (it does not fit this vault),
  // KEK_MALFORMED, KEK_EXPOSED (others than the owner may read it), KEK_IN_USE (a new vault beside
  // another's KEK), KEK_BESIDE_DATA (it lies in the data folder); with kDataLoss, reason
  // VAULT_DAMAGED, what cannot be read.
  static Result<std::unique_ptr<Vault>> open(VaultOptions options);
  ~Vault() override;
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  // At least `count` new keys (whole blocks), durable before it returns. Ids ascend.
  Result<std::vector<DataKey>> mint(std::size_t count) override;

  // KEY_DESTROYED, KEY_UNKNOWN, VAULT_UNAVAILABLE as in key_ring.h; kDataLoss, reason
  // VAULT_DAMAGED, when a block does not open.
  Result<SecretKey> unwrap(std::string_view key_id);

  // For a ring in this process: until on_destroyed() has it forget.
  Result<DataKey> lease(std::string_view key_id) override;
  Result<std::optional<std::chrono::steady_clock::time_point>> hold_ahead(
      const std::vector<std::string>&) override {
    return std::nullopt;
  }

  // Destroys these keys for ever, in one pass: re-wraps the surviving block keys under a fresh KEK,
  // destroys the old one, rewrites the files that held the keys, and makes every KeyRing forget
  // them. Keys destroyed before are skipped, so it may be called again. Refuses with KEY_UNKNOWN,
  // having destroyed nothing, when an id was never minted here. Returns how many were destroyed
  // now.
  Result<std::size_t> destroy(std::span<const std::string> key_ids);

  // A copy of the vault, without the KEK, into a folder that must not exist. Take a new one after
  // each destruction: an older one opens with no KEK that still exists. Verified before it returns.
  Result<void> backup(const std::filesystem::path& directory);

  // Reads and opens every block. kDataLoss, reason VAULT_DAMAGED, names the first bad one.
  struct Contents {
    uint64_t keys = 0;
    uint64_t keys_destroyed = 0;
    uint64_t blocks = 0;

    friend bool operator==(const Contents&, const Contents&) = default;
  };
  Result<Contents> verify();

  // How often something was minted or destroyed since the vault was opened.
  uint64_t changes() const;

  // The area's secret for keyed digests: KeyRing::token.
  SecretKey token_key() const override;

  // Calls `forget` with each key as it is destroyed, until the returned handle goes.
  std::shared_ptr<void> on_destroyed(std::function<void(std::string_view key_id)> forget) override;

 private:
  class Impl;
  explicit Vault(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::vault
