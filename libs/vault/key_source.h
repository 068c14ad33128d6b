#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "vault/sealing.h"

namespace mash::vault {

// A data key and the id of what it seals.
struct DataKey {
  std::string id;  // UUIDv7, text
  SecretKey key;
  // Until when it may be used, by a clock that never steps; absent: until it is forgotten.
  std::optional<std::chrono::steady_clock::time_point> until{};
};

// Where a key ring has its keys from: the vault itself (vault.h), or, in a process apart from it,
// the vault's gRPC service (node/remote_keys.h), which gives them on a lease. Thread-safe. Refusals
// of a key as key_ring.h lists them.
class KeySource {
 public:
  virtual ~KeySource() = default;

  // At least `count` new keys, durable in the vault before it returns. Ids ascend.
  virtual Result<std::vector<DataKey>> mint(std::size_t count) = 0;

  // The key, and until when it may be used.
  virtual Result<DataKey> lease(std::string_view key_id) = 0;

  // Those of these keys that can be had, as few calls as may be; absent: each is asked for by
  // itself when it is used, as where that costs no call.
  virtual std::vector<DataKey> lease_all(const std::vector<std::string>&) { return {}; }

  // Keys that were minted ahead and that nothing was sealed under may be used for longer: until
  // then; nothing where that is for ever.
  virtual Result<std::optional<std::chrono::steady_clock::time_point>> hold_ahead(
      const std::vector<std::string>& key_ids) = 0;

  // The area's secret for keyed digests: KeyRing::token.
  virtual SecretKey token_key() const = 0;

  // Calls `forget` with each key as it is destroyed, until the returned handle goes.
  virtual std::shared_ptr<void> on_destroyed(
      std::function<void(std::string_view key_id)> forget) = 0;
};

}  // namespace mash::vault
