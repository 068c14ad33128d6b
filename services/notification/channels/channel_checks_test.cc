#include "notification/channels/channel_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "notification/channels/testing/notices.h"
#include "vault/testing/temp_vault.h"

namespace mash::notification {
namespace {

using testing::by_email;
using testing::by_webhook;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kSecret;
using ::testing::Not;
using vault::testing::TempFolder;

EmailSettings good_email() {
  EmailSettings email;
  email.server = "smtp://relay.example:587";
  email.from = "mash@council.example";
  email.domains = {{"police", {"police.example", "police-it.example"}},
                   {"health", {"nhs.example", "health.police.example"}}};
  return email;
}

WebhookSettings good_webhooks() {
  return {.authority = "",
          .hosts = {{"police", {"notices.police.example", "police.example:8443"}},
                    {"health", {"health.example"}}}};
}

std::vector<std::string> fields_at_fault(const v1::Channel& channel,
                                         const std::string& agency = "police") {
  std::vector<std::string> fields;
  for (const FieldFault& fault : faults_of(channel, agency, good_email(), good_webhooks())) {
    fields.push_back(fault.field);
    if (!channel.address().empty()) {
      EXPECT_THAT(fault.description, Not(HasSubstr(channel.address())));
    }
  }
  return fields;
}

TEST(Channel, GoesToTheDomainsAndHostsOfItsAgencyAlone) {
  EXPECT_THAT(fields_at_fault(by_email("d", "duty@north.police.example").channel), IsEmpty());
  EXPECT_THAT(fields_at_fault(by_email("d", "duty@police.example.evil").channel),
              ElementsAre("address"));
  EXPECT_THAT(fields_at_fault(by_email("d", "nobody").channel), ElementsAre("address"));
  EXPECT_THAT(fields_at_fault(by_webhook("d", "https://notices.police.example/a").channel),
              IsEmpty());
  EXPECT_THAT(fields_at_fault(by_webhook("d", "https://police.example:8443/a").channel), IsEmpty());
  for (const char* elsewhere :
       {"https://police.example/a", "https://notices.police.example:8443/",
        "https://sub.notices.police.example/", "https://notices.police.example@evil.example/",
        "http://notices.police.example/"})
    EXPECT_THAT(fields_at_fault(by_webhook("d", elsewhere).channel), ElementsAre("address"))
        << elsewhere;
  for (const char* anothers : {"education", ""}) {
    EXPECT_THAT(fields_at_fault(by_email("d", "duty@police.example").channel, anothers),
                ElementsAre("address"));
    EXPECT_THAT(
        fields_at_fault(by_webhook("d", "https://notices.police.example/a").channel, anothers),
        ElementsAre("address"));
  }
  EXPECT_THAT(fields_at_fault(by_webhook("d", "https://health.example/a").channel),
              ElementsAre("address"));
}

TEST(Channel, IsInTheDomainOfWhicheverAgencyNamesItMostNarrowly) {
  const v1::Channel channel = by_email("d", "duty@a.health.police.example").channel;
  EXPECT_THAT(fields_at_fault(channel, "health"), IsEmpty());
  EXPECT_THAT(fields_at_fault(channel, "police"), ElementsAre("address"));
}

TEST(Channel, MayBeInADomainThatAgenciesShare) {
  const EmailSettings email{
      .domains = {{"education", {"council.example"}}, {"social-care", {"Council.example"}}}};
  const v1::Channel channel = by_email("d", "duty@council.example").channel;
  for (const char* agency : {"education", "social-care"})
    EXPECT_TRUE(may_send(channel, agency, email, {})) << agency;
}

TEST(Channel, OfAKindThatIsNotKnownIsAFault) {
  EXPECT_THAT(fields_at_fault(v1::Channel()), ElementsAre("kind"));
}

TEST(Channel, HasASecretWhereItIsAWebhook) {
  v1::Channel channel = by_webhook("d", "https://notices.police.example/a").channel;
  EXPECT_TRUE(may_send(channel, "police", good_email(), good_webhooks()));
  channel.set_secret("whsec_short");
  EXPECT_THAT(fields_at_fault(channel), ElementsAre("secret"));
  channel.clear_secret();  // the one that is known stays; but nothing is sent without
  EXPECT_THAT(fields_at_fault(channel), IsEmpty());
  EXPECT_FALSE(may_send(channel, "police", good_email(), good_webhooks()));
  channel = by_email("d", "duty@police.example").channel;
  EXPECT_TRUE(may_send(channel, "police", good_email(), good_webhooks()));
  channel.set_secret(kSecret);
  EXPECT_THAT(fields_at_fault(channel), ElementsAre("secret"));
}

TEST(Channels, AreNoneWhereTheSettingsNameNoDomainsAndNoHosts) {
  const v1::Channel email = by_email("d", "duty@police.example").channel;
  EXPECT_FALSE(may_send(email, "police", {}, {}));
  EXPECT_TRUE(check_settings({}, {}, {}).has_value());
}

TEST(Settings, AreRefusedWithEveryFaultByName) {
  const TempFolder folder;
  const std::string no_certificate = folder.path() / "none.pem";
  std::ofstream(no_certificate) << "nothing\n";
  EmailSettings email = good_email();
  email.server = "relay.example:587";
  email.authority = no_certificate;
  email.user = "mash";
  email.password_file = folder.path() / "absent";
  email.from = "mash";
  email.domains["health"].emplace_back("@nhs.example");
  WebhookSettings webhooks = good_webhooks();
  webhooks.authority = folder.path() / "absent";
  webhooks.hosts["education"] = {"school.example", "https://school.example", "a b"};
  SendingLimits limits;
  limits.at_once_max = limits.to_one_host_max = 0;
  limits.connect_max = limits.whole_max = {};
  const auto refused = check_settings(email, webhooks, limits);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "CHANNELS_UNUSABLE");
  EXPECT_THAT(refused.error().message,
              HasSubstr("agencies.health.email_domains no. 3 must be a domain"));
  std::vector<std::string> fields;
  for (const FieldFault& fault : refused.error().faults) {
    fields.push_back(fault.field);
    EXPECT_THAT(refused.error().message, HasSubstr(fault.field + " " + fault.description));
  }
  EXPECT_THAT(fields,
              ElementsAre("smtp.server", "smtp.authority", "smtp.password", "smtp.from",
                          "agencies.health.email_domains", "webhook.authority",
                          "agencies.education.webhook_hosts", "agencies.education.webhook_hosts",
                          "at_once_max", "to_one_host_max", "connect_max", "whole_max"));
}

TEST(Settings, NeedAUserAndAPasswordTogether) {
  const TempFolder folder;
  EmailSettings email = good_email();
  email.user = "mash";
  EXPECT_EQ(check_settings(email, {}, {}).error().faults.front().field, "smtp.password");
  email.password_file = folder.path() / "password";
  std::ofstream(email.password_file) << "\n";
  EXPECT_EQ(check_settings(email, {}, {}).error().faults.front().field, "smtp.password");
  std::ofstream(email.password_file) << "open sesame\n";
  EXPECT_TRUE(check_settings(email, {}, {}).has_value());
  EXPECT_EQ(password_of(email), "open sesame");
  email.user = "";
  EXPECT_EQ(check_settings(email, {}, {}).error().faults.front().field, "smtp.user");
}

TEST(Settings, NeedDomainsWhereThereIsAServer) {
  EmailSettings email = good_email();
  email.domains = {{"police", {}}};
  EXPECT_EQ(check_settings(email, {}, {}).error().faults.front().field, "smtp.server");
}

}  // namespace
}  // namespace mash::notification
