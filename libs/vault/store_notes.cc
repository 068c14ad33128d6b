#include "vault/store_notes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

namespace mash::vault {
namespace {

namespace fs = std::filesystem;

constexpr off_t kBytesMax = 2 << 20;  // then it becomes LOG.old
constexpr std::size_t kLineBytesMax = 4'096;

// Threads may note at once; each line is written whole.
class Notes final : public rocksdb::Logger {
 public:
  using Logger::Logv;

  Notes(const fs::path& folder, rocksdb::InfoLogLevel level)
      : Logger(level), file_(folder.empty() ? fs::path() : folder / "LOG") {
    std::error_code ignored;
    if (folder.empty()) return;
    fs::create_directories(folder, ignored);
    open();
  }
  ~Notes() override {
    if (opened_ >= 0) ::close(opened_);
  }
  Notes(const Notes&) = delete;
  Notes& operator=(const Notes&) = delete;

  void Logv(const char* format, va_list arguments) override {
    if (file_.empty()) return;
    std::array<char, kLineBytesMax> line{};
    std::size_t size = put_time(line);
    const int said = std::vsnprintf(line.data() + size, line.size() - size - 1, format, arguments);
    if (said < 0) return;
    size = std::min(size + static_cast<std::size_t>(said), line.size() - 2);
    if (line.at(size - 1) != '\n') line.at(size++) = '\n';
    const std::lock_guard lock(mutex_);
    if (opened_ < 0) return;
    const ssize_t written = ::write(opened_, line.data(), size);  // or it is lost
    bytes_ += std::max<ssize_t>(written, 0);
    if (bytes_ > kBytesMax) begin_anew();
  }

 private:
  static std::size_t put_time(std::array<char, kLineBytesMax>& line) {
    timespec now{};
    std::tm parts{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    ::gmtime_r(&now.tv_sec, &parts);
    std::size_t size = std::strftime(line.data(), line.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    size += static_cast<std::size_t>(
        std::snprintf(line.data() + size, line.size() - size, ".%06ldZ ", now.tv_nsec / 1'000));
    return size;
  }
  void open() {
    opened_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct stat there{};
    bytes_ = opened_ >= 0 && ::fstat(opened_, &there) == 0 ? there.st_size : 0;
  }
  void begin_anew() {
    ::close(std::exchange(opened_, -1));
    ::rename(file_.c_str(), (file_.string() + ".old").c_str());
    open();
  }

  const fs::path file_;
  std::mutex mutex_;
  int opened_ = -1;
  off_t bytes_ = 0;
};

}  // namespace

std::shared_ptr<rocksdb::Logger> store_notes(const fs::path& folder, rocksdb::InfoLogLevel level) {
  return std::make_shared<Notes>(folder, level);
}

}  // namespace mash::vault
