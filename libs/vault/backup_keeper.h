#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "core/result.h"

namespace mash::vault {

class Vault;

// Keeps a copy of the vault, without its key-encryption key, in a folder, best on another disk: one
// copy, replaced when keys were minted or destroyed. Older ones are worth nothing: a destruction
// leaves no key that opens them. What the folder holds is whole at every moment; a crash while it
// is replaced leaves the old or the new one, there or as "<folder>.old".
//
// A thread of its own does it: at the start, at once after a destruction, and when keys were minted
// within `every`, far sooner than they are used up, so that no record is sealed under a key that is
// in no copy. Thread-safe.
class BackupKeeper {
 public:
  // The vault outlives the keeper.
  BackupKeeper(Vault& vault, std::filesystem::path folder,
               std::chrono::milliseconds every = std::chrono::seconds(10));
  ~BackupKeeper();
  BackupKeeper(const BackupKeeper&) = delete;
  BackupKeeper& operator=(const BackupKeeper&) = delete;

  // Brings the copy up to date now, if it is not. The error says why it could not.
  Result<void> renew();

  // How the last try ended; for a metric.
  Result<void> state() const;

 private:
  static constexpr uint64_t kNever = ~uint64_t{0};

  void run();
  Result<void> replace();

  Vault& vault_;
  const std::filesystem::path folder_;
  const std::chrono::milliseconds every_;
  std::mutex replacing_;              // one replacement at a time
  uint64_t copied_changes_ = kNever;  // Vault::changes() of the copy; replacing_
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Result<void> state_;
  bool hurry_ = false;  // something was destroyed
  bool stopping_ = false;
  std::shared_ptr<void> told_of_destructions_;
  std::thread worker_;  // last: it uses all the others
};

}  // namespace mash::vault
