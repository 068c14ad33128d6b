#pragma once
#include <cstdint>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "log/append.h"
#include "log/store.h"

namespace mash::log {

// What the writer wrote lately: the newest version of each stream, and the requests answered. A
// caller that read at a size at or past `horizon` has seen everything older, so the writer need ask
// the disk for nothing. Two generations bound it: when the young one is full the old one is
// forgotten and the horizon moves. Not thread-safe: the writer's own.
class RecentWrites {
 public:
  explicit RecentWrites(size_t generation_max, uint64_t size)
      : generation_max_(generation_max),
        horizon_(size),
        young_from_(size),
        young_(generation_max),
        old_(0) {}

  // Everything written at positions from here on is known here.
  uint64_t horizon() const { return horizon_; }

  std::optional<uint64_t> version(const StreamHash& stream) const {
    return find(young_.streams, old_.streams, stream);
  }
  std::optional<RequestEntry> request(const RequestKey& key) const {
    return find(young_.requests, old_.requests, key.scope);
  }

  void put_version(const StreamHash& stream, uint64_t version) { young_.streams[stream] = version; }
  void put_request(const RequestKey& key, const RequestEntry& entry) {
    young_.requests[key.scope] = entry;
  }

  // Called between appends with the size so far.
  void turn_over(uint64_t size) {
    if (young_.streams.size() + young_.requests.size() < generation_max_) return;
    old_ = std::move(young_);
    young_ = Generation(generation_max_);
    horizon_ = young_from_;
    young_from_ = size;
  }

 private:
  using Scope = decltype(RequestKey::scope);
  struct LastBytes {
    // Keys are hashes, or end in one: their last bytes are as good as any hash of them.
    template <class Key>
    size_t operator()(const Key& key) const {
      size_t value;
      std::memcpy(&value, key.data() + key.size() - sizeof value, sizeof value);
      return value;
    }
  };
  struct Generation {
    // With its tables at the size they come to, so that they never grow.
    explicit Generation(size_t max) {
      streams.reserve(max);
      requests.reserve(max);
    }
    std::unordered_map<StreamHash, uint64_t, LastBytes> streams;
    std::unordered_map<Scope, RequestEntry, LastBytes> requests;
  };

  template <class Map>
  static std::optional<typename Map::mapped_type> find(const Map& young, const Map& old,
                                                       const typename Map::key_type& key) {
    if (const auto it = young.find(key); it != young.end()) return it->second;
    if (const auto it = old.find(key); it != old.end()) return it->second;
    return std::nullopt;
  }

  const size_t generation_max_;
  uint64_t horizon_;
  uint64_t young_from_;
  Generation young_;
  Generation old_;
};

}  // namespace mash::log
