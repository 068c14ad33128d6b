#include "sharing/decisions/decision_reads.h"

#include <gmock/gmock.h>

#include "sharing/testing/log_of_events.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DecisionReads : public LogOfEvents {
 protected:
  // Health decides to share with the police; `more` is merged into it. Answers with its id.
  std::string decided(const char* more = "", std::string case_id = {}) {
    if (case_id.empty()) case_id = case_;
    auto event = proto<v1::DecisionEvent>(R"(
      recorded {
        terms { outcome: SHARING_OUTCOME_SHARE purpose: "SECRET purpose" necessity: "SECRET"
                referral_id: "r-1" basis: "6-1-e" recipients { agency: "police" }
                items { item_id: "i-1" disposition: ITEM_DISPOSITION_RELEASED } }
        agency: "health" decided_by: "n-4" })");
    event.MergeFrom(proto<v1::DecisionEvent>(more));
    event.mutable_recorded()->mutable_terms()->set_case_id(case_id);
    to_proto(vault_.clock.now(), event.mutable_recorded()->mutable_decided_at());
    std::string id = fresh();
    append(decision_stream(id), case_id, event);
    return id;
  }
  void happen(const std::string& id, const char* event) {
    append(decision_stream(id), case_, proto<v1::DecisionEvent>(event));
  }

  Result<v1::Decision> get(const Actor& actor, const std::string& id,
                           const std::string& purpose = "", std::optional<Time> as_at = {}) {
    v1::GetDecisionRequest request;
    request.set_decision_id(id);
    request.set_purpose(purpose);
    if (as_at) to_proto(*as_at, request.mutable_as_at());
    v1::GetDecisionResponse response;
    auto looks = get_decision(*log_, request, by(actor), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response.decision();
  }
  v1::ListDecisionsResponse list(const Actor& actor, const v1::ListDecisionsRequest& request = {}) {
    v1::ListDecisionsResponse response;
    const auto listed = list_decisions(*log_, request, by(actor), response);
    EXPECT_TRUE(listed.has_value()) << mash::testing::brief(listed.error());
    return response;
  }
  std::vector<std::string> listed(const Actor& actor, const char* request = "") {
    std::vector<std::string> ids;
    const auto page = list(actor, proto<v1::ListDecisionsRequest>(request));
    for (const auto& decision : page.decisions()) ids.push_back(decision.decision_id());
    return ids;
  }

  host::Looks looks_;
};

TEST_F(DecisionReads, ShowItsMakerAllOfItAndNameTheLook) {
  const auto id = decided();
  const auto decision = get(kHealthManager, id);
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->terms().necessity(), "SECRET");
  ASSERT_THAT(looks_, SizeIs(1));
  EXPECT_EQ(looks_[0].case_id, case_);
  EXPECT_EQ(looks_[0].decision_id, id);
  EXPECT_EQ(looks_[0].decision_version, 1U);
}

TEST_F(DecisionReads, ShowARecipientWhatForAndNotWhy) {
  const auto decision = get(kPolice, decided());
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->terms().purpose(), "SECRET purpose");
  EXPECT_EQ(decision->terms().necessity(), "");
  EXPECT_THAT(looks_, SizeIs(1));
}

TEST_F(DecisionReads, ShowTheHubNoTexts) {
  const auto decision = get(kTriage, decided());
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->DebugString().find("SECRET"), std::string::npos);
  EXPECT_EQ(decision->terms().basis(), "6-1-e");
}

TEST_F(DecisionReads, ShowAnAuditorTheTextsWhereItSaysWhy) {
  const auto id = decided();
  EXPECT_EQ(get(kAuditor, id)->DebugString().find("SECRET"), std::string::npos);
  EXPECT_THAT(looks_, IsEmpty());
  EXPECT_EQ(get(kAuditor, id, "Review 7.")->terms().necessity(), "SECRET");
  EXPECT_THAT(looks_, SizeIs(1));
}

TEST_F(DecisionReads, DoNotExistForWhomTheyDoNotConcern) {
  const auto id = decided();
  for (const Actor& actor : {kSchool, kRefuge})
    EXPECT_EQ(get(actor, id).error().reason, "NOT_FOUND") << actor.agency;
  EXPECT_EQ(get(kSchool, id).error().message, get(kSchool, fresh()).error().message);
  happen_to_case(case_, R"(restricted { named { agency: "health" practitioner: "n-4" } })");
  for (const Actor& actor : {kPolice, kTriage, kHealthManager})
    EXPECT_EQ(get(actor, id).error().reason, "NOT_FOUND") << actor.agency;
  EXPECT_TRUE(get(kHealth, id));
}

TEST_F(DecisionReads, ReadThePastAsItStood) {
  const auto id = decided();
  const Time then = vault_.clock.now();
  happen(id, "superseded { by_decision_id: 'd-2' }");
  EXPECT_EQ(get(kPolice, id)->status(), v1::DECISION_STATUS_SUPERSEDED);
  EXPECT_EQ(get(kPolice, id, "", then)->status(), v1::DECISION_STATUS_IN_FORCE);
  EXPECT_GT(looks_[0].as_at_size, 0U);
}

