#include "strategy/case_strategy.h"

#include <gmock/gmock.h>

#include "strategy/children/missing_reads.h"
#include "strategy/conferences/conference_reads.h"
#include "strategy/testing/happenings.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

bool tells(const google::protobuf::Message& message, const char* text) {
  return message.DebugString().find(text) != std::string::npos;
}

class CaseStrategy : public Happenings {
 protected:
  Result<v1::GetCaseStrategyResponse> get(const Actor& actor, const std::string& case_id,
                                          const std::string& purpose = "",
                                          std::optional<Time> as_at = {}) {
    v1::GetCaseStrategyRequest request;
    request.set_case_id(case_id);
    request.set_purpose(purpose);
    if (as_at) to_proto(*as_at, request.mutable_as_at());
    v1::GetCaseStrategyResponse response;
    auto looks = get_case_strategy(*log_, request, log_.by(actor), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response;
  }
  std::vector<std::string> conferences(const char* request = "") {
    v1::ListConferencesResponse response;
    EXPECT_TRUE(list_conferences(*log_, proto<v1::ListConferencesRequest>(request),
                                 log_.by(kTriage), response));
    EXPECT_FALSE(tells(response, "SECRET"));
    std::vector<std::string> ids;
    for (const auto& each : response.conferences()) ids.push_back(each.conference_id());
    return ids;
  }
  std::vector<std::string> missing(const Actor& actor, std::optional<Time> as_at = {}) {
    v1::ListMissingRequest request;
    if (as_at) to_proto(*as_at, request.mutable_as_at());
    v1::ListMissingResponse response;
    EXPECT_TRUE(list_missing(*log_, request, log_.by(actor), response));
    EXPECT_FALSE(tells(response, "SECRET"));
    std::vector<std::string> ids;
    for (const auto& each : response.children()) ids.push_back(each.child_id());
    return ids;
  }

  host::Looks looks_;
};

TEST_F(CaseStrategy, IsAllOfItForTheHub) {
  const std::string discussion = open();
  const std::string conference = conference_due(v1::CONFERENCE_KIND_INITIAL, 90);
  const std::string protection = protect();
  flag(case_, child_);
  plan(child_);
  const auto all = get(kTriage, case_);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->discussions(0).discussion_id(), discussion);
  EXPECT_EQ(all->conferences(0).request_reason(), "SECRET reason");
  EXPECT_EQ(all->protections(0).authority(), "SECRET officer");
  EXPECT_EQ(all->protections(0).deadline().state(), common::v1::DEADLINE_STATE_RUNNING);
  ASSERT_THAT(all->children(), SizeIs(1));
  EXPECT_EQ(all->children(0).missing_details(), "SECRET where");
  EXPECT_TRUE(all->children(0).has_plan_since());
  ASSERT_THAT(looks_, SizeIs(1));
  EXPECT_THAT(looks_[0].ids, UnorderedElementsAre(conference, protection, child_));
}

TEST_F(CaseStrategy, IsTheFlagsAndWhatTheyWereInvitedToForAgencies) {
  open();
  const std::string invited = open();
  come(invited, "police", "police");
  conference_due(v1::CONFERENCE_KIND_INITIAL, 90);
  conference_requested("health");
  plan(child_);
  const auto before = get(kPolice, case_);
  ASSERT_TRUE(before);
  EXPECT_THAT(before->children(), IsEmpty()) << "there is no flag, and the plan is not shown";
  flag(case_, child_);
  const auto seen = get(kPolice, case_);
  ASSERT_THAT(seen->discussions(), SizeIs(1));
  EXPECT_EQ(seen->discussions(0).discussion_id(), invited);
  EXPECT_THAT(seen->conferences(), IsEmpty());
  EXPECT_THAT(seen->protections(), IsEmpty());
  EXPECT_EQ(seen->children(0).missing_details(), "SECRET where");
  EXPECT_FALSE(seen->children(0).has_plan_since());
  EXPECT_THAT(looks_[0].ids, ElementsAre(child_));
  EXPECT_EQ(get(kRefuge, case_).error().reason, "NOT_FOUND");
}

