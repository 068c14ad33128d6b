#include "policy/notice_rules.h"

#include <gmock/gmock.h>

#include <string>

#include "policy/pack_file.h"

namespace mash::policy {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr char kHead[] = R"(pack: told
kind: notifications
version: 1
title: Who is told
in_force: {from: 2020-01-01}
sources:
  local: {title: Local protocol, url: "https://partnership.example"}
rules:
)";

std::vector<std::string> faults_of(const std::string& rules) {
  const auto read = NoticeRules::parse(kHead + rules);
  std::vector<std::string> faults;
  if (!read)
    for (const FieldFault& fault : read.error().faults) faults.push_back(fault.description);
  return faults;
}

TEST(NoticeRules, SayWhoIsToldOfWhat) {
  const auto read = NoticeRules::parse(std::string(kHead) + R"(
  told:
    event: mash.referral.v1.ReferralEvent/contact_received
    when: {immediate_danger: "true", source: [telephone, letter]}
    to: [hub, sender, involved, agency police, field recipients.agency]
    practitioner: assignee
    urgency: immediate
    acknowledge_within_min: 30
    about: {referral: stream}
    source: local
)");
  ASSERT_TRUE(read.has_value()) << read.error().faults.front().description;
  ASSERT_EQ(read->rules().size(), 1U);
  const NoticeRule& rule = read->rules().front();
  EXPECT_EQ(rule.type, "mash.referral.v1.ReferralEvent");
  EXPECT_EQ(rule.event, "contact_received");
  EXPECT_EQ(rule.when.size(), 2U);
  EXPECT_EQ(rule.when.back().values.size(), 2U);
  EXPECT_EQ(rule.to.size(), 5U);
  EXPECT_EQ(rule.to.back().name, "recipients.agency");
  EXPECT_EQ(rule.urgency, NoticeUrgency::kImmediate);
  EXPECT_EQ(rule.acknowledge_within_min, 30);
  EXPECT_EQ(rule.basis.source.description, "Local protocol");
}

TEST(NoticeRules, NameEveryFault) {
  const auto faults = faults_of(R"(
  first:
    event: contact_received
    to: [everybody]
    urgency: at-once
    source: local
)");
  EXPECT_THAT(faults, Contains(HasSubstr("must be an event and its kind")));
  EXPECT_THAT(faults, Contains(HasSubstr("must be hub, sender, involved")));
  EXPECT_THAT(faults, Contains(HasSubstr("routine, urgent, immediate")));
}

TEST(NoticeRules, WhatIsUrgentSaysByWhenSomebodyMustKnow) {
  EXPECT_THAT(faults_of(R"(
  first:
    event: mash.referral.v1.ReferralEvent/contact_received
    to: [hub]
    urgency: urgent
    source: local
)"),
              Contains(HasSubstr("acknowledge_within_min")));
}

TEST(NoticeRules, AreShippedAndCanBeRead) {
  const auto read = load_pack(std::string(MASH_SOURCE_DIR) + "/deploy/policy/notifications.yaml");
  ASSERT_TRUE(read.has_value()) << read.error().faults.front().description;
  EXPECT_GT(std::get<NoticeRules>(*read).rules().size(), 20U);
}

}  // namespace
}  // namespace mash::policy
