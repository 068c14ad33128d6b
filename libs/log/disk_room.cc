#include "log/disk_room.h"

#include <sys/statvfs.h>

#include <limits>
#include <string>
#include <utility>

namespace mash::log {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAskedAgainAfter{50};
constexpr std::chrono::seconds kTryAgain{5};

uint64_t part_of(uint64_t bytes, DiskRoom::Need need) {
  switch (need) {
    case DiskRoom::Need::kCommand:
      return bytes;
    case DiskRoom::Need::kLook:
      return bytes / 2;
    case DiskRoom::Need::kOpening:
      return bytes / 4;
  }
  return bytes;
}

}  // namespace

DiskRoom::DiskRoom(std::filesystem::path directory, DiskRoomOptions options)
    : directory_(std::move(directory)), options_(std::move(options)) {}

Result<void> DiskRoom::check(Need need) {
  if (options_.free_bytes_min == 0) return {};
  const uint64_t free = recently_free_bytes();
  const bool is_short = free < options_.free_bytes_min;
  if (was_short_.exchange(is_short) != is_short && options_.on_change) options_.on_change(is_short);
  if (free >= part_of(options_.free_bytes_min, need)) return {};
  return tl::unexpected(Error{
      .code = Code::kResourceExhausted,
      .reason = "DISK_FULL",
      .message = "The disk of the log is nearly full: nothing new is taken until there is room.",
      .retry_after = kTryAgain});
}

uint64_t DiskRoom::free_bytes() const {
  if (options_.free_bytes) return options_.free_bytes();
  struct statvfs said{};
  if (::statvfs(directory_.c_str(), &said) != 0) return std::numeric_limits<uint64_t>::max();
  return uint64_t{said.f_bavail} * said.f_frsize;
}

// Two threads may ask at once: both hear what is so.
uint64_t DiskRoom::recently_free_bytes() {
  if (options_.free_bytes) return options_.free_bytes();
  const auto now = steady_clock::now().time_since_epoch();
  const steady_clock::duration asked_at(asked_at_.load());
  if (asked_at.count() != 0 && now - asked_at < kAskedAgainAfter) return answer_;
  answer_ = free_bytes();
  asked_at_ = now.count();
  return answer_;
}

}  // namespace mash::log
