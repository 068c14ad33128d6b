#include <gmock/gmock.h>

#include "referral/referral.h"
#include "referral/rules.h"
#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using Event = Referral::Event;

const auto kAccepted = proto<Event>(R"(contact_accepted { decision { decision_id: "d-1" } })");
const auto kClosed =
    proto<Event>(R"(contact_closed { decision { decision_id: "d-1" needs_other_support: true } })");
const auto kDecided = proto<Event>(R"(referral_decided { decision { decision_id: "d-2" } })");
const auto kDecidedBelowThreshold = proto<Event>(
    R"(referral_decided { decision { decision_id: "d-2" needs_other_support: true } })");
const auto kTold = proto<Event>(
    R"(information_added { information { information_id: "i-1" agency: "education" } })");

v1::DecideReferralRequest decide() {
  return proto<v1::DecideReferralRequest>(R"(
    referral_id: "r-1"
    decision {
      outcome: "section-17-assessment" level_of_need: "4" rationale: "Neglect over months."
      evidence_ids: "r-1" family_informed: FAMILY_INFORMED_TOLD
    })");
}

v1::ReviseDecisionRequest revise(v1::RevisionGround ground) {
  v1::ReviseDecisionRequest request;
  request.set_referral_id("r-1");
  *request.mutable_decision() = decide().decision();
  request.set_ground(ground);
  return request;
}

v1::GiveFeedbackRequest feedback() {
  return proto<v1::GiveFeedbackRequest>(
      R"(referral_id: "r-1" agency: "police" text: "We are assessing.")");
}

TEST(Decision, KnowsItsMakerTimeAndPack) {
  const auto outcome =
      given<Referral>({received(), kAccepted}).when(decide(), as(kSocialWorker)).outcome();
  const v1::ReferralDecided& decided = outcome.value().at(0).referral_decided();
  EXPECT_EQ(decided.decision().decision_id(), "id-0");
  EXPECT_EQ(decided.decision().maker(), "w-1");
  EXPECT_EQ(decided.decision().decided_at().seconds(), second(kNow));
  EXPECT_EQ(decided.decision().policy_pack(), pack().citation());
  EXPECT_TRUE(decided.decision().threshold_met());
  EXPECT_FALSE(decided.decision().needs_other_support());
}

TEST(Decision, StartsTheClockOfAnAssessmentFromReceipt) {
  const auto outcome = given<Referral>({received(), kAccepted})
                           .when(decide(), as(kSocialWorker, "2026-03-05T10:00:00Z"))
                           .outcome();
  const auto& deadline = outcome.value().at(0).referral_decided().deadlines(0);
  EXPECT_EQ(deadline.kind(), "assessment");
  EXPECT_EQ(deadline.start().seconds(), second(kNow));
  // 45 working days from 4 March 2026, over Easter and the early May bank holiday, in summer time.
  EXPECT_EQ(deadline.due().seconds(), second("2026-05-11T22:59:59Z"));
}

TEST(Decision, TakesItsMakerFromNobodysWord) {
  auto request = decide();
  request.mutable_decision()->set_maker("someone-else");
  request.mutable_decision()->set_revises_decision_id("d-9");
  request.mutable_decision()->set_threshold_met(false);
  const auto outcome =
      given<Referral>({received(), kAccepted}).when(request, as(kSocialWorker)).outcome();
  const v1::Decision& decision = outcome.value().at(0).referral_decided().decision();
  EXPECT_EQ(decision.maker(), "w-1");
  EXPECT_EQ(decision.revises_decision_id(), "");
  EXPECT_TRUE(decision.threshold_met());
}

TEST(Decision, IsOnAReferralOnly) {
  given<Referral>({received()}).when(decide(), as(kSocialWorker)).then_refused("NOT_A_REFERRAL");
  given<Referral>({received(), kClosed})
      .when(decide(), as(kSocialWorker))
      .then_refused("NOT_A_REFERRAL");
}

TEST(Decision, IsMadeOnce) {
  given<Referral>({received(), kAccepted, kDecided})
      .when(decide(), as(kSocialWorker))
      .then_refused("REFERRAL_ALREADY_DECIDED");
}

TEST(Decision, FitsThePackAndCitesItsRule) {
  auto request = decide();
  request.mutable_decision()->set_outcome("immediate-protection");
  request.mutable_decision()->set_level_of_need("3");
  const auto outcome =
      given<Referral>({received(), kAccepted}).when(request, as(kSocialWorker)).outcome();
  EXPECT_THAT(faulty_fields(outcome), ElementsAre("decision.level_of_need"));
  ASSERT_EQ(outcome.error().sources.size(), 1U);
  EXPECT_THAT(outcome.error().sources[0].description, ::testing::HasSubstr("Children Act 1989"));
}

TEST(Decision, HearsOfEverythingThatIsWrongAtOnce) {
  auto request = decide();
  *request.mutable_decision() =
      proto<v1::Decision>(R"(outcome: "fine" level_of_need: "9" evidence_ids: "i-9")");
  EXPECT_THAT(
      faulty_fields(
          given<Referral>({received(), kAccepted}).when(request, as(kSocialWorker)).outcome()),
      UnorderedElementsAre("decision.outcome", "decision.level_of_need", "decision.rationale",
                           "decision.evidence_ids[0]", "decision.family_informed"));
}

