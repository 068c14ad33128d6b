#include "policy/notice_rules.h"

#include <gmock/gmock.h>

#include <string>

#include "policy/pack_file.h"
#include "policy/testing/told.h"

namespace mash::policy {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

std::vector<std::string> faults_of(const std::string& rules) {
  const auto read = NoticeRules::parse(told_pack(rules));
  std::vector<std::string> faults;
  if (!read)
    for (const FieldFault& fault : read.error().faults) faults.push_back(fault.description);
  return faults;
}

TEST(NoticeRules, SayWhoIsToldOfWhat) {
  const auto read = NoticeRules::parse(told_pack(R"(
  told:
    event: mash.referral.v1.ReferralEvent/contact_received
    when: {immediate_danger: "true", source: [telephone, letter]}
    to: [hub, sender, involved, others, agency police, field recipients.agency, authority to_area]
    practitioner: assignee
    urgency: immediate
    acknowledge_within_min: 30
    next_contact_after_min: 10
    about: {referral: stream}
    done_by: {contact_accepted: stream}
    until_done: true
    source: local
)"));
  ASSERT_TRUE(read.has_value()) << read.error().faults.front().description;
  ASSERT_EQ(read->rules().size(), 1U);
  const NoticeRule& rule = read->rules().front();
  EXPECT_EQ(rule.type, "mash.referral.v1.ReferralEvent");
  EXPECT_EQ(rule.event, "contact_received");
  EXPECT_EQ(rule.when.size(), 2U);
  EXPECT_EQ(rule.when.back().values.size(), 2U);
  EXPECT_EQ(rule.to.size(), 7U);
  EXPECT_EQ(rule.to.back().kind, NoticeRecipient::Kind::kAuthority);
  EXPECT_EQ(rule.to.back().name, "to_area");
  EXPECT_TRUE(rule.until_done);
  EXPECT_EQ(rule.urgency, NoticeUrgency::kImmediate);
  EXPECT_EQ(rule.acknowledge_within_min, 30);
  EXPECT_EQ(rule.next_contact_after_min, 10);
  ASSERT_EQ(rule.done_by.size(), 1U);
  EXPECT_EQ(rule.done_by.front().event, "contact_accepted");
  EXPECT_EQ(rule.done_by.front().field, "stream");
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

TEST(NoticeRules, TellTheNextContactBeforeTheManagers) {
  EXPECT_THAT(faults_of(R"(
  first:
    event: mash.referral.v1.ReferralEvent/contact_received
    to: [hub]
    urgency: urgent
    acknowledge_within_min: 30
    next_contact_after_min: 30
    source: local
)"),
              Contains(HasSubstr("must be less than acknowledge_within_min")));
}

TEST(NoticeRules, SayHowADeadlineIsMet) {
  constexpr char kRules[] = R"(
  first:
    event: mash.referral.v1.ReferralEvent/deadline_told
    to: [hub]
    urgency: routine
    source: local
)";
  const auto read =
      NoticeRules::parse(told_pack(kRules, "  first-decision: {referral_decided: stream}\n"));
  ASSERT_TRUE(read.has_value()) << read.error().faults.front().description;
  ASSERT_EQ(read->met_by().count("first-decision"), 1U);
  EXPECT_EQ(read->met_by().at("first-decision").front().event, "referral_decided");
}

TEST(NoticeRules, AreShippedAndCanBeRead) {
  const auto read = load_pack(std::string(MASH_SOURCE_DIR) + "/deploy/policy/notifications.yaml");
  ASSERT_TRUE(read.has_value()) << read.error().faults.front().description;
  EXPECT_GT(std::get<NoticeRules>(*read).rules().size(), 20U);
}

}  // namespace
}  // namespace mash::policy
