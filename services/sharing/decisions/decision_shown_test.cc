#include "sharing/decisions/decision_shown.h"

#include <gmock/gmock.h>

#include "sharing/testing/cast.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using Event = v1::DecisionEvent;
using Events = std::vector<Event>;
using Sees = DecisionAudience::Sees;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kId[] = "01925f3a-0000-7000-8000-000000000700";

// Health shares one item with the police and one nurse of the school, one in part, and withholds
// one. Every text in it begins with "TEXT".
Event recorded(const char* more = "") {
  auto event = proto<Event>(R"(
    recorded {
      terms {
        case_id: "c-1" referral_id: "r-1" information_request_id: "q-1"
        outcome: SHARING_OUTCOME_SHARE_IN_PART
        items { item_id: "i-1" disposition: ITEM_DISPOSITION_RELEASED
                release_protected_reason: "TEXT of protection" }
        items { item_id: "i-2" disposition: ITEM_DISPOSITION_SANITISED sanitised_item_id: "i-3"
                ground: "third-party" reasons: "TEXT of reasons" }
        items { item_id: "i-4" disposition: ITEM_DISPOSITION_WITHHELD ground: "detriment"
                reasons: "TEXT of detriment" look_again_at { seconds: 500 } }
        recipients { agency: "police" regime: REGIME_LAW_ENFORCEMENT }
        recipients { agency: "education" practitioner: "t-3" regime: REGIME_UK_GDPR }
        purpose: "TEXT of purpose" necessity: "TEXT of necessity"
        proportionality: "TEXT of proportionality" regime: REGIME_UK_GDPR basis: "6-1-e"
        gateways: "ca2004-s11" confidence: CONFIDENCE_BASIS_PUBLIC_INTEREST
        confidence_weighed: "TEXT of confidence"
        consent { not_sought_reason: "TEXT of consent" override_manager: "n-9" }
        family_told: FAMILY_TOLD_NO family_told_reason: "TEXT of family"
        advice { from: "TEXT of whom" advice: "TEXT of advice" } policy_document: "apd-1"
      }
      agency: "health" body: "nhs-body" decided_by: "n-4" law: "lawful-basis@1"
      decided_at { seconds: 100 } supersedes_reason: "TEXT of superseding"
    })");
  event.MergeFrom(proto<Event>(more));
  return event;
}

const auto kPoliceChallenge = proto<Event>(R"(
  challenged { challenge_id: "h-1" agency: "police"
               step { level: "team-manager" grounds: "TEXT of police" raised_by: "p-17" } })");
const auto kSchoolChallenge = proto<Event>(R"(
  challenged { challenge_id: "h-2" agency: "education"
               step { level: "team-manager" grounds: "TEXT of school" raised_by: "t-3" } })");
const auto kAnswered = proto<Event>(R"(
  challenge_answered { challenge_id: "h-1" resolved: true
    step { level: "team-manager" answer: "TEXT of answer"
           resolution: CHALLENGE_RESOLUTION_NOT_UPHELD } })");
const auto kReviewed = proto<Event>(R"(
  reviewed { review { reviewed_by: "n-9" reviewed_at { seconds: 200 } finding: "TEXT of finding"
                      look_again_at { seconds: 900 } } })");
const auto kSigned = proto<Event>(R"(
  countersigned { by: "n-9" statement: "TEXT of signature" countersigned_at { seconds: 110 } })");

Events history() { return {recorded(), kPoliceChallenge, kSchoolChallenge, kAnswered, kReviewed}; }

v1::Decision shown(const Actor& actor, const Events& events, const std::string& purpose = "") {
  return decision_shown(kId, events, DecisionAudience::of(actor, purpose, events));
}

// The texts that are shown.
int texts(const v1::Decision& decision) {
  const std::string all = decision.DebugString();
  int count = 0;
  for (size_t at = all.find("TEXT"); at != std::string::npos; at = all.find("TEXT", at + 1))
    ++count;
  return count;
}

TEST(DecisionShown, ToTheAgencyThatMadeItIsAllOfIt) {
  const auto decision = shown(kHealthManager, history());
  EXPECT_EQ(decision.terms().SerializeAsString(),
            recorded().recorded().terms().SerializeAsString());
  EXPECT_THAT(decision.challenges(), SizeIs(2));
  EXPECT_EQ(decision.challenges(0).steps(0).grounds(), "TEXT of police");
  EXPECT_EQ(decision.challenges(0).steps(0).answer(), "TEXT of answer");
  EXPECT_EQ(decision.reviews(0).finding(), "TEXT of finding");
  EXPECT_EQ(decision.version(), 5U);
}

TEST(DecisionShown, ToARecipientIsWhatItGetsAndThatMoreExists) {
  const auto decision = shown(kPolice, history());
  ASSERT_THAT(decision.terms().items(), SizeIs(3));
  EXPECT_EQ(decision.terms().items(0).item_id(), "i-1");
  EXPECT_EQ(decision.terms().items(1).item_id(), "i-3");
  EXPECT_EQ(decision.terms().items(1).disposition(), v1::ITEM_DISPOSITION_RELEASED);
  EXPECT_EQ(decision.terms().items(2).disposition(), v1::ITEM_DISPOSITION_WITHHELD);
  EXPECT_EQ(decision.terms().purpose(), "TEXT of purpose");
  EXPECT_EQ(decision.terms().basis(), "6-1-e");
  ASSERT_THAT(decision.challenges(), SizeIs(1));
  EXPECT_EQ(decision.challenges(0).steps(0).grounds(), "TEXT of police");
  EXPECT_EQ(texts(decision), 3) << "its purpose, the challenge and the answer to it";
}

