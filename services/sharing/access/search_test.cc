// What searches find: who holds what, and what was disclosed.
#include "sharing/access/search.h"

#include <gmock/gmock.h>

#include "mash/common/v1/page_token.pb.h"
#include "sharing/access/disclosed.h"
#include "sharing/access/explain_access.h"
#include "sharing/testing/log_of_events.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class Searches : public LogOfEvents {
 protected:
  Result<v1::ExplainAccessResponse> explain(const Actor& actor,
                                            const v1::ExplainAccessRequest& request) {
    v1::ExplainAccessResponse response;
    auto looks = explain_access(*log_, request, by(actor), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response;
  }
  Result<v1::ExplainAccessResponse> explain_case(const Actor& actor,
                                                 std::optional<Time> as_at = {}) {
    v1::ExplainAccessRequest request;
    request.set_case_id(case_);
    if (as_at) to_proto(*as_at, request.mutable_as_at());
    return explain(actor, request);
  }
  Result<v1::ExplainAccessResponse> explain_person(const Actor& actor, const std::string& person) {
    v1::ExplainAccessRequest request;
    request.set_person_id(person);
    return explain(actor, request);
  }
  static std::vector<std::string> items(const Result<v1::ExplainAccessResponse>& answer) {
    std::vector<std::string> ids;
    EXPECT_TRUE(answer.has_value());
    if (answer)
      for (const v1::Holding& holding : answer->holdings()) ids.push_back(holding.item_id());
    return ids;
  }

  Result<v1::ListDisclosedResponse> disclosed(const Actor& actor, bool to_acknowledge = false) {
    v1::ListDisclosedRequest request;
    request.set_case_id(case_);
    request.set_purpose("To protect her.");
    request.set_to_acknowledge(to_acknowledge);
    v1::ListDisclosedResponse response;
    auto looks = list_disclosed(*log_, request, by(actor), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response;
  }
  static std::vector<std::string> items(const Result<v1::ListDisclosedResponse>& answer) {
    std::vector<std::string> ids;
    EXPECT_TRUE(answer.has_value());
    if (answer)
      for (const v1::DisclosedItem& item : answer->items()) ids.push_back(item.item().item_id());
    return ids;
  }

  host::Looks looks_;
};

TEST_F(Searches, TellTheHubAndAuditorsWhoHoldsWhatAndWhoWasGivenIt) {
  const auto item = hold({child_, mother_});
  const auto released = release(item);
  const auto withheld = withhold(item, "recipients { agency: 'education' }");
  for (const Actor& actor : {kTriage, kManager, kAuditor, kHealth}) {
    const auto answer = explain_case(actor);
    ASSERT_TRUE(answer) << actor.role;
    ASSERT_THAT(answer->holdings(), SizeIs(1));
    const v1::Holding& holding = answer->holdings(0);
    EXPECT_EQ(holding.item_id(), item);
    EXPECT_EQ(holding.case_id(), case_);
    EXPECT_EQ(holding.owner(), "health");
    EXPECT_EQ(holding.ask(), "n-4");
    EXPECT_TRUE(holding.has_held_since());
    EXPECT_THAT(holding.person_ids(), UnorderedElementsAre(child_, mother_));
    ASSERT_THAT(holding.access(), SizeIs(2));
    EXPECT_TRUE(holding.access(0).disclosed());
    EXPECT_EQ(holding.access(0).agency(), "police");
    EXPECT_EQ(holding.access(0).decision_id(), released);
    EXPECT_EQ(holding.access(1).decision_id(), withheld);
    EXPECT_EQ(holding.access(1).ground(), "detriment-16la-3");
    EXPECT_EQ(answer->as_at_size(), log_->size());
  }
}

TEST_F(Searches, TellAnAgencyWithAPartItsOwnLineAlone) {
  const auto item = hold({child_});
  release(item);
  withhold(item, "recipients { agency: 'education' }");
  const auto to_school = explain_case(kSchool)->holdings(0);
  ASSERT_THAT(to_school.access(), SizeIs(1));
  EXPECT_EQ(to_school.access(0).agency(), "education");
  EXPECT_FALSE(to_school.access(0).disclosed());
  EXPECT_EQ(to_school.access(0).ground(), "");
  EXPECT_THAT(to_school.person_ids(), IsEmpty());
  EXPECT_EQ(to_school.owner(), "health");
  const auto to_police = explain_case(kPolice)->holdings(0);
  ASSERT_THAT(to_police.access(), SizeIs(1));
  EXPECT_TRUE(to_police.access(0).disclosed());
  EXPECT_THAT(to_police.person_ids(), ElementsAre(child_));
}

TEST_F(Searches, FindNothingForStrangersAndWhomTheCaseShutsOut) {
  hold({child_});
  EXPECT_EQ(explain_case(kRefuge).error().reason, "NOT_FOUND");
  EXPECT_EQ(explain_person(kRefuge, child_).error().reason, "NOT_FOUND");
  EXPECT_EQ(disclosed(kRefuge).error().reason, "NOT_FOUND");
  v1::ExplainAccessRequest absent;
  absent.set_case_id(fresh());
  EXPECT_EQ(explain(kRefuge, absent).error().message, explain_case(kRefuge).error().message);
  EXPECT_EQ(explain(kTriage, absent).error().reason, "NOT_FOUND");
  happen_to_case(case_, R"(restricted { named { agency: "health" practitioner: "n-4" } })");
  EXPECT_EQ(explain_case(kTriage).error().reason, "NOT_FOUND");
  EXPECT_EQ(explain_person(kTriage, child_).error().reason, "NOT_FOUND");
  EXPECT_TRUE(explain_case(kHealth));
}

TEST_F(Searches, ForAPersonFindWhatIsAboutWhoeverIsHeldToBeTheSame) {
  const auto other_case = fresh();
  const auto same = fresh();
  know_case(other_case, {"refuge", "police"}, {same});
  const auto first = hold({child_});
  hold({mother_});
  const auto second = hold({same}, "", other_case);
  EXPECT_THAT(items(explain_person(kTriage, child_)), ElementsAre(first));
  hold_to_be_same(child_, same);
  EXPECT_THAT(items(explain_person(kTriage, child_)), ElementsAre(first, second));
  EXPECT_THAT(items(explain_person(kTriage, same)), ElementsAre(first, second));
  EXPECT_THAT(explain_person(kTriage, same)->holdings(0).person_ids(), ElementsAre(child_));
  // A case that somebody has no part in is none.
  EXPECT_THAT(items(explain_person(kSchool, child_)), ElementsAre(first));
  EXPECT_THAT(items(explain_person(kPolice, child_)), ElementsAre(first, second));
}

TEST_F(Searches, ForAPersonAreShutToWhomOneOfTheirCasesBars) {
  const auto other_case = fresh();
  know_case(other_case, {"police"}, {child_});
  hold({child_});
  EXPECT_TRUE(explain_person(kTriage, child_));
  happen_to_case(
      other_case,
      R"(barred { bar { practitioner { agency: "social-care" practitioner: "o-1" } } })");
  EXPECT_EQ(explain_person(kTriage, child_).error().reason, "NOT_FOUND");
  EXPECT_TRUE(explain_person(kManager, child_));
}

TEST_F(Searches, OfACaseFindWhatLiesInThoseItIsJoinedWith) {
  const auto other_case = fresh();
  know_case(other_case, {"refuge"}, {fresh()});
  const auto first = hold({child_});
  const auto second = hold({mother_}, "", other_case);
  const Time apart = vault_.clock.now();
  EXPECT_THAT(items(explain_case(kTriage)), ElementsAre(first));
  happen_to_case(case_, ("took_in { case_id: '" + other_case + "' }").c_str());
  happen_to_case(other_case, ("joined { into_case_id: '" + case_ + "' }").c_str());
  EXPECT_THAT(items(explain_case(kTriage)), ElementsAre(first, second));
  EXPECT_THAT(items(explain_case(kTriage, apart)), ElementsAre(first));
}

TEST_F(Searches, ReadThePastAsItStood) {
  const auto item = hold({child_});
  const Time held = vault_.clock.now();
  const auto decision = release(item);
  end_decision(item, decision);
  recall(item, {"police"});
  const auto then = explain_case(kTriage, held)->holdings(0);
  EXPECT_THAT(then.access(), IsEmpty());
  EXPECT_FALSE(then.recalled());
  const auto now = explain_case(kTriage)->holdings(0);
  EXPECT_TRUE(now.recalled());
  ASSERT_THAT(now.access(), SizeIs(1));
  EXPECT_TRUE(now.access(0).has_until());
  EXPECT_EQ(now.access(0).recall().agency(), "police");
  EXPECT_FALSE(now.access(0).recall().has_acknowledged_at());
  acknowledge(item, "police");
  EXPECT_EQ(explain_case(kTriage)->holdings(0).access(0).recall().acknowledged_by(), "p-17");
}

TEST_F(Searches, AreLooksAlsoWhereTheyFindNothing) {
  ASSERT_TRUE(explain_case(kTriage));
  ASSERT_THAT(looks_, SizeIs(1));
  EXPECT_TRUE(looks_[0].searched);
  EXPECT_EQ(looks_[0].stream_id, case_);
  EXPECT_THAT(looks_[0].ids, IsEmpty());
  EXPECT_EQ(looks_[0].as_at_size, log_->size());
  ASSERT_TRUE(disclosed(kPolice));
  ASSERT_THAT(looks_, SizeIs(1));
  EXPECT_TRUE(looks_[0].searched);
  const auto item = hold({child_});
  ASSERT_TRUE(explain_person(kTriage, child_));
  EXPECT_EQ(looks_[0].stream_id, child_);
  EXPECT_EQ(looks_[0].case_id, "");
  EXPECT_THAT(looks_[0].ids, ElementsAre(item));
}

TEST_F(Searches, NameACaseOrAPerson) {
  v1::ExplainAccessRequest both;
  both.set_case_id(case_);
  both.set_person_id(child_);
  for (const auto& request : {v1::ExplainAccessRequest(), both}) {
    const auto answer = explain(kTriage, request);
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().faults, SizeIs(2));
  }
  v1::ExplainAccessRequest too_many;
  too_many.set_case_id(case_);
  too_many.set_page_size(10'001);
  EXPECT_EQ(explain(kTriage, too_many).error().faults.at(0).field, "page_size");
}

TEST_F(Searches, GoOnFromPageToPageAsAtOneSize) {
  const auto other_case = fresh();
  know_case(other_case, {"police"}, {child_});
  std::vector<std::string> held;
  for (int i = 0; i < 5; ++i) held.push_back(hold({child_}));
  for (int i = 0; i < 3; ++i) held.push_back(hold({child_}, "", other_case));
  for (const uint32_t page_size : {1U, 2U, 5U, 8U, 100U}) {
    v1::ExplainAccessRequest request;
    request.set_person_id(child_);
    request.set_page_size(page_size);
    std::vector<std::string> seen;
    size_t pages = 0;
    do {
      const auto answer = explain(kTriage, request);
      ASSERT_TRUE(answer) << answer.error().message;
      EXPECT_LE(answer->holdings_size(), static_cast<int>(page_size));
      for (const auto& holding : answer->holdings()) seen.push_back(holding.item_id());
      request.set_page_token(answer->next_page_token());
      if (pages == 0 && !request.page_token().empty())
        hold({mother_});  // later than the first page
    } while (!request.page_token().empty() && ++pages < 20);
    EXPECT_EQ(seen, held) << page_size;
  }
}

TEST_F(Searches, TakeOnlyTheTokensTheyGave) {
  for (int i = 0; i < 3; ++i) hold({child_});
  v1::ExplainAccessRequest request;
  request.set_case_id(case_);
  request.set_page_size(1);
  const auto first = explain(kTriage, request);
  ASSERT_TRUE(first);
  auto other = request;
  other.set_case_id("");
  other.set_person_id(child_);
  other.set_page_token(first->next_page_token());
  EXPECT_EQ(explain(kTriage, other).error().faults.at(0).field, "page_token");
  for (const char* token : {"x", "zz", "00", "ffff", "0a"}) {
    request.set_page_token(token);
    EXPECT_EQ(explain(kTriage, request).error().faults.at(0).field, "page_token") << token;
  }
  // Nor does one lead into another case.
  common::v1::PageToken forged;
  request.set_page_token(first->next_page_token());
  ASSERT_TRUE(host::from_page_token(request.page_token(), forged));
  forged.set_case_id(fresh());
  request.set_page_token(host::to_page_token(forged));
  EXPECT_EQ(explain(kTriage, request).error().faults.at(0).field, "page_token");
}

TEST_F(Searches, ReadFromItsStreamWhatTheListHasNoRoomFor) {
  const auto item = hold({child_});
  constexpr int kDecisions = 120;
  for (int i = 0; i < kDecisions; ++i) end_decision(item, release(item));
  const auto answer = explain_case(kTriage);
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->holdings(0).access(), SizeIs(kDecisions));
}

