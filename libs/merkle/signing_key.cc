#include "merkle/signing_key.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "core/check.h"
#include "merkle/encoding.h"
#include "merkle/hash.h"

namespace mash::merkle {
namespace {

constexpr char kEd25519 = 0x01;  // C2SP signed-note's signature type
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kKeyFileBytesMax = 4096;
constexpr std::string_view kSecretPrefix = "PRIVATE+KEY+";

using PublicKey = std::array<uint8_t, kKeyBytes>;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Pkey = std::unique_ptr<EVP_PKEY, Free>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Free>;

// Text that may hold a secret: its memory is wiped when it goes.
struct SecretText {
  std::string text;
  explicit SecretText(std::string secret) : text(std::move(secret)) {}
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { OPENSSL_cleanse(text.data(), text.size()); }
};

// A file descriptor that closes itself.
struct File {
  int fd;
  explicit File(int descriptor) : fd(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

auto malformed() {
  return refuse(Code::kInvalidArgument, "KEY_MALFORMED",
                "a key is written name+hash+base64, the hash being the key's own");
}

auto bad_name() {
  return refuse(Code::kInvalidArgument, "KEY_NAME_INVALID",
                "a key's name is not empty and has no spaces, plus or control characters");
}

// SHA-256(name || newline || type || key), its first four bytes.
uint32_t key_id(std::string_view name, const PublicKey& key) {
  const std::string_view key_bytes{reinterpret_cast<const char*>(key.data()), key.size()};
  const Hash hash = sha256({name, "\n", {&kEd25519, 1}, key_bytes});
  return uint32_t{hash[0]} << 24 | uint32_t{hash[1]} << 16 | uint32_t{hash[2]} << 8 |
         uint32_t{hash[3]};
}

// The id as eight hexadecimal digits.
std::string id_text(uint32_t id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[id >> shift & 0x0f];
  return text;
}

// "name+hash+base64(type || 32 bytes)", in parts. The key may be the secret one: it is wiped.
struct KeyText {
  std::string_view name;
  std::string_view id;
  std::array<uint8_t, kKeyBytes> key{};
  ~KeyText() { OPENSSL_cleanse(key.data(), key.size()); }
};

// Fills `parts`, which looks into `text`; false unless the text has this form.
bool take_apart(std::string_view text, KeyText& parts) {
  const auto after_name = text.find('+');
  if (after_name == std::string_view::npos) return false;
  const auto after_id = text.find('+', after_name + 1);
  if (after_id == std::string_view::npos) return false;
  parts.name = text.substr(0, after_name);
  parts.id = text.substr(after_name + 1, after_id - after_name - 1);
  auto decoded = base64_decode(text.substr(after_id + 1));
  if (!decoded) return false;
  const SecretText bytes(std::move(*decoded));
  if (bytes.text.size() != 1 + kKeyBytes || bytes.text.front() != kEd25519) return false;
  std::copy(bytes.text.begin() + 1, bytes.text.end(), parts.key.begin());
  return is_key_name(parts.name);
}

PublicKey public_of(const EVP_PKEY* key) {
  PublicKey bytes;
  std::size_t size = bytes.size();
  MASH_CHECK(EVP_PKEY_get_raw_public_key(key, bytes.data(), &size) == 1 && size == kKeyBytes);
  return bytes;
}

auto failed(Code code, std::string reason, const std::filesystem::path& file, std::string what) {
  auto refusal = refuse(code, std::move(reason), file.string() + ": " + std::move(what));
  refusal.value().metadata["file"] = file.string();
  return refusal;
}

std::string system_message(int error) { return std::generic_category().message(error); }

// Reads a file that only its owner may read; checks and reading are on one open file, so that none
// can be put in its place between them.
Result<std::string> read_private(const std::filesystem::path& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.fd < 0) {
    return failed(Code::kFailedPrecondition, "KEY_FILE_UNREADABLE", path, system_message(errno));
  }
  struct stat status{};
  if (::fstat(file.fd, &status) != 0) {
    return failed(Code::kFailedPrecondition, "KEY_FILE_UNREADABLE", path, system_message(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return failed(Code::kFailedPrecondition, "KEY_FILE_EXPOSED", path, "not a plain file");
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return failed(Code::kFailedPrecondition, "KEY_FILE_EXPOSED", path,
                  "others than its owner may use it; set its mode to 0600 and think of the key as "
                  "known");
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return failed(Code::kFailedPrecondition, "KEY_FILE_EXPOSED", path, "another user owns it");
  }
  std::string text(kKeyFileBytesMax, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.fd, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return failed(Code::kFailedPrecondition, "KEY_FILE_UNREADABLE", path, system_message(errno));
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Writes beside the file's place, syncs, and links it there under its name, which never replaces
// what is there. Returns 0 or the error number.
int write_private(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::path folder = path.parent_path();
  if (folder.empty()) folder = ".";
  std::string beside = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
  const File file(::mkostemp(beside.data(), O_CLOEXEC));  // mode 0600
  if (file.fd < 0) return errno;
  int error = 0;
  if (!write_all(file.fd, text) || ::fsync(file.fd) != 0 ||
      ::link(beside.c_str(), path.c_str()) != 0) {
    error = errno;
  }
  ::unlink(beside.c_str());
  if (error != 0) return error;
  const File parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.fd < 0 || ::fsync(parent.fd) != 0) return errno;
  return 0;
}

}  // namespace

VerifierKey::VerifierKey(std::string name, const PublicKey& key)
    : name_(std::move(name)), key_(key), id_(key_id(name_, key_)) {}

Result<VerifierKey> VerifierKey::parse(std::string_view text) {
  KeyText parts;
  if (!take_apart(text, parts)) return malformed();
  VerifierKey key(std::string(parts.name), parts.key);
  if (id_text(key.id_) != parts.id) return malformed();
  return key;
}

std::string VerifierKey::str() const {
  std::string bytes(1, kEd25519);
  bytes.append(key_.begin(), key_.end());
  return name_ + "+" + id_text(id_) + "+" + base64_encode(bytes);
}

Result<VerifierKey> VerifierKey::named(std::string name) const {
  if (!is_key_name(name)) return bad_name();
  return VerifierKey(std::move(name), key_);
}

bool VerifierKey::verify(std::string_view text, std::string_view signature) const {
  if (signature.size() != kSignatureBytes) return false;
  const Pkey key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key_.data(), key_.size()));
  if (!key) return false;
  const MdContext context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), as_bytes(signature), signature.size(), as_bytes(text),
                          text.size()) == 1;
}

struct SigningKey::Secret {
  Pkey key;
};

SigningKey::SigningKey(std::shared_ptr<const Secret> secret, VerifierKey verifier)
    : secret_(std::move(secret)), verifier_(std::move(verifier)) {}

Result<SigningKey> SigningKey::generate(std::string name) {
  if (!is_key_name(name)) return bad_name();
  Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) return refuse(Code::kInternal, "KEY_NOT_MADE", "OpenSSL could not make a key");
  VerifierKey verifier(std::move(name), public_of(key.get()));
  return SigningKey(std::make_shared<const Secret>(std::move(key)), std::move(verifier));
}

