#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vault/key_source.h"

namespace mash::node {

// Keys that a process has on a lease, each until its time is over, and which of them to lease anew
// before that: those asked for since their lease began. Bounded: what has no place is not
// remembered. Thread-safe.
class LeaseBook {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // What was known when a key was asked of the vault: put() drops the answer when any key was
  // dropped since, for it may be that one.
  using Generation = uint64_t;

  explicit LeaseBook(std::size_t keys_max) : keys_max_(keys_max) {}

  Generation generation() const;

  // Notes that the key is in use.
  std::optional<vault::DataKey> find(std::string_view key_id, TimePoint now);
  // A key with its `until`, because somebody asked for it.
  void put(const vault::DataKey& key, Generation generation);
  // The same key leased anew by itself: whether it is still in use shows when it is asked for.
  void renew(const vault::DataKey& key, Generation generation);
  void drop(std::string_view key_id);

  // Those in use that end before `soon`. Forgets what is over.
  std::vector<std::string> due(TimePoint now, TimePoint soon);

 private:
  struct Entry {
    vault::SecretKey key;
    TimePoint until;
    bool used = true;
  };

  const std::size_t keys_max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
  Generation generation_ = 0;
};

}  // namespace mash::node
