#include <gmock/gmock.h>

#include "integration/vault_and_referral.h"
#include "kafka/broker.h"

// Orders to erase, over a real Kafka: mash-referral erases what mash-vault was ordered to.
namespace mash::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

bool is_erased(VaultAndReferral& apart, const referral::v1::SubmitContactResponse& contact) {
  referral::v1::GetReferralRequest request;
  request.set_referral_id(contact.referral_id());
  const auto got = apart.call(kTriage, &referral::v1::ReferralService::Stub::GetReferral, request);
  EXPECT_EQ(told(got), "accepted");
  return got && got->referral().children(0).erased();
}

// A destruction that waits for nobody long: until it is done, or somebody is missing.
bool is_destroyed(VaultAndReferral& apart, const referral::v1::SubmitContactResponse& contact) {
  return eventually([&] { return apart.destroy(contact.child_ids(0)) == "accepted"; }) &&
         is_erased(apart, contact);
}

TEST(ErasingOverKafka, ReachesAServiceApartAndGoesOnWhenItsTopicWasMadeAnew) {
  Broker broker;
  for (const char* topic : {"mash.vault", "mash.referral"}) broker.create_topic(topic);
  VaultAndReferral apart({.brokers = broker.options().brokers});
  const auto first = apart.submit();
  const auto other = apart.submit();
  EXPECT_TRUE(is_destroyed(apart, first)) << apart.feed().DebugString();
  EXPECT_FALSE(is_erased(apart, other));
  EXPECT_TRUE(eventually([&] {
    const auto feed = apart.feed();
    return feed.position() > 0 && feed.behind() == 0 && feed.reason().empty();
  })) << apart.feed().DebugString();
  const auto says = [&](const std::string& what) {
    return eventually([&] { return apart.metrics().find(what) != std::string::npos; });
  };
  EXPECT_TRUE(says("mash_relay_held_up{log=\"referral\"} 0"));
  EXPECT_TRUE(says("mash_relay_behind_records{log=\"referral\"} 0"));
  EXPECT_THAT(apart.metrics(),
              Not(HasSubstr("mash_relay_published_records_total{log=\"referral\"} 0")));
  EXPECT_THAT(apart.metrics(),
              Not(HasSubstr("mash_following_followed_records_total{log=\"referral\","
                            "of=\"mash/E10000013/vault\"} 0")));

  // The topic is made anew, as after a loss: it stops until somebody has looked, and goes on then.
  broker.delete_topic("mash.vault");
  broker.create_topic("mash.vault");
  EXPECT_TRUE(eventually([&] { return apart.feed().stopped(); })) << apart.feed().DebugString();
  EXPECT_EQ(apart.feed().reason(), "FEED_AHEAD_OF_BROKER");
  EXPECT_EQ(apart.retry(), "accepted");
  EXPECT_TRUE(is_destroyed(apart, other)) << apart.feed().DebugString();
}

}  // namespace
}  // namespace mash::testing
