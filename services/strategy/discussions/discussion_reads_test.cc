#include "strategy/discussions/discussion_reads.h"

#include <gmock/gmock.h>

#include "strategy/testing/happenings.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

bool tells(const google::protobuf::Message& message, const char* text) {
  return message.DebugString().find(text) != std::string::npos;
}

class DiscussionReads : public Happenings {
 protected:
  // One that was held, with the police and health there, and has an action.
  std::string held() {
    const std::string id = open();
    convene(id);
    come(id, "police", "police");
    come(id, "health", "health");
    start(id);
    decide(id, v1::SECTION47_JOINT);
    assign(id, "police", 4);
    close(id);
    return id;
  }

  Result<v1::DiscussionDetail> get(const Actor& actor, const std::string& id,
                                   const std::string& purpose = "",
                                   std::optional<Time> as_at = {}) {
    v1::GetDiscussionRequest request;
    request.set_discussion_id(id);
    request.set_purpose(purpose);
    if (as_at) to_proto(*as_at, request.mutable_as_at());
    v1::GetDiscussionResponse response;
    auto looks = get_discussion(*log_, request, log_.by(actor), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response.discussion();
  }
  std::vector<std::string> listed(const Actor& actor, const char* request = "") {
    v1::ListDiscussionsResponse response;
    const auto read = list_discussions(*log_, proto<v1::ListDiscussionsRequest>(request),
                                       log_.by(actor), response);
    EXPECT_TRUE(read.has_value());
    EXPECT_FALSE(tells(response, "SECRET"));
    std::vector<std::string> ids;
    for (const auto& each : response.discussions()) ids.push_back(each.discussion_id());
    return ids;
  }
  std::vector<std::string> actions(const Actor& actor, const char* request = "") {
    v1::ListActionsResponse response;
    const auto read =
        list_actions(*log_, proto<v1::ListActionsRequest>(request), log_.by(actor), response);
    EXPECT_TRUE(read.has_value());
    EXPECT_FALSE(tells(response, "SECRET"));
    std::vector<std::string> ids;
    for (const auto& each : response.actions()) ids.push_back(each.action_id());
    return ids;
  }

  host::Looks looks_;
};

TEST_F(DiscussionReads, AreForTheHubAndWhoWasInvited) {
  const std::string id = held();
  for (const Actor& actor : {kTriage, kManager, kPolice, kHealth}) {
    const auto detail = get(actor, id);
    ASSERT_TRUE(detail) << actor.agency;
    EXPECT_EQ(detail->sittings(0).summary(), "SECRET summary");
    EXPECT_EQ(detail->participants(0).invitation().name(), "SECRET name");
    EXPECT_EQ(detail->decisions(0).terms().rationale(), "SECRET rationale");
    EXPECT_EQ(detail->actions(0).what(), "SECRET what");
    ASSERT_THAT(looks_, SizeIs(1));
    EXPECT_THAT(looks_[0].ids, ElementsAre(id));
    EXPECT_THAT(looks_[0].expectations, Not(IsEmpty()));
  }
  EXPECT_EQ(get(kSchool, id).error().reason, "NOT_FOUND") << "has a part, and was not invited";
  EXPECT_EQ(get(kRefuge, id).error().message, get(kRefuge, log_.fresh()).error().message);
}

TEST_F(DiscussionReads, DoNotExistForWhomTheCaseShutsOut) {
  const std::string id = held();
  log_.happen_to_case(case_, R"(restricted { named { agency: "health" practitioner: "n-4" } })");
  EXPECT_EQ(get(kTriage, id).error().reason, "NOT_FOUND");
  EXPECT_THAT(listed(kTriage), IsEmpty());
  EXPECT_THAT(actions(kPolice), IsEmpty());
  EXPECT_TRUE(get(kHealth, id));
  EXPECT_THAT(listed(kHealth), ElementsAre(id));
}

TEST_F(DiscussionReads, AnAuditorHasTheTextsWhereItSaysWhy) {
  const std::string id = held();
  const auto without = get(kAuditor, id);
  ASSERT_TRUE(without);
  EXPECT_FALSE(tells(*without, "SECRET"));
  EXPECT_EQ(without->decisions(0).terms().section_47(), v1::SECTION47_JOINT);
  EXPECT_THAT(looks_, IsEmpty());
  EXPECT_TRUE(tells(get(kAuditor, id, "Review 7.").value(), "SECRET summary"));
  EXPECT_THAT(looks_, SizeIs(1));
}

TEST_F(DiscussionReads, ShowWhatIsDueAndHowItStands) {
  const std::string id = open(9);
  put_off(id, "strategy-discussion", "", 20);
  const auto opened = get(kTriage, id);
  ASSERT_THAT(opened->deadlines(), SizeIs(1));
  EXPECT_EQ(opened->deadlines(0).extensions(0).reasons(), "SECRET reasons");
  EXPECT_EQ(opened->summary().due_at().seconds(),
            opened->deadlines(0).extensions(0).due().seconds());
  EXPECT_EQ(opened->deadlines(0).state(), common::v1::DEADLINE_STATE_RUNNING);
  convene(id);
  log_.clock().advance(hours(30));
  start(id);
  const std::string action = assign(id, "police", 4);
  close(id, true);
  const auto closed = get(kTriage, id);
  ASSERT_THAT(closed->deadlines(), SizeIs(3)) << "to hold, its record, to hold again";
  EXPECT_EQ(closed->deadlines(0).state(), common::v1::DEADLINE_STATE_MISSED);
  EXPECT_EQ(closed->deadlines(2).state(), common::v1::DEADLINE_STATE_RUNNING);
  EXPECT_TRUE(closed->summary().has_due_at());
  complete(id, action);
  EXPECT_EQ(get(kTriage, id)->actions(0).deadline().state(), common::v1::DEADLINE_STATE_MET);
  EXPECT_EQ(get(kTriage, id)->actions(0).result_text(), "SECRET result");
}

TEST_F(DiscussionReads, ShowDissentsAndChallengesWithWhatTheyAreAbout) {
  const std::string id = held();
  const std::string decision = get(kTriage, id)->decisions(0).decision_id();
  auto dissent = proto<v1::DiscussionEvent>(
      R"(dissent_recorded { agency: "health" reason: "SECRET dissent" })");
  dissent.mutable_dissent_recorded()->set_decision_id(decision);
  happen(id, dissent);
  auto raised = proto<v1::DiscussionEvent>(R"(
    challenged { agency: "health" step { level: "team-manager" grounds: "SECRET grounds" } })");
  raised.mutable_challenged()->set_challenge_id(log_.fresh());
  raised.mutable_challenged()->set_decision_id(decision);
  happen(id, raised);
  const auto detail = get(kPolice, id);
  EXPECT_EQ(detail->decisions(0).dissents(0).reason(), "SECRET dissent");
  ASSERT_THAT(detail->challenges(), SizeIs(1));
  EXPECT_EQ(detail->challenges(0).decision_id(), decision);
  EXPECT_EQ(detail->challenges(0).steps(0).grounds(), "SECRET grounds");
}

TEST_F(DiscussionReads, ShowWhoIsMissingWhereverInTheCaseThatWasSaid) {
  const std::string id = held();
  EXPECT_THAT(get(kPolice, id)->missing_child_ids(), IsEmpty());
  const std::string other = log_.fresh();
  log_.know_case(other, {"police"}, {child_});
  log_.join(other, case_);
  flag(other, child_);
  EXPECT_THAT(get(kPolice, id)->missing_child_ids(), ElementsAre(child_));
}

TEST_F(DiscussionReads, ReadThePastAsItStood) {
  const std::string id = open();
  const Time opened = now();
  convene(id);
  EXPECT_EQ(get(kTriage, id)->summary().stage(), v1::DISCUSSION_STAGE_CONVENED);
  EXPECT_EQ(get(kTriage, id, "", opened)->summary().stage(), v1::DISCUSSION_STAGE_DUE);
  EXPECT_GT(looks_[0].as_at_size, 0U);
  EXPECT_EQ(get(kTriage, id, "", utc("2020-01-01T00:00:00Z")).error().reason, "NOT_FOUND");
}

TEST_F(DiscussionReads, OfAnErasedCaseSaySoWithoutTexts) {
  const std::string id = held();
  log_.erase(case_);
  const auto detail = get(kPolice, id);
  ASSERT_TRUE(detail);
  EXPECT_TRUE(detail->erased());
  EXPECT_FALSE(tells(*detail, "SECRET"));
}

TEST_F(DiscussionReads, ListWhatIsDueFirstAndWhatWasClosedLast) {
  const std::string first_closed = held();
  const std::string later = open(20);
  const std::string sooner = open(5);
  const std::string last_closed = held();
  const std::string again = open(2);
  convene(again);
  start(again, {"health"});
  close(again, true);  // within a day
  EXPECT_THAT(listed(kTriage), ElementsAre(sooner, later, again, last_closed, first_closed));
  EXPECT_THAT(listed(kTriage, "open: true"), ElementsAre(sooner, later, again));
  EXPECT_THAT(listed(kTriage, "stage: DISCUSSION_STAGE_DUE"), ElementsAre(sooner, later));
  EXPECT_THAT(listed(kPolice), ElementsAre(last_closed, first_closed));
  EXPECT_THAT(listed(kAuditor), SizeIs(5));
  log_.clock().advance(hours(6));
  EXPECT_THAT(listed(kTriage, "late: true"), ElementsAre(sooner));
}

TEST_F(DiscussionReads, ListWhatIsCalledOffWithWhatIsOver) {
  const std::string id = open(1);
  const std::string due = open(9);
  call_off(id);
  log_.clock().advance(hours(3));
  EXPECT_THAT(listed(kTriage), ElementsAre(due, id));
  EXPECT_THAT(listed(kTriage, "open: true"), ElementsAre(due));
  EXPECT_THAT(listed(kTriage, "late: true"), IsEmpty()) << "neither met nor missed";
  EXPECT_EQ(get(kTriage, id)->called_off_reason(), "SECRET called off");
  EXPECT_THAT(get(kTriage, id)->deadlines(), IsEmpty());
}

TEST_F(DiscussionReads, ListActionsForWhoDoesThem) {
  const std::string id = open();
  convene(id);
  const std::string later = assign(id, "police", 20);
  const std::string sooner = assign(id, "health", 2);
  const std::string done = assign(id, "police", 1);
  complete(id, done);
  EXPECT_THAT(actions(kTriage), ElementsAre(sooner, later, done));
  EXPECT_THAT(actions(kPolice), ElementsAre(later, done));
  EXPECT_THAT(actions(kRefuge), IsEmpty());
  EXPECT_THAT(actions(kTriage, "open: true"), ElementsAre(sooner, later));
  EXPECT_THAT(actions(kTriage, "agency: 'health'"), ElementsAre(sooner));
  log_.clock().advance(hours(3));
  EXPECT_THAT(actions(kTriage, "late: true"), ElementsAre(sooner));
  put_off(id, "discussion-action", later, 40);
  log_.clock().advance(hours(30));
  EXPECT_THAT(actions(kTriage, "late: true"), ElementsAre(sooner)) << "the other was put off";
}

TEST_F(DiscussionReads, ListPagesThatDoNotShift) {
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) all.push_back(open(10 + i));
  v1::ListDiscussionsRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;
  for (int pages = 0; pages < 10; ++pages) {
    v1::ListDiscussionsResponse page;
    ASSERT_TRUE(list_discussions(*log_, request, log_.by(kTriage), page));
    for (const auto& each : page.discussions()) seen.push_back(each.discussion_id());
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
    open(1);  // goes to the top, above what has been seen
  }
  EXPECT_EQ(seen, all);
}