Result<SigningKey> SigningKey::parse(std::string_view text) {
  if (!text.starts_with(kSecretPrefix)) return malformed();
  KeyText parts;
  if (!take_apart(text.substr(kSecretPrefix.size()), parts)) return malformed();
  Pkey key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, parts.key.data(), parts.key.size()));
  if (!key) return malformed();
  VerifierKey verifier(std::string(parts.name), public_of(key.get()));
  if (id_text(verifier.id()) != parts.id) return malformed();
  return SigningKey(std::make_shared<const Secret>(std::move(key)), std::move(verifier));
}

Result<SigningKey> SigningKey::load(const std::filesystem::path& file) {
  auto read = read_private(file);
  if (!read) return tl::unexpected(read.error());
  const SecretText contents(std::move(*read));
  std::string_view rest = contents.text;
  const auto line = take_line(rest);
  if (!line || !rest.empty()) return malformed();
  return parse(*line);
}

Result<void> SigningKey::save(const std::filesystem::path& file) const {
  SecretText bytes(std::string(1 + kKeyBytes, kEd25519));
  std::size_t size = kKeyBytes;
  MASH_CHECK(EVP_PKEY_get_raw_private_key(secret_->key.get(),
                                          reinterpret_cast<unsigned char*>(bytes.text.data()) + 1,
                                          &size) == 1 &&
             size == kKeyBytes);
  const SecretText encoded(base64_encode(bytes.text));
  SecretText line{std::string()};
  // Room for all of it at once: growing would leave copies of the secret behind.
  line.text.reserve(kSecretPrefix.size() + name().size() + encoded.text.size() + 16);
  line.text.append(kSecretPrefix).append(name()).append("+");
  line.text.append(id_text(verifier_.id())).append("+").append(encoded.text).append("\n");

  const int error = write_private(file, line.text);
  if (error == EEXIST) {
    return failed(Code::kAlreadyExists, "KEY_FILE_EXISTS", file, "a key is never overwritten");
  }
  if (error != 0) {
    return failed(Code::kFailedPrecondition, "KEY_FILE_UNWRITABLE", file, system_message(error));
  }
  return {};
}

Result<SigningKey> SigningKey::named(std::string name) const {
  auto verifier = verifier_.named(std::move(name));
  if (!verifier) return tl::unexpected(verifier.error());
  return SigningKey(secret_, std::move(*verifier));
}

std::string SigningKey::sign(std::string_view text) const {
  const MdContext context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  MASH_CHECK(context);
  MASH_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, secret_->key.get()) == 1);
  MASH_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                            &size, as_bytes(text), text.size()) == 1);
  MASH_CHECK(size == kSignatureBytes);
  return signature;
}

}  // namespace mash::merkle