TEST_F(CaseStrategy, IsTheAnswerForTheAgencyThatAskedForAConference) {
  const std::string asked = conference_requested("police");
  EXPECT_EQ(get(kPolice, case_)->conferences(0).request_reason(), "SECRET request");
  EXPECT_TRUE(get(kPolice, case_)->conferences(0).has_deadline());
  conference_called_off(asked);
  const auto answered = get(kPolice, case_);
  ASSERT_THAT(answered->conferences(), SizeIs(1));
  EXPECT_EQ(answered->conferences(0).stage(), v1::CONFERENCE_STAGE_NOT_HELD);
  EXPECT_EQ(answered->conferences(0).text(), "SECRET called off");
  EXPECT_THAT(looks_[0].ids, ElementsAre(asked));
  const std::string held = conference_requested("police");
  conference_held(held);
  const v1::Conference conference = get(kPolice, case_)->conferences(1);
  EXPECT_TRUE(conference.has_held_at());
  EXPECT_EQ(conference.text(), "") << "what was agreed is for those who were there";
  EXPECT_THAT(conference.outcomes(), IsEmpty());
  EXPECT_THAT(get(kHealth, case_)->conferences(), IsEmpty());
}

TEST_F(CaseStrategy, IsTheProtectionAnAgencyRecordedInItsOwnWords) {
  protect("police");
  protect("social-care");
  const auto seen = get(kPolice, case_);
  ASSERT_THAT(seen->protections(), SizeIs(2));
  EXPECT_EQ(seen->protections(0).authority(), "SECRET officer");
  EXPECT_EQ(seen->protections(1).authority(), "") << "the hub's words of what the police did";
  EXPECT_TRUE(seen->protections(1).has_deadline());
  EXPECT_THAT(get(kHealth, case_)->protections(), IsEmpty());
}

TEST_F(CaseStrategy, ShowsTheNewestWhereThereAreMoreThanItHasRoomFor) {
  std::string last;
  for (int i = 0; i < 101; ++i) last = conference_due(v1::CONFERENCE_KIND_INITIAL, 90);
  const auto all = get(kTriage, case_);
  ASSERT_THAT(all->conferences(), SizeIs(100));
  EXPECT_EQ(all->conferences(99).conference_id(), last);
  EXPECT_TRUE(all->more());
}

TEST_F(CaseStrategy, AsItStoodIsOfWhatTheCaseWasJoinedWithThen) {
  const std::string other = log_.fresh();
  log_.know_case(other, {"health"}, {log_.fresh()});
  open(9, other);
  log_.join(other, case_);
  const Time joined = now();
  log_.part(other, case_);
  EXPECT_THAT(get(kTriage, case_)->discussions(), IsEmpty());
  EXPECT_THAT(get(kTriage, case_, "", joined)->discussions(), SizeIs(1));
  log_.happen_to_case(other, "restricted {}");
  EXPECT_THAT(get(kTriage, case_, "", joined)->discussions(), IsEmpty())
      << "it may not be known of now";
}

TEST_F(CaseStrategy, IsWithoutTextsForAnAuditorWhoDoesNotSayWhy) {
  conference_due(v1::CONFERENCE_KIND_INITIAL, 90);
  protect();
  flag(case_, child_);
  const auto without = get(kAuditor, case_);
  ASSERT_THAT(without->protections(), SizeIs(1));
  EXPECT_FALSE(tells(*without, "SECRET"));
  EXPECT_THAT(looks_, IsEmpty());
  EXPECT_TRUE(tells(get(kAuditor, case_, "Review 7.").value(), "SECRET officer"));
  EXPECT_THAT(looks_, SizeIs(1));
}

TEST_F(CaseStrategy, IsOfAllThatTheCaseIsJoinedWithAndAsItStood) {
  const std::string other = log_.fresh();
  const std::string sister = log_.fresh();
  log_.know_case(other, {"police"}, {sister});
  open(9, other);
  EXPECT_THAT(get(kTriage, case_)->discussions(), IsEmpty());
  log_.join(other, case_);
  EXPECT_THAT(get(kTriage, case_)->discussions(), SizeIs(1));
  const Time before = now();
  flag(case_, child_);
  EXPECT_THAT(get(kTriage, other)->children(), SizeIs(1));
  EXPECT_THAT(get(kTriage, case_, "", before)->children(), IsEmpty());
}

