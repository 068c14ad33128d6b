#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/result.h"
#include "node/lease_book.h"
#include "vault/key_source.h"

namespace grpc {
class Channel;
}

namespace mash::node {

// The vault of another process: keys on a lease, over its VaultService. Thread-safe; each call
// waits for its answer, briefly. Whatever does not arrive is VAULT_UNAVAILABLE.
//
// What a page or a stream needs is leased in one call. Keys in use are leased anew before their
// time is over, many in one call, by a thread of its own; so whoever goes on using a key does not
// wait for the vault, and with the vault away a key lasts to the end of its lease and no longer.
class RemoteKeys final : public vault::KeySource {
 public:
  // Waits until the vault has answered once, at most so long: without the area's secret for keyed
  // digests nothing can begin.
  // `now`: for tests, the time by which leases are counted.
  using Now = std::function<std::chrono::steady_clock::time_point()>;
  static Result<std::unique_ptr<RemoteKeys>> over(std::shared_ptr<grpc::Channel> vault,
                                                  std::chrono::milliseconds patience,
                                                  Now now = std::chrono::steady_clock::now);
  ~RemoteKeys() override;

  Result<std::vector<vault::DataKey>> mint(std::size_t count) override;
  Result<vault::DataKey> lease(std::string_view key_id) override;
  std::vector<vault::DataKey> lease_all(const std::vector<std::string>& key_ids) override;
  Result<std::optional<std::chrono::steady_clock::time_point>> hold_ahead(
      const std::vector<std::string>& key_ids) override;
  vault::SecretKey token_key() const override { return token_key_.copy(); }
  std::shared_ptr<void> on_destroyed(std::function<void(std::string_view key_id)> forget) override;

  // Leases anew what is in use and has less than half a minute left, as the thread does by
  // itself every few seconds. Returns how many it did.
  Result<std::size_t> renew();

  // Whether the vault gives this key to nobody any more. It may not yet be so when the order to
  // destroy it is known: what is forgotten before that could be leased again.
  Result<bool> is_destroyed(const std::string& key_id);
  // A key was destroyed in the vault: whoever is to forget it does.
  void forget(const std::string& key_id);
  // Calls that asked the vault for keys, for tests: those that lease.
  uint64_t lease_calls() const { return lease_calls_; }

  // Says so to the vault, and how much of what the key sealed went.
  Result<void> confirm_dropped(const std::string& key_id, uint64_t sealed_parts_removed);

 private:
  class Stub;
  RemoteKeys(std::unique_ptr<Stub> stub, vault::SecretKey token_key, Now now);

  void run(const std::stop_token& stop);
  // The vault's answers to these, in their order; `until` they may be used.
  template <class Take>
  Result<void> ask_for(const std::vector<std::string>& key_ids, bool ahead, const Take& take);

  const std::unique_ptr<Stub> stub_;
  const vault::SecretKey token_key_;
  struct Forgetting;
  const std::shared_ptr<Forgetting> forgetting_;
  const Now now_;
  LeaseBook book_;
  std::atomic<uint64_t> lease_calls_ = 0;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread renewing_;  // last: it uses all the others
};

}  // namespace mash::node
