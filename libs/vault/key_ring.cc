#include "vault/key_ring.h"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/ids.h"
#include "vault/key_cache.h"
#include "vault/key_source.h"
#include "vault/vault_errors.h"

namespace mash::vault {
namespace {

// Keys minted ahead by a thread of its own, so that nobody waits for the vault's disk.
class FreshKeys {
 public:
  FreshKeys(KeySource& source, const KeyRingOptions& options)
      : source_(source),
        now_(options.now),
        keys_max_(std::max<std::size_t>(1, options.fresh_keys_max)),
        minter_([this] { run(); }) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return attempts_ > 0; });
  }

  ~FreshKeys() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wanted_.notify_one();
    minter_.join();
  }

  FreshKeys(const FreshKeys&) = delete;
  FreshKeys& operator=(const FreshKeys&) = delete;

  // All of them or none. Waits only when there are too few and the vault has yet to say whether it
  // can mint more.
  Result<std::vector<DataKey>> take(std::size_t count) {
    std::unique_lock lock(mutex_);
    forget_overdue();
    if (keys_.size() <= keys_max_ / 2) wanted_.notify_one();
    while (keys_.size() < count) {  // others may be faster and take all there is again
      const uint64_t before = attempts_;
      asked_ = std::max(asked_, count);
      wanted_.notify_one();
      changed_.wait(lock, [&] { return keys_.size() >= count || attempts_ != before; });
      if (keys_.size() < count && last_error_) return tl::unexpected(*last_error_);
    }
    const auto end = keys_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<DataKey> taken(std::move_iterator(keys_.begin()), std::move_iterator(end));
    keys_.erase(keys_.begin(), end);
    taken_ += count;
    return taken;
  }

  KeyRing::Ahead ahead() const {
    const std::lock_guard lock(mutex_);
    const auto now = now_();
    KeyRing::Ahead ahead{.keys = 0, .lasts = std::nullopt, .taken = taken_};
    for (const DataKey& key : keys_) {
      if (key.until && *key.until <= now) continue;
      ++ahead.keys;
      if (key.until)
        ahead.lasts = std::min(ahead.lasts.value_or(*key.until - now), *key.until - now);
    }
    return ahead;
  }

  void drop(std::string_view key_id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(keys_, [&](const DataKey& key) { return key.id == key_id; });
  }

 private:
  using Duration = std::chrono::steady_clock::duration;
  using TimePoint = std::chrono::steady_clock::time_point;

  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      last_error_.reset();
      mint(lock);
      hold_on(lock);
      asked_ = 0;
      ++attempts_;
      changed_.notify_all();
      const auto asked = [&] { return stopping_ || asked_ > 0; };
      const auto wanted = [&] { return asked() || keys_.size() <= keys_max_ / 2; };
      if (last_error_)  // no faster than a caller is told to try again, unless one asks
        wanted_.wait_for(lock, kVaultRetryAfter, asked);
      else if (ahead_for_ > Duration::zero())
        wanted_.wait_for(lock, ahead_for_ / 8, wanted);
      else
        wanted_.wait(lock, wanted);
    }
  }

  // As often as it takes: a source may give fewer at once than it is asked for.
  void mint(std::unique_lock<std::mutex>& lock) {
    const std::size_t goal = std::max(keys_max_, asked_);
    std::size_t missing = goal - std::min(goal, keys_.size());
    while (missing > 0 && !stopping_) {
      lock.unlock();
      const auto asked_at = now_();
      auto minted = source_.mint(missing);
      lock.lock();
      if (!minted) {
        last_error_ = std::move(minted.error());
        return;
      }
      if (minted->empty()) return;
      if (minted->front().until) ahead_for_ = *minted->front().until - asked_at;
      missing -= std::min(missing, minted->size());
      std::ranges::move(*minted, std::back_inserter(keys_));
      find_first_end();
      changed_.notify_all();
    }
  }

  // Those of whose time a quarter is over are leased for longer, while nothing was sealed under
  // them: looked at every eighth, so that whenever the vault goes away more than half is left.
  void hold_on(std::unique_lock<std::mutex>& lock) {
    std::vector<std::string> ids;
    for (const DataKey& key : keys_)
      if (key.until && *key.until - now_() < ahead_for_ * 3 / 4) ids.push_back(key.id);
    if (ids.empty()) return;
    lock.unlock();
    const auto until = source_.hold_ahead(ids);
    lock.lock();
    if (!until) {
      last_error_ = until.error();
      return;
    }
    const std::set<std::string> held(ids.begin(), ids.end());
    for (DataKey& key : keys_)
      if (held.contains(key.id)) key.until = *until;
    find_first_end();
  }

  // Looks at all of them only when the first may be over: there may be tens of thousands.
  void forget_overdue() {
    const TimePoint now = now_();
    if (!first_end_ || now < *first_end_) return;
    std::erase_if(keys_, [now](const DataKey& key) { return key.until && *key.until <= now; });
    find_first_end();
  }

  void find_first_end() {
    first_end_.reset();
    for (const DataKey& key : keys_)
      if (key.until) first_end_ = std::min(first_end_.value_or(*key.until), *key.until);
  }

  KeySource& source_;
  const std::function<std::chrono::steady_clock::time_point()> now_;
  const std::size_t keys_max_;
  mutable std::mutex mutex_;
  std::condition_variable wanted_;
  std::condition_variable changed_;
  std::deque<DataKey> keys_;
  std::optional<TimePoint> first_end_;  // of their times, or before it: no key ends sooner
  Duration ahead_for_{};                // nought: for ever
  std::optional<Error> last_error_;
  uint64_t attempts_ = 0;
  uint64_t taken_ = 0;
  std::size_t asked_ = 0;  // the most that somebody waits for
  bool stopping_ = false;
  std::thread minter_;  // last: it uses all the others
};

}  // namespace

