#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "core/clock.h"
#include "vault/vault.h"

namespace mash::vault::testing {

// A folder of its own for one test, removed at its end; or one that somebody else made and removes.
class TempFolder {
 public:
  explicit TempFolder(std::filesystem::path lent) : path_(std::move(lent)), is_lent_(true) {}
  TempFolder() {
    // In memory where the machine has that: these tests ask nothing of a disk, and syncs are free.
    std::error_code absent;
    const std::filesystem::path memory = "/dev/shm";
    const bool in_memory = std::filesystem::is_directory(memory, absent);
    const auto parent = in_memory ? memory : std::filesystem::temp_directory_path();
    std::string name = (parent / "mash-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    path_ = name;
  }
  ~TempFolder() {
    if (is_lent_) return;
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool is_lent_ = false;
};

// A vault in a temporary folder, which can be closed and opened again.
class TempVault {
 public:
  TempVault() { reopen(); }
  explicit TempVault(std::filesystem::path lent_folder) : folder_(std::move(lent_folder)) {
    reopen();
  }

  VaultOptions options() const {
    return {.directory = data(), .kek_file = kek_file(), .clock = &clock};
  }
  void close() { vault_.reset(); }
  void reopen(VaultOptions changed) {
    close();
    auto opened = Vault::open(std::move(changed));
    ASSERT_TRUE(opened.has_value()) << opened.error().reason << ": " << opened.error().message;
    vault_ = std::move(*opened);
  }
  void reopen() { reopen(options()); }

  Vault& operator*() { return *vault_; }
  Vault* operator->() { return vault_.get(); }
  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::filesystem::path kek_file() const { return folder_.path() / "keys" / "kek"; }
  const std::filesystem::path& folder() const { return folder_.path(); }

  ManualClock clock{Time(std::chrono::seconds(1'790'000'000))};

 private:
  TempFolder folder_;
  std::unique_ptr<Vault> vault_;
};

}  // namespace mash::vault::testing
