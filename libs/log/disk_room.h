#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "core/result.h"

namespace mash::log {

// What is to be kept free on the disk that a log lies on, and how that is found out.
struct DiskRoomOptions {
  uint64_t free_bytes_min = 0;             // 0: nothing is
  std::function<uint64_t()> free_bytes{};  // empty: the file system is asked
  std::function<void(bool is_short)>
      on_change{};  // told when there is too little, and enough again
};

// Whether a log's disk has room for more. What is refused while it has not, a full disk cannot
// lose; what is kept free is for what was taken before, and for the store's own work on it, which
// needs room to make room. So things stop one after the other while it gets less: first commands;
// at half of it the looks, without which nothing can be read that a person told; at a quarter of it
// no log is opened, which takes room itself. All goes on by itself when there is room again.
//
// Thread-safe. Asks the file system twenty times a second at most.
class DiskRoom {
 public:
  enum class Need { kCommand, kLook, kOpening };

  DiskRoom(std::filesystem::path directory, DiskRoomOptions options);

  // Refused: kResourceExhausted, DISK_FULL.
  Result<void> check(Need need);
  // As the file system says now. Much, where it does not say.
  uint64_t free_bytes() const;
  bool is_short() const { return free_bytes() < options_.free_bytes_min; }

 private:
  uint64_t recently_free_bytes();

  const std::filesystem::path directory_;
  const DiskRoomOptions options_;
  std::atomic<std::chrono::steady_clock::duration::rep> asked_at_{0};
  std::atomic<uint64_t> answer_{0};
  std::atomic<bool> was_short_{false};
};

}  // namespace mash::log
