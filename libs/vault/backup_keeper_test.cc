#include "vault/backup_keeper.h"

#include <gtest/gtest.h>

#include <fstream>

#include "vault/testing/temp_vault.h"
#include "vault/vault.h"

namespace mash::vault {
namespace {

using testing::TempVault;

constexpr auto kNotByItself = std::chrono::hours(1);

// What a copy holds, opened with the key-encryption key there is now.
Result<Vault::Contents> contents_of_copy(TempVault& vault, const std::filesystem::path& folder) {
  const auto copy = vault.folder() / "copy-to-open";
  std::filesystem::remove_all(copy);
  std::filesystem::copy(folder, copy, std::filesystem::copy_options::recursive);
  VaultOptions options = vault.options();
  options.directory = copy;
  const auto opened = Vault::open(options);
  if (!opened) return tl::unexpected(opened.error());
  return (*opened)->verify();
}

TEST(BackupKeeper, TheCopyHoldsWhatWasMintedAndWhatWasDestroyed) {
  TempVault vault;
  const auto folder = vault.folder() / "backup" / "keys";
  BackupKeeper keeper(*vault, folder, kNotByItself);
  const auto minted = vault->mint(300);
  ASSERT_TRUE(keeper.renew().has_value());
  EXPECT_EQ(contents_of_copy(vault, folder).value(), (Vault::Contents{512, 0, 2}));

  ASSERT_TRUE(vault->destroy(std::vector{(*minted)[0].id}).has_value());
  ASSERT_TRUE(keeper.renew().has_value());
  EXPECT_EQ(contents_of_copy(vault, folder).value(), (Vault::Contents{511, 1, 2}));
  EXPECT_FALSE(std::filesystem::exists(folder.string() + ".old"));
  EXPECT_FALSE(std::filesystem::exists(folder.string() + ".next"));
}

TEST(BackupKeeper, LeavesTheCopyAloneWhileNothingChanges) {
  TempVault vault;
  const auto folder = vault.folder() / "backup";
  BackupKeeper keeper(*vault, folder, kNotByItself);
  ASSERT_TRUE(keeper.renew().has_value());
  std::ofstream(folder / "mark") << "here";
  ASSERT_TRUE(keeper.renew().has_value());
  EXPECT_TRUE(std::filesystem::exists(folder / "mark"));
  ASSERT_TRUE(vault->mint(1).has_value());
  ASSERT_TRUE(keeper.renew().has_value());
  EXPECT_FALSE(std::filesystem::exists(folder / "mark"));
}

TEST(BackupKeeper, ClearsAwayWhatACrashLeftOfAReplacement) {
  TempVault vault;
  const auto folder = vault.folder() / "backup";
  std::filesystem::create_directories(folder.string() + ".next");
  std::ofstream(folder.string() + ".next/half") << "a copy";
  std::filesystem::create_directories(folder.string() + ".old");
  BackupKeeper keeper(*vault, folder, kNotByItself);
  ASSERT_TRUE(keeper.renew().has_value());
  EXPECT_TRUE(contents_of_copy(vault, folder).has_value());
  EXPECT_FALSE(std::filesystem::exists(folder.string() + ".next"));
  EXPECT_FALSE(std::filesystem::exists(folder.string() + ".old"));
}

TEST(BackupKeeper, SaysWhyThereIsNoCopy) {
  TempVault vault;
  const auto folder = vault.folder() / "file" / "backup";
  std::ofstream(vault.folder() / "file") << "no folder";
  BackupKeeper keeper(*vault, folder, kNotByItself);
  const auto refused = keeper.renew();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "VAULT_UNAVAILABLE");
  EXPECT_FALSE(keeper.state().has_value());
}

}  // namespace
}  // namespace mash::vault
