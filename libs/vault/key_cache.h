#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "core/ids.h"
#include "vault/key_source.h"
#include "vault/sealing.h"

namespace mash::vault {

// Unwrapped data keys by id, the least recently used going first when there are too many. Keys are
// wiped as they go. Threads share one; each key has one of kShards locks.
class KeyCache {
 public:
  // What was known of a shard when a key was asked of the vault: put() drops the answer if a key of
  // that shard was dropped in the meantime, since it may be that one.
  using Generation = uint64_t;

  explicit KeyCache(std::size_t keys_max);

  struct Lookup {
    std::optional<SecretKey> key;
    Generation generation = 0;
  };
  // Not a key whose time is over.
  Lookup find(const Uuid& id, std::chrono::steady_clock::time_point now);
  void put(const DataKey& key, Generation generation);
  // A key nobody has been told of yet, so that nobody can have dropped it.
  void put_fresh(const DataKey& key);
  void drop(const Uuid& id);

 private:
  static constexpr std::size_t kShards = 16;

  struct Entry {
    Uuid id;
    SecretKey key;
    std::optional<std::chrono::steady_clock::time_point> until;
  };
  struct Shard {
    std::mutex mutex;
    std::list<Entry> newest_first;
    std::unordered_map<Uuid, std::list<Entry>::iterator> by_id;
    Generation generation = 0;
  };

  void put_in(Shard& shard, const Uuid& id, const DataKey& key) const;
  static void erase(Shard& shard, const Uuid& id);
  Shard& shard_of(const Uuid& id) { return shards_[std::hash<Uuid>{}(id) % kShards]; }

  const std::size_t shard_keys_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace mash::vault
