#include "vault/leases.h"

#include <algorithm>
#include <utility>

namespace mash::vault {
namespace {

// Keys held ahead by all services, and keys under destruction, that are remembered.
constexpr std::size_t kKeysMax = 262'144;
// How long one call waits for a service to confirm: by then it has, or is away.
constexpr std::chrono::milliseconds kConfirmPatience{5'000};
constexpr std::chrono::milliseconds kAskAgainAfter{10'000};

}  // namespace

Leases::Leases(LeaseTimes times, std::function<TimePoint()> now)
    : times_(times), now_(std::move(now)), started_(now_()) {}

void Leases::given_ahead(const std::string& key_id) {
  const auto now = now_();
  const std::lock_guard lock(mutex_);
  if (ahead_until_.size() >= kKeysMax)
    std::erase_if(ahead_until_, [&](const auto& each) { return each.second <= now; });
  if (ahead_until_.size() >= kKeysMax) ahead_until_.erase(ahead_until_.begin());  // the oldest id
  ahead_until_[key_id] = now + times_.ahead;
}

void Leases::confirm(const std::string& holder, const std::string& key_id, std::uint64_t removed) {
  {
    const std::lock_guard lock(mutex_);
    if (destroyed_.size() >= kKeysMax) destroyed_.erase(destroyed_.begin());
    destroyed_.try_emplace(key_id, Destroyed{.seen_at = now_(), .confirmed = {}})
        .first->second.confirmed[holder] = removed;
  }
  changed_.notify_all();
}

// With the lock held.
Leases::TimePoint Leases::free_from(const std::string& key_id, TimePoint destroyed_by) const {
  const auto ahead = ahead_until_.find(key_id);
  // What was given ahead before the start is not known: all of it is over so long after it.
  const TimePoint ahead_until =
      ahead == ahead_until_.end() ? started_ + times_.ahead : ahead->second;
  return std::max(destroyed_by + times_.key, ahead_until);
}

Result<std::uint64_t> Leases::dropped(const std::string& holder, const std::string& key_id,
                                      std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  destroyed_.try_emplace(key_id, Destroyed{.seen_at = now_(), .confirmed = {}});
  std::optional<std::uint64_t> removed;
  const auto is_free = [&] {
    const Destroyed& destroyed = destroyed_[key_id];
    if (const auto said = destroyed.confirmed.find(holder); said != destroyed.confirmed.end())
      removed = said->second;
    else if (now_() >= free_from(key_id, destroyed.seen_at))
      removed = 0;
    return removed.has_value();
  };
  if (changed_.wait_for(lock, patience, is_free)) return *removed;
  Error away{.code = Code::kUnavailable,
             .reason = "HOLDER_AWAY",
             .message = "The " + holder +
                        " service has not confirmed that it holds the key no more; its lease of "
                        "it runs out by itself."};
  away.retry_after = kAskAgainAfter;
  return tl::unexpected(std::move(away));
}

Result<std::uint64_t> LeasedHolder::erase(const std::string& key_id) {
  return leases_.dropped(name_, key_id, kConfirmPatience);
}

}  // namespace mash::vault
