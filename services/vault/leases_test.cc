#include "vault/leases.h"

#include <gtest/gtest.h>

#include <thread>

namespace mash::vault {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Leases by a clock that stands still, two hours and more after their start: what was given before
// it is over.
class LeasesTest : public ::testing::Test {
 protected:
  LeasesTest() { now_ += hours(3); }

  std::string id() { return ids_.next_text(); }
  std::string said(const std::string& holder, const std::string& key_id) {
    const auto dropped = leases_.dropped(holder, key_id);
    return dropped ? std::to_string(*dropped) : dropped.error().reason;
  }

  const ManualClock clock_{Time(seconds(1'790'000'000))};
  IdSource ids_{clock_, 7};
  Leases::TimePoint now_{hours(1)};
  Leases leases_{{.confirming = milliseconds(0)}, [this] { return now_; }};
};

TEST_F(LeasesTest, AKeyIsFreeWhenItsHolderSaysSoOrItsLeaseIsOver) {
  const std::string key = id();
  leases_.destroyed(key);
  EXPECT_EQ(said("referral", key), "HOLDER_AWAY");
  leases_.confirm("referral", key, 3);
  leases_.confirm("referral", key, 0);  // again, after a restart: nothing was left
  EXPECT_EQ(said("referral", key), "3");
  EXPECT_EQ(said("sharing", key), "HOLDER_AWAY");
  now_ += seconds(64);
  EXPECT_EQ(said("sharing", key), "HOLDER_AWAY");
  now_ += seconds(1);
  EXPECT_EQ(said("sharing", key), "0");
}

TEST_F(LeasesTest, WhatWasGivenAheadMayBeHeldForLonger) {
  const std::string first = id();
  const std::string between = id();
  const std::string last = id();
  const std::string later = id();
  leases_.given_ahead(first, last);
  for (const std::string& key : {first, between, last, later}) leases_.destroyed(key);
  now_ += minutes(2);
  EXPECT_EQ(said("referral", later), "0");
  for (const std::string& key : {first, between, last})
    EXPECT_EQ(said("referral", key), "HOLDER_AWAY");
  now_ += minutes(58);
  leases_.given_ahead(between, between);
  now_ += minutes(61);
  EXPECT_EQ(said("referral", first), "HOLDER_AWAY") << "a span lasts as long as any of it";
  now_ += hours(1);
  for (const std::string& key : {first, between, last}) EXPECT_EQ(said("referral", key), "0");
}

TEST(Leases, AfterAStartEveryKeyMayHaveBeenGivenAheadTheMomentBefore) {
  const ManualClock clock{Time(seconds(1'790'000'000))};
  IdSource ids(clock, 7);
  Leases::TimePoint now{hours(1)};
  Leases leases({.confirming = milliseconds(0)}, [&] { return now; });
  const std::string key = ids.next_text();
  leases.destroyed(key);
  now += minutes(119);
  EXPECT_EQ(leases.dropped("referral", key).error().reason, "HOLDER_AWAY");
  now += minutes(2);
  EXPECT_TRUE(leases.dropped("referral", key).has_value());
}

TEST_F(LeasesTest, ManySpansBecomeFewerAndNoneShorter) {
  std::vector<std::string> keys;
  for (int i = 0; i < 40'000; ++i) {
    keys.push_back(id());
    leases_.given_ahead(keys.back(), keys.back());
    now_ += milliseconds(1);
    ASSERT_LE(leases_.spans(), 16'384u);
  }
  for (std::size_t i = 0; i < keys.size(); i += 997) leases_.destroyed(keys[i]);
  now_ += hours(2) - minutes(1);
  for (std::size_t i = 0; i < keys.size(); i += 997)
    ASSERT_EQ(said("referral", keys[i]), "HOLDER_AWAY") << i;
  now_ += minutes(2);
  for (std::size_t i = 0; i < keys.size(); i += 997) ASSERT_EQ(said("referral", keys[i]), "0") << i;
}

TEST(Leases, WhoWaitsHearsOfAConfirmationAtOnce) {
  Leases leases({.confirming = milliseconds(60'000)});
  const std::string key = "01925f3a-7c1e-7b43-9d52-0242ac120002";
  leases.destroyed(key);
  std::jthread service([&] { leases.confirm("referral", key, 2); });
  EXPECT_EQ(leases.dropped("referral", key).value(), 2u);
}

}  // namespace
}  // namespace mash::vault
