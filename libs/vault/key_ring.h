#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "vault/sealing.h"

namespace mash::vault {

class KeySource;

// Bounds on what a ring holds.
struct KeyRingOptions {
  // For tests: the time by which leases are counted.
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;

  std::size_t keys_cached_max = 65'536;  // unwrapped keys in memory; about 200 bytes each
  std::size_t fresh_keys_max = 8'192;    // minted ahead; refilled when half are gone
};

// The data keys as logs and services hold them: seals, opens, and gives out ids of new keys. A data
// key carries the id of the person or case it seals, so a new person's or case's id comes from
// here and nowhere else.
//
// Threads share one. Keys in memory are bounded, and wiped when they go. When the vault is away
// (kUnavailable, reason VAULT_UNAVAILABLE, with a delay to retry after) the ring goes on with what
// it holds: intake outlives a stopped vault by the keys minted ahead. A key destroyed in the vault
// leaves every ring over it before Vault::destroy returns. Where keys are given on a lease, none is
// used past its time; those held ahead are leased anew while more than half of theirs is left.
//
// Every refusal of a key is one of
//   KEY_DESTROYED     kFailedPrecondition  erased on an order; show "erased"
//   KEY_UNKNOWN       kNotFound            never minted here: a wrong id, or a vault older than the
//                                          log
//   VAULT_UNAVAILABLE kUnavailable         try again later
class KeyRing {
 public:
  // The source must outlive the ring. Mints the first keys before it returns, if that can.
  explicit KeyRing(KeySource& source, KeyRingOptions options = {});
  ~KeyRing();
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

  // The id (UUIDv7) of a key that nothing was sealed under yet, durable in the vault before it is
  // given out. Never gives the same twice.
  Result<std::string> fresh_key_id();
  // So many of them, or none: what cannot be had whole takes nothing from what still can.
  Result<std::vector<std::string>> fresh_key_ids(std::size_t count);

  // How the keys minted ahead stand.
  struct Ahead {
    std::size_t keys = 0;  // that may be used now
    // For how long the first of them to end may be; absent: for ever, or there are none.
    std::optional<std::chrono::steady_clock::duration> lasts;
    uint64_t taken = 0;  // given out since the ring was made
  };
  Ahead ahead() const;

  // nonce || ciphertext || tag, AES-256-GCM under this key (seal_with says how often a key may be
  // used). kInvalidArgument, reason INVALID_ID, when key_id is no id.
  Result<std::string> seal(std::string_view key_id, std::string_view aad,
                           std::string_view plaintext);

  // The plaintext. kDataLoss, reason SEALED_PART_DAMAGED, when the tag does not fit.
  Result<std::string> open(std::string_view key_id, std::string_view aad, std::string_view sealed);

  // Has at hand what is about to be used, of as many keys as a page or a stream needs: where keys
  // are given on a lease, those that are not in memory are asked for together. What cannot be had
  // is told to whoever uses it. Of no more than kHeldAtOnceMax.
  static constexpr std::size_t kHeldAtOnceMax = 1'000;
  void hold(const std::vector<std::string>& key_ids);

  // Forgets a key held in memory; the vault's answer counts from now on.
  void drop(std::string_view key_id);

  // A keyed digest under the area's secret, for what must be compared but not known: requests,
  // identifiers to look up by. Equal for equal (domain, value), in every run of every service of
  // the area, also after a key was destroyed.
  Hash32 token(std::string_view domain, std::string_view value) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::vault
