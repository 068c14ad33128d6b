#include "vault/kek_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "vault/vault_errors.h"

namespace mash::vault {
namespace {

constexpr std::string_view kTitle = "mash key-encryption key v1\n";
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kFileBytes = kTitle.size() + 2 * kIdBytes + 1 + 2 * kKeyBytes + 1;
constexpr std::string_view kDigits = "0123456789abcdef";

// A file descriptor that closes itself.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Text that held a key and is wiped.
struct Wiped {
  std::string text;
  ~Wiped() { OPENSSL_cleanse(text.data(), text.size()); }
};

tl::unexpected<Error> disk_refused(const std::string& what, const std::filesystem::path& path) {
  return vault_unavailable(what + " " + path.string() + ": " + std::strerror(errno));
}

tl::unexpected<Error> malformed(const std::filesystem::path& path) {
  return refuse(Code::kFailedPrecondition, "KEK_MALFORMED",
                path.string() + " is not a key-encryption key written by this program.");
}

void append_hex(std::string& text, std::string_view bytes) {
  for (const char byte : bytes) {
    text.push_back(kDigits[static_cast<uint8_t>(byte) >> 4]);
    text.push_back(kDigits[static_cast<uint8_t>(byte) & 15]);
  }
  text.push_back('\n');
}

// Reads a line of `count` bytes in lower-case hex off the front of `text`.
bool take_hex(std::string_view& text, std::size_t count, std::string& bytes) {
  if (text.size() < 2 * count + 1 || text[2 * count] != '\n') return false;
  bytes.clear();
  bytes.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t high = kDigits.find(text[2 * i]);
    const std::size_t low = kDigits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  text.remove_prefix(2 * count + 1);
  return true;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

// Up to one byte more than a key file has, so that a longer one is noticed.
bool read_all(int fd, std::string& text) {
  text.assign(kFileBytes + 1, '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t count = ::read(fd, text.data() + got, text.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  text.resize(got);
  return true;
}

}  // namespace

Kek Kek::random() { return {random_bytes(kIdBytes), SecretKey::random()}; }

std::filesystem::path KekFile::path(Slot slot) const {
  std::filesystem::path path = path_;
  if (slot == Slot::kNext) path += ".next";
  if (slot == Slot::kOld) path += ".old";
  return path;
}

bool KekFile::exists(Slot slot) const {
  struct stat status{};
  return ::lstat(path(slot).c_str(), &status) == 0;
}

Result<Kek> KekFile::read(Slot slot) const {
  const std::filesystem::path from = path(slot);
  const File file(::open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT)
      return refuse(Code::kFailedPrecondition, "KEK_MISSING",
                    "The key-encryption key " + from.string() +
                        " is not there. Without it the vault opens nothing: put back the copy "
                        "kept apart, made after the last destruction.");
    return disk_refused("Cannot open", from);
  }
  struct stat status{};
  if (::fstat(file.fd(), &status) != 0) return disk_refused("Cannot look at", from);
  if (!S_ISREG(status.st_mode)) return malformed(from);
  if ((status.st_mode & 077) != 0 || status.st_uid != ::geteuid())
    return refuse(Code::kFailedPrecondition, "KEK_EXPOSED",
                  from.string() +
                      " must belong to the user this runs as, and be readable by "
                      "nobody else (chmod 600).");
  Wiped content;
  if (!read_all(file.fd(), content.text)) return disk_refused("Cannot read", from);
  std::string_view text = content.text;
  if (text.size() != kFileBytes || !text.starts_with(kTitle)) return malformed(from);
  text.remove_prefix(kTitle.size());
  std::string id;
  Wiped key;
  if (!take_hex(text, kIdBytes, id) || !take_hex(text, kKeyBytes, key.text)) return malformed(from);
  return Kek{std::move(id), SecretKey::from_bytes(key.text)};
}

Result<void> KekFile::write_next(const Kek& kek) const {
  const std::filesystem::path folder = path_.parent_path();
  std::error_code failed;
  if (!folder.empty() && !std::filesystem::exists(folder, failed)) {
    std::filesystem::create_directories(folder, failed);
    if (!failed) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
    if (failed) {
      errno = failed.value();
      return disk_refused("Cannot make", folder);
    }
  }
  if (const auto wiped = wipe(Slot::kNext); !wiped) return wiped;
  const std::filesystem::path to = path(Slot::kNext);
  const File file(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) return disk_refused("Cannot make", to);
  Wiped content;
  content.text.reserve(kFileBytes);  // no growing, which would leave copies behind
  content.text.append(kTitle);
  append_hex(content.text, kek.id);
  append_hex(content.text, kek.key.bytes());
  if (!write_all(file.fd(), content.text) || ::fsync(file.fd()) != 0)
    return disk_refused("Cannot write", to);
  return sync_folder();
}

Result<void> KekFile::move(Slot from, Slot to) const {
  if (::rename(path(from).c_str(), path(to).c_str()) != 0)
    return disk_refused("Cannot rename", path(from));
  return sync_folder();
}

Result<void> KekFile::wipe(Slot slot) const {
  const std::filesystem::path target = path(slot);
  if (!exists(slot)) return {};
  {
    const File file(::open(target.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file.is_open()) return disk_refused("Cannot open", target);
    struct stat status{};
    if (::fstat(file.fd(), &status) != 0) return disk_refused("Cannot look at", target);
    const std::string noise = random_bytes(static_cast<std::size_t>(status.st_size));
    if (!write_all(file.fd(), noise) || ::fsync(file.fd()) != 0)
      return disk_refused("Cannot overwrite", target);
  }
  if (::unlink(target.c_str()) != 0) return disk_refused("Cannot remove", target);
  return sync_folder();
}

Result<void> KekFile::sync_folder() const {
  std::filesystem::path folder = path_.parent_path();
  if (folder.empty()) folder = ".";
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.is_open() || ::fsync(file.fd()) != 0) return disk_refused("Cannot sync", folder);
  return {};
}

}  // namespace mash::vault
