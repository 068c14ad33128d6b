#include <gmock/gmock.h>

#include "notification/testing/raised.h"

namespace mash::notification {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kRules[] = R"(
  received:
    event: mash.referral.v1.ReferralEvent/contact_received
    to: [hub, agency health]
    whoever_did_it: true
    urgency: urgent
    acknowledge_within_min: 30
    next_contact_after_min: 10
    about: {referral: stream, child: child_ids}
    done_by: {contact_accepted: stream}
    source: local
  deadline:
    event: mash.referral.v1.ReferralEvent/deadline_told
    to: [hub, field owed_by]
    whoever_did_it: true
    urgency: routine
    about: {referral: stream}
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
  transfer:
    event: mash.referral.v1.ReferralEvent/transfer_proposed
    to: [authority transfer.to_area]
    urgency: routine
    about: {referral: stream}
    source: local
)";

constexpr char kMetBy[] = "  acknowledgement: {contact_acknowledged: stream}\n";

class Raising : public RaisedBy {
 protected:
  Raising() : RaisedBy(kRules, kMetBy) {}
};

TEST_F(Raising, TellsWhomTheRulesSayAndOfWhat) {
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(told(),
              UnorderedElementsAre(Pair("health", "received"), Pair("social-care", "received")));
  const v1::Notice notice = raised().front();
  EXPECT_EQ(notice.pack(), "told@1");
  EXPECT_EQ(notice.case_id(), "c-1");
  ASSERT_EQ(notice.about_size(), 2);
  EXPECT_EQ(notice.about(0).id(), "r-1");
  EXPECT_EQ(notice.about(1).id(), "ada");
  EXPECT_EQ(notice.cause().log(), "mash/E10000013/referral");
  EXPECT_EQ(notice.cause().position(), 0U);
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

TEST_F(Raising, EscalatesWhatNobodyAcknowledgedToTheHubsManagers) {
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  const std::string of_health = stream_of_notice_to("health");
  for (const int minutes : {31, 60}) pass_on_after(of_health, minutes);
  const auto notices = raised();
  ASSERT_EQ(notices.size(), 3U) << "once";
  EXPECT_EQ(notices.back().agency(), "social-care");
  EXPECT_EQ(notices.back().escalated_from(), "health");
  EXPECT_EQ(notices.back().role(), "mash-manager");
  EXPECT_FALSE(notices.back().has_acknowledge_by());
}

TEST_F(Raising, OfARestrictedCaseEscalatesToTheContactsOfTheHubWhomItNames) {
  set_contacts("social-care", {"o-1", "m-1"});
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  tell({about_case("c-1", "restricted { named { agency: 'social-care' practitioner: 'm-1' } }")});
  ASSERT_TRUE(follow().has_value());
  const std::size_t before = contacts_told().size();
  pass_on_after(stream_of_notice_to("health"), 31);
  EXPECT_EQ(raised().back().escalated_from(), "health");
  EXPECT_EQ(raised().back().practitioner(), "");
  ASSERT_EQ(contacts_told().size(), before + 1);
  EXPECT_EQ(contacts_told().back(), "m-1");
}

TEST_F(Raising, WhileACaseIsParkedPassesOverNobodyAndEscalatesLater) {
  set_contacts("health", {"desk", "hill"});
  set_contacts("social-care", {"m-1"});
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_case("c-1",
                   "barred { bar { practitioner { agency: 'police' practitioner: 'x' } } }")});
  refused_ = {1};
  ASSERT_TRUE(follow().has_value());
  const std::string of_health = stream_of_notice_to("health");
  vault_.clock.advance(std::chrono::minutes(31));
  const auto parked = run(*own_, {.context = now_by({})},
                          [&](log::UnitOfWork& unit) { return pass_on(parts_, unit, of_health); });
  ASSERT_FALSE(parked.has_value());
  EXPECT_EQ(parked.error().reason, "CASE_PARKED");
  retry("case/c-1");
  const std::size_t before = contacts_told().size();
  pass_on_after(of_health, 0);
  EXPECT_EQ(contacts_told().size(), before + 2) << "the next contact, and the managers'";
  EXPECT_EQ(raised().back().escalated_from(), "health");
}

TEST_F(Raising, TellsAnotherAuthorityThatHasAnInboxHere) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_referral("c-1", "r-1", "transfer_proposed { transfer { to_area: 'E08000025' } }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(raised().back().agency(), "la-e08000025");
  EXPECT_EQ(raised().back().tell_by_hand(), "");
}

