#include "notification/channels/addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mash::notification {
namespace {

using ::testing::Optional;

TEST(Email, IsAsSmtpTakesItWithoutExtensions) {
  for (const char* good : {"duty@police.example", "duty.desk+mash@a-b.police.example", "o'neill@x",
                           "a@localhost", "!#$%&'*+-/=?^_`{|}~@x.example"})
    EXPECT_TRUE(is_email(good)) << good;
  for (const char* bad : {"",
                          "@",
                          "duty",
                          "duty@",
                          "@police.example",
                          "a@b@c",
                          "a..b@c",
                          ".a@c",
                          "a.@c",
                          "a@b..c",
                          "a@.c",
                          "a@c.",
                          "a@-b",
                          "a@b-",
                          "a b@c",
                          "\"a b\"@c",
                          "a@[127.0.0.1]",
                          "a@c d",
                          "a@c\r\n",
                          "a\r\nRCPT TO:<b@d>@c",
                          "a@c>",
                          "Duty <a@c>",
                          "d\xC3\xBCty@c",
                          "a@b\xC3\xBC",
                          "a@b_c",
                          "a,b@c",
                          "a:b@c",
                          "a;b@c",
                          "a\\@c"})
    EXPECT_FALSE(is_email(bad)) << bad;
}

TEST(Email, HasBounds) {
  EXPECT_TRUE(is_email(std::string(64, 'a') + "@x"));
  EXPECT_FALSE(is_email(std::string(65, 'a') + "@x"));
  const std::string label(63, 'b');
  EXPECT_TRUE(is_email("a@" + label + "." + label + "." + label));
  EXPECT_FALSE(is_email("a@" + label + "." + label + "." + label + "." + label));
  EXPECT_FALSE(is_email("a@b" + label));
}

TEST(Domain, IsUnderItselfAndWhatItEndsWithAfterADot) {
  EXPECT_TRUE(is_under("police.example", "police.example"));
  EXPECT_TRUE(is_under("North.Police.Example", "police.example"));
  EXPECT_TRUE(is_under("police.example", "POLICE.example"));
  EXPECT_FALSE(is_under("notpolice.example", "police.example"));
  EXPECT_FALSE(is_under("police.example.evil", "police.example"));
  EXPECT_FALSE(is_under("example", "police.example"));
}

TEST(WebhookUrl, LeadsToAHostAndPort) {
  EXPECT_THAT(called_by("https://Notices.Health.example/mash?a=b"),
              Optional(std::string("notices.health.example:443")));
  EXPECT_THAT(called_by("https://health.example:8443"),
              Optional(std::string("health.example:8443")));
  EXPECT_THAT(called_by("https://[::1]:8443/x"), Optional(std::string("[::1]:8443")));
}

TEST(WebhookUrl, IsHttpsWithoutCredentialsAndHoldsWhatUrlsHold) {
  for (const char* bad : {"",
                          "health.example",
                          "http://health.example/",
                          "HTTPS://health.example/",
                          "https:",
                          "https://",
                          "https:/health.example",
                          "https:///health.example",
                          "ftp://health.example/",
                          "https://user@health.example/",
                          "https://user:secret@health.example/",
                          "https://allowed.example@health.example/",
                          "https://health.example/#x",
                          "https://health.example\\@evil.example/",
                          "https://health.example/a b",
                          "https://health.example/\r\nx: y",
                          "https://health.example:port/",
                          "https://:443/",
                          "https://health.example:70000/",
                          "https://h\xC3\xBClth.example/",
                          "file:///etc/passwd"})
    EXPECT_FALSE(called_by(bad).has_value()) << bad;
  EXPECT_TRUE(called_by("https://x/" + std::string(kUrlBytesMax - 10, 'a')).has_value());
  EXPECT_FALSE(called_by("https://x/" + std::string(kUrlBytesMax - 9, 'a')).has_value());
}

TEST(WebhookHost, IsANameAndMaybeAPort) {
  EXPECT_THAT(called_at("Health.example"), Optional(std::string("health.example:443")));
  EXPECT_THAT(called_at("health.example:8443"), Optional(std::string("health.example:8443")));
  for (const char* bad : {"", "https://health.example", "health.example/", "health.example/x",
                          "user@health.example", "health.example?x", "health.example#x", "a b"})
    EXPECT_FALSE(called_at(bad).has_value()) << bad;
}

TEST(SmtpServer, IsASchemeAHostAndMaybeAPort) {
  for (const char* good :
       {"smtp://relay.example", "smtp://relay.example:587", "smtps://relay.example:465"})
    EXPECT_TRUE(is_smtp_server(good)) << good;
  for (const char* bad : {"", "relay.example:587", "https://relay.example", "smtp://", "smtp:///x",
                          "smtp://user:secret@relay.example", "smtp://relay.example/host",
                          "smtp://relay.example?x", "smtp://relay example"})
    EXPECT_FALSE(is_smtp_server(bad)) << bad;
}

}  // namespace
}  // namespace mash::notification
