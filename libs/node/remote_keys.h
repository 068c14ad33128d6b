#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/result.h"
#include "vault/key_source.h"

namespace grpc {
class Channel;
}

namespace mash::node {

// The vault of another process: keys on a lease, over its VaultService. Thread-safe; each call
// waits for its answer, briefly. Whatever does not arrive is VAULT_UNAVAILABLE.
class RemoteKeys final : public vault::KeySource {
 public:
  // Waits until the vault has answered once, at most so long: without the area's secret for keyed
  // digests nothing can begin.
  static Result<std::unique_ptr<RemoteKeys>> over(std::shared_ptr<grpc::Channel> vault,
                                                  std::chrono::milliseconds patience);
  ~RemoteKeys() override;

  Result<std::vector<vault::DataKey>> mint(std::size_t count) override;
  Result<vault::DataKey> lease(std::string_view key_id) override;
  Result<std::optional<std::chrono::steady_clock::time_point>> hold_ahead(
      const std::vector<std::string>& key_ids) override;
  vault::SecretKey token_key() const override { return token_key_.copy(); }
  std::shared_ptr<void> on_destroyed(std::function<void(std::string_view key_id)> forget) override;

  // A key was destroyed in the vault: whoever is to forget it does.
  void forget(const std::string& key_id);
  // Says so to the vault, and how much of what the key sealed went.
  Result<void> confirm_dropped(const std::string& key_id, std::uint64_t sealed_parts_removed);

 private:
  class Stub;
  RemoteKeys(std::unique_ptr<Stub> stub, vault::SecretKey token_key);

  const std::unique_ptr<Stub> stub_;
  const vault::SecretKey token_key_;
  struct Forgetting;
  const std::shared_ptr<Forgetting> forgetting_;
};

}  // namespace mash::node