TEST_F(DiscussionReads, AreNotForAnAgencyWhoseInvitationWasTakenBackAlsoAsTheyStoodBefore) {
  const std::string id = open();
  convene(id);
  v1::DiscussionEvent invited;
  invited.mutable_invited()->set_participant_id(log_.fresh());
  invited.mutable_invited()->mutable_invitation()->set_agency("health");
  happen(id, invited);
  const Time before = now();
  EXPECT_TRUE(get(kHealth, id).has_value());
  v1::DiscussionEvent withdrawn;
  withdrawn.mutable_invitation_withdrawn()->set_participant_id(invited.invited().participant_id());
  withdrawn.mutable_invitation_withdrawn()->set_agency_out("health");
  to_proto(now(), withdrawn.mutable_invitation_withdrawn()->mutable_withdrawn_at());
  happen(id, withdrawn);
  EXPECT_FALSE(get(kHealth, id).has_value());
  EXPECT_FALSE(get(kHealth, id, "", before).has_value());
  EXPECT_THAT(listed(kHealth), IsEmpty());
  const auto shown = get(kTriage, id);
  ASSERT_TRUE(shown.has_value());
  EXPECT_TRUE(shown->participants(0).has_withdrawn_at()) << "the hub sees that it was";
  EXPECT_TRUE(get(kTriage, id, "", before).has_value());
}

