#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mash::vault {

// The sealing of personal data: AES-256-GCM, and the salted commitment that lets a record be proved
// after what it sealed was destroyed. docs/formats/sealed-part.md is the format. Pure functions
// over OpenSSL; any thread may call them.

using Hash32 = std::array<uint8_t, 32>;

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kSaltBytes = 32;
inline constexpr std::size_t kSealingOverheadBytes = kNonceBytes + kTagBytes;

// A secret key in memory: wiped when it goes, and never copied unless copy() says so.
class SecretKey {
 public:
  SecretKey() = default;
  ~SecretKey();
  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&& other) noexcept;
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;

  static SecretKey random();
  // Many at once, for which the generator is asked once.
  static std::vector<SecretKey> random(std::size_t count);
  // Exactly kKeyBytes bytes.
  static SecretKey from_bytes(std::string_view bytes);
  SecretKey copy() const;

  const uint8_t* data() const { return bytes_.data(); }
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  std::array<uint8_t, kKeyBytes> bytes_{};
};

// Cryptographically strong random bytes. Stops the process when there are none to be had.
std::string random_bytes(std::size_t count);

// The 32 random bytes that go into one record's commitment.
std::string random_salt();

// nonce || ciphertext || tag, under a fresh random nonce. The nonce has 96 bits: one key may seal
// 2^32 messages before two nonces meet with a chance of 2^-33 (NIST SP 800-38D, 8.3). A person or
// case sees thousands.
std::string seal_with(const SecretKey& key, std::string_view aad, std::string_view plaintext);

// The plaintext; kDataLoss, reason SEALED_PART_DAMAGED, when the tag does not fit: another key,
// other additional data, or a changed byte.
Result<std::string> open_with(const SecretKey& key, std::string_view aad, std::string_view sealed);

// Binds a sealed part to its record, so that it can be moved to no other: the log's name without
// its epoch (a restored log keeps its records), the event's id (16 bytes), the key's id.
std::string record_aad(std::string_view log_name, std::string_view event_id,
                       std::string_view key_id);

// Binds a chunk of a blob to its place, so that chunks can be neither swapped nor left out, nor
// moved to another blob: the log's name, the blob's id (16 bytes), which chunk of how many, the
// key's id.
std::string blob_aad(std::string_view log_name, std::string_view blob_id, uint32_t index,
                     uint32_t count, std::string_view key_id);

// SHA-256 over the tag "mash/sealed/1\n", the salt (kSaltBytes) and the sealed bytes. It stands in
// the record. Without the salt it says nothing about what was sealed, not even to who guesses it.
Hash32 commitment(std::string_view salt, std::string_view sealed);

// HMAC-SHA256 over (domain, value), each with its length.
Hash32 keyed_digest(const SecretKey& key, std::string_view domain, std::string_view value);

}  // namespace mash::vault
