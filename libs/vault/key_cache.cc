#include "vault/key_cache.h"

#include <algorithm>

namespace mash::vault {

KeyCache::KeyCache(std::size_t keys_max)
    : shard_keys_max_(std::max<std::size_t>(1, keys_max / kShards)) {
  // Tables that never grow: to grow is to visit every key, and keys are not close by.
  for (Shard& shard : shards_) shard.by_id.reserve(shard_keys_max_ + 1);
}

KeyCache::Lookup KeyCache::find(const Uuid& id, std::chrono::steady_clock::time_point now) {
  Shard& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_id.find(id);
  if (found == shard.by_id.end()) return {.key = std::nullopt, .generation = shard.generation};
  const Entry& entry = *found->second;
  if (entry.until && *entry.until <= now) {
    erase(shard, id);
    return {.key = std::nullopt, .generation = shard.generation};
  }
  auto& order = shard.newest_first;
  order.splice(order.begin(), order, found->second);
  return {.key = entry.key.copy(), .generation = shard.generation};
}

void KeyCache::put(const DataKey& key, Generation generation) {
  const Uuid id = Uuid::parse(key.id).value();
  Shard& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  if (shard.generation == generation) put_in(shard, id, key);
}

void KeyCache::put_fresh(const DataKey& key) {
  const Uuid id = Uuid::parse(key.id).value();
  Shard& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  put_in(shard, id, key);
}

void KeyCache::put_in(Shard& shard, const Uuid& id, const DataKey& key) const {
  const auto [place, is_new] = shard.by_id.try_emplace(id);
  if (!is_new) return;
  shard.newest_first.push_front({id, key.key.copy(), key.until});
  place->second = shard.newest_first.begin();
  if (shard.by_id.size() <= shard_keys_max_) return;
  shard.by_id.erase(shard.newest_first.back().id);
  shard.newest_first.pop_back();
}

void KeyCache::erase(Shard& shard, const Uuid& id) {
  const auto found = shard.by_id.find(id);
  if (found == shard.by_id.end()) return;
  shard.newest_first.erase(found->second);
  shard.by_id.erase(found);
}

void KeyCache::drop(const Uuid& id) {
  Shard& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  ++shard.generation;
  erase(shard, id);
}

}  // namespace mash::vault
