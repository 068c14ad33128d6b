#include "notification/notices/rule_checks.h"

#include <gmock/gmock.h>

#include "policy/testing/told.h"

namespace mash::notification {
namespace {

constexpr char kRules[] = R"(
  received:
    event: mash.referral.v1.ReferralEvent/contact_received
    when: {immediate_danger: "true"}
    to: [hub]
    urgency: routine
    about: {referral: stream, child: child_ids}
    done_by: {contact_accepted: stream}
    source: local
  assigned:
    event: mash.referral.v1.ReferralEvent/assigned
    to: [hub, sender, agency police]
    practitioner: assignee
    urgency: routine
    source: local
)";

// Those that are shipped.
const policy::Packs& packs() {
  static const policy::Packs shipped =
      policy::Packs::load(std::string(MASH_SOURCE_DIR) + "/deploy/policy").value();
  return shipped;
}

TEST(RulesOnWhoIsTold, MustNameEventsAndFieldsThatThereAre) {
  const auto fits_with = [](const std::string& from, const std::string& to) {
    std::string rules =
        policy::told_pack(kRules, "  acknowledgement: {contact_acknowledged: stream}\n");
    rules.replace(rules.find(from), from.size(), to);
    const auto read = policy::NoticeRules::parse(rules).value();
    const auto fit = fits(read, packs(), {"police", "social-care"});
    return fit ? std::string("fits") : fit.error().faults.front().description;
  };
  EXPECT_EQ(fits_with("title", "title"), "fits");
  EXPECT_THAT(fits_with("/contact_received", "/contact_sent"),
              ::testing::HasSubstr("no such event"));
  EXPECT_THAT(fits_with("mash.referral.v1.ReferralEvent", "mash.notification.v1.NoticeEvent"),
              ::testing::HasSubstr("no rule may be about this event"));
  EXPECT_THAT(fits_with("immediate_danger: \"true\"", "account.concern: \"x\""),
              ::testing::HasSubstr("personal: account.concern"));
  EXPECT_THAT(fits_with("immediate_danger: \"true\"", "immediate_danger: \"ture\""),
              ::testing::HasSubstr("never holds `ture`"));
  EXPECT_THAT(
      fits_with("immediate_danger: \"true\"", "lawful_basis.article_6: ARTICLE6_PUBLIC_TSK"),
      ::testing::HasSubstr("never holds `ARTICLE6_PUBLIC_TSK`"));
  EXPECT_THAT(
      fits_with("{contact_accepted: stream}", "{transfer_answered: {answer.accepted: \"yes\"}}"),
      ::testing::HasSubstr("never holds `yes`"));
  EXPECT_THAT(fits_with("agency police", "agency polcie"),
              ::testing::HasSubstr("no such agency: polcie"));
  EXPECT_THAT(fits_with("immediate_danger", "danger"), ::testing::HasSubstr("no such field"));
  EXPECT_THAT(fits_with("done_by: {contact_accepted", "done_by: {contact_excepted"),
              ::testing::HasSubstr("no such event"));
  EXPECT_THAT(fits_with("done_by: {contact_accepted: stream", "done_by: {contact_accepted: id_of"),
              ::testing::HasSubstr("no such field"));
  EXPECT_THAT(fits_with("{contact_acknowledged: stream}", "{contact_excepted: stream}"),
              ::testing::HasSubstr("no event has such a kind"));
  EXPECT_THAT(fits_with("  acknowledgement: {", "  aknowledgement: {"),
              ::testing::HasSubstr("no pack has such a timescale"));
  EXPECT_THAT(fits_with("practitioner: assignee", "practitioner: nobody"),
              ::testing::HasSubstr("no such field"));
}

TEST(RulesOnWhoIsTold, AsTheyAreShippedFitTheEventsAndSayHowEachDeadlineIsMet) {
  for (const policy::NoticeRules* rules : packs().notices()) {
    const auto fit = fits(*rules, packs(), {"police", "health"});
    EXPECT_TRUE(fit.has_value()) << (fit ? "" : fit.error().faults.front().description);
    for (const policy::Pack* pack : packs().all())
      for (const policy::TimescaleRule& rule : pack->timescales())
        EXPECT_EQ(rules->met_by().count(rule.timescale.name), 1U) << rule.timescale.name;
  }
}

}  // namespace
}  // namespace mash::notification
