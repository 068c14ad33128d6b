#include <gmock/gmock.h>

#include "mash/sharing/v1/item_events.pb.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "notification/testing/raised.h"

// Rules on events that name several people, or somebody of the agency whose doing it was.
namespace mash::notification {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kRules[] = R"(
  asked-again:
    event: mash.strategy.v1.DiscussionEvent/convened
    to: [field asked_again.agency]
    practitioner: asked_again.practitioner
    urgency: routine
    about: {discussion: stream, participant: asked_again.participant_id}
    done_by: {invitation_answered: participant_id, convened: asked_again.participant_id}
    source: local
  action:
    event: mash.strategy.v1.DiscussionEvent/action_assigned
    to: [field agency]
    practitioner: practitioner
    urgency: routine
    about: {action: action_id}
    source: local
  wrong:
    event: mash.sharing.v1.ItemEvent/corrected
    to: [field agencies]
    urgency: routine
    about: {item: stream}
    done_by: {recall_acknowledged: agency}
    source: local
  due:
    event: mash.referral.v1.ReferralEvent/deadline_told
    to: [hub]
    whoever_did_it: true
    urgency: routine
    source: local
  offered:
    event: mash.sharing.v1.ItemEvent/held
    when: {request_id: ""}
    to: [hub, agency health]
    urgency: routine
    about: {item: stream}
    source: local
  offered-others:
    event: mash.sharing.v1.ItemEvent/held
    to: [others]
    urgency: routine
    about: {item: stream}
    source: local
  due-too:
    event: mash.referral.v1.ReferralEvent/deadline_told
    to: [hub]
    whoever_did_it: true
    urgency: routine
    source: local
)";

Told about_discussion(const std::string& text) {
  return {{"discussion/d-1", "c-1"},
          std::make_shared<strategy::v1::DiscussionEvent>(
              proto<strategy::v1::DiscussionEvent>(text.c_str()))};
}
Told about_item(const std::string& text) {
  return {{"item/i-1", "c-1"},
          std::make_shared<sharing::v1::ItemEvent>(proto<sharing::v1::ItemEvent>(text.c_str()))};
}

constexpr char kTwoOfPolice[] = R"(convened {
  asked_again { participant_id: 'one' agency: 'police' practitioner: 'p-17' }
  asked_again { participant_id: 'two' agency: 'police' practitioner: 'p-18' }
  asked_again { participant_id: 'three' agency: 'health' }
  asked_again { participant_id: 'four' agency: 'social-care' practitioner: 'w-1' }
  asked_again { participant_id: 'five' agency: 'social-care' practitioner: 'o-1' } })";

class RaisingApart : public RaisedBy {
 protected:
  RaisingApart() : RaisedBy(kRules) { tell({contact_from("police", "c-1", "r-1")}); }

  // Whom notices are for, and the last thing that each is about.
  std::vector<std::pair<std::string, std::string>> for_whom() {
    std::vector<std::pair<std::string, std::string>> for_whom;
    for (const v1::Notice& notice : raised())
      for_whom.emplace_back(
          notice.agency() + " " + notice.practitioner(),
          notice.about_size() == 0 ? std::string() : notice.about(notice.about_size() - 1).id());
    return for_whom;
  }
};

TEST_F(RaisingApart, TellsEachOfAListOfWhatConcernsThemAlone) {
  tell({about_discussion(kTwoOfPolice)});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(for_whom(),
              UnorderedElementsAre(Pair("police p-17", "one"), Pair("police p-18", "two"),
                                   Pair("health ", "three"), Pair("social-care w-1", "four")))
      << "o-1 did it";
}

TEST_F(RaisingApart, TellsTheDeskInPlaceOfOneOfAListWhoIsBarred) {
  tell({about_case("c-1",
                   "barred { bar { practitioner { agency: 'police' practitioner: 'p-18' } } }")});
  tell({about_discussion(kTwoOfPolice)});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(for_whom(),
              ::testing::IsSupersetOf({Pair("police p-17", "one"), Pair("police ", "two")}));
}