TEST(Decision, RestsOnEvidenceThatIsThere) {
  auto request = decide();
  request.mutable_decision()->add_evidence_ids("i-1");
  EXPECT_THAT(
      faulty_fields(
          given<Referral>({received(), kAccepted}).when(request, as(kSocialWorker)).outcome()),
      ElementsAre("decision.evidence_ids[1]"));
  EXPECT_TRUE(given<Referral>({received(), kAccepted, kTold})
                  .when(request, as(kSocialWorker))
                  .outcome()
                  .has_value());
  request.mutable_decision()->clear_evidence_ids();
  EXPECT_THAT(
      faulty_fields(
          given<Referral>({received(), kAccepted}).when(request, as(kSocialWorker)).outcome()),
      ElementsAre("decision.evidence_ids"));
}

TEST(Decision, SaysWhyTheFamilyIsNotTold) {
  for (const auto not_told : {v1::FAMILY_INFORMED_NOT_JEOPARDISES_INVESTIGATION,
                              v1::FAMILY_INFORMED_NOT_PLACES_CHILD_AT_RISK}) {
    auto request = decide();
    request.mutable_decision()->set_family_informed(not_told);
    EXPECT_THAT(
        faulty_fields(
            given<Referral>({received(), kAccepted}).when(request, as(kSocialWorker)).outcome()),
        ElementsAre("decision.family_why_not"));
    request.mutable_decision()->set_family_why_not("He would move the children.");
    EXPECT_TRUE(given<Referral>({received(), kAccepted})
                    .when(request, as(kSocialWorker))
                    .outcome()
                    .has_value());
  }
}

TEST(Decision, NamesOtherSupportWhereTheThresholdIsNotMet) {
  auto request = decide();
  request.mutable_decision()->set_outcome("early-help");
  request.mutable_decision()->set_level_of_need("2");
  EXPECT_THAT(
      faulty_fields(
          given<Referral>({received(), kAccepted}).when(request, as(kSocialWorker)).outcome()),
      ElementsAre("decision.other_support"));
  request.mutable_decision()->set_other_support("The family hub in Barton Street.");
  const auto outcome =
      given<Referral>({received(), kAccepted}).when(request, as(kSocialWorker)).outcome();
  const v1::ReferralDecided& decided = outcome.value().at(0).referral_decided();
  EXPECT_FALSE(decided.decision().threshold_met());
  EXPECT_TRUE(decided.decision().needs_other_support());
  EXPECT_EQ(decided.deadlines_size(), 0);
}

TEST(Decision, IsForTheHub) {
  given<Referral>({received(), kAccepted}).when(decide(), as(kPolice)).then_refused("NOT_FOUND");
}

TEST(Revision, TakesThePlaceOfTheDecisionInForce) {
  auto request = revise(v1::REVISION_GROUND_NEW_INFORMATION);
  request.mutable_decision()->add_evidence_ids("i-1");
  const auto outcome = given<Referral>({received(), kAccepted, kDecided, kTold})
                           .when(request, as(kSocialWorker))
                           .outcome();
  const v1::Decision& decision = outcome.value().at(0).decision_revised().decision();
  EXPECT_EQ(decision.revises_decision_id(), "d-2");
  EXPECT_EQ(decision.revision_ground(), v1::REVISION_GROUND_NEW_INFORMATION);
}

TEST(Revision, ForNewInformationNamesWhatIsNew) {
  auto request = revise(v1::REVISION_GROUND_NEW_INFORMATION);
  given<Referral>({received(), kAccepted, kDecided, kTold})
      .when(request, as(kSocialWorker))
      .then_refused("NO_NEW_INFORMATION");
  // Told before the decision, so not new to it.
  request.mutable_decision()->add_evidence_ids("i-1");
  given<Referral>({received(), kAccepted, kTold, kDecided})
      .when(request, as(kSocialWorker))
      .then_refused("NO_NEW_INFORMATION");
}

TEST(Revision, CorrectsWhatWasWrongWithoutNewInformation) {
  EXPECT_TRUE(given<Referral>({received(), kAccepted, kDecided})
                  .when(revise(v1::REVISION_GROUND_CORRECTION), as(kSocialWorker))
                  .outcome()
                  .has_value());
}

TEST(Revision, NeedsADecision) {
  given<Referral>({received(), kAccepted})
      .when(revise(v1::REVISION_GROUND_CORRECTION), as(kSocialWorker))
      .then_refused("NOTHING_DECIDED");
}

TEST(Revision, IsHeldToTheSameRulesAsADecision) {
  auto request = revise(v1::REVISION_GROUND_CORRECTION);
  request.mutable_decision()->set_level_of_need("1");
  EXPECT_THAT(faulty_fields(given<Referral>({received(), kAccepted, kDecided})
                                .when(request, as(kSocialWorker))
                                .outcome()),
              ElementsAre("decision.level_of_need"));
}

