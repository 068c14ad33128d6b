#include "vault/backup_keeper.h"

#include <utility>

#include "vault/vault.h"
#include "vault/vault_errors.h"

namespace mash::vault {
namespace {

namespace fs = std::filesystem;

fs::path with_suffix(const fs::path& folder, const char* suffix) {
  fs::path path = folder;
  path += suffix;
  return path;
}

tl::unexpected<Error> cannot(const std::string& what, const fs::path& path,
                             const std::error_code& why) {
  return vault_unavailable("Cannot " + what + " " + path.string() + ": " + why.message());
}

}  // namespace

BackupKeeper::BackupKeeper(Vault& vault, fs::path folder, std::chrono::milliseconds every)
    : vault_(vault),
      folder_(std::move(folder)),
      every_(every),
      told_of_destructions_(vault.on_destroyed([this](std::string_view) {
        const std::lock_guard lock(mutex_);
        hurry_ = true;
        wake_.notify_one();
      })),
      worker_([this] { run(); }) {}

BackupKeeper::~BackupKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  worker_.join();
}

void BackupKeeper::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    hurry_ = false;
    lock.unlock();
    (void)renew();  // state() tells how it went, and the next round tries again
    lock.lock();
    wake_.wait_for(lock, every_, [&] { return stopping_ || hurry_; });
  }
}

Result<void> BackupKeeper::renew() {
  const std::lock_guard replacing(replacing_);
  const uint64_t changes = vault_.changes();
  if (changes == copied_changes_) return {};
  auto replaced = replace();
  if (replaced) copied_changes_ = changes;
  const std::lock_guard lock(mutex_);
  state_ = replaced;
  return replaced;
}

Result<void> BackupKeeper::replace() {
  const fs::path next = with_suffix(folder_, ".next");
  const fs::path old = with_suffix(folder_, ".old");
  std::error_code failed;
  fs::create_directories(folder_.parent_path(), failed);
  for (const fs::path& left_over : {next, old}) {
    // The old one goes only when the one that took its place is there.
    if (left_over == old && !fs::exists(folder_, failed)) continue;
    fs::remove_all(left_over, failed);
    if (failed) return cannot("remove", left_over, failed);
  }
  if (auto made = vault_.backup(next); !made) return made;
  if (fs::exists(folder_, failed)) fs::rename(folder_, old, failed);
  if (failed) return cannot("rename", folder_, failed);
  fs::rename(next, folder_, failed);
  if (failed) return cannot("rename", next, failed);
  fs::remove_all(old, failed);
  if (failed) return cannot("remove", old, failed);
  return {};
}

Result<void> BackupKeeper::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace mash::vault
