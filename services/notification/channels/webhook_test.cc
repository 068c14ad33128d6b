#include "notification/channels/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "merkle/encoding.h"
#include "notification/channels/testing/notices.h"

namespace mash::notification {
namespace {

using testing::a_notice;
using testing::at;
using testing::by_webhook;
using ::testing::ElementsAre;
using testing::kSecret;

// The vector of the specification's own libraries.
TEST(WebhookSignature, IsTheSpecifications) {
  EXPECT_EQ(webhook_signature(webhook_key(kSecret).value(), "msg_p5jXN8AQM9LWM0D4loKWxJek",
                              1'614'265'330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSecret, HoldsTwentyFourToSixtyFourBytes) {
  const auto secret_of = [](std::size_t bytes) {
    return "whsec_" + merkle::base64_encode(std::string(bytes, 'k'));
  };
  EXPECT_FALSE(webhook_key(secret_of(23)));
  EXPECT_EQ(webhook_key(secret_of(24)), std::string(24, 'k'));
  EXPECT_EQ(webhook_key(secret_of(64)), std::string(64, 'k'));
  EXPECT_FALSE(webhook_key(secret_of(65)));
  for (const char* bad :
       {"", "whsec_", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    EXPECT_FALSE(webhook_key(bad)) << bad;
}

TEST(WebhookBody, IsTheNoticeWithTheProtosNames) {
  const auto body = nlohmann::json::parse(webhook_body(a_notice()));
  EXPECT_EQ(body["type"], "mash.notice.raised");
  EXPECT_EQ(body["timestamp"], "2026-07-01T13:30:00.250Z");
  EXPECT_EQ(body["data"]["notice_id"], "01925f3a-7c1e-7b43-9d52-0242ac120002");
  EXPECT_EQ(body["data"]["urgency"], "URGENCY_IMMEDIATE");
  EXPECT_EQ(body["data"]["about"][0]["kind"], "referral");
  EXPECT_EQ(body.size(), 3u);
}

TEST(WebhookCall, SignsTheAttemptsTime) {
  const auto outgoing = by_webhook("d-1", "https://police.example/");
  const auto call = webhook_call(outgoing, at("2026-07-01T13:30:05.9Z"));
  EXPECT_EQ(call.body, webhook_body(outgoing.notice));
  EXPECT_THAT(call.headers, ElementsAre("content-type: application/json", "webhook-id: d-1",
                                        "webhook-timestamp: 1782912605",
                                        "webhook-signature: " +
                                            webhook_signature(webhook_key(kSecret).value(), "d-1",
                                                              1'782'912'605, call.body)));
}

}  // namespace
}  // namespace mash::notification
