#include "log/lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "core/clock.h"
#include "vault/testing/temp_vault.h"

namespace mash::log {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr size_t kMany = 100;

vault::Hash32 token(uint64_t seed) {
  vault::Hash32 made{};
  for (size_t i = 0; i < made.size(); ++i)
    made[i] = static_cast<uint8_t>((seed + 1) * 0x9E3779B97F4A7C15 >> (i % 8 * 8));
  return made;
}

std::string bytes_of(const vault::Hash32& token) { return {token.begin(), token.begin() + 8}; }

class LookupTest : public ::testing::Test {
 protected:
  LookupTest() { reopen(); }

  void reopen(const std::string& content = "referral@1 people@1") {
    lookup.reset();
    auto opened = Lookup::open({.directory = directory(), .content = content});
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    lookup = std::move(*opened);
  }

  std::filesystem::path directory() const { return folder_.path() / "lookup"; }

  // A person found by these tokens, under a key that is the person's own.
  Uuid add(const std::vector<uint64_t>& seeds) {
    const Uuid id = ids_.next();
    LookupChanges changes{.cursor = lookup->cursor() + 1};
    changes.notes[id] = "noted " + std::to_string(seeds.front());
    for (const auto seed : seeds) changes.added.push_back({token(seed), id, id});
    EXPECT_TRUE(lookup->apply(changes).has_value());
    return id;
  }

  std::vector<Uuid> found(uint64_t seed) const { return lookup->find(token(seed), kMany).value(); }

