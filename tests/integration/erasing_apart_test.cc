#include <gmock/gmock.h>

#include "integration/vault_and_referral.h"

// A service apart follows the vault's log for what it is to erase: how that stands, an operator
// sees as of any feed. (tests/kafka has it erase.)
namespace mash::testing {
namespace {

using ::testing::HasSubstr;

TEST(ErasingApart, IsSeenAndToldToGoOnLikeAnyFeed) {
  VaultAndReferral apart({});
  apart.submit();
  EXPECT_TRUE(eventually([&] { return apart.feed().reason() == "KAFKA_UNAVAILABLE"; }))
      << apart.feed().DebugString();
  EXPECT_EQ(apart.feed().feed(), "mash/E10000013/vault");
  EXPECT_EQ(apart.retry(), "accepted");
  EXPECT_EQ(apart.retry("destruction/k-1"), "STREAM_NOT_PARKED");
  const std::string of = "{log=\"referral\",of=\"mash/E10000013/vault\"}";
  EXPECT_TRUE(eventually([&] {
    return apart.metrics().find("mash_following_held_up" + of + " 1") != std::string::npos;
  }));
  const std::string metrics = apart.metrics();
  EXPECT_THAT(metrics, HasSubstr("mash_following_behind_records" + of + " 0"));
  EXPECT_THAT(metrics, HasSubstr("# TYPE mash_following_followed_records_total counter"));
  EXPECT_THAT(metrics, HasSubstr("mash_following_followed_records_total" + of + " 0"));
  // Nor is the log published.
  EXPECT_TRUE(eventually([&] {
    return apart.metrics().find("mash_relay_held_up{log=\"referral\"} 1") != std::string::npos;
  }));
  EXPECT_THAT(metrics, HasSubstr("# TYPE mash_relay_published_records_total counter"));
  EXPECT_THAT(metrics, HasSubstr("mash_relay_published_records_total{log=\"referral\"} 0"));
}

// Whichever place the vault's part is given.
TEST(PartsOfAProcess, AreAllReachedByTheVault) {
  TestHub hub({}, {}, [] { return std::vector<node::Part>{vault::part(), referral::part()}; });
  const auto taken =
      hub.call(kPolice, &referral::v1::ReferralService::Stub::SubmitContact, contact_to_erase());
  ASSERT_EQ(told(taken), "accepted");
  const auto destroyed = hub.call(kRecordsManager, &vault::v1::VaultService::Stub::DestroyKey,
                                  destruction_of(taken->child_ids(0)));
  ASSERT_EQ(told(destroyed), "accepted");
  EXPECT_GT(destroyed->sealed_parts_removed(), 0U);
}

}  // namespace
}  // namespace mash::testing
