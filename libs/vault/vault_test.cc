#include "vault/vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <thread>

#include "core/ids.h"
#include "vault/kek_file.h"
#include "vault/key_block.h"
#include "vault/testing/crash_child.h"
#include "vault/testing/failing_env.h"
#include "vault/testing/temp_vault.h"
#include "vault/vault_store.h"

namespace mash::vault {
namespace {

using testing::child_variable;
using testing::die_now;
using testing::FailingEnv;
using testing::run_as_child;
using testing::TempFolder;
using testing::TempVault;
using Family = VaultStore::Family;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The files below a folder that hold these bytes.
std::vector<std::string> files_with(const std::filesystem::path& folder, std::string_view bytes) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && content_of(entry.path()).find(bytes) != std::string::npos)
      found.push_back(entry.path().string());
  return found;
}

// How many of the values some file below the folder holds.
std::size_t count_in_files(const std::filesystem::path& folder,
                           const std::vector<std::string>& values) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) all += content_of(entry.path());
  return static_cast<std::size_t>(std::ranges::count_if(values, [&](const std::string& value) {
    return ::memmem(all.data(), all.size(), value.data(), value.size()) != nullptr;
  }));
}

void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

std::string reason_of(const Result<SecretKey>& result) {
  return result ? "opened" : result.error().reason;
}

std::vector<DataKey> mint(TempVault& vault, std::size_t count) {
  auto minted = vault->mint(count);
  EXPECT_TRUE(minted.has_value());
  return minted ? std::move(*minted) : std::vector<DataKey>();
}

void destroy(TempVault& vault, const std::vector<std::string>& ids) {
  const auto destroyed = vault->destroy(ids);
  ASSERT_TRUE(destroyed.has_value()) << destroyed.error().message;
  EXPECT_EQ(*destroyed, ids.size());
}

