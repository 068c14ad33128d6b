#include "vault/sealing.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <utility>

#include "core/check.h"

namespace mash::vault {
namespace {

constexpr std::string_view kCommitmentTag = "mash/sealed/1\n";
constexpr std::string_view kRecordTag = "mash/record/1\n";
constexpr std::string_view kBlobTag = "mash/blob/1\n";

const uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

uint8_t* bytes_of(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }

int size_of(std::string_view text) {
  MASH_CHECK(text.size() <= std::size_t{1} << 30);  // OpenSSL counts in int
  return static_cast<int>(text.size());
}

// Fetching an algorithm costs more than using it once: fetched for good.
const EVP_CIPHER* aes_256_gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  MASH_CHECK(cipher != nullptr);
  return cipher;
}

const EVP_MD* sha_256() {
  static const EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  MASH_CHECK(digest != nullptr);
  return digest;
}

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* pointer) const { Free(pointer); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;

// One context for each thread and direction, so that a seal allocates nothing but its result.
EVP_CIPHER_CTX* encryptor() {
  thread_local const CipherContext context(EVP_CIPHER_CTX_new());
  MASH_CHECK(context);
  return context.get();
}

EVP_CIPHER_CTX* decryptor() {
  thread_local const CipherContext context(EVP_CIPHER_CTX_new());
  MASH_CHECK(context);
  return context.get();
}

// The key schedule stays in the thread's context until the next use; this wipes it.
class ContextUse {
 public:
  explicit ContextUse(EVP_CIPHER_CTX* context) : context_(context) {}
  ~ContextUse() {
    static constexpr std::array<uint8_t, kKeyBytes> kNoKey{};
    EVP_CipherInit_ex2(context_, nullptr, kNoKey.data(), nullptr, -1, nullptr);
  }
  ContextUse(const ContextUse&) = delete;
  ContextUse& operator=(const ContextUse&) = delete;

 private:
  EVP_CIPHER_CTX* context_;
};

// Counts forks: a child must not hand out the random bytes its parent fetched ahead.
std::atomic<uint32_t>& fork_count() {
  static std::atomic<uint32_t> count{0};
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { count.fetch_add(1, std::memory_order_relaxed); });
  MASH_CHECK(registered == 0);
  return count;
}

// Random bytes fetched 2 KiB ahead by each thread: a call to RAND_bytes costs as much as a seal.
void fill_random(uint8_t* to, std::size_t count) {
  struct Ahead {
    std::array<uint8_t, 2048> bytes{};
    std::size_t used = sizeof bytes;
    uint32_t forks = 0;
    ~Ahead() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  };
  thread_local Ahead ahead;
  const uint32_t forks = fork_count().load(std::memory_order_relaxed);
  if (count > ahead.bytes.size() - ahead.used || ahead.forks != forks) {
    MASH_CHECK(RAND_bytes(ahead.bytes.data(), static_cast<int>(ahead.bytes.size())) == 1);
    ahead.used = 0;
    ahead.forks = forks;
  }
  MASH_CHECK(count <= ahead.bytes.size());
  std::memcpy(to, ahead.bytes.data() + ahead.used, count);
  OPENSSL_cleanse(ahead.bytes.data() + ahead.used, count);
  ahead.used += count;
}

void append_number(std::string& to, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<char>(number >> shift));
}

void append_sized(std::string& to, std::string_view part) {
  append_number(to, static_cast<uint32_t>(part.size()));
  to.append(part);
}

tl::unexpected<Error> damaged() {
  return refuse(Code::kDataLoss, "SEALED_PART_DAMAGED",
                "A sealed part does not open: its bytes, its key or its place is not the one it "
                "was sealed with.");
}

}  // namespace

SecretKey::~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

SecretKey::SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) {
  OPENSSL_cleanse(other.bytes_.data(), other.bytes_.size());
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this == &other) return *this;
  bytes_ = other.bytes_;
  OPENSSL_cleanse(other.bytes_.data(), other.bytes_.size());
  return *this;
}

SecretKey SecretKey::random() {
  SecretKey key;
  MASH_CHECK(RAND_priv_bytes(key.bytes_.data(), kKeyBytes) == 1);
  return key;
}

std::vector<SecretKey> SecretKey::random(std::size_t count) {
  std::string bytes(count * kKeyBytes, '\0');
  MASH_CHECK(RAND_priv_bytes(bytes_of(bytes), size_of(bytes)) == 1);
  std::vector<SecretKey> keys;
  keys.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    keys.push_back(from_bytes(std::string_view(bytes).substr(i * kKeyBytes, kKeyBytes)));
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return keys;
}

SecretKey SecretKey::from_bytes(std::string_view bytes) {
  MASH_CHECK(bytes.size() == kKeyBytes);
  SecretKey key;
  std::memcpy(key.bytes_.data(), bytes.data(), kKeyBytes);
  return key;
}

SecretKey SecretKey::copy() const { return from_bytes(bytes()); }

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  MASH_CHECK(RAND_bytes(bytes_of(bytes), size_of(bytes)) == 1);
  return bytes;
}

