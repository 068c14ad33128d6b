#include "node/lease_book.h"

namespace mash::node {

LeaseBook::Generation LeaseBook::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

std::optional<vault::DataKey> LeaseBook::find(std::string_view key_id, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(std::string(key_id));
  if (found == entries_.end() || found->second.until <= now) return std::nullopt;
  found->second.used = true;
  return vault::DataKey{
      .id = found->first, .key = found->second.key.copy(), .until = found->second.until};
}

void LeaseBook::put(const vault::DataKey& key, Generation generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_ || !key.until) return;
  const auto found = entries_.find(key.id);
  if (found == entries_.end() && entries_.size() >= keys_max_) return;
  entries_.insert_or_assign(key.id, Entry{.key = key.key.copy(), .until = *key.until});
}

void LeaseBook::renew(const vault::DataKey& key, Generation generation) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key.id);
  if (generation != generation_ || !key.until || found == entries_.end()) return;
  found->second.until = *key.until;
  found->second.used = false;
}

void LeaseBook::drop(std::string_view key_id) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  entries_.erase(std::string(key_id));
}

std::vector<std::string> LeaseBook::due(TimePoint now, TimePoint soon) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  for (auto at = entries_.begin(); at != entries_.end();) {
    Entry& entry = at->second;
    if (entry.until <= now) {
      at = entries_.erase(at);
      continue;
    }
    if (entry.used && entry.until < soon) ids.push_back(at->first);
    ++at;
  }
  return ids;
}

}  // namespace mash::node