TEST_F(RaisingApart, TellsNobodyWhereTheListIsEmpty) {
  tell({about_discussion("convened {}")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(raised(), IsEmpty());
}

TEST_F(RaisingApart, ClosesWhatEachOfAListWasToldBefore) {
  tell({about_discussion(kTwoOfPolice)});
  tell({about_discussion(
      "convened { asked_again { participant_id: 'two' agency: 'police' practitioner: 'p-18' } }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(raised().size(), 5U);
  EXPECT_EQ(closed().size(), 1U);
  tell({about_discussion("invitation_answered { participant_id: 'two' }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(closed().size(), 2U);
}

TEST_F(RaisingApart, TellsAColleagueOfWhoeverDidItAndNotThemself) {
  for (const char* whom : {"w-1", "o-1", ""})
    tell({about_discussion(
        "action_assigned { action_id: 'a-1' agency: 'social-care' practitioner: '" +
        std::string(whom) + "' }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(for_whom(), ElementsAre(Pair("social-care w-1", "a-1")));
}

TEST_F(RaisingApart, OfARestrictedCaseTellsThePractitionerWhomItIsForAlone) {
  tell({about_case("c-1",
                   "restricted { named { agency: 'police' practitioner: 'p-17' } "
                   "named { agency: 'police' practitioner: 'p-99' } }")});
  tell({about_discussion(
      "action_assigned { action_id: 'a-1' agency: 'police' practitioner: 'p-17' }")});
  tell({about_discussion(
      "action_assigned { action_id: 'a-2' agency: 'police' practitioner: 'p-18' }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(for_whom(), ElementsAre(Pair("police p-17", "a-1"), Pair("police p-17", "a-2"),
                                      Pair("police p-99", "a-2")))
      << "those named, in the place of one who is not";
}

TEST_F(RaisingApart, ClosesByWhatOneAgencyDidTheNoticeOfThatAgencyAlone) {
  tell({about_item("corrected { agencies: 'police' agencies: 'health' }")});
  tell({about_item("recall_acknowledged { agency: 'health' }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(raised().size(), 2U);
  EXPECT_EQ(closed().size(), 1U);
  tell({about_item("recall_acknowledged { agency: 'police' }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(closed().size(), 2U);
}

TEST_F(RaisingApart, TellsOthersWhomNoRuleBeforeHasTold) {
  tell({contact_from("health", "c-1", "r-2")});
  tell({about_item("held { owner: 'education' }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(told(),
              UnorderedElementsAre(Pair("health", "offered"), Pair("police", "offered-others")));
  tell({about_item("held { owner: 'education' request_id: 'q-1' }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_EQ(told().size(), 4U) << "both, where no rule before it is meant";
}

TEST_F(RaisingApart, NamesNothingThatTheEventDoesNotName) {
  tell({about_discussion("action_assigned { agency: 'police' }")});
  ASSERT_TRUE(follow().has_value());
  ASSERT_EQ(raised().size(), 1U);
  EXPECT_EQ(raised().front().about_size(), 0);
}

TEST_F(RaisingApart, MarksAllButOneNoticeOfAnEventToAnAgencyAsBesideAnother) {
  tell({about_case("c-1",
                   "restricted { named { agency: 'social-care' practitioner: 'w-1' } "
                   "named { agency: 'social-care' practitioner: 'w-2' } }")});
  for (int i = 0; i < 2; ++i) tell({about_referral("c-1", "r-1", "deadline_told { kind: 'k' }")});
  ASSERT_TRUE(follow().has_value());
  std::vector<bool> beside;
  for (const v1::NoticeEvent& event : events<v1::NoticeEvent>())
    if (event.has_raised()) beside.push_back(event.raised().beside_another());
  EXPECT_THAT(beside, ElementsAre(false, true, true, true, false, true, true, true));
}

}  // namespace
}  // namespace mash::notification