class KeyRing::Impl {
 public:
  Impl(KeySource& source, const KeyRingOptions& options)
      : source_(source),
        now_(options.now),
        cache_(options.keys_cached_max),
        token_key_(source.token_key()),
        fresh_(source, options),
        forgetting_(source.on_destroyed([this](std::string_view key_id) { drop(key_id); })) {}

  Result<std::vector<std::string>> fresh_key_ids(std::size_t count) {
    auto fresh = fresh_.take(count);
    if (!fresh) return tl::unexpected(std::move(fresh.error()));
    std::vector<std::string> ids;
    for (DataKey& key : *fresh) {
      cache_.put_fresh(key);
      ids.push_back(std::move(key.id));
    }
    return ids;
  }

  Ahead ahead() const { return fresh_.ahead(); }

  Result<SecretKey> key(std::string_view key_id) {
    const auto id = Uuid::parse(key_id);
    if (!id) return tl::unexpected(id.error());
    auto [cached, generation] = cache_.find(*id, now_());
    if (cached) return std::move(*cached);
    return source_.lease(key_id).map([&, before = generation](DataKey leased) {
      cache_.put(leased, before);
      return std::move(leased.key);
    });
  }

  void hold(const std::vector<std::string>& key_ids) {
    std::vector<std::string> missing;
    std::map<std::string, KeyCache::Generation> before;
    for (const std::string& key_id : key_ids) {
      if (before.contains(key_id) || before.size() == KeyRing::kHeldAtOnceMax) continue;
      const auto id = Uuid::parse(key_id);
      if (!id) continue;
      const auto [cached, generation] = cache_.find(*id, now_());
      if (cached) continue;
      before.emplace(key_id, generation);
      missing.push_back(key_id);
    }
    if (missing.size() < 2) return;  // by itself it is asked for when it is used
    for (const DataKey& leased : source_.lease_all(missing))
      if (const auto asked = before.find(leased.id); asked != before.end())
        cache_.put(leased, asked->second);
  }

  void drop(std::string_view key_id) {
    fresh_.drop(key_id);
    if (const auto id = Uuid::parse(key_id)) cache_.drop(*id);
  }

  const SecretKey& token_key() const { return token_key_; }

 private:
  KeySource& source_;
  const std::function<std::chrono::steady_clock::time_point()> now_;
  KeyCache cache_;
  const SecretKey token_key_;
  FreshKeys fresh_;
  std::shared_ptr<void> forgetting_;  // last: it uses the cache and the fresh keys
};

KeyRing::KeyRing(KeySource& source, KeyRingOptions options)
    : impl_(std::make_unique<Impl>(source, options)) {}
KeyRing::~KeyRing() = default;

Result<std::string> KeyRing::fresh_key_id() {
  return impl_->fresh_key_ids(1).map(
      [](std::vector<std::string> ids) { return std::move(ids.front()); });
}

Result<std::vector<std::string>> KeyRing::fresh_key_ids(std::size_t count) {
  if (count == 0) return std::vector<std::string>();
  return impl_->fresh_key_ids(count);
}

KeyRing::Ahead KeyRing::ahead() const { return impl_->ahead(); }

Result<std::string> KeyRing::seal(std::string_view key_id, std::string_view aad,
                                  std::string_view plaintext) {
  const auto key = impl_->key(key_id);
  if (!key) return tl::unexpected(key.error());
  return seal_with(*key, aad, plaintext);
}

Result<std::string> KeyRing::open(std::string_view key_id, std::string_view aad,
                                  std::string_view sealed) {
  const auto key = impl_->key(key_id);
  if (!key) return tl::unexpected(key.error());
  return open_with(*key, aad, sealed);
}

void KeyRing::hold(const std::vector<std::string>& key_ids) { impl_->hold(key_ids); }

void KeyRing::drop(std::string_view key_id) { impl_->drop(key_id); }

Hash32 KeyRing::token(std::string_view domain, std::string_view value) const {
  return keyed_digest(impl_->token_key(), domain, value);
}

}  // namespace mash::vault
