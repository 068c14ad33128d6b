#include "notification/notices/raising.h"

#include <gmock/gmock.h>

#include "cases/testing/two_logs.h"
#include "mash/notification/v1/notification_events.pb.h"
#include "notification/notices/notice.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

using namespace cases::testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kRules[] = R"(
pack: told
kind: notifications
version: 3
title: Who is told
in_force: {from: 2018-01-01}
sources:
  local: {title: Local protocol, url: "https://partnership.example"}
rules:
  received:
    event: mash.referral.v1.ReferralEvent/contact_received
    to: [hub, agency health]
    whoever_did_it: true
    urgency: urgent
    acknowledge_within_min: 30
    about: {referral: stream, child: child_ids}
    source: local
  in-danger:
    event: mash.referral.v1.ReferralEvent/contact_received
    when: {immediate_danger: "true"}
    to: [involved]
    whoever_did_it: true
    urgency: routine
    source: local
  assigned:
    event: mash.referral.v1.ReferralEvent/assigned
    to: [hub, sender]
    practitioner: assignee
    whoever_did_it: true
    urgency: routine
    source: local
)";

// The referral log, followed by the notification log under these rules.
class Raising : public TwoLogs {
 protected:
  Raising()
      : packs_(
            policy::Packs::of({pack()}, {}, {policy::NoticeRules::parse(kRules).value()}).value()),
        parts_{.packs = packs_, .calendar = calendar(), .hub = {"social-care"}, .ids = ids_} {}

  // Follows all there is.
  Result<uint64_t> follow() {
    auto following = TwoLogs::parts();
    following.react = [this](log::UnitOfWork& unit, const log::Record& record) {
      return raise_notices(parts_, unit, record);
    };
    following.reacts_to = [this](const log::Record& record) { return concerns(parts_, record); };
    auto copying = begun(following);
    while (copying.next() < referral_->size())
      if (auto taken = copying.follow(referral_->read(copying.next()).value()); !taken)
        return tl::unexpected(taken.error());
    return copying.settle(true);
  }
  std::vector<v1::Notice> raised() {
    std::vector<v1::Notice> notices;
    for (const log::Record& record : kept()) {
      v1::NoticeEvent event;
      if (record.body.type() == event.GetTypeName() && event.ParseFromString(record.body.event()) &&
          event.has_raised())
        notices.push_back(event.raised().notice());
    }
    return notices;
  }
  std::vector<std::pair<std::string, std::string>> told() {
    std::vector<std::pair<std::string, std::string>> told;
    for (const v1::Notice& notice : raised()) told.emplace_back(notice.agency(), notice.rule());
    return told;
  }

  const policy::Packs packs_;
  IdSource ids_{vault_.clock, 7};
  const RaisingParts parts_;
};

TEST_F(Raising, TellsWhomTheRulesSayAndOfWhat) {
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(told(),
              UnorderedElementsAre(Pair("health", "received"), Pair("social-care", "received")));
  const v1::Notice notice = raised().front();
  EXPECT_EQ(notice.pack(), "told@3");
  EXPECT_EQ(notice.case_id(), "c-1");
  ASSERT_EQ(notice.about_size(), 2);
  EXPECT_EQ(notice.about(0).id(), "r-1");
  EXPECT_EQ(notice.about(1).id(), "ada");
  EXPECT_EQ(notice.cause().event_id(), referral_->read(0)->body.event_id());
  EXPECT_EQ(notice.cause().event(), "mash.referral.v1.ReferralEvent/contact_received");
  EXPECT_EQ(notice.acknowledge_by().seconds() - notice.raised_at().seconds(), 30 * 60);
}

