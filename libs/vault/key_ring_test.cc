#include "vault/key_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "core/ids.h"
#include "vault/key_cache.h"
#include "vault/testing/failing_env.h"
#include "vault/testing/temp_vault.h"
#include "vault/vault_errors.h"

namespace mash::vault {
namespace {

using testing::FailingEnv;
using testing::TempVault;

const std::chrono::steady_clock::time_point kNow{};

DataKey key_of(const Uuid& id) { return {.id = id.text(), .key = SecretKey::random()}; }

std::string reason_of(const Result<std::string>& result) {
  return result ? "opened" : result.error().reason;
}

TEST(KeyRing, SealsUnderFreshKeysAndOpensAgainAfterARestart) {
  TempVault vault;
  std::vector<std::pair<std::string, std::string>> sealed;
  {
    KeyRing ring(*vault);
    for (int i = 0; i < 20; ++i) {
      const std::string id = ring.fresh_key_id().value();
      sealed.emplace_back(id, ring.seal(id, "place", "text " + std::to_string(i)).value());
    }
  }
  vault.reopen();
  KeyRing ring(*vault);
  for (std::size_t i = 0; i < sealed.size(); ++i)
    EXPECT_EQ(ring.open(sealed[i].first, "place", sealed[i].second).value(),
              "text " + std::to_string(i));
  EXPECT_EQ(reason_of(ring.open(sealed[0].first, "elsewhere", sealed[0].second)),
            "SEALED_PART_DAMAGED");
  EXPECT_EQ(reason_of(ring.open(sealed[1].first, "place", sealed[0].second)),
            "SEALED_PART_DAMAGED");
}

TEST(KeyRing, GivesEveryIdOnceToAnyNumberOfThreadsHoweverFastTheyAsk) {
  TempVault vault;
  KeyRing ring(*vault, {.keys_cached_max = 1'024, .fresh_keys_max = 512});
  std::mutex mutex;
  std::set<std::string> ids;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&] {
      std::vector<std::string> mine;
      for (int i = 0; i < 2'000; ++i) mine.push_back(ring.fresh_key_id().value());
      const std::lock_guard lock(mutex);
      ids.insert(mine.begin(), mine.end());
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), 8'000u);
  for (const std::string& id : ids) ASSERT_TRUE(vault->unwrap(id).has_value());
}

TEST(KeyRing, EveryRingForgetsADestroyedKeyBeforeDestroyReturns) {
  TempVault vault;
  KeyRing one(*vault);
  KeyRing other(*vault);
  const std::string id = one.fresh_key_id().value();
  const std::string sealed = one.seal(id, "", "Ann Other").value();
  ASSERT_EQ(other.open(id, "", sealed).value(), "Ann Other");
  ASSERT_TRUE(vault->destroy(std::vector{id}).has_value());
  for (KeyRing* ring : {&one, &other}) {
    EXPECT_EQ(reason_of(ring->open(id, "", sealed)), "KEY_DESTROYED");
    EXPECT_EQ(reason_of(ring->seal(id, "", "more")), "KEY_DESTROYED");
  }
}

TEST(KeyRing, WithTheVaultAwayGoesOnWithWhatItHoldsAndThenSaysSo) {
  FailingEnv env;
  TempVault vault;
  VaultOptions options = vault.options();
  options.env = &env;
  vault.reopen(options);
  const std::string not_held = (*vault).mint(1).value().front().id;
  KeyRing ring(*vault, {.keys_cached_max = 4'096, .fresh_keys_max = 256});
  const std::string early = ring.fresh_key_id().value();
  const std::string sealed = ring.seal(early, "", "before").value();

  env.fails = true;
  int given = 0;
  Result<std::string> id;
  for (id = ring.fresh_key_id(); id; id = ring.fresh_key_id()) {
    ASSERT_TRUE(ring.seal(*id, "", "intake goes on").has_value());
    ASSERT_LT(++given, 1'000);
  }
  EXPECT_EQ(given, 255);
  EXPECT_EQ(id.error().code, Code::kUnavailable);
  EXPECT_EQ(id.error().reason, "VAULT_UNAVAILABLE");
  EXPECT_TRUE(id.error().retry_after.has_value());
  EXPECT_EQ(ring.open(early, "", sealed).value(), "before");
  EXPECT_EQ(reason_of(ring.seal(not_held, "", "x")), "VAULT_UNAVAILABLE");
}

// A vault that gives its keys on a lease, as one of another process does, and can be away.
class LeasingVault final : public KeySource {
 public:
  Result<std::vector<DataKey>> mint(std::size_t count) override {
    if (is_away) return vault_unavailable("It is away.");
    return vault_->mint(std::min(count, minted_at_once_max)).map([&](std::vector<DataKey> keys) {
      for (DataKey& key : keys) key.until = now.load() + std::chrono::hours(2);
      return keys;
    });
  }
  Result<DataKey> lease(std::string_view key_id) override {
    ++asked;
    if (is_away) return vault_unavailable("It is away.");
    return vault_->lease(key_id).map([&](DataKey key) {
      key.until = now.load() + std::chrono::minutes(1);
      return key;
    });
  }
  std::vector<DataKey> lease_all(const std::vector<std::string>& key_ids) override {
    ++asked;
    most_at_once = std::max<std::size_t>(most_at_once, key_ids.size());
    std::vector<DataKey> keys;
    if (is_away) return keys;
    for (const std::string& key_id : key_ids)
      if (auto key = vault_->lease(key_id)) {
        key->until = now.load() + std::chrono::minutes(1);
        keys.push_back(std::move(*key));
      }
    if (before_answer) before_answer();
    return keys;
  }
  Result<std::optional<std::chrono::steady_clock::time_point>> hold_ahead(
      const std::vector<std::string>&) override {
    if (is_away) return vault_unavailable("It is away.");
    return now.load() + std::chrono::hours(2);
  }
  SecretKey token_key() const override { return token_key_.copy(); }
  std::shared_ptr<void> on_destroyed(std::function<void(std::string_view)> forget) override {
    return vault_->on_destroyed(std::move(forget));
  }

  std::atomic<std::chrono::steady_clock::time_point> now{};
  std::atomic<bool> is_away{false};
  std::atomic<int> asked{0};
  std::size_t most_at_once = 0;
  std::size_t minted_at_once_max = 65'536;
  std::function<void()> before_answer;
  TempVault& vault() { return vault_; }

 private:
  TempVault vault_;
  const SecretKey token_key_ = vault_->token_key();
};

TEST(KeyRing, UsesNoKeyPastItsLeaseAndAsksForItAgain) {
  LeasingVault vault;
  const KeyRingOptions options{.now = [&] { return vault.now.load(); }, .fresh_keys_max = 256};
  KeyRing taking(vault, options);
  KeyRing reading(vault, options);
  const auto pass = [&](auto time) { vault.now = vault.now.load() + time; };
  const std::string id = taking.fresh_key_id().value();
  const std::string sealed = taking.seal(id, "", "text").value();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(reading.open(id, "", sealed).value(), "text");
  EXPECT_EQ(vault.asked, 1);
  pass(std::chrono::seconds(60));
  EXPECT_EQ(reading.open(id, "", sealed).value(), "text");
  EXPECT_EQ(vault.asked, 2);

  vault.is_away = true;
  pass(std::chrono::seconds(59));
  EXPECT_EQ(reason_of(reading.open(id, "", sealed)), "opened");
  pass(std::chrono::seconds(1));
  EXPECT_EQ(reason_of(reading.open(id, "", sealed)), "VAULT_UNAVAILABLE");
  EXPECT_EQ(reason_of(taking.open(id, "", sealed)), "opened") << "it was minted for longer";
  pass(std::chrono::minutes(117));
  const Result<std::string> late = taking.fresh_key_id();
  ASSERT_TRUE(late.has_value());
  EXPECT_TRUE(taking.seal(*late, "", "intake goes on").has_value());
  pass(std::chrono::minutes(1));
  EXPECT_EQ(reason_of(taking.open(id, "", sealed)), "VAULT_UNAVAILABLE");
  EXPECT_EQ(reason_of(taking.seal(*late, "", "x")), "VAULT_UNAVAILABLE");
  EXPECT_EQ(reason_of(taking.fresh_key_id()), "VAULT_UNAVAILABLE");
  vault.is_away = false;
  EXPECT_EQ(reason_of(taking.open(id, "", sealed)), "opened");
  EXPECT_EQ(reason_of(taking.fresh_key_id()), "opened");
}

TEST(KeyRing, GivesAllTheKeysThatAreAskedForTogetherOrNone) {
  LeasingVault vault;
  KeyRing ring(vault, {.now = [&] { return vault.now.load(); }, .fresh_keys_max = 256});
  vault.is_away = true;
  std::set<std::string> given;
  const auto take = [&](std::size_t count) -> std::string {
    const auto ids = ring.fresh_key_ids(count);
    if (!ids) return ids.error().reason;
    EXPECT_EQ(ids->size(), count);
    given.insert(ids->begin(), ids->end());
    return "given";
  };
  EXPECT_EQ(take(0), "given");
  EXPECT_EQ(take(250), "given");
  EXPECT_EQ(take(7), "VAULT_UNAVAILABLE");
  EXPECT_EQ(ring.ahead().keys, 6U) << "what is refused takes none from whoever needs fewer";
  EXPECT_EQ(take(6), "given");
  EXPECT_EQ(take(1), "VAULT_UNAVAILABLE");
  EXPECT_EQ(given.size(), 256U);
  for (const std::string& id : given) EXPECT_EQ(reason_of(ring.seal(id, "", "text")), "opened");
  vault.is_away = false;
  EXPECT_EQ(take(1'000), "given") << "more than it holds are minted when they are asked for";
  EXPECT_EQ(given.size(), 1'256U);
}

TEST(KeyRing, IsFullFromTheFirstOnAlsoWhereItsSourceGivesFewAtOnce) {
  LeasingVault vault;
  vault.minted_at_once_max = 256;
  KeyRing ring(vault, {.now = [&] { return vault.now.load(); }, .fresh_keys_max = 2'048});
  EXPECT_EQ(ring.ahead().keys, 2'048U);
}

TEST(KeyRing, SaysHowManyKeysAreLeftForHowLongAndHowManyWereTaken) {
  using std::chrono::minutes;
  LeasingVault vault;
  KeyRing ring(vault, {.now = [&] { return vault.now.load(); }, .fresh_keys_max = 256});
  EXPECT_EQ(ring.ahead().keys, 256U);
  EXPECT_EQ(ring.ahead().lasts, minutes(120));
  EXPECT_EQ(ring.ahead().taken, 0U);
  ASSERT_TRUE(ring.fresh_key_ids(10).has_value() && ring.fresh_key_id().has_value());
  vault.is_away = true;
  vault.now = vault.now.load() + minutes(119);
  EXPECT_EQ(ring.ahead().keys, 245U);
  EXPECT_EQ(ring.ahead().lasts, minutes(1));
  EXPECT_EQ(ring.ahead().taken, 11U);
  vault.now = vault.now.load() + minutes(1);
  EXPECT_EQ(ring.ahead().keys, 0U) << "none may be used any more";
  EXPECT_EQ(ring.ahead().lasts, std::nullopt);
  EXPECT_FALSE(ring.fresh_key_id().has_value());
  EXPECT_EQ(ring.ahead().taken, 11U);

  TempVault inside;
  KeyRing lasting(*inside, {.fresh_keys_max = 256});
  EXPECT_EQ(lasting.ahead().keys, 256U);
  EXPECT_EQ(lasting.ahead().lasts, std::nullopt) << "for ever";
}

TEST(KeyRing, AsksForAPageOfKeysOnce) {
  LeasingVault vault;
  const KeyRingOptions options{.now = [&] { return vault.now.load(); }, .fresh_keys_max = 512};
  KeyRing taking(vault, options);
  KeyRing reading(vault, options);
  std::vector<std::string> ids;
  std::vector<std::string> sealed;
  for (int i = 0; i < 200; ++i) {
    ids.push_back(taking.fresh_key_id().value());
    sealed.push_back(taking.seal(ids.back(), "", "text").value());
  }
  ASSERT_TRUE(vault.vault()->destroy(std::vector{ids[7]}).has_value());
  std::vector<std::string> twice = ids;
  twice.insert(twice.end(), ids.begin(), ids.end());
  twice.emplace_back("no id");
  reading.hold(twice);
  EXPECT_EQ(vault.asked, 1);
  EXPECT_EQ(vault.most_at_once, 200U);
  for (std::size_t i = 0; i < ids.size(); ++i)
    EXPECT_EQ(reason_of(reading.open(ids[i], "", sealed[i])), i == 7 ? "KEY_DESTROYED" : "opened");
  EXPECT_EQ(vault.asked, 2) << "of the one that is destroyed the vault's answer counts";
  reading.hold(ids);
  EXPECT_EQ(vault.asked, 2) << "all that there are are held";
  vault.now = vault.now.load() + std::chrono::minutes(1);
  reading.hold({ids[0]});
  EXPECT_EQ(vault.asked, 2) << "one is asked for when it is used";
  vault.is_away = true;
  reading.hold(ids);
  EXPECT_EQ(reason_of(reading.open(ids[0], "", sealed[0])), "VAULT_UNAVAILABLE");
}

TEST(KeyRing, HoldsNoKeyThatWasDestroyedWhileItAsked) {
  LeasingVault vault;
  KeyRing ring(vault, {.now = [&] { return vault.now.load(); }, .fresh_keys_max = 256});
  const std::vector<std::string> ids{ring.fresh_key_id().value(), ring.fresh_key_id().value()};
  const std::string sealed = ring.seal(ids[0], "", "text").value();
  vault.now = vault.now.load() + std::chrono::hours(3);
  vault.before_answer = [&] {
    ASSERT_TRUE(vault.vault()->destroy(std::vector{ids[0]}).has_value());
  };
  ring.hold(ids);
  EXPECT_EQ(reason_of(ring.open(ids[0], "", sealed)), "KEY_DESTROYED");
}

TEST(KeyRing, TokensAreTheSameInEveryRingAndRunAndApartByDomain) {
  TempVault vault;
  Hash32 first{};
  {
    KeyRing ring(*vault);
    first = ring.token("nhs-number", "9434765919");
    const std::string id = ring.fresh_key_id().value();
    ASSERT_TRUE(vault->destroy(std::vector{id}).has_value());
  }
  vault.reopen();
  KeyRing ring(*vault);
  EXPECT_EQ(ring.token("nhs-number", "9434765919"), first);
  EXPECT_NE(ring.token("request", "9434765919"), first);
  EXPECT_NE(ring.token("nhs-number", "9434765870"), first);
  TempVault elsewhere;
  KeyRing other(*elsewhere);
  EXPECT_NE(other.token("nhs-number", "9434765919"), first);
}

TEST(KeyRing, NobodyOpensAKeyAfterItsDestructionReturnedHoweverMuchTheyTry) {
  TempVault vault;
  KeyRing ring(*vault, {.keys_cached_max = 64, .fresh_keys_max = 256});
  struct Subject {
    std::string id;
    std::string sealed;
    std::atomic<bool> destroyed{false};
  };
  std::vector<Subject> subjects(40);
  for (Subject& subject : subjects) {
    subject.id = ring.fresh_key_id().value();
    subject.sealed = ring.seal(subject.id, "", "secret").value();
  }
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<int> opened{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader)
    readers.emplace_back([&] {
      for (std::size_t i = 0; !stop; i = (i + 1) % subjects.size()) {
        ring.drop(subjects[i].id);  // so that it is fetched anew, racing with the destruction
        const bool was_destroyed = subjects[i].destroyed;
        const auto result = ring.open(subjects[i].id, "", subjects[i].sealed);
        if (result ? was_destroyed : result.error().reason != "KEY_DESTROYED") ++wrong;
        if (result) ++opened;
      }
    });
  while (opened == 0) std::this_thread::yield();  // they have begun
  for (std::size_t i = 0; i < subjects.size(); i += 4) {
    ASSERT_TRUE(vault->destroy(std::vector{subjects[i].id}).has_value());
    subjects[i].destroyed = true;
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(opened, 0);
  for (const Subject& subject : subjects)
    EXPECT_EQ(reason_of(ring.open(subject.id, "", subject.sealed)),
              subject.destroyed ? "KEY_DESTROYED" : "opened");
}

TEST(KeyCache, HoldsAtMostSoManyKeysAndTheOnesUsedLast) {
  KeyCache cache(160);  // ten for each of its shards
  const ManualClock clock{Time{}};
  IdSource ids(clock, 7);
  const Uuid favourite = ids.next();
  cache.put(key_of(favourite), 0);
  std::vector<Uuid> others;
  for (int i = 0; i < 2'000; ++i) {
    others.push_back(ids.next());
    cache.put(key_of(others.back()), 0);
    EXPECT_TRUE(cache.find(favourite, kNow).key.has_value());
  }
  const auto held = std::ranges::count_if(
      others, [&](const Uuid& id) { return cache.find(id, kNow).key.has_value(); });
  EXPECT_LE(held, 160);
  EXPECT_GE(held, 100);
}

TEST(KeyCache, AKeyDroppedWhileItWasBeingFetchedDoesNotComeBack) {
  KeyCache cache(160);
  const ManualClock clock{Time{}};
  IdSource ids(clock, 7);
  const Uuid id = ids.next();
  const auto asked = cache.find(id, kNow);  // not there: a thread goes to the vault for it
  ASSERT_FALSE(asked.key.has_value());
  cache.drop(id);  // destroyed meanwhile
  cache.put(key_of(id), asked.generation);
  EXPECT_FALSE(cache.find(id, kNow).key.has_value());
}

}  // namespace
}  // namespace mash::vault
