#include "node/lease_book.h"

#include <gtest/gtest.h>

namespace mash::node {
namespace {

using std::chrono::seconds;

const LeaseBook::TimePoint kStart{seconds(1'000)};

vault::DataKey key(const std::string& id, int lasts) {
  return {.id = id, .key = vault::SecretKey::random(), .until = kStart + seconds(lasts)};
}

TEST(LeaseBook, AKeyLastsToTheEndOfItsLease) {
  LeaseBook book(10);
  book.put(key("a", 60), book.generation());
  EXPECT_TRUE(book.find("a", kStart + seconds(59)).has_value());
  EXPECT_FALSE(book.find("a", kStart + seconds(60)).has_value());
  EXPECT_FALSE(book.find("b", kStart).has_value());
}

TEST(LeaseBook, WhatIsInUseIsDueAndWhatIsNotGoes) {
  LeaseBook book(10);
  book.put(key("a", 60), book.generation());
  book.put(key("b", 60), book.generation());
  EXPECT_TRUE(book.due(kStart, kStart + seconds(30)).empty());
  EXPECT_EQ(book.due(kStart + seconds(35), kStart + seconds(65)).size(), 2u);
  book.renew(key("a", 95), book.generation());
  book.renew(key("b", 95), book.generation());
  EXPECT_TRUE(book.find("a", kStart + seconds(60)).has_value());  // b is not asked for any more
  EXPECT_EQ(book.due(kStart + seconds(70), kStart + seconds(100)), std::vector<std::string>{"a"});
  EXPECT_TRUE(book.due(kStart + seconds(95), kStart + seconds(125)).empty());
  book.renew(key("b", 150), book.generation());
  EXPECT_FALSE(book.find("b", kStart + seconds(100)).has_value()) << "it was forgotten";
}

TEST(LeaseBook, AKeyDroppedWhileItWasAskedForDoesNotComeBack) {
  LeaseBook book(10);
  const auto before = book.generation();
  book.put(key("a", 60), before);
  book.drop("a");
  book.put(key("a", 60), before);
  book.renew(key("a", 60), before);
  EXPECT_FALSE(book.find("a", kStart).has_value());
}

TEST(LeaseBook, HoldsAtMostSoMany) {
  LeaseBook book(2);
  for (const char* id : {"a", "b", "c"}) book.put(key(id, 60), book.generation());
  EXPECT_TRUE(book.find("a", kStart).has_value());
  EXPECT_FALSE(book.find("c", kStart).has_value());
}

}  // namespace
}  // namespace mash::node