TEST_F(DecisionReads, OfAnErasedCaseSaySoWithoutTexts) {
  const auto id = decided();
  erase(case_);
  const auto decision = get(kHealth, id);
  ASSERT_TRUE(decision);
  EXPECT_TRUE(decision->erased());
  EXPECT_EQ(decision->DebugString().find("SECRET"), std::string::npos);
  EXPECT_EQ(decision->terms().basis(), "6-1-e");
}

TEST_F(DecisionReads, ListTheNewestFirstToWhomTheyConcern) {
  const auto first = decided();
  const auto second = decided(R"(recorded { terms { recipients { agency: "education" } } })");
  const auto waiting = decided("recorded { needs_second_signature: true }");
  EXPECT_THAT(listed(kHealth), ElementsAre(waiting, second, first));
  EXPECT_THAT(listed(kAuditor), ElementsAre(waiting, second, first));
  EXPECT_THAT(listed(kPolice), ElementsAre(second, first));
  EXPECT_THAT(listed(kSchool), ElementsAre(second));
  EXPECT_THAT(listed(kRefuge), IsEmpty());
  EXPECT_THAT(listed(kTriage), IsEmpty()) << "its own agency's, as everyone's";
}

TEST_F(DecisionReads, ListARecipientNothingOfOthers) {
  decided(R"(recorded { terms { recipients { agency: "education" } } })");
  const auto decision = list(kPolice).decisions(0);
  EXPECT_THAT(decision.terms().recipients(), SizeIs(1));
  EXPECT_EQ(decision.terms().referral_id(), "");
  EXPECT_THAT(list(kHealth).decisions(0).terms().recipients(), SizeIs(2));
  EXPECT_EQ(list(kHealth).DebugString().find("SECRET"), std::string::npos);
}

TEST_F(DecisionReads, ListWhatIsAskedFor) {
  const auto other_case = fresh();
  know_case(other_case, {"health", "police"}, {child_});
  const auto plain = decided();
  const auto elsewhere = decided("", other_case);
  const auto waiting = decided("recorded { needs_second_signature: true }");
  const auto withheld = decided(
      "recorded { terms { items { item_id: 'i-2' disposition: ITEM_DISPOSITION_WITHHELD "
      "look_again_at { seconds: 500 } } } }");
  happen(plain, ("challenged { challenge_id: '" + uuid(1) + "' agency: 'police' }").c_str());
  EXPECT_THAT(listed(kHealth, ("case_id: '" + other_case + "'").c_str()), ElementsAre(elsewhere));
  EXPECT_THAT(listed(kHealth, ("case_id: '" + case_ + "'").c_str()),
              ElementsAre(withheld, waiting, plain));
  EXPECT_THAT(listed(kHealth, "case_id: 'c-1'"), IsEmpty());
  EXPECT_THAT(listed(kHealth, "awaiting_signature: true"), ElementsAre(waiting));
  EXPECT_THAT(listed(kHealth, "look_again_before { seconds: 501 }"), ElementsAre(withheld));
  EXPECT_THAT(listed(kHealth, "look_again_before { seconds: 500 }"), IsEmpty());
  EXPECT_THAT(listed(kHealth, "challenged: true"), ElementsAre(plain));
  EXPECT_THAT(listed(kPolice, "challenged: true"), IsEmpty()) << "whose it is shows not in a list";
  EXPECT_THAT(listed(kAuditor, "agency: 'police'"), IsEmpty());
}

TEST_F(DecisionReads, ListNothingOfACaseThatShutsTheCallerOut) {
  decided();
  happen_to_case(case_,
                 R"(barred { bar { practitioner { agency: "police" practitioner: "p-17" } } })");
  EXPECT_THAT(listed(kPolice), IsEmpty());
  EXPECT_THAT(listed({"police", "pol-01", "p-18", "practitioner"}), SizeIs(1));
}

TEST_F(DecisionReads, ListPagesThatDoNotShift) {
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) all.insert(all.begin(), decided());
  v1::ListDecisionsRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = list(kHealth, request);
    for (const auto& decision : page.decisions()) seen.push_back(decision.decision_id());
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
    decided();  // goes to the top, above what has been seen
  }
  EXPECT_EQ(seen, all);
}

TEST_F(DecisionReads, ListPagesOfOneCase) {
  const auto other_case = fresh();
  know_case(other_case, {"health", "police"}, {child_});
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) {
    all.insert(all.begin(), decided());
    decided("", other_case);
  }
  v1::ListDecisionsRequest request;
  request.set_page_size(2);
  request.set_case_id(case_);
  std::vector<std::string> seen;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = list(kPolice, request);
    for (const auto& decision : page.decisions()) seen.push_back(decision.decision_id());
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  EXPECT_EQ(seen, all);
}

}  // namespace
}  // namespace mash::sharing
