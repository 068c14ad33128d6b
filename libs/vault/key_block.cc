#include "vault/key_block.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "vault/vault_errors.h"

namespace mash::vault {
namespace {

constexpr char kFormat = 1;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kStateBytes = kIdBytes + 1;
constexpr std::size_t kCountBytes = 3;  // the format and a count of two bytes
constexpr std::string_view kBlockTag = "mash/vault/block/1\n";
constexpr std::string_view kWrapTag = "mash/vault/wrap/1\n";

// The part of a block's value that stands in plain; the tag covers it.
Result<std::string_view> plain_part(std::string_view value) {
  if (value.size() < kCountBytes || value[0] != kFormat)
    return vault_damaged("A block of keys is not in a known format.");
  const std::size_t count = static_cast<std::size_t>(static_cast<uint8_t>(value[1])) << 8 |
                            static_cast<uint8_t>(value[2]);
  const std::size_t plain = kCountBytes + count * kStateBytes;
  if (count == 0 || value.size() != plain + kSealingOverheadBytes + count * kKeyBytes)
    return vault_damaged("A block of keys has the wrong length.");
  return value.substr(0, plain);
}

Result<std::vector<KeyState>> states_in(std::string_view plain) {
  std::vector<KeyState> states;
  states.reserve(plain.size() / kStateBytes);
  for (std::size_t at = kCountBytes; at < plain.size(); at += kStateBytes) {
    const char state = plain[at + kIdBytes];
    const auto id = Uuid::from_bytes(plain.substr(at, kIdBytes));
    if (!id || (state != 0 && state != 1) || (!states.empty() && *id <= states.back().id))
      return vault_damaged("A block of keys holds an entry that cannot be.");
    states.push_back({*id, state == 1});
  }
  return states;
}

std::string tagged(std::string_view tag, std::string_view first, std::string_view second = {}) {
  std::string text;
  text.reserve(tag.size() + first.size() + second.size());
  return text.append(tag).append(first).append(second);
}

}  // namespace

KeyBlock KeyBlock::fresh(const std::vector<Uuid>& ids) {
  KeyBlock block;
  block.entries_.reserve(ids.size());
  std::vector<SecretKey> keys = SecretKey::random(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i)
    block.entries_.push_back({.id = ids[i], .destroyed = false, .key = std::move(keys[i])});
  return block;
}

Result<KeyBlock> KeyBlock::open(std::string_view value, const SecretKey& block_key) {
  const auto plain = plain_part(value);
  if (!plain) return tl::unexpected(plain.error());
  const auto states = states_in(*plain);
  if (!states) return tl::unexpected(states.error());
  auto keys = open_with(block_key, tagged(kBlockTag, *plain), value.substr(plain->size()));
  if (!keys) return vault_damaged("A block of keys does not open.");
  MASH_CHECK(keys->size() == states->size() * kKeyBytes);
  KeyBlock block;
  block.entries_.reserve(states->size());
  for (std::size_t i = 0; i < states->size(); ++i)
    block.entries_.push_back(
        {.id = (*states)[i].id,
         .destroyed = (*states)[i].destroyed,
         .key = SecretKey::from_bytes(std::string_view(*keys).substr(i * kKeyBytes, kKeyBytes))});
  OPENSSL_cleanse(keys->data(), keys->size());
  return block;
}

std::string KeyBlock::seal(const SecretKey& block_key) const {
  MASH_CHECK(!entries_.empty() && entries_.size() <= 0xffff);
  std::string value;
  value.push_back(kFormat);
  value.push_back(static_cast<char>(entries_.size() >> 8));
  value.push_back(static_cast<char>(entries_.size() & 0xff));
  std::string keys;
  keys.reserve(entries_.size() * kKeyBytes);  // no growing, which would leave copies behind
  for (const Entry& entry : entries_) {
    value.append(entry.id.to_bytes());
    value.push_back(entry.destroyed ? 1 : 0);
    keys.append(entry.key.bytes());
  }
  const std::string sealed = seal_with(block_key, tagged(kBlockTag, value), keys);
  OPENSSL_cleanse(keys.data(), keys.size());
  return value.append(sealed);
}

const KeyBlock::Entry* KeyBlock::find(const Uuid& id) const {
  const auto at = std::ranges::lower_bound(entries_, id, {}, &Entry::id);
  return at != entries_.end() && at->id == id ? &*at : nullptr;
}

bool KeyBlock::destroy(const Uuid& id) {
  const auto at = std::ranges::lower_bound(entries_, id, {}, &Entry::id);
  MASH_CHECK(at != entries_.end() && at->id == id);
  if (at->destroyed) return false;
  at->destroyed = true;
  at->key = SecretKey();
  return true;
}

Result<std::vector<KeyState>> read_states(std::string_view value) {
  return plain_part(value).and_then(states_in);
}

std::string wrap_key(const Kek& kek, std::string_view name, const SecretKey& key) {
  return seal_with(kek.key, tagged(kWrapTag, kek.id, name), key.bytes());
}

Result<SecretKey> unwrap_key(const Kek& kek, std::string_view name, std::string_view wrapped) {
  auto bytes = open_with(kek.key, tagged(kWrapTag, kek.id, name), wrapped);
  if (!bytes || bytes->size() != kKeyBytes)
    return vault_damaged("A wrapped key does not open under the key-encryption key.");
  SecretKey key = SecretKey::from_bytes(*bytes);
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return key;
}

}  // namespace mash::vault
