#include "core/ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <unordered_set>
#include <vector>

namespace mash {
namespace {

using std::chrono::milliseconds;

constexpr Time kStart{milliseconds(1'768'471'200'123)};

TEST(Ids, AreVersionSevenOfTheStandardsVariant) {
  const SystemClock clock;
  IdSource ids(clock);
  for (int i = 0; i < 1000; ++i) {
    const Uuid id = ids.next();
    EXPECT_EQ(id.version(), 7);
    EXPECT_EQ(id.bytes[8] >> 6, 2);
  }
}

TEST(Ids, SayWhenTheyWereMade) {
  const ManualClock clock(kStart + std::chrono::microseconds(999));
  IdSource ids(clock, 1);
  EXPECT_EQ(ids.next().time(), kStart);
}

TEST(Ids, GrowWithinAMillisecond) {
  const ManualClock clock(kStart);
  IdSource ids(clock, 2);
  Uuid last = ids.next();
  std::string last_text = last.text();
  for (int i = 0; i < 100'000; ++i) {
    const Uuid id = ids.next();
    const std::string text = id.text();
    ASSERT_LT(last, id);
    ASSERT_LT(last_text, text);
    last = id;
    last_text = text;
  }
  EXPECT_EQ(last.time(), kStart);
}

TEST(Ids, GrowWhenTheClockIsSetBack) {
  ManualClock clock(kStart);
  IdSource ids(clock, 3);
  const Uuid before = ids.next();
  clock.advance(-std::chrono::hours(1));
  const Uuid after = ids.next();
  EXPECT_LT(before, after);
  EXPECT_EQ(after.time(), kStart);
  clock.advance(std::chrono::hours(2));
  EXPECT_EQ(ids.next().time(), kStart + std::chrono::hours(1));
}

TEST(Ids, AreTheSameFromTheSameSeed) {
  const ManualClock clock(kStart);
  IdSource one(clock, 4), same(clock, 4), other(clock, 5);
  const Uuid id = one.next();
  EXPECT_EQ(id, same.next());
  EXPECT_NE(id, other.next());
}

TEST(Ids, DifferBetweenSourcesWithoutASeed) {
  const ManualClock clock(kStart);
  IdSource one(clock), other(clock);
  std::unordered_set<Uuid> seen;
  for (int i = 0; i < 2000; ++i) {
    EXPECT_TRUE(seen.insert(one.next()).second);
    EXPECT_TRUE(seen.insert(other.next()).second);
  }
}

TEST(Ids, AreUniqueAndGrowInEveryThread) {
  const SystemClock clock;
  IdSource ids(clock);
  std::vector<std::vector<Uuid>> made(4);
  std::vector<std::jthread> threads;
  threads.reserve(made.size());
  for (auto& mine : made)
    threads.emplace_back([&ids, &mine] {
      for (int i = 0; i < 20'000; ++i) mine.push_back(ids.next());
    });
  threads.clear();
  std::unordered_set<Uuid> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), 80'000u);
}

TEST(Ids, ComeBackFromTextAndBytes) {
  const SystemClock clock;
  IdSource ids(clock);
  for (int i = 0; i < 1000; ++i) {
    const Uuid id = ids.next();
    ASSERT_EQ(id.text().size(), 36u);
    ASSERT_EQ(Uuid::parse(id.text()), id);
    ASSERT_EQ(Uuid::from_bytes(id.to_bytes()), id);
  }
}

TEST(Ids, ReadTheStandardsExample) {
  // RFC 9562, appendix A.6.
  const auto id = Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->version(), 7);
  EXPECT_EQ(id->time(), Time(milliseconds(1'645'557'742'000)));
  EXPECT_EQ(id->bytes[15], 0x8f);
}

TEST(Ids, RefuseEveryOtherText) {
  for (const char* text :
       {"", "017f22e2", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}", "017f22e279b07cc398c4dc0c0c07398f0000",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f ",
        " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398\xc3"}) {
    const auto id = Uuid::parse(text);
    ASSERT_FALSE(id.has_value()) << text;
    EXPECT_EQ(id.error().reason, "INVALID_ID");
    EXPECT_EQ(id.error().code, Code::kInvalidArgument);
  }
  EXPECT_FALSE(Uuid::parse(std::string_view("017f22e2-79b0-7cc3-98c4-dc0c0c07398\0", 36)));
}

TEST(Ids, RefuseAnyOtherNumberOfBytes) {
  EXPECT_FALSE(Uuid::from_bytes(""));
  EXPECT_FALSE(Uuid::from_bytes(std::string(15, 'x')));
  EXPECT_FALSE(Uuid::from_bytes(std::string(17, 'x')));
}

}  // namespace
}  // namespace mash