TEST_F(CaseStrategy, SaysWhatIsErased) {
  protect();
  log_.erase(case_);
  const auto erased = get(kTriage, case_);
  EXPECT_TRUE(erased->protections(0).erased());
  EXPECT_FALSE(tells(*erased, "SECRET"));
}

TEST_F(CaseStrategy, ListsConferencesThatAreDueFirstAndThenThoseThatAreOver) {
  const std::string held = conference_due(v1::CONFERENCE_KIND_INITIAL, 9);
  const std::string called_off = conference_due(v1::CONFERENCE_KIND_INITIAL, 1);
  const std::string later = conference_due(v1::CONFERENCE_KIND_REVIEW, 90);
  const std::string sooner = conference_due(v1::CONFERENCE_KIND_CORE_GROUP, 2);
  conference_held(held);
  conference_called_off(called_off);
  EXPECT_THAT(conferences(), ElementsAre(sooner, later, called_off, held));
  EXPECT_THAT(conferences("open: true"), ElementsAre(sooner, later));
  EXPECT_THAT(conferences("kind: CONFERENCE_KIND_REVIEW"), ElementsAre(later));
  log_.clock().advance(hours(5));
  EXPECT_THAT(conferences("late: true"), ElementsAre(sooner)) << "called off in time is not late";
  const auto all = get(kTriage, case_);
  EXPECT_FALSE(all->conferences(1).has_deadline()) << "neither met nor missed";
  EXPECT_EQ(all->conferences(0).text(), "SECRET agreed");
  EXPECT_EQ(all->conferences(0).deadline().state(), common::v1::DEADLINE_STATE_MET);
}

TEST_F(CaseStrategy, ListsAPlanOfWhoIsMissingForTheHubAlone) {
  flag(case_, child_, true);
  v1::ListMissingResponse seen;
  ASSERT_TRUE(list_missing(*log_, {}, log_.by(kTriage), seen));
  EXPECT_TRUE(seen.children(0).has_plan_since());
  EXPECT_TRUE(seen.children(0).authorities_open());
  seen.Clear();
  ASSERT_TRUE(list_missing(*log_, {}, log_.by(kPolice), seen));
  EXPECT_FALSE(seen.children(0).has_plan_since());
  EXPECT_FALSE(seen.children(0).authorities_open()) << "which says that a plan runs";
}

TEST_F(CaseStrategy, SeesWhoIsMissingUnderAnotherIdInTheFamily) {
  const std::string other_case = log_.fresh();
  const std::string other = log_.fresh();
  log_.know_case(other_case, {"health"}, {other});
  flag(other_case, other);
  log_.hold_to_be_same(child_, other);
  google::protobuf::RepeatedPtrField<std::string> children;
  *children.Add() = child_;
  const auto among = [&] {
    return missing_among(*log_, cases::family_of(*log_, case_).value(), children, {}).value();
  };
  EXPECT_THAT(among(), IsEmpty());
  log_.join(other_case, case_);
  EXPECT_THAT(among(), ElementsAre(child_));
}

TEST_F(CaseStrategy, ListsWhoIsMissingUntilTheyAreFound) {
  const std::string brother = log_.fresh();
  const std::string elsewhere = log_.fresh();
  log_.know_case(elsewhere, {"refuge"}, {brother});
  plan(child_);
  flag(case_, child_);
  const Time flagged = now();
  flag(elsewhere, brother);
  EXPECT_THAT(missing(kTriage), ElementsAre(brother, child_));
  EXPECT_THAT(missing(kPolice), ElementsAre(child_)) << "has no part in the other case";
  find(child_);
  EXPECT_THAT(missing(kTriage), ElementsAre(brother));
  EXPECT_THAT(missing(kTriage, flagged), ElementsAre(child_));
  flag(case_, child_);
  EXPECT_THAT(missing(kTriage), ElementsAre(child_, brother)) << "flagged again";
}

}  // namespace
}  // namespace mash::strategy