TEST_F(DiscussionReads, AreListedOfOneCaseInTheOrderInWhichTheyBegan) {
  const std::string other = log_.fresh();
  log_.know_case(other, {"police"}, {log_.fresh()});
  const std::string later = open(9);
  const std::string sooner = open(1);
  const std::string elsewhere = open(2, other);
  v1::ListDiscussionsRequest request;
  request.set_case_id(case_);
  EXPECT_THAT(listed(kTriage, request.ShortDebugString().c_str()), ElementsAre(later, sooner));
  call_off(later);
  request.set_open(true);
  EXPECT_THAT(listed(kTriage, request.ShortDebugString().c_str()), ElementsAre(sooner));
  request.set_case_id(other);
  EXPECT_THAT(listed(kTriage, request.ShortDebugString().c_str()), ElementsAre(elsewhere));
  EXPECT_THAT(listed(kHealth, request.ShortDebugString().c_str()), IsEmpty());
}

TEST_F(DiscussionReads, AreListedOfOneCaseAPageAtATime) {
  std::vector<std::string> all;
  for (int i = 0; i < 3; ++i) all.push_back(open());
  conference_due(v1::CONFERENCE_KIND_INITIAL, 9);
  v1::ListDiscussionsRequest request;
  request.set_case_id(case_);
  request.set_page_size(2);
  v1::ListDiscussionsResponse first, second;
  ASSERT_TRUE(list_discussions(*log_, request, log_.by(kTriage), first));
  ASSERT_EQ(first.discussions_size(), 2);
  request.set_page_token(first.next_page_token());
  call_off(all[2]);
  ASSERT_TRUE(list_discussions(*log_, request, log_.by(kTriage), second));
  ASSERT_EQ(second.discussions_size(), 1);
  EXPECT_EQ(second.discussions(0).discussion_id(), all[2]);
  EXPECT_EQ(second.discussions(0).stage(), v1::DISCUSSION_STAGE_DUE) << "as it stood at the first";
}

}  // namespace
}  // namespace mash::strategy
