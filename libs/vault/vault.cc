#include "vault/vault.h"

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "core/check.h"
#include "core/ids.h"
#include "vault/kek_file.h"
#include "vault/key_block.h"
#include "vault/vault_errors.h"
#include "vault/vault_store.h"

namespace mash::vault {
namespace {

using Family = VaultStore::Family;
using Slot = KekFile::Slot;

constexpr std::string_view kFormatRow = "format";
constexpr std::string_view kFormat = "mash-vault/1";
constexpr std::string_view kKekIdRow = "kek_id";
constexpr std::string_view kTokenKeyRow = "token_key";
constexpr std::string_view kRewriteRow = "rewrite";  // first and last block with old bytes in files
constexpr std::size_t kIdBytes = 16;

bool lies_within(const std::filesystem::path& file, const std::filesystem::path& directory) {
  const auto inner = std::filesystem::weakly_canonical(file);
  const auto outer = std::filesystem::weakly_canonical(directory);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

// The ids of a new block: UUIDv7 of one millisecond that no block before has, so that blocks never
// overlap, whatever the clock does; within it random, so that no id tells another.
std::vector<Uuid> block_ids(uint64_t millisecond) {
  std::vector<Uuid> ids(Vault::kBlockKeys);
  const std::string random = random_bytes(ids.size() * kIdBytes);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto& bytes = ids[i].bytes;
    std::copy_n(random.begin() + static_cast<std::ptrdiff_t>(i * kIdBytes), kIdBytes,
                bytes.begin());
    for (std::size_t at = 0; at < 6; ++at)
      bytes[at] = static_cast<uint8_t>(millisecond >> (40 - 8 * at));
    bytes[6] = static_cast<uint8_t>(0x70 | (bytes[6] & 0x0f));
    bytes[8] = static_cast<uint8_t>(0x80 | (bytes[8] & 0x3f));
  }
  std::ranges::sort(ids);
  MASH_CHECK(std::ranges::adjacent_find(ids) == ids.end());  // 74 random bits
  return ids;
}

uint64_t milliseconds_of(Time time) {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

// Opens every block under this KEK.
Result<Vault::Contents> open_all(const VaultStore& store, const Kek& kek) {
  Vault::Contents contents;
  const auto visited = store.for_each(
      Family::kBlocks, [&](std::string_view first, std::string_view value) -> Result<void> {
        const auto wrapped = store.get(Family::kBlockKeys, first);
        if (!wrapped) return tl::unexpected(wrapped.error());
        if (!*wrapped) return vault_damaged("A block of keys has no key of its own.");
        const auto block = unwrap_key(kek, first, **wrapped).and_then([&](const SecretKey& key) {
          return KeyBlock::open(value, key);
        });
        if (!block)
          return vault_damaged(block.error().message + " First id in it: " +
                               Uuid::from_bytes(first).value_or(Uuid{}).text());
        ++contents.blocks;
        for (const KeyBlock::Entry& entry : block->entries())
          ++(entry.destroyed ? contents.keys_destroyed : contents.keys);
        return {};
      });
  if (!visited) return tl::unexpected(visited.error());
  return contents;
}

}  // namespace

class Vault::Impl {
 public:
  explicit Impl(VaultOptions options)
      : options_(std::move(options)), kek_file_(options_.kek_file) {}

  Result<void> open();
  Result<std::vector<DataKey>> mint(std::size_t count);
  Result<SecretKey> unwrap(std::string_view key_id);
  Result<std::size_t> destroy(std::span<const std::string> key_ids);
  Result<void> backup(const std::filesystem::path& directory);
  Result<Contents> verify();
  uint64_t changes() const { return changes_; }
  SecretKey token_key() const { return token_key_.copy(); }
  std::shared_ptr<void> on_destroyed(std::function<void(std::string_view)> forget);

 private:
  // The blocks that hold keys to destroy, by first id.
  using Doomed = std::map<std::string, KeyBlock>;
  struct Listeners {
    std::mutex mutex;
    std::list<std::function<void(std::string_view)>> all;
  };

