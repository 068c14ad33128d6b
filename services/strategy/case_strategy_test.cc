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
  EXPECT_THAT(looks_[0].ids, ElementsAre(conference, protection, child_));
}

TEST_F(CaseStrategy, IsTheFlagsAndWhatTheyWereInvitedToForAgencies) {
  open();
  const std::string invited = open();
  come(invited, "police", "police");
  conference_due(v1::CONFERENCE_KIND_INITIAL, 90);
  protect();
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
