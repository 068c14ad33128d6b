#include "host/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mash/vault/v1/vault_service.pb.h"

namespace mash::host {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, CountCallsByMethodAndCode) {
  const auto access = Access::of(std::vector<std::string>{"mash.vault.v1.VaultService"});
  ASSERT_TRUE(access);
  Metrics metrics(*access);
  const Method& method = access->method_of(*vault::v1::DestroyKeyRequest::descriptor());
  metrics.call_started();
  metrics.call_started();
  metrics.call_answered(method, 7, std::chrono::milliseconds(3));
  metrics.watch("mash_log_size", "Records.", {{"log", "referral"}}, [] { return 42.0; });

  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("mash_calls_in_flight 1"));
  EXPECT_THAT(text, HasSubstr("code=\"PERMISSION_DENIED\",method="
                              "\"mash.vault.v1.VaultService/DestroyKey\"} 1"));
  EXPECT_THAT(text, HasSubstr("mash_log_size{log=\"referral\"} 42"));
}

TEST(Metrics, SayOfEachNameOnceWhatItIs) {
  const auto access = Access::of(std::vector<std::string>{"mash.vault.v1.VaultService"});
  ASSERT_TRUE(access);
  Metrics metrics(*access);
  for (const char* log : {"referral", "vault"}) {
    metrics.watch("mash_log_size", "Records.", {{"log", log}}, [] { return 42.0; });
    metrics.watch("mash_log_seen_total", "Seen.", {{"log", log}}, [] { return 7.0; });
  }
  EXPECT_THAT(metrics.text(), HasSubstr("# HELP mash_log_size Records.\n"
                                        "# TYPE mash_log_size gauge\n"
                                        "mash_log_size{log=\"referral\"} 42\n"
                                        "mash_log_size{log=\"vault\"} 42\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("# HELP mash_log_seen_total Seen.\n"
                                        "# TYPE mash_log_seen_total counter\n"
                                        "mash_log_seen_total{log=\"referral\"} 7\n"
                                        "mash_log_seen_total{log=\"vault\"} 7\n"));
}

TEST(Metrics, AreServedOnceAnAddress) {
  const auto access = Access::of(std::vector<std::string>{"mash.vault.v1.VaultService"});
  ASSERT_TRUE(access);
  Metrics first(*access);
  ASSERT_TRUE(first.serve("127.0.0.1:0"));
  ASSERT_GT(first.port(), 0);
  Metrics second(*access);
  const auto refused = second.serve("127.0.0.1:" + std::to_string(first.port()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "ADDRESS_IN_USE");
}

}  // namespace
}  // namespace mash::host