  // Whether these bytes are in any file.
  bool on_disk(const std::string& bytes) const {
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      std::ostringstream file;
      file << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (file.str().find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  std::unique_ptr<Lookup> lookup;

 private:
  vault::testing::TempFolder folder_;
  ManualClock clock_{Time(1'790'000'000s)};
  IdSource ids_{clock_, 7};
};

TEST_F(LookupTest, FindsWhatWasAddedTheLongestKnownFirst) {
  const Uuid ada = add({1, 2});
  const Uuid ben = add({2, 3});
  EXPECT_THAT(found(1), ElementsAre(ada));
  EXPECT_THAT(found(2), ElementsAre(ada, ben));
  EXPECT_THAT(found(4), IsEmpty());
  EXPECT_THAT(lookup->find(token(2), 1).value(), ElementsAre(ada));
  EXPECT_EQ(lookup->cursor(), 2U);
}

TEST_F(LookupTest, ReplacesWhatAKeyWasFoundBy) {
  const Uuid ada = add({1, 2});
  const Uuid ben = add({1});
  LookupChanges corrected{.replaced = {ada}, .added = {{token(2), ada, ada}}, .cursor = 9};
  ASSERT_TRUE(lookup->apply(corrected).has_value());
  EXPECT_THAT(found(1), ElementsAre(ben));
  EXPECT_THAT(found(2), ElementsAre(ada));
}

TEST_F(LookupTest, KeepsItsEntriesAndItsCursorOverAStart) {
  const Uuid ada = add({1});
  reopen();
  EXPECT_THAT(found(1), ElementsAre(ada));
  EXPECT_EQ(lookup->cursor(), 1U);
}

TEST_F(LookupTest, KeepsTheNewestNoteOfAKey) {
  const Uuid ada = add({1});
  EXPECT_EQ(lookup->note(ada).value(), "noted 1");
  ASSERT_TRUE(lookup->apply({.notes = {{ada, "noted anew"}}, .cursor = 2}).has_value());
  EXPECT_EQ(lookup->note(ada).value(), "noted anew");
  EXPECT_EQ(found(1).size(), 1U);
  EXPECT_EQ(lookup->note(Uuid{}).value(), "");
}

TEST_F(LookupTest, BeginsAnewWhenItsContentIsMadeOtherwise) {
  add({1});
  reopen("referral@2 people@1");
  EXPECT_THAT(found(1), IsEmpty());
  EXPECT_EQ(lookup->cursor(), 0U);
  const Uuid ada = add({1});
  reopen("referral@2 people@1");
  EXPECT_THAT(found(1), ElementsAre(ada));
}

TEST_F(LookupTest, BeginsAnewWhenItsFilesAreDamaged) {
  add({1});
  lookup.reset();
  std::ofstream(directory() / "CURRENT") << "MANIFEST-999999\n";
  reopen();
  EXPECT_THAT(found(1), IsEmpty());
  EXPECT_EQ(lookup->cursor(), 0U);
}

TEST_F(LookupTest, RefusesAFolderThatAnotherHasOpen) {
  add({1});
  const auto second = Lookup::open({.directory = directory(), .content = "referral@1 people@1"});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::kUnavailable);
  EXPECT_EQ(found(1).size(), 1U);
}

// The end of the write-ahead log goes with the power; what is left agrees with its cursor.
TEST_F(LookupTest, LosesItsLastWritesWholeOrNotAtAll) {
  for (uint64_t i = 0; i < 20; ++i) add({i, i + 100, i + 200});
  const auto copy = directory().parent_path() / "after-the-power-cut";
  std::filesystem::copy(directory(), copy, std::filesystem::copy_options::recursive);
  for (const auto& file : std::filesystem::directory_iterator(copy))
    if (file.path().extension() == ".log")
      std::filesystem::resize_file(file.path(), file.file_size() * 2 / 3);
  const auto left = Lookup::open({.directory = copy, .content = "referral@1 people@1"}).value();
  const uint64_t cursor = left->cursor();
  EXPECT_GT(cursor, 0U);
  EXPECT_LT(cursor, 20U);
  for (uint64_t i = 0; i < 20; ++i)
    for (const uint64_t seed : {i, i + 100, i + 200})
      EXPECT_EQ(left->find(token(seed), kMany)->size(), i < cursor ? 1U : 0U) << seed;
}

TEST_F(LookupTest, ErasesAKeysEntriesFromEveryFileAndLeavesTheOthers) {
  const Uuid ada = add({1, 2});
  reopen();  // into a table
  const Uuid ben = add({2, 3});
  ASSERT_TRUE(on_disk(bytes_of(token(1))));
  EXPECT_EQ(lookup->erase(ada.text()).value(), 2U);
  EXPECT_THAT(found(1), IsEmpty());
  EXPECT_THAT(found(2), ElementsAre(ben));
  EXPECT_FALSE(on_disk(bytes_of(token(1))));
  EXPECT_EQ(lookup->note(ada).value(), "");
  EXPECT_TRUE(on_disk(bytes_of(token(2))));
  EXPECT_EQ(lookup->erase(ada.text()).value(), 0U);
}

TEST_F(LookupTest, TakesInNothingMoreUnderAnErasedKey) {
  const Uuid ada = add({1});
  ASSERT_TRUE(lookup->erase(ada.text()).has_value());
  const auto late = [&] {
    return lookup->apply(
        {.added = {{token(1), ada, ada}}, .notes = {{ada, "late"}}, .cursor = lookup->cursor()});
  };
  ASSERT_TRUE(late().has_value());
  EXPECT_THAT(found(1), IsEmpty());
  reopen();
  ASSERT_TRUE(late().has_value());
  EXPECT_THAT(found(1), IsEmpty());
  EXPECT_EQ(lookup->note(ada).value(), "");
}

TEST_F(LookupTest, RefusesToEraseWhatIsNoKey) {
  EXPECT_EQ(lookup->erase("person/1").error().reason, "INVALID_ID");
}

TEST_F(LookupTest, LetsWaitUntilItsReaderHasComeThatFar) {
  EXPECT_FALSE(lookup->wait_until(2, 0ms));
  std::thread reader([&] {
    add({1});
    add({2});
  });
  EXPECT_TRUE(lookup->wait_until(2, 60s));
  EXPECT_EQ(found(2).size(), 1U);
  reader.join();
}

}  // namespace
}  // namespace mash::log