TEST_F(Searches, ListWhatDecisionsInForceHaveDisclosed) {
  const auto shared = hold({child_});
  const auto decision = release(shared);
  const auto held_back = hold({child_});
  withhold(held_back);
  const auto ended = hold({child_});
  end_decision(ended, release(ended));
  hold({child_});
  const auto answer = disclosed(kPolice);
  EXPECT_THAT(items(answer), ElementsAre(shared));
  EXPECT_EQ(answer->items(0).decision_id(), decision);
  EXPECT_TRUE(answer->items(0).has_disclosed_at());
  EXPECT_FALSE(answer->items(0).item().has_content());
  EXPECT_THAT(items(disclosed(kSchool)), IsEmpty());
  EXPECT_THAT(looks_[0].ids, IsEmpty());
}

TEST_F(Searches, ListWhatIsToBeAcknowledgedAlsoUnderADecisionThatHasEnded) {
  const auto shared = hold({child_});
  const auto decision = release(shared);
  release(hold({child_}));
  end_decision(shared, decision);
  recall(shared, {"police"});
  const auto waiting = disclosed(kPolice, true);
  EXPECT_THAT(items(waiting), ElementsAre(shared));
  EXPECT_TRUE(waiting->items(0).acknowledge());
  EXPECT_EQ(waiting->items(0).decision_id(), decision);
  EXPECT_THAT(items(disclosed(kPolice)), SizeIs(2));
  acknowledge(shared, "police");
  EXPECT_THAT(items(disclosed(kPolice, true)), IsEmpty());
  EXPECT_THAT(items(disclosed(kPolice)), SizeIs(1));
}

}  // namespace
}  // namespace mash::sharing
