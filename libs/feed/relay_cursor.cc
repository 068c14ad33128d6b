#include "feed/relay_cursor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

#include "merkle/hash.h"

namespace mash::feed {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

std::string text_of(const std::string& log, const log::Cursor& cursor) {
  const std::string said =
      log + " " + std::to_string(cursor.epoch) + " " + std::to_string(cursor.position);
  return said + " " + merkle::to_hex(merkle::sha256({said})) + "\n";
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync(const fs::path& path, int flags) {
  const Descriptor opened(::open(path.c_str(), flags | O_CLOEXEC));
  return opened.get() >= 0 && ::fsync(opened.get()) == 0;
}

bool write_synced(const fs::path& file, std::string_view text) {
  const Descriptor opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  return opened.get() >= 0 && write_all(opened.get(), text) && ::fsync(opened.get()) == 0;
}

// What is beside it takes its place, and the folder knows so for good.
bool replace(const fs::path& file, const fs::path& fresh) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  return ::rename(fresh.c_str(), file.c_str()) == 0 && sync(folder, O_RDONLY | O_DIRECTORY);
}

}  // namespace

Result<log::Cursor> read_relay_cursor(const fs::path& file, const std::string& log) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return log::Cursor{};
  std::ostringstream read;
  read << std::ifstream(file, std::ios::binary).rdbuf();
  log::Cursor cursor;
  std::string name;
  // Written again it is the same, or it is damaged.
  if (!(std::istringstream(read.str()) >> name >> cursor.epoch >> cursor.position) ||
      read.str() != text_of(log, cursor))
    return refuse(Code::kDataLoss, "RELAY_CURSOR_MALFORMED",
                  "How far the log was published cannot be read from " + file.string() +
                      ": its topic is asked.");
  return cursor;
}

Result<void> write_relay_cursor(const fs::path& file, const std::string& log,
                                const log::Cursor& cursor) {
  const fs::path fresh = file.string() + ".new";
  if (write_synced(fresh, text_of(log, cursor)) && replace(file, fresh)) return {};
  return refuse(Code::kUnavailable, "RELAY_CURSOR_UNWRITABLE",
                "How far the log was published cannot be written to " + file.string() + ": " +
                    std::generic_category().message(errno) + ".");
}

void put_relay_cursor_aside(const fs::path& file) {
  std::error_code ignored;  // then it is replaced where it lies
  fs::rename(file, file.string() + ".damaged", ignored);
}

}  // namespace mash::feed
