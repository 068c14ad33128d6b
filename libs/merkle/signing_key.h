#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

// Ed25519 keys as C2SP signed-note names them: a name, which both sides know the key by, and a
// 4-byte id derived from name and key. Thread-safe once made.
namespace mash::merkle {

// The key one verifies with; public.
class VerifierKey {
 public:
  // From "name+hash+base64", as str() writes it. Refused: KEY_MALFORMED, also when the hash is not
  // the key's.
  static Result<VerifierKey> parse(std::string_view text);

  const std::string& name() const { return name_; }
  uint32_t id() const { return id_; }
  std::string str() const;

  // The same key under another name (its id differs): a log's next epoch has its own origin.
  Result<VerifierKey> named(std::string name) const;

  // Whether the 64 bytes are this key's signature of the text.
  bool verify(std::string_view text, std::string_view signature) const;

  friend bool operator==(const VerifierKey&, const VerifierKey&) = default;

 private:
  friend class SigningKey;
  VerifierKey(std::string name, const std::array<uint8_t, 32>& key);

  std::string name_;
  std::array<uint8_t, 32> key_{};
  uint32_t id_ = 0;
};

// The key one signs with. Copies share the secret, which OpenSSL keeps and nothing prints.
class SigningKey {
 public:
  // A new key. Refused: KEY_NAME_INVALID for a name that is empty or has a space, a plus or a
  // control character.
  static Result<SigningKey> generate(std::string name);

  // From a key file. Refused: KEY_FILE_UNREADABLE; KEY_FILE_EXPOSED when it is not a plain file
  // that only its owner may read, the owner being this user or root; KEY_MALFORMED.
  static Result<SigningKey> load(const std::filesystem::path& file);

  // Writes a key file readable by its owner only, whole or not at all, and synced. Refused:
  // KEY_FILE_EXISTS (never overwritten), KEY_FILE_UNWRITABLE.
  Result<void> save(const std::filesystem::path& file) const;

  const std::string& name() const { return verifier_.name(); }
  const VerifierKey& verifier() const { return verifier_; }

  // The same secret under another name, as for VerifierKey. Refused: KEY_NAME_INVALID.
  Result<SigningKey> named(std::string name) const;

  // 64 bytes; the same text always gives the same. Takes about 60 us.
  std::string sign(std::string_view text) const;

 private:
  struct Secret;
  SigningKey(std::shared_ptr<const Secret> secret, VerifierKey verifier);
  static Result<SigningKey> parse(std::string_view text);

  std::shared_ptr<const Secret> secret_;
  VerifierKey verifier_;
};

}  // namespace mash::merkle