TEST(Vault, GivesBackTheKeysItMintedAlsoAfterReopening) {
  TempVault vault;
  const auto minted = mint(vault, 1'000);
  EXPECT_EQ(minted.size(), 1'024u);  // whole blocks
  const std::string token_key(vault->token_key().bytes());
  vault.reopen();
  EXPECT_EQ(vault->token_key().bytes(), token_key);
  for (const DataKey& key : minted) {
    const auto unwrapped = vault->unwrap(key.id);
    ASSERT_TRUE(unwrapped.has_value()) << key.id;
    EXPECT_EQ(unwrapped->bytes(), key.key.bytes());
  }
}

TEST(Vault, IdsAscendAndNeverRepeatEvenWhenTheClockIsSetBack) {
  TempVault vault;
  std::vector<std::string> ids;
  for (int round = 0; round < 6; ++round) {
    for (const DataKey& key : mint(vault, 512)) ids.push_back(key.id);
    vault.clock.advance(std::chrono::hours(round % 2 == 0 ? -24 : 24));
    if (round % 3 == 2) vault.reopen();
  }
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  for (const std::string& id : ids) {
    EXPECT_EQ(Uuid::parse(id).value().version(), 7);
    EXPECT_TRUE(vault->unwrap(id).has_value());
  }
}

TEST(Vault, TellsAnUnknownKeyFromADestroyedOneAndFromNoIdAtAll) {
  TempVault vault;
  const auto minted = mint(vault, 3);
  destroy(vault, {minted[1].id});
  EXPECT_EQ(reason_of(vault->unwrap(minted[0].id)), "opened");
  EXPECT_EQ(reason_of(vault->unwrap(minted[1].id)), "KEY_DESTROYED");
  EXPECT_EQ(reason_of(vault->unwrap("01925f3a-7c1e-7b43-9d52-0242ac120002")), "KEY_UNKNOWN");
  EXPECT_EQ(reason_of(vault->unwrap("ffffffff-ffff-7fff-bfff-ffffffffffff")), "KEY_UNKNOWN");
  EXPECT_EQ(reason_of(vault->unwrap("not an id")), "INVALID_ID");
}

TEST(Vault, DestroysSeveralKeysOfSeveralBlocksInOnePassAndKeepsTheRest) {
  TempVault vault;
  const auto minted = mint(vault, 2'048);
  const std::vector<std::string> doomed = {minted[0].id, minted[255].id, minted[256].id,
                                           minted[2'047].id};
  destroy(vault, doomed);
  for (const bool reopened : {false, true}) {
    if (reopened) vault.reopen();
    for (const DataKey& key : minted)
      EXPECT_EQ(reason_of(vault->unwrap(key.id)),
                std::ranges::count(doomed, key.id) != 0 ? "KEY_DESTROYED" : "opened");
  }
  EXPECT_EQ(vault->verify().value(),
            (Vault::Contents{.keys = 2'044, .keys_destroyed = 4, .blocks = 8}));
}

TEST(Vault, DestroyingAgainIsDoneAlready) {
  TempVault vault;
  const auto minted = mint(vault, 2);
  destroy(vault, {minted[0].id});
  const std::string kek = content_of(vault.kek_file());
  EXPECT_EQ(vault->destroy(std::vector{minted[0].id}).value(), 0u);
  EXPECT_EQ(content_of(vault.kek_file()), kek);  // nothing to re-wrap
  EXPECT_EQ(vault->destroy(std::vector{minted[0].id, minted[1].id}).value(), 1u);
}

TEST(Vault, AnUnknownIdAmongThoseToDestroySparesTheOthers) {
  TempVault vault;
  const auto minted = mint(vault, 1);
  const auto refused = vault->destroy(
      std::vector<std::string>{minted[0].id, "01925f3a-7c1e-7b43-9d52-0242ac120002"});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "KEY_UNKNOWN");
  EXPECT_EQ(reason_of(vault->unwrap(minted[0].id)), "opened");
}

TEST(Vault, AnOldCopyOfItsFilesOpensNothingAfterADestruction) {
  TempVault vault;
  const auto minted = mint(vault, 600);
  vault.close();
  const auto old = vault.folder() / "old";
  copy_folder(vault.data(), old);
  const auto old_kek = KekFile(vault.kek_file()).read(KekFile::Slot::kCurrent);
  ASSERT_TRUE(old_kek.has_value());
  vault.reopen();
  destroy(vault, {minted[0].id});
  vault.close();

  // The program refuses the copy.
  VaultOptions options = vault.options();
  options.directory = old;
  const auto refused = Vault::open(options);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "KEK_WRONG");

  // Somebody who writes a program of their own has no more luck: nothing in it opens under the key
  // that is left, whatever id they give it, and the key that opened it is in no file.
  const auto kek = KekFile(vault.kek_file()).read(KekFile::Slot::kCurrent);
  ASSERT_TRUE(kek.has_value());
  const Kek forged{old_kek->id, kek->key.copy()};
  const auto store = VaultStore::open(old, nullptr, /*read_only=*/true);
  ASSERT_TRUE(store.has_value());
  int blocks = 0;
  const auto visited = (*store)->for_each(
      Family::kBlockKeys, [&](std::string_view first, std::string_view wrapped) -> Result<void> {
        ++blocks;
        EXPECT_FALSE(unwrap_key(*kek, first, wrapped).has_value());
        EXPECT_FALSE(unwrap_key(forged, first, wrapped).has_value());
        EXPECT_TRUE(unwrap_key(*old_kek, first, wrapped).has_value());
        return {};
      });
  EXPECT_TRUE(visited.has_value());
  EXPECT_EQ(blocks, 3);
  EXPECT_THAT(files_with(vault.folder(), old_kek->key.bytes()), ::testing::IsEmpty());
  std::string hex;
  for (const char byte : old_kek->key.bytes()) {
    hex.push_back("0123456789abcdef"[static_cast<uint8_t>(byte) >> 4]);
    hex.push_back("0123456789abcdef"[static_cast<uint8_t>(byte) & 15]);
  }
  EXPECT_THAT(files_with(vault.folder(), hex), ::testing::IsEmpty());
}

TEST(Vault, WhatADestructionReplacedIsInNoFileAnyMore) {
  TempVault vault;
  for (int round = 0; round < 3; ++round) {  // old files below, new ones above
    const auto minted = mint(vault, 5'000);
    const std::vector<std::string> doomed = {minted[10].id, minted[4'990].id};
    vault.close();
    std::vector<std::string> old_values;
    {
      const auto store = VaultStore::open(vault.data(), nullptr, /*read_only=*/true);
      ASSERT_TRUE(store.has_value());
      for (const std::string& id : doomed) {
        const auto block =
            (*store)->at_or_before(Family::kBlocks, Uuid::parse(id).value().to_bytes());
        old_values.push_back((**block).value.substr((**block).value.size() - 64));
      }
      const auto visited = (*store)->for_each(
          Family::kBlockKeys, [&](std::string_view, std::string_view wrapped) -> Result<void> {
            old_values.emplace_back(wrapped);
            return {};
          });
      ASSERT_TRUE(visited.has_value());
    }
    ASSERT_EQ(count_in_files(vault.data(), old_values), old_values.size());
    vault.reopen();
    mint(vault, 256);
    destroy(vault, doomed);
    EXPECT_EQ(count_in_files(vault.data(), old_values), 0u);
  }
}

TEST(Vault, NoKeyStandsInPlainInAnyFile) {
  TempVault vault;
  const auto minted = mint(vault, 256);
  destroy(vault, {minted[3].id});
  const std::string token_key(vault->token_key().bytes());
  EXPECT_THAT(files_with(vault.folder(), token_key), ::testing::IsEmpty());
  for (std::size_t i = 0; i < minted.size(); i += 17)
    EXPECT_THAT(files_with(vault.folder(), minted[i].key.bytes()), ::testing::IsEmpty());
}

TEST(Vault, ABackupOpensUntilTheNextDestruction) {
  TempVault vault;
  const auto minted = mint(vault, 10);
  const auto backup = vault.folder() / "backup";
  ASSERT_TRUE(vault->backup(backup).has_value());
  EXPECT_EQ(vault->backup(backup).error().reason, "BACKUP_EXISTS");

  const auto restored_folder = vault.folder() / "restored";
  copy_folder(backup, restored_folder);
  vault.close();
  VaultOptions restored = vault.options();
  restored.directory = restored_folder;
  {
    const auto opened = Vault::open(restored);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    EXPECT_EQ((*opened)->unwrap(minted[9].id)->bytes(), minted[9].key.bytes());
  }
  vault.reopen();
  destroy(vault, {minted[0].id});
  vault.close();
  EXPECT_EQ(Vault::open(restored).error().reason, "KEK_WRONG");
}

TEST(Vault, RefusesAKeyFileThatOthersMayReadOrThatIsNotOne) {
  TempVault vault;
  mint(vault, 1);
  vault.close();
  const auto refusal = [&] { return Vault::open(vault.options()).error().reason; };
  const std::string kek = content_of(vault.kek_file());

  ASSERT_EQ(::chmod(vault.kek_file().c_str(), 0640), 0);
  EXPECT_EQ(refusal(), "KEK_EXPOSED");
  ASSERT_EQ(::chmod(vault.kek_file().c_str(), 0600), 0);

  std::ofstream(vault.kek_file()) << kek.substr(0, kek.size() - 1);
  EXPECT_EQ(refusal(), "KEK_MALFORMED");
  std::ofstream(vault.kek_file()) << kek << "more";
  EXPECT_EQ(refusal(), "KEK_MALFORMED");
  std::string other = kek;
  other[other.size() - 2] = other[other.size() - 2] == '0' ? '1' : '0';
  std::ofstream(vault.kek_file()) << other;
  EXPECT_EQ(refusal(), "VAULT_DAMAGED");  // the right id with another key
  std::filesystem::rename(vault.kek_file(), vault.folder() / "elsewhere");
  EXPECT_EQ(refusal(), "KEK_MISSING");
  std::filesystem::create_symlink(vault.folder() / "elsewhere", vault.kek_file());
  EXPECT_EQ(refusal(), "VAULT_UNAVAILABLE");
  std::filesystem::remove(vault.kek_file());
  std::ofstream(vault.folder() / "elsewhere") << kek;
  std::filesystem::rename(vault.folder() / "elsewhere", vault.kek_file());
  vault.reopen();
}

TEST(Vault, ANewVaultTakesNoKeyFileOfAnother) {
  TempVault vault;
  VaultOptions options = vault.options();
  options.directory = vault.folder() / "second";
  EXPECT_EQ(Vault::open(options).error().reason, "KEK_IN_USE");
  options.kek_file = options.directory / "kek";
  EXPECT_EQ(Vault::open(options).error().reason, "KEK_BESIDE_DATA");
}

TEST(Vault, AFlippedByteInAnyValueIsFound) {
  TempVault vault;
  const auto minted = mint(vault, 256);
  vault.close();
  VaultStore::Row block;
  {
    const auto store = VaultStore::open(vault.data(), nullptr, /*read_only=*/true);
    block = **(*store)->at_or_before(Family::kBlocks, "");
  }
  for (std::size_t at = 0; at < block.value.size(); at += 1'021) {
    {
      const auto store = VaultStore::open(vault.data(), nullptr);
      std::string changed = block.value;
      changed[at] = static_cast<char>(changed[at] ^ 0x10);
      ASSERT_TRUE((*store)->write({{Family::kBlocks, block.key, changed}}).has_value());
    }
    vault.reopen();
    const auto verified = vault->verify();
    ASSERT_FALSE(verified.has_value()) << "byte " << at;
    EXPECT_EQ(verified.error().reason, "VAULT_DAMAGED");
    vault.close();
  }
}

TEST(Vault, AfterAFailedSyncItAnswersNothingUntilOpenedAgain) {
  FailingEnv env;
  TempVault vault;
  VaultOptions options = vault.options();
  options.env = &env;
  vault.reopen(options);
  const auto minted = mint(vault, 1);
  env.fails = true;
  const auto failed = vault->mint(1);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, Code::kUnavailable);
  EXPECT_EQ(failed.error().reason, "VAULT_UNAVAILABLE");
  EXPECT_TRUE(failed.error().retry_after.has_value());
  env.fails = false;  // the disk says it is well again, but what it holds is not known
  EXPECT_EQ(reason_of(vault->unwrap(minted[0].id)), "VAULT_UNAVAILABLE");
  EXPECT_EQ(vault->destroy(std::vector{minted[0].id}).error().reason, "VAULT_UNAVAILABLE");
  EXPECT_EQ(vault->mint(1).error().reason, "VAULT_UNAVAILABLE");
  vault.reopen();
  EXPECT_EQ(reason_of(vault->unwrap(minted[0].id)), "opened");
}

TEST(Vault, KeysAreReadWhileOthersAreMintedAndDestroyed) {
  TempVault vault;
  const auto minted = mint(vault, 512);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader)
    readers.emplace_back([&, reader] {
      for (std::size_t i = static_cast<std::size_t>(reader); !stop; i = (i + 7) % minted.size()) {
        const auto key = vault->unwrap(minted[i].id);
        const bool may_be_gone = i % 64 == 0;
        if (key ? key->bytes() != minted[i].key.bytes()
                : !(may_be_gone && key.error().reason == "KEY_DESTROYED"))
          ++wrong;
        std::this_thread::yield();  // three that spin could keep the fourth from ever being next
      }
    });
  for (std::size_t i = 0; i < minted.size(); i += 64) {
    destroy(vault, {minted[i].id});
    EXPECT_EQ(reason_of(vault->unwrap(minted[i].id)), "KEY_DESTROYED");
    mint(vault, 256);
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

// Run only by the tests below, in a process of its own. Without a key: opens a new vault.
TEST(VaultCrashChild, DISABLED_DestroysUntilItDies) {
  const std::string point = child_variable("CRASH_POINT");
  const std::string key = child_variable("CRASH_KEY");
  const std::filesystem::path folder = child_variable("CRASH_FOLDER");
  const SystemClock clock;
  const auto vault = Vault::open({.directory = folder / "data",
                                  .kek_file = folder / "keys" / "kek",
                                  .clock = &clock,
                                  .at_point = [&](std::string_view reached) {
                                    if (reached == point) die_now();
                                  }});
  ASSERT_TRUE(vault.has_value()) << vault.error().message;
  if (!key.empty()) {
    ASSERT_TRUE((*vault)->destroy(std::vector<std::string>{key}).has_value());
  }
}

// How the child ended: the signal that killed it, or 0.
int run_child(const std::string& point, const std::filesystem::path& folder,
              const std::string& key) {
  return run_as_child(
      "VaultCrashChild.*",
      {{"CRASH_POINT", point}, {"CRASH_FOLDER", folder.string()}, {"CRASH_KEY", key}});
}

struct CrashPoint {
  const char* name;
  bool destroyed;  // whether the next start finds the key destroyed
};

class VaultCrash : public ::testing::TestWithParam<CrashPoint> {};

TEST_P(VaultCrash, LeavesAVaultThatOpensWithTheKeyEitherThereOrGone) {
  TempVault vault;
  const auto minted = mint(vault, 300);
  destroy(vault, {minted[299].id});
  const std::string token_key(vault->token_key().bytes());
  vault.close();
  const auto old = vault.folder() / "old";
  copy_folder(vault.data(), old);
  ASSERT_EQ(run_child(GetParam().name, vault.folder(), minted[0].id), SIGKILL);

  for (const bool again : {false, true}) {  // a second start finds nothing more to mend
    vault.reopen();
    EXPECT_FALSE(std::filesystem::exists(vault.kek_file().string() + ".next")) << again;
    EXPECT_FALSE(std::filesystem::exists(vault.kek_file().string() + ".old")) << again;
    EXPECT_EQ(reason_of(vault->unwrap(minted[0].id)),
              GetParam().destroyed ? "KEY_DESTROYED" : "opened");
    EXPECT_EQ(reason_of(vault->unwrap(minted[1].id)), "opened");
    EXPECT_EQ(reason_of(vault->unwrap(minted[299].id)), "KEY_DESTROYED");
    EXPECT_EQ(vault->token_key().bytes(), token_key);
    EXPECT_TRUE(vault->verify().has_value());
  }
  // Asked again, as whoever ordered it does, it is done; then the old copy is dead.
  ASSERT_TRUE(vault->destroy(std::vector{minted[0].id}).has_value());
  EXPECT_EQ(reason_of(vault->unwrap(minted[0].id)), "KEY_DESTROYED");
  vault.close();
  VaultOptions options = vault.options();
  options.directory = old;
  EXPECT_EQ(Vault::open(options).error().reason, "KEK_WRONG");
}

INSTANTIATE_TEST_SUITE_P(
    Destruction, VaultCrash,
    ::testing::Values(CrashPoint{"next-kek-written", false}, CrashPoint{"rewrapped", true},
                      CrashPoint{"old-kek-aside", true}, CrashPoint{"new-kek-in-place", true},
                      CrashPoint{"old-kek-wiped", true}, CrashPoint{"files-rewritten", true}),
    [](const auto& instance) {
      std::string name = instance.param.name;
      std::erase(name, '-');
      return name;
    });

TEST(VaultCrash, WhileBeingMadeLeavesAVaultThatCanBeMade) {
  for (const char* point : {"new-kek-written", "new-vault-written"}) {
    const TempFolder folder;
    ASSERT_EQ(run_child(point, folder.path(), ""), SIGKILL);
    const SystemClock clock;
    const auto vault = Vault::open({.directory = folder.path() / "data",
                                    .kek_file = folder.path() / "keys" / "kek",
                                    .clock = &clock});
    ASSERT_TRUE(vault.has_value()) << point << ": " << vault.error().message;
    const auto minted = (*vault)->mint(1);
    ASSERT_TRUE(minted.has_value());
    EXPECT_TRUE((*vault)->unwrap(minted->front().id).has_value());
  }
}

}  // namespace
}  // namespace mash::vault