TEST_F(Raising, OfWhatARuleIsNotAboutTellsNobody) {
  tell({about_case("c-1", "unrestricted {}")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(raised(), IsEmpty());
}

TEST_F(Raising, OnACondition) {
  tell({about_referral("c-1", "r-1",
                       "contact_received { agency: 'police' immediate_danger: true }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(told(), ::testing::Contains(Pair("police", "in-danger")))
      << "an agency with a part in the case";
}

TEST_F(Raising, OnceHoweverOftenItIsFollowed) {
  tell({contact_from("police", "c-1", "r-1")});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(raised().size(), 2U);
}

TEST_F(Raising, RoutesToThePractitionerUnlessTheyAreBarred) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_referral("c-1", "r-1", "assigned { assignee: 'w-1' }")});
  tell({about_case(
      "c-1", "barred { bar { practitioner { agency: 'social-care' practitioner: 'w-1' } } }")});
  tell({about_referral("c-1", "r-1", "assigned { assignee: 'w-1' }")});
  ASSERT_TRUE(follow().has_value());
  std::vector<std::string> routed;
  for (const v1::Notice& notice : raised())
    if (notice.rule() == "assigned" && notice.agency() == "social-care")
      routed.push_back(notice.practitioner());
  EXPECT_THAT(routed, ElementsAre("w-1", ""));
}

TEST_F(Raising, OfARestrictedCaseTellsOnlyWhoIsNamed) {
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  const std::size_t before = raised().size();
  tell({about_case("c-1", "restricted { named { agency: 'social-care' practitioner: 'w-1' } }")});
  tell({about_referral(
      "c-1", "r-2", "contact_received { agency: 'education' case_id: 'c-1' child_ids: 'ada' }")});
  ASSERT_TRUE(follow().has_value());
  const auto notices = raised();
  ASSERT_EQ(notices.size(), before + 1);
  EXPECT_EQ(notices.back().agency(), "social-care");
  EXPECT_EQ(notices.back().practitioner(), "w-1");
}

TEST_F(Raising, PassesOnWhatNobodyAcknowledgedToTheHub) {
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  std::string of_health;
  for (const v1::Notice& notice : raised())
    if (notice.agency() == "health") of_health = notice_stream(notice.notice_id());
  for (const int minutes : {31, 60}) {
    vault_.clock.advance(std::chrono::minutes(minutes));
    Context context;
    context.now = vault_.clock.now();
    ASSERT_TRUE(run(*own_, {.context = context}, [&](log::UnitOfWork& unit) {
                  return pass_on(parts_, unit, of_health);
                }).has_value());
  }
  const auto notices = raised();
  ASSERT_EQ(notices.size(), 3U) << "once";
  EXPECT_EQ(notices.back().agency(), "social-care");
  EXPECT_EQ(notices.back().escalated_from(), "health");
  EXPECT_FALSE(notices.back().has_acknowledge_by());
}

TEST(RulesOnWhoIsTold, MustNameEventsAndFieldsThatThereAre) {
  const auto fits_with = [](const std::string& from, const std::string& to) {
    std::string rules = kRules;
    rules.replace(rules.find(from), from.size(), to);
    const auto read = policy::NoticeRules::parse(rules).value();
    const auto fit = fits(read);
    return fit ? std::string("fits") : fit.error().faults.front().description;
  };
  EXPECT_EQ(fits_with("received:", "received:"), "fits");
  EXPECT_THAT(fits_with("/contact_received", "/contact_sent"),
              ::testing::HasSubstr("no such event"));
  EXPECT_THAT(fits_with("mash.referral.v1.ReferralEvent", "mash.log.v1.LookEvent"),
              ::testing::HasSubstr("no such event"));
  EXPECT_THAT(fits_with("immediate_danger", "danger"), ::testing::HasSubstr("no such field"));
  EXPECT_THAT(fits_with("practitioner: assignee", "practitioner: nobody"),
              ::testing::HasSubstr("no such field"));
}

TEST(RulesOnWhoIsTold, FitTheEventsAsTheyAreShipped) {
  const auto shipped =
      policy::NoticeRules::load(std::string(MASH_SOURCE_DIR) + "/deploy/policy/notifications.yaml");
  ASSERT_TRUE(shipped.has_value());
  const auto fit = fits(*shipped);
  EXPECT_TRUE(fit.has_value()) << (fit ? "" : fit.error().faults.front().description);
}

TEST(HubAgencies, AreThoseThatMayTriage) {
  EXPECT_THAT(hub_agencies({{"police", {.roles = {"practitioner"}, .systems = {}}},
                            {"social-care", {.roles = {"triage-officer"}, .systems = {}}}}),
              ElementsAre("social-care"));
}

}  // namespace
}  // namespace mash::notification