TEST_F(Raising, TellsTheHubWhichAuthorityItMustTellByHand) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_referral("c-1", "r-1", "transfer_proposed { transfer { to_area: 'E08000031' } }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(raised().back().rule(), "transfer");
  EXPECT_EQ(raised().back().agency(), "social-care") << "though it did it";
  EXPECT_EQ(raised().back().tell_by_hand(), "E08000031");
}

TEST_F(Raising, TellsTheAgencysContactsOneAfterTheOther) {
  set_contacts("health", {"desk", "hill"});
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(contacts_told(), ElementsAre("desk"));
  const std::string of_health = stream_of_notice_to("health");
  pass_on_after(of_health, 11);
  EXPECT_THAT(contacts_told(), ElementsAre("desk", "hill"));
  pass_on_after(of_health, 1);
  EXPECT_THAT(contacts_told(), ElementsAre("desk", "hill"));
}

TEST_F(Raising, DoesNotTellTheNextContactWhenTheyAreBarredMeanwhile) {
  set_contacts("health", {"desk", "hill"});
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_case("c-1",
                   "barred { bar { practitioner { agency: 'health' practitioner: 'hill' } } }")});
  ASSERT_TRUE(follow().has_value());
  pass_on_after(stream_of_notice_to("health"), 11);
  EXPECT_THAT(contacts_told(), ElementsAre("desk"));
}

TEST_F(Raising, ClosesWhatWasDone) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_referral("c-1", "r-1", "information_added {}")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(closed(), IsEmpty());
  tell({about_referral("c-1", "r-1", "contact_accepted {}")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(closed().size(), 2U) << "of both agencies";
  tell({about_referral("c-1", "r-1", "contact_accepted {}")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(closed().size(), 2U) << "once";
}

TEST_F(Raising, ClosesWhatTheManagersWereToldAsWell) {
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  pass_on_after(stream_of_notice_to("health"), 31);
  tell({about_referral("c-1", "r-1", "contact_accepted {}")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(closed().size(), 3U);
}

TEST_F(Raising, TellsWhoOwesADeadlineUntilItIsMet) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_referral("c-1", "r-1",
                       "deadline_told { kind: 'acknowledgement' "
                       "state: DEADLINE_STATE_APPROACHING owed_by: 'health' }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(told(), ::testing::IsSupersetOf(
                          {Pair("social-care", "deadline"), Pair("health", "deadline")}));
  tell({about_referral("c-1", "r-1",
                       "deadline_told { kind: 'acknowledgement' state: DEADLINE_STATE_MISSED }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(closed().size(), 2U) << "what was said before";
  tell({about_referral("c-1", "r-1", "contact_acknowledged {}")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(closed().size(), 3U);
}

TEST_F(Raising, TellsNobodyOfADeadlineThatIsMetByNow) {
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  const std::size_t before = raised().size();
  tell({about_referral("c-1", "r-1",
                       "deadline_told { kind: 'acknowledgement' state: DEADLINE_STATE_MISSED "
                       "done_at { seconds: 100 } }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(raised().size(), before);
}

// Rules of which the second version, in force from the day on which these tests are, tells nobody
// of contacts, and closes nothing.
class RaisedBefore : public RaisedBy {
 protected:
  RaisedBefore()
      : RaisedBy({version(kRules, "1", "2018-01-01"), version(R"(
  given:
    event: mash.referral.v1.ReferralEvent/feedback_given
    to: [sender]
    urgency: routine
    source: local
)",
                                                              "2", "2026-11-26")}) {}

  static std::string version(const std::string& rules, const std::string& number,
                             const std::string& from) {
    std::string pack = policy::told_pack(rules);
    pack.replace(pack.find("version: 1"), 10, "version: " + number);
    pack.replace(pack.find("2018-01-01"), 10, from);
    return pack;
  }
};

TEST_F(RaisedBefore, UnderOlderRulesClosesAsThoseSay) {
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  ASSERT_EQ(raised().size(), 2U);
  vault_.clock.advance(std::chrono::hours(24));
  tell({contact_from("police", "c-2", "r-2")});
  tell({about_referral("c-1", "r-1", "contact_accepted {}")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(raised().size(), 2U) << "by the rules in force nobody is told";
  EXPECT_EQ(closed().size(), 2U);
}

TEST(HubAgencies, AreThoseThatMayTriage) {
  EXPECT_THAT(hub_agencies({{"police", {.roles = {"practitioner"}, .systems = {}}},
                            {"social-care", {.roles = {"triage-officer"}, .systems = {}}}}),
              ElementsAre("social-care"));
}

}  // namespace
}  // namespace mash::notification
