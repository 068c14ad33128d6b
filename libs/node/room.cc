#include "node/room.h"

#include <algorithm>
#include <filesystem>
#include <thread>
#include <utility>

#include "host/log_line.h"
#include "log/disk_room.h"

namespace mash::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kAskedAfter{500};

}  // namespace

Result<void> await_room(const host::Config& config, const std::vector<std::string>& services,
                        milliseconds patience, const std::function<uint64_t()>& free_bytes) {
  const auto until = steady_clock::now() + patience;
  const auto check_all = [&]() -> Result<void> {
    std::vector<std::string> folders{"", "keys"};
    folders.insert(folders.end(), services.begin(), services.end());
    for (const std::string& folder : folders) {
      log::DiskRoom room(config.data / folder,
                         {.free_bytes_min = config.free_bytes_min, .free_bytes = free_bytes});
      if (auto enough = room.check(log::DiskRoom::Need::kOpening); !enough) return enough;
    }
    return {};
  };
  bool is_told = false;
  while (true) {
    auto enough = check_all();
    const auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
    if (enough || left <= milliseconds(0)) return enough;
    if (!std::exchange(is_told, true))
      host::log_line(host::LogLevel::kWarning, "waiting for room on the disk before it is used",
                     {{host::LogKey::kReason, enough.error().reason}});
    std::this_thread::sleep_for(std::min(left, kAskedAfter));
  }
}

}  // namespace mash::node