  Result<void> make_new();
  Result<Kek> settle_kek(const std::string& kek_id);
  Result<void> finish_rewrite();
  Result<std::size_t> collect(std::span<const std::string> key_ids, Doomed& doomed) const;
  Result<std::vector<VaultStore::Put>> rewrapped(const Doomed& doomed, const Kek& next) const;
  Result<void> replace_kek_file();
  void forget(std::span<const std::string> key_ids);
  Result<std::pair<std::string, std::string>> block_of(const Uuid& id) const;
  Result<SecretKey> block_key(const std::string& first) const;
  Result<SecretKey> unwrap_once(const Uuid& id) const;
  std::shared_ptr<const Kek> kek() const {
    const std::lock_guard lock(kek_mutex_);
    return kek_;
  }

  Result<void> usable() const {
    if (failed_)
      return vault_unavailable("The vault stopped after a write that failed; open it again.");
    return {};
  }
  // A failed write leaves it open what the disk holds: nothing more is answered from here.
  template <class T>
  Result<T> stop_if_failed(Result<T> result) {
    if (!result) failed_ = true;
    return result;
  }
  void at_point(std::string_view point) const {
    if (options_.at_point) options_.at_point(point);
  }

  const VaultOptions options_;
  const KekFile kek_file_;
  std::unique_ptr<VaultStore> store_;
  std::mutex writing_;            // one mint, destruction, backup or check at a time
  std::mutex changing_kek_;       // held while the KEK changes in the database and here
  mutable std::mutex kek_mutex_;  // of the pointer only
  std::shared_ptr<const Kek> kek_;
  SecretKey token_key_;
  uint64_t last_millisecond_ = 0;  // of the newest block's ids
  std::atomic<bool> failed_{false};
  std::atomic<uint64_t> changes_{0};
  std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();
};

Result<void> Vault::Impl::open() {
  if (lies_within(options_.kek_file, options_.directory))
    return refuse(Code::kFailedPrecondition, "KEK_BESIDE_DATA",
                  "The key-encryption key must not lie in the vault's data folder: a backup of the "
                  "folder would hold it.");
  auto store = VaultStore::open(options_.directory, options_.env);
  if (!store) return tl::unexpected(store.error());
  store_ = std::move(*store);

  auto kek_id = store_->get(Family::kMeta, kKekIdRow);
  if (!kek_id) return tl::unexpected(kek_id.error());
  if (!*kek_id) return make_new();

  const auto format = store_->get(Family::kMeta, kFormatRow);
  if (!format) return tl::unexpected(format.error());
  if (*format != kFormat) return vault_damaged("The vault is not in a known format.");
  auto kek = settle_kek(**kek_id);
  if (!kek) return tl::unexpected(kek.error());
  kek_ = std::make_shared<const Kek>(std::move(*kek));

  const auto wrapped = store_->get(Family::kMeta, kTokenKeyRow);
  if (!wrapped) return tl::unexpected(wrapped.error());
  auto token_key = unwrap_key(*kek_, kTokenKeyRow, wrapped->value_or(""));
  if (!token_key) return tl::unexpected(token_key.error());
  token_key_ = std::move(*token_key);

  const auto last = store_->at_or_before(Family::kBlocks, "");
  if (!last) return tl::unexpected(last.error());
  if (*last) {
    const auto first_id = Uuid::from_bytes((*last)->key);
    if (!first_id) return vault_damaged("A block of keys has no id for a name.");
    last_millisecond_ = milliseconds_of(first_id->time());
  }
  return finish_rewrite();
}

// The KEK is written first as "next": a crash before the database names it leaves a file that the
// next start may throw away, and a crash after it one that the next start puts in place.
Result<void> Vault::Impl::make_new() {
  if (kek_file_.exists(Slot::kCurrent) || kek_file_.exists(Slot::kOld))
    return refuse(Code::kFailedPrecondition, "KEK_IN_USE",
                  "The vault's data folder is empty, but there is a key-encryption key: " +
                      options_.kek_file.string() +
                      ". If the folder was lost, restore its newest backup; if this is to be a new "
                      "vault, give it a key file of its own.");
  kek_ = std::make_shared<const Kek>(Kek::random());
  token_key_ = SecretKey::random();
  return kek_file_.write_next(*kek_)
      .and_then([&] {
        at_point("new-kek-written");
        return store_->write({{Family::kMeta, std::string(kFormatRow), std::string(kFormat)},
                              {Family::kMeta, std::string(kKekIdRow), kek_->id},
                              {Family::kMeta, std::string(kTokenKeyRow),
                               wrap_key(*kek_, kTokenKeyRow, token_key_)}});
      })
      .and_then([&] {
        at_point("new-vault-written");
        return kek_file_.move(Slot::kNext, Slot::kCurrent);
      });
}

// The database says which KEK wraps it. Whatever the files look like after a crash, that one is put
// in place and the others are wiped; with none that fits, nothing is touched.
Result<Kek> Vault::Impl::settle_kek(const std::string& kek_id) {
  const auto is_wanted = [&](const Result<Kek>& kek) { return kek && kek->id == kek_id; };
  auto current = kek_file_.read(Slot::kCurrent);
  if (!is_wanted(current) && kek_file_.exists(Slot::kNext)) {
    auto next = kek_file_.read(Slot::kNext);
    if (is_wanted(next)) {
      if (const auto replaced = replace_kek_file(); !replaced)
        return tl::unexpected(replaced.error());
      current = std::move(next);
    }
  }
  if (!current) return current;
  if (current->id != kek_id)
    return refuse(Code::kFailedPrecondition, "KEK_WRONG",
                  options_.kek_file.string() +
                      " is not the key-encryption key of this vault. If the vault's folder is an "
                      "old copy, made before a destruction, no key opens it any more: take the "
                      "newest backup.");
  for (const Slot slot : {Slot::kNext, Slot::kOld})
    if (const auto wiped = kek_file_.wipe(slot); !wiped) return tl::unexpected(wiped.error());
  return current;
}

Result<void> Vault::Impl::replace_kek_file() {
  Result<void> done;
  if (kek_file_.exists(Slot::kCurrent)) done = kek_file_.move(Slot::kCurrent, Slot::kOld);
  if (!done) return done;
  at_point("old-kek-aside");
  done = kek_file_.move(Slot::kNext, Slot::kCurrent);
  if (!done) return done;
  at_point("new-kek-in-place");
  return kek_file_.wipe(Slot::kOld);
}

Result<std::vector<DataKey>> Vault::Impl::mint(std::size_t count) {
  const std::lock_guard writing(writing_);
  if (const auto ready = usable(); !ready) return tl::unexpected(ready.error());
  std::vector<VaultStore::Put> puts;
  std::vector<DataKey> minted;
  uint64_t millisecond = last_millisecond_;
  while (minted.size() < count) {
    millisecond = std::max(milliseconds_of(options_.clock->now()), millisecond + 1);
    const KeyBlock block = KeyBlock::fresh(block_ids(millisecond));
    const SecretKey own = SecretKey::random();
    const std::string first = block.entries().front().id.to_bytes();
    puts.push_back({Family::kBlocks, first, block.seal(own)});
    puts.push_back({Family::kBlockKeys, first, wrap_key(*kek_, first, own)});
    for (const KeyBlock::Entry& entry : block.entries())
      minted.push_back({entry.id.text(), entry.key.copy()});
  }
  if (const auto written = stop_if_failed(store_->write(puts)); !written)
    return vault_unavailable(written.error().message);
  last_millisecond_ = millisecond;
  ++changes_;
  return minted;
}

// The block a key is in, if it was ever minted: its first id and its value.
Result<std::pair<std::string, std::string>> Vault::Impl::block_of(const Uuid& id) const {
  auto row = store_->at_or_before(Family::kBlocks, id.to_bytes());
  if (!row) return tl::unexpected(row.error());
  if (!*row) return key_unknown();
  const auto states = read_states((*row)->value);
  if (!states) return tl::unexpected(states.error());
  const auto at = std::ranges::lower_bound(*states, id, {}, &KeyState::id);
  if (at == states->end() || at->id != id) return key_unknown();
  return std::pair{std::move((*row)->key), std::move((*row)->value)};
}

Result<SecretKey> Vault::Impl::block_key(const std::string& first) const {
  const auto wrapped = store_->get(Family::kBlockKeys, first);
  if (!wrapped) return tl::unexpected(wrapped.error());
  if (!*wrapped) return vault_damaged("A block of keys has no key of its own.");
  return unwrap_key(*kek(), first, **wrapped);
}

Result<SecretKey> Vault::Impl::unwrap(std::string_view key_id) {
  const auto id = Uuid::parse(key_id);
  if (!id) return tl::unexpected(id.error());
  if (const auto ready = usable(); !ready) return tl::unexpected(ready.error());
  // Nobody who reads waits for a destruction. What was read in two halves, one from before it and
  // one from after, does not open: then it is read again with no destruction under way.
  auto key = unwrap_once(*id);
  if (key || key.error().code != Code::kDataLoss) return key;
  const std::lock_guard kek_stays(changing_kek_);
  if (const auto ready = usable(); !ready) return tl::unexpected(ready.error());
  return unwrap_once(*id);
}

Result<SecretKey> Vault::Impl::unwrap_once(const Uuid& id) const {
  const auto row = block_of(id);
  if (!row) return tl::unexpected(row.error());
  const auto& [first, value] = *row;
  const auto block =
      block_key(first).and_then([&](const SecretKey& key) { return KeyBlock::open(value, key); });
  if (!block) return tl::unexpected(block.error());
  const KeyBlock::Entry* const entry = block->find(id);
  MASH_CHECK(entry != nullptr);
  if (entry->destroyed) return key_destroyed();
  return entry->key.copy();
}

// Opens the blocks concerned and takes the keys out of them, in memory. Returns how many.
Result<std::size_t> Vault::Impl::collect(std::span<const std::string> key_ids,
                                         Doomed& doomed) const {
  std::size_t destroyed = 0;
  for (const std::string& key_id : key_ids) {
    const auto id = Uuid::parse(key_id);
    if (!id) return tl::unexpected(id.error());
    const auto row = block_of(*id);
    if (!row) return tl::unexpected(row.error());
    const auto& [first, value] = *row;
    auto at = doomed.find(first);
    if (at == doomed.end()) {
      auto block = block_key(first).and_then(
          [&](const SecretKey& key) { return KeyBlock::open(value, key); });
      if (!block) return tl::unexpected(block.error());
      at = doomed.emplace(first, std::move(*block)).first;
    }
    if (at->second.destroy(*id)) ++destroyed;
  }
  return destroyed;
}

// Everything a destruction writes: the blocks without their keys under fresh block keys, and all
// block keys under the next KEK.
Result<std::vector<VaultStore::Put>> Vault::Impl::rewrapped(const Doomed& doomed,
                                                            const Kek& next) const {
  std::vector<VaultStore::Put> puts;
  const auto visited = store_->for_each(
      Family::kBlockKeys, [&](std::string_view first, std::string_view wrapped) -> Result<void> {
        const auto at = doomed.find(std::string(first));
        if (at == doomed.end())
          return unwrap_key(*kek_, first, wrapped).map([&](const SecretKey& key) {
            puts.push_back({Family::kBlockKeys, std::string(first), wrap_key(next, first, key)});
          });
        const SecretKey fresh = SecretKey::random();
        puts.push_back({Family::kBlocks, at->first, at->second.seal(fresh)});
        puts.push_back({Family::kBlockKeys, at->first, wrap_key(next, first, fresh)});
        return {};
      });
  if (!visited) return tl::unexpected(visited.error());
  puts.push_back(
      {Family::kMeta, std::string(kTokenKeyRow), wrap_key(next, kTokenKeyRow, token_key_)});
  puts.push_back({Family::kMeta, std::string(kKekIdRow), next.id});
  puts.push_back(
      {Family::kMeta, std::string(kRewriteRow), doomed.begin()->first + doomed.rbegin()->first});
  return puts;
}

// The order matters at every step: docs/formats/vault.md says what a crash after each one leaves.
Result<std::size_t> Vault::Impl::destroy(std::span<const std::string> key_ids) {
  const std::lock_guard writing(writing_);
  if (const auto ready = usable(); !ready) return tl::unexpected(ready.error());
  Doomed doomed;
  const auto destroyed = collect(key_ids, doomed);
  if (!destroyed || *destroyed == 0) return destroyed;

  // What was minted lately goes into a file apart: the rewritten blocks are to meet as few others
  // as can be when their files are rewritten.
  if (const auto flushed = store_->flush(); !flushed)
    return vault_unavailable(flushed.error().message);
  Kek next = Kek::random();
  const auto puts = rewrapped(doomed, next);
  if (!puts) return tl::unexpected(puts.error());
  if (const auto ready = kek_file_.write_next(next); !ready)
    return vault_unavailable(ready.error().message);
  at_point("next-kek-written");
  {
    const std::lock_guard kek_changes(changing_kek_);
    if (const auto written = stop_if_failed(store_->write(*puts)); !written)
      return vault_unavailable(written.error().message);
    const std::lock_guard lock(kek_mutex_);
    kek_ = std::make_shared<const Kek>(std::move(next));
  }
  at_point("rewrapped");
  ++changes_;
  forget(key_ids);
  const auto finished = stop_if_failed(replace_kek_file().and_then([&] {
    at_point("old-kek-wiped");
    return finish_rewrite();
  }));
  if (!finished) return vault_unavailable(finished.error().message);
  at_point("files-rewritten");
  return destroyed;
}

// Takes the old values of rewritten blocks out of the files. They open under no KEK that exists,
// but what need not be there should not be.
Result<void> Vault::Impl::finish_rewrite() {
  const auto pending = store_->get(Family::kMeta, kRewriteRow);
  if (!pending) return tl::unexpected(pending.error());
  if (!*pending) return {};
  if ((*pending)->size() != 2 * kIdBytes)
    return vault_damaged("A note of rewritten blocks is bad.");
  return store_->rewrite((*pending)->substr(0, kIdBytes), (*pending)->substr(kIdBytes))
      .and_then([&] { return store_->remove(Family::kMeta, kRewriteRow); });
}

void Vault::Impl::forget(std::span<const std::string> key_ids) {
  const std::lock_guard lock(listeners_->mutex);
  for (const auto& listener : listeners_->all)
    for (const std::string& key_id : key_ids) listener(key_id);
}

// Only the copying keeps others from writing: reading it all back may take a while.
Result<void> Vault::Impl::backup(const std::filesystem::path& directory) {
  std::shared_ptr<const Kek> kek_then;
  uint64_t blocks = 0;
  {
    const std::lock_guard writing(writing_);
    if (const auto ready = usable(); !ready) return ready;
    std::error_code failed;
    if (std::filesystem::exists(directory, failed))
      return refuse(Code::kAlreadyExists, "BACKUP_EXISTS",
                    directory.string() + " is there already.");
    const auto counted = store_->for_each(Family::kBlockKeys,
                                          [&](std::string_view, std::string_view) -> Result<void> {
                                            ++blocks;
                                            return {};
                                          });
    if (!counted) return counted;
    if (const auto made = store_->checkpoint(directory); !made) return made;
    kek_then = kek();
  }
  const auto copy = VaultStore::open(directory, options_.env, /*read_only=*/true);
  if (!copy) return tl::unexpected(copy.error());
  const auto there = open_all(**copy, *kek_then);
  if (!there) return tl::unexpected(there.error());
  if (there->blocks != blocks) return vault_damaged("The copy does not hold what the vault holds.");
  return {};
}

Result<Vault::Contents> Vault::Impl::verify() {
  const std::lock_guard writing(writing_);
  if (const auto ready = usable(); !ready) return tl::unexpected(ready.error());
  return open_all(*store_, *kek_);
}

std::shared_ptr<void> Vault::Impl::on_destroyed(std::function<void(std::string_view)> forget) {
  const std::lock_guard lock(listeners_->mutex);
  const auto at = listeners_->all.insert(listeners_->all.end(), std::move(forget));
  return {nullptr, [listeners = listeners_, at](std::nullptr_t) {
            const std::lock_guard removing(listeners->mutex);
            listeners->all.erase(at);
          }};
}

Vault::Vault(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Vault::~Vault() = default;

Result<std::unique_ptr<Vault>> Vault::open(VaultOptions options) {
  MASH_CHECK(options.clock != nullptr);
  auto impl = std::make_unique<Impl>(std::move(options));
  if (const auto opened = impl->open(); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<Vault>(new Vault(std::move(impl)));
}

Result<std::vector<DataKey>> Vault::mint(std::size_t count) { return impl_->mint(count); }
Result<SecretKey> Vault::unwrap(std::string_view key_id) { return impl_->unwrap(key_id); }
Result<DataKey> Vault::lease(std::string_view key_id) {
  return unwrap(key_id).map(
      [&](SecretKey key) { return DataKey{.id = std::string(key_id), .key = std::move(key)}; });
}
Result<std::size_t> Vault::destroy(std::span<const std::string> key_ids) {
  return impl_->destroy(key_ids);
}
Result<void> Vault::backup(const std::filesystem::path& directory) {
  return impl_->backup(directory);
}
Result<Vault::Contents> Vault::verify() { return impl_->verify(); }
uint64_t Vault::changes() const { return impl_->changes(); }
SecretKey Vault::token_key() const { return impl_->token_key(); }
std::shared_ptr<void> Vault::on_destroyed(std::function<void(std::string_view)> forget) {
  return impl_->on_destroyed(std::move(forget));
}

}  // namespace mash::vault
