#include "vault/leases.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "core/check.h"

namespace mash::vault {
namespace {

// A service asks for thousands of keys at once, which are one span.
constexpr std::size_t kSpansMax = 16'384;
// Keys under destruction that are remembered.
constexpr std::size_t kDestroyedMax = 65'536;
constexpr std::chrono::milliseconds kAskAgainAfter{10'000};

Uuid id_of(std::string_view text) {
  const auto id = Uuid::parse(text);
  MASH_CHECK(id.has_value());  // the vault's own, or checked with the request
  return *id;
}

}  // namespace

Leases::Leases(LeaseTimes times, Now now) : times_(times), now_(std::move(now)), started_(now_()) {}

void Leases::given_ahead(std::string_view first_id, std::string_view last_id) {
  const Uuid first = id_of(first_id);
  const Uuid last = id_of(last_id);
  const TimePoint now = now_();
  const TimePoint until = now + times_.ahead;
  const std::lock_guard lock(mutex_);
  const auto after = ahead_.upper_bound(first);
  if (after != ahead_.begin()) {  // held ahead for longer: so is the whole of its span
    Span& span = std::prev(after)->second;
    if (first <= span.last) {
      span.last = std::max(span.last, last);
      span.until = std::max(span.until, until);
      return;
    }
  }
  if (ahead_.size() >= kSpansMax) forget_some_spans(now);
  ahead_[first] = {.last = last, .until = until};
}

// Those whose time is over; and, where these are too few, every other end. With the lock held.
void Leases::forget_some_spans(TimePoint now) {
  std::erase_if(ahead_, [&](const auto& each) { return each.second.until + times_.margin <= now; });
  if (ahead_.size() < kSpansMax / 2) return;
  for (auto at = ahead_.begin(); at != ahead_.end() && std::next(at) != ahead_.end(); ++at) {
    const auto next = std::next(at);
    at->second = {.last = next->second.last,
                  .until = std::max(at->second.until, next->second.until)};
    ahead_.erase(next);
  }
}

// With the lock held.
Leases::Destroyed& Leases::note(const std::string& key_id) {
  if (const auto found = destroyed_.find(key_id); found != destroyed_.end()) return found->second;
  // One that is waited for is noted anew, as if destroyed then: it takes longer.
  if (destroyed_.size() >= kDestroyedMax) destroyed_.erase(destroyed_.begin());
  return destroyed_[key_id] = {
             .seen_at = now_(), .waited_from = std::chrono::steady_clock::now(), .confirmed = {}};
}

void Leases::destroyed(const std::string& key_id) {
  const std::lock_guard lock(mutex_);
  note(key_id);
}

void Leases::confirm(const std::string& holder, const std::string& key_id, uint64_t removed) {
  {
    const std::lock_guard lock(mutex_);
    uint64_t& confirmed = note(key_id).confirmed[holder];
    confirmed = std::max(confirmed, removed);  // said again, there is nothing left to remove
  }
  changed_.notify_all();
}

// With the lock held.
Leases::TimePoint Leases::free_from(const std::string& key_id, TimePoint destroyed_by) const {
  TimePoint until = std::max(destroyed_by + times_.key, started_ + times_.ahead);
  const Uuid id = id_of(key_id);
  const auto after = ahead_.upper_bound(id);
  if (after != ahead_.begin() && id <= std::prev(after)->second.last)
    until = std::max(until, std::prev(after)->second.until);
  return until + times_.margin;
}

Result<uint64_t> Leases::dropped(const std::string& holder, const std::string& key_id) {
  std::unique_lock lock(mutex_);
  const TimePoint wait_until = note(key_id).waited_from + times_.confirming;
  std::optional<uint64_t> removed;
  const auto is_free = [&] {
    const Destroyed& destroyed = note(key_id);
    if (const auto said = destroyed.confirmed.find(holder); said != destroyed.confirmed.end())
      removed = said->second;
    else if (now_() >= free_from(key_id, destroyed.seen_at))
      removed = 0;
    return removed.has_value();
  };
  if (changed_.wait_until(lock, wait_until, is_free)) return *removed;
  Error away{.code = Code::kUnavailable,
             .reason = "HOLDER_AWAY",
             .message = "The " + holder +
                        " service has not confirmed that it holds the key no more; its lease of "
                        "it runs out by itself."};
  away.retry_after = kAskAgainAfter;
  return tl::unexpected(std::move(away));
}

std::size_t Leases::spans() const {
  const std::lock_guard lock(mutex_);
  return ahead_.size();
}

Result<uint64_t> LeasedHolder::erase(const std::string& key_id) {
  return leases_.dropped(name_, key_id);
}

}  // namespace mash::vault