TEST(Revision, IsForTheHub) {
  given<Referral>({received(), kAccepted, kDecided})
      .when(revise(v1::REVISION_GROUND_CORRECTION), as(kPolice))
      .then_refused("NOT_FOUND");
}

TEST(Feedback, TellsAReferrerOfTheDecisionInForce) {
  given<Referral>({received(), kAccepted, kDecided})
      .when(feedback(), as(kTriage))
      .then({proto<Event>(
          R"(feedback_given { feedback {
           agency: "police" decision_id: "d-2" text: "We are assessing."
           given_at { seconds: 1772618400 } } })")});
}

TEST(Feedback, IsGivenOnAClosedContactToo) {
  auto request = feedback();
  request.set_other_support("The family hub.");
  const auto outcome = given<Referral>({received(), kClosed}).when(request, as(kTriage)).outcome();
  EXPECT_EQ(outcome.value().at(0).feedback_given().feedback().decision_id(), "d-1");
}

TEST(Feedback, IsNotGivenBeforeThereIsADecision) {
  for (const std::vector<Event>& history :
       {std::vector<Event>{received()}, {received(), kAccepted}})
    given<Referral>(history).when(feedback(), as(kTriage)).then_refused("NOTHING_DECIDED");
}

TEST(Feedback, IsForWhoeverToldSomething) {
  auto request = feedback();
  request.set_agency("education");
  EXPECT_THAT(
      faulty_fields(
          given<Referral>({received(), kAccepted, kDecided}).when(request, as(kTriage)).outcome()),
      ElementsAre("agency"));
  EXPECT_TRUE(given<Referral>({received(), kTold, kAccepted, kDecided})
                  .when(request, as(kTriage))
                  .outcome()
                  .has_value());
}

TEST(Feedback, NamesOtherSupportWhereTheThresholdIsNotMet) {
  EXPECT_THAT(faulty_fields(given<Referral>({received(), kAccepted, kDecidedBelowThreshold})
                                .when(feedback(), as(kTriage))
                                .outcome()),
              ElementsAre("other_support"));
}

TEST(Feedback, IsNoLongerThanThePackAllows) {
  const auto allowed = static_cast<size_t>(pack().feedback().text_max_characters);
  auto request = feedback();
  request.set_text(std::string(allowed, 'a'));
  EXPECT_TRUE(given<Referral>({received(), kAccepted, kDecided})
                  .when(request, as(kTriage))
                  .outcome()
                  .has_value());
  request.set_text(std::string(allowed + 1, 'a'));
  EXPECT_THAT(
      faulty_fields(
          given<Referral>({received(), kAccepted, kDecided}).when(request, as(kTriage)).outcome()),
      ElementsAre("text"));
}

TEST(Feedback, IsForTheHubToGive) {
  given<Referral>({received(), kAccepted, kDecided})
      .when(feedback(), as(kPolice))
      .then_refused("NOT_FOUND");
}

TEST(PolicyPack, HasAllThatReferralsNeed) { EXPECT_TRUE(fits(pack()).has_value()); }

v1::InformFamilyRequest inform(const char* family) {
  v1::InformFamilyRequest request;
  *request.mutable_family() = proto<v1::FamilyInforming>(family);
  return request;
}

TEST(Family, IsToldOfADecisionAndThatIsRecorded) {
  const auto event = event_of(
      given<Referral>({received(), kAccepted, kDecided})
          .when(inform(R"(informed: FAMILY_INFORMED_TOLD account: "The mother, by telephone."
                          by: "somebody-else")"),
                as(kTriage))
          .outcome());
  const v1::FamilyInforming& family = event.family_informing_recorded().family();
  EXPECT_EQ(family.by(), "o-1");
  EXPECT_EQ(family.informed_at().seconds(), second(kNow));
  EXPECT_EQ(family.account(), "The mother, by telephone.");
}

TEST(Family, WhoIsToldIsSaidAndWhoIsNotIsExplained) {
  const auto faults = [](const char* family) {
    return faulty_fields(given<Referral>({received(), kAccepted, kDecided})
                             .when(inform(family), as(kTriage))
                             .outcome());
  };
  EXPECT_THAT(faults(""), ElementsAre("family.informed"));
  EXPECT_THAT(faults("informed: FAMILY_INFORMED_TOLD"), ElementsAre("family.account"));
  EXPECT_THAT(faults("informed: FAMILY_INFORMED_NOT_PLACES_CHILD_AT_RISK"),
              ElementsAre("family.why_not"));
  EXPECT_THAT(faults("informed: FAMILY_INFORMED_TO_BE_TOLD informed_at { seconds: 1900000000 }"),
              ElementsAre("family.informed_at"));
}

TEST(Family, IsToldOfSomethingThatIsDecided) {
  const auto later = inform("informed: FAMILY_INFORMED_TO_BE_TOLD");
  given<Referral>({received()}).when(later, as(kTriage)).then_refused("NOTHING_DECIDED");
  given<Referral>({received()}).when(later, as(kPolice)).then_refused("NOT_FOUND");
  event_of(given<Referral>({received(), kClosed}).when(later, as(kTriage)).outcome());
}

}  // namespace
}  // namespace mash::referral