std::string random_salt() {
  std::string salt(kSaltBytes, '\0');
  fill_random(bytes_of(salt), kSaltBytes);
  return salt;
}

std::string seal_with(const SecretKey& key, std::string_view aad, std::string_view plaintext) {
  std::string sealed(kSealingOverheadBytes + plaintext.size(), '\0');
  uint8_t* const nonce = bytes_of(sealed);
  uint8_t* const text = nonce + kNonceBytes;
  uint8_t* const tag = text + plaintext.size();
  fill_random(nonce, kNonceBytes);

  EVP_CIPHER_CTX* const context = encryptor();
  const ContextUse use(context);
  int done = 0;
  MASH_CHECK(EVP_EncryptInit_ex2(context, aes_256_gcm(), key.data(), nonce, nullptr) == 1);
  MASH_CHECK(EVP_EncryptUpdate(context, nullptr, &done, bytes_of(aad), size_of(aad)) == 1);
  MASH_CHECK(EVP_EncryptUpdate(context, text, &done, bytes_of(plaintext), size_of(plaintext)) == 1);
  MASH_CHECK(EVP_EncryptFinal_ex(context, tag, &done) == 1);
  MASH_CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1);
  return sealed;
}

Result<std::string> open_with(const SecretKey& key, std::string_view aad, std::string_view sealed) {
  if (sealed.size() < kSealingOverheadBytes) return damaged();
  const std::string_view nonce = sealed.substr(0, kNonceBytes);
  const std::string_view text = sealed.substr(kNonceBytes, sealed.size() - kSealingOverheadBytes);
  std::array<uint8_t, kTagBytes> tag{};
  std::memcpy(tag.data(), sealed.data() + sealed.size() - kTagBytes, kTagBytes);

  std::string plaintext(text.size(), '\0');
  EVP_CIPHER_CTX* const context = decryptor();
  const ContextUse use(context);
  int done = 0;
  MASH_CHECK(EVP_DecryptInit_ex2(context, aes_256_gcm(), key.data(), bytes_of(nonce), nullptr) ==
             1);
  MASH_CHECK(EVP_DecryptUpdate(context, nullptr, &done, bytes_of(aad), size_of(aad)) == 1);
  MASH_CHECK(
      EVP_DecryptUpdate(context, bytes_of(plaintext), &done, bytes_of(text), size_of(text)) == 1);
  MASH_CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(context, tag.data(), &done) != 1) {
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    return damaged();
  }
  return plaintext;
}

std::string record_aad(std::string_view log_name, std::string_view event_id,
                       std::string_view key_id) {
  std::string aad;
  aad.reserve(kRecordTag.size() + 12 + log_name.size() + event_id.size() + key_id.size());
  aad.append(kRecordTag);
  append_sized(aad, log_name);
  append_sized(aad, event_id);
  append_sized(aad, key_id);
  return aad;
}

std::string blob_aad(std::string_view log_name, std::string_view blob_id, uint32_t index,
                     uint32_t count, std::string_view key_id) {
  std::string aad(kBlobTag);
  append_sized(aad, log_name);
  append_sized(aad, blob_id);
  append_number(aad, index);
  append_number(aad, count);
  append_sized(aad, key_id);
  return aad;
}

Hash32 commitment(std::string_view salt, std::string_view sealed) {
  thread_local const DigestContext context(EVP_MD_CTX_new());
  MASH_CHECK(context);
  Hash32 hash{};
  MASH_CHECK(EVP_DigestInit_ex2(context.get(), sha_256(), nullptr) == 1);
  for (const std::string_view part : {kCommitmentTag, salt, sealed})
    MASH_CHECK(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  MASH_CHECK(EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1);
  return hash;
}

// HMAC (RFC 2104) over the plain digest: OpenSSL's own costs twice as much for short messages.
Hash32 keyed_digest(const SecretKey& key, std::string_view domain, std::string_view value) {
  constexpr std::size_t kBlockBytes = 64;
  std::string message;
  message.reserve(8 + domain.size() + value.size());
  append_sized(message, domain);
  append_sized(message, value);

  thread_local const DigestContext context(EVP_MD_CTX_new());
  MASH_CHECK(context);
  const auto digest = [&](uint8_t pad_byte, const void* data, std::size_t size) {
    std::array<uint8_t, kBlockBytes> pad{};
    std::copy_n(key.data(), kKeyBytes, pad.begin());
    for (uint8_t& byte : pad) byte ^= pad_byte;
    Hash32 hash{};
    MASH_CHECK(EVP_DigestInit_ex2(context.get(), sha_256(), nullptr) == 1);
    MASH_CHECK(EVP_DigestUpdate(context.get(), pad.data(), pad.size()) == 1);
    MASH_CHECK(EVP_DigestUpdate(context.get(), data, size) == 1);
    MASH_CHECK(EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1);
    OPENSSL_cleanse(pad.data(), pad.size());
    return hash;
  };
  const Hash32 inner = digest(0x36, message.data(), message.size());
  return digest(0x5c, inner.data(), inner.size());
}

}  // namespace mash::vault