TEST(DecisionShown, TellsARecipientNoGroundNoSourceAndNobodyElse) {
  const auto told = shown(kPolice, history()).DebugString();
  for (const char* secret : {"detriment", "third-party", "i-2", "education", "t-3", "h-2", "n-9",
                             "apd-1", "TEXT of reasons", "TEXT of necessity", "TEXT of finding"})
    EXPECT_THAT(told, Not(HasSubstr(secret)));
}

TEST(DecisionShown, TellsWhatForOnlyThePractitionerItIsFor) {
  EXPECT_EQ(shown(kSchool, history()).terms().purpose(), "TEXT of purpose");
  const Actor colleague{"education", "sch-01", "t-4", "practitioner"};
  EXPECT_EQ(shown(colleague, history()).terms().purpose(), "");
  EXPECT_THAT(shown(colleague, history()).terms().items(), SizeIs(3));
}

TEST(DecisionShown, ThatWithholdsEverythingTellsFromWhomOnlyThatItDoes) {
  auto event = recorded();
  auto& items = *event.mutable_recorded()->mutable_terms()->mutable_items();
  items.DeleteSubrange(0, 2);
  const auto decision = shown(kPolice, {event});
  ASSERT_THAT(decision.terms().items(), SizeIs(1));
  EXPECT_EQ(decision.terms().items(0).look_again_at().seconds(), 500);
  EXPECT_EQ(texts(decision), 0);
  EXPECT_EQ(decision.terms().basis(), "");
}

TEST(DecisionShown, ToTheHubIsWhatWasDecidedAndOnWhatGroundWithoutTexts) {
  const auto decision = shown(kTriage, history());
  EXPECT_EQ(texts(decision), 0);
  EXPECT_EQ(decision.terms().items(2).ground(), "detriment");
  EXPECT_EQ(decision.terms().items(1).ground(), "third-party");
  EXPECT_EQ(decision.terms().items(1).sanitised_item_id(), "") << "only its owner is told";
  EXPECT_EQ(decision.terms().policy_document(), "apd-1");
  EXPECT_THAT(decision.terms().recipients(), SizeIs(2));
  EXPECT_THAT(decision.challenges(), SizeIs(2));
}

TEST(DecisionShown, ToTheHubThatGetsSomethingIsWhatFor) {
  const auto events = Events{
      recorded(R"(recorded { terms { recipients { agency: "social-care" } } })"), kSchoolChallenge};
  EXPECT_EQ(shown(kTriage, events).terms().purpose(), "TEXT of purpose");
  EXPECT_EQ(texts(shown(kTriage, events)), 1);
}

TEST(DecisionShown, ToAnAuditorHasTextsWhereItSaysWhy) {
  EXPECT_EQ(texts(shown(kAuditor, history())), 0);
  EXPECT_EQ(shown(kAuditor, history()).terms().items(1).sanitised_item_id(), "i-3");
  EXPECT_EQ(shown(kAuditor, history(), "Review 7.").SerializeAsString(),
            shown(kHealth, history()).SerializeAsString());
}

TEST(DecisionShown, ToOthersIsNothing) {
  EXPECT_EQ(DecisionAudience::of(kRefuge, "", history()).sees, Sees::kNothing);
  EXPECT_THAT(shown(kRefuge, history(), "Because.").DebugString(), IsEmpty());
  EXPECT_EQ(DecisionAudience::of(kPolice, "", {}).sees, Sees::kNothing);
}

TEST(DecisionShown, BeforeItsSecondSignatureIsItsMakersAlone) {
  const auto waiting = recorded("recorded { needs_second_signature: true }");
  for (const Actor& actor : {kPolice, kSchool, kTriage, kManager})
    EXPECT_EQ(DecisionAudience::of(actor, "", {waiting}).sees, Sees::kNothing) << actor.agency;
  EXPECT_EQ(shown(kHealth, {waiting}).status(), v1::DECISION_STATUS_AWAITING_SIGNATURE);
  EXPECT_EQ(shown(kAuditor, {waiting}).status(), v1::DECISION_STATUS_AWAITING_SIGNATURE);
  const Events in_force{waiting, kSigned};
  EXPECT_EQ(shown(kPolice, in_force).status(), v1::DECISION_STATUS_IN_FORCE);
  EXPECT_EQ(shown(kPolice, in_force).countersigned_by(), "");
  EXPECT_EQ(shown(kHealth, in_force).countersigned_by(), "n-9");
  const Events declined{waiting, proto<Event>(R"(declined { by: "n-9" })")};
  EXPECT_EQ(DecisionAudience::of(kPolice, "", declined).sees, Sees::kNothing);
}

TEST(DecisionShown, ThatWasSupersededSaysByWhich) {
  const Events events{recorded(), proto<Event>(R"(superseded { by_decision_id: "d-2" })")};
  for (const Actor& actor : {kHealth, kPolice, kTriage, kAuditor}) {
    EXPECT_EQ(shown(actor, events).status(), v1::DECISION_STATUS_SUPERSEDED);
    EXPECT_EQ(shown(actor, events).superseded_by(), "d-2");
  }
}

}  // namespace
}  // namespace mash::sharing
