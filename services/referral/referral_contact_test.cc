#include <gmock/gmock.h>

#include "referral/limits.h"
#include "referral/referral.h"
#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using Event = Referral::Event;

const auto kAcknowledged = proto<Event>("contact_acknowledged {}");
const auto kAccepted = proto<Event>(R"(contact_accepted { decision { decision_id: "d-1" } })");
const auto kClosed = proto<Event>(R"(contact_closed { decision { decision_id: "d-1" } })");
const auto kTold =
    proto<Event>(R"(information_added { information { information_id: "i-1" agency: "police" } })");
const auto kToldBySchool = proto<Event>(
    R"(information_added { information { information_id: "i-2" agency: "education" } })");

v1::DecideContactRequest accept() {
  return proto<v1::DecideContactRequest>(
      R"(referral_id: "r-1" outcome: CONTACT_OUTCOME_ACCEPTED rationale: "Neglect.")");
}

v1::AddInformationRequest more() {
  return proto<v1::AddInformationRequest>(R"(
    referral_id: "r-1" text: "Seen again." lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })");
}

TEST(Contact, IsReceivedWithItsClocksAndChildren) {
  const Event event = received();
  const v1::ContactReceived& contact = event.contact_received();
  EXPECT_EQ(contact.case_id(), "id-0");
  EXPECT_THAT(contact.child_ids(), ElementsAre("id-1"));
  EXPECT_EQ(contact.agency(), "police");
  EXPECT_EQ(contact.source(), "6");
  EXPECT_FALSE(contact.immediate_danger());
  EXPECT_FALSE(contact.needs_checking());
  EXPECT_EQ(contact.account().concern(), "Left alone overnight.");
  EXPECT_EQ(contact.children(0).developmental_needs(), "Often hungry.");
  ASSERT_EQ(contact.deadlines_size(), 2);
  EXPECT_EQ(contact.deadlines(0).kind(), "acknowledgement");
  EXPECT_EQ(contact.deadlines(1).kind(), "first-decision");
  EXPECT_EQ(contact.deadlines(1).pack(), pack().id());
}

TEST(Contact, IsDueByTheEndOfTheNextWorkingDay) {
  const auto due = [](std::string_view now) {
    const auto outcome = given<Referral>({}).when(contact(), as(kPolice, now)).outcome();
    return outcome.value().at(0).contact_received().deadlines(1).due().seconds();
  };
  EXPECT_EQ(due("2026-03-04T10:00:00Z"), second("2026-03-05T23:59:59Z"));  // a Wednesday
  EXPECT_EQ(due("2026-03-06T16:55:00Z"), second("2026-03-09T23:59:59Z"));  // a Friday
  EXPECT_EQ(due("2026-04-02T10:00:00Z"), second("2026-04-07T22:59:59Z"));  // before Easter
}

TEST(Contact, TellsOfSeveralChildrenEachWithTheirOwnId) {
  auto request = contact();
  *request.add_children() = request.children(0);
  *request.add_children() = request.children(0);
  const auto outcome = given<Referral>({}).when(request, as(kPolice)).outcome();
  const v1::ContactReceived& contact = outcome.value().at(0).contact_received();
  EXPECT_THAT(contact.child_ids(), ElementsAre("id-1", "id-2", "id-3"));
  EXPECT_EQ(contact.children_size(), 3);
}

TEST(Contact, NamesNobodyOutsideThePersonStreams) {
  EXPECT_EQ(received().DebugString().find("Bell"), std::string::npos);
  EXPECT_EQ(received().DebugString().find("Ada"), std::string::npos);
}

TEST(Contact, IsRefusedWithWhatIsWrongWithIt) {
  auto request = contact();
  request.clear_source();
  given<Referral>({}).when(request, as(kPolice)).then_refused("INVALID_REQUEST");
}

TEST(Contact, WithImmediateDangerIsTakenAndFlagged) {
  auto request = urgent_contact();
  request.mutable_children(0)->mutable_identity()->mutable_nhs_number()->set_value("1");
  const auto outcome = given<Referral>({}).when(request, as(kPolice)).outcome();
  ASSERT_TRUE(outcome.has_value());
  const v1::ContactReceived& contact = outcome->at(0).contact_received();
  EXPECT_TRUE(contact.immediate_danger());
  EXPECT_TRUE(contact.needs_checking());
}

TEST(Contact, IsNotSubmittedOverAnother) {
  given<Referral>({received()}).when(contact(), as(kPolice)).then_refused("REFERRAL_EXISTS");
}

TEST(Acknowledgement, IsGivenByTheHub) {
  const auto request =
      proto<v1::AcknowledgeContactRequest>(R"(referral_id: "r-1" message: "Thank you.")");
  given<Referral>({received()}).when(request, as(kSocialWorker)).then({proto<Event>(R"(
    contact_acknowledged { acknowledged_at { seconds: 1772618400 } message: "Thank you." })")});
}

TEST(Acknowledgement, GivenAgainChangesNothing) {
  given<Referral>({received(), kAcknowledged})
      .when(v1::AcknowledgeContactRequest(), as(kTriage))
      .then_nothing_changes();
}

TEST(Acknowledgement, IsNotForTheReferrerToGive) {
  given<Referral>({received()})
      .when(v1::AcknowledgeContactRequest(), as(kPolice))
      .then_refused("NOT_FOUND");
}

TEST(Acknowledgement, NeedsAContact) {
  given<Referral>({}).when(v1::AcknowledgeContactRequest(), as(kTriage)).then_refused("NOT_FOUND");
}

TEST(Acknowledgement, IsStillGivenOnceTheContactIsDecided) {
  const auto outcome = given<Referral>({received(), kAccepted})
                           .when(v1::AcknowledgeContactRequest(), as(kTriage))
                           .outcome();
  EXPECT_EQ(outcome.value().size(), 1U);
}

TEST(Contact, IsAcceptedAsAReferral) {
  const auto outcome = given<Referral>({received()}).when(accept(), as(kTriage)).outcome();
  const v1::ContactDecision& decision = outcome.value().at(0).contact_accepted().decision();
  EXPECT_EQ(decision.decision_id(), "id-0");
  EXPECT_EQ(decision.maker(), "o-1");
  EXPECT_EQ(decision.policy_pack(), pack().citation());
  EXPECT_FALSE(decision.needs_other_support());
}

TEST(Contact, IsClosedWithAnOutcome) {
  for (const auto outcome :
       {v1::CONTACT_OUTCOME_INFORMATION_AND_ADVICE, v1::CONTACT_OUTCOME_EARLY_HELP,
        v1::CONTACT_OUTCOME_TO_OPEN_CASE, v1::CONTACT_OUTCOME_NO_FURTHER_ACTION}) {
    auto request = accept();
    request.set_outcome(outcome);
    const auto decided = given<Referral>({received()}).when(request, as(kTriage)).outcome();
    const v1::ContactDecision& decision = decided.value().at(0).contact_closed().decision();
    EXPECT_EQ(decision.outcome(), outcome);
    EXPECT_EQ(decision.needs_other_support(), outcome != v1::CONTACT_OUTCOME_TO_OPEN_CASE);
  }
}

TEST(Contact, NamesAnOpenCaseOnlyWhereItGoesToOne) {
  auto request = accept();
  request.set_open_case_id("case-1");
  EXPECT_THAT(faulty_fields(given<Referral>({received()}).when(request, as(kTriage)).outcome()),
              ElementsAre("open_case_id"));
  request.set_outcome(v1::CONTACT_OUTCOME_TO_OPEN_CASE);
  EXPECT_TRUE(given<Referral>({received()}).when(request, as(kTriage)).outcome().has_value());
}

TEST(Contact, IsDecidedWithAnOutcomeOfThePack) {
  auto request = accept();
  request.set_outcome(v1::CONTACT_OUTCOME_UNSPECIFIED);
  EXPECT_THAT(faulty_fields(given<Referral>({received()}).when(request, as(kTriage)).outcome()),
              ElementsAre("outcome"));
}

TEST(Contact, IsDecidedOnce) {
  given<Referral>({received(), kAccepted})
      .when(accept(), as(kTriage))
      .then_refused("CONTACT_ALREADY_DECIDED");
  given<Referral>({received(), kClosed})
      .when(accept(), as(kTriage))
      .then_refused("CONTACT_ALREADY_DECIDED");
}

TEST(ClosedContact, IsDecidedAgainWhenSomethingNewIsTold) {
  const auto again =
      given<Referral>({received(), kClosed, kTold}).when(accept(), as(kTriage)).outcome();
  EXPECT_TRUE(again.value().at(0).has_contact_accepted());
  // What was told before it was closed was there to be weighed.
  given<Referral>({received(), kTold, kClosed})
      .when(accept(), as(kTriage))
      .then_refused("CONTACT_ALREADY_DECIDED");
}

TEST(Contact, IsNotForItsReferrerToDecide) {
  given<Referral>({received()}).when(accept(), as(kPolice)).then_refused("NOT_FOUND");
}

TEST(Information, IsAddedByTheReferrerAtEveryStage) {
  const auto decided = proto<Event>(R"(referral_decided { decision { decision_id: "d-2" } })");
  for (const std::vector<Event>& history : {std::vector<Event>{received()},
                                            {received(), kClosed},
                                            {received(), kAccepted},
                                            {received(), kAccepted, decided}})
    given<Referral>(history).when(more(), as(kPolice)).then({proto<Event>(R"(
      information_added {
        information {
          information_id: "id-0" agency: "police" received_at { seconds: 1772618400 }
          lawful_basis { article_6: ARTICLE6_PUBLIC_TASK } text: "Seen again."
        }
      })")});
}

TEST(Information, SaysWhoseWorkItIs) {
  const auto assigned = proto<Event>("assigned { assignee: 'w-7' }");
  const auto outcome = given<Referral>({received(), assigned}).when(more(), as(kPolice)).outcome();
  EXPECT_EQ(outcome.value().at(0).information_added().assignee(), "w-7");
}

TEST(Information, IsNotAddedByAnAgencyThatHasToldNothing) {
  given<Referral>({received()}).when(more(), as(kSchool)).then_refused("NOT_FOUND");
}

TEST(Information, IsAddedByTheHubForAnotherAgencyWhichMayGoOnFromThere) {
  auto request = more();
  request.set_on_behalf_of_agency("education");
  const auto outcome = given<Referral>({received()}).when(request, as(kTriage)).outcome();
  EXPECT_EQ(outcome.value().at(0).information_added().information().agency(), "education");
  EXPECT_TRUE(
      given<Referral>({received(), kToldBySchool}).when(more(), as(kSchool)).outcome().has_value());
}

TEST(Information, IsNotAddedInAnothersNameByAnAgency) {
  auto request = more();
  request.set_on_behalf_of_agency("education");
  EXPECT_THAT(faulty_fields(given<Referral>({received()}).when(request, as(kPolice)).outcome()),
              ElementsAre("on_behalf_of_agency"));
}

TEST(Information, NamesAnAgencyAndNobodyElse) {
  auto request = more();
  request.set_on_behalf_of_agency("Mrs Smith at the school");
  EXPECT_THAT(faulty_fields(given<Referral>({received()}).when(request, as(kTriage)).outcome()),
              ElementsAre("on_behalf_of_agency"));
}

TEST(Information, ComesFromSoManyAgenciesAndNoMore) {
  std::vector<Event> history = {received()};
  for (int i = 1; i < kReferrersMax; ++i) {
    history.push_back(kTold);
    history.back().mutable_information_added()->mutable_information()->set_agency(
        "agency-" + std::to_string(i));
  }
  auto request = more();
  request.set_on_behalf_of_agency("one-more");
  given<Referral>(history).when(request, as(kTriage)).then_refused("TOO_MUCH_INFORMATION");
  request.set_on_behalf_of_agency("agency-1");
  EXPECT_TRUE(given<Referral>(history).when(request, as(kTriage)).outcome().has_value());
}

TEST(Information, IsOfSoManyPiecesAndNoMore) {
  std::vector<Event> history = {received()};
  for (int i = 0; i < kInformationMax; ++i) {
    history.push_back(kTold);
    history.back().mutable_information_added()->mutable_information()->set_information_id(
        "i-" + std::to_string(i));
  }
  given<Referral>(history).when(more(), as(kPolice)).then_refused("TOO_MUCH_INFORMATION");
  history.pop_back();
  EXPECT_TRUE(given<Referral>(history).when(more(), as(kPolice)).outcome().has_value());
}

TEST(Information, SaysOnWhatBasisItIsToldUnlessThereIsImmediateDanger) {
  auto request = more();
  request.clear_lawful_basis();
  EXPECT_THAT(faulty_fields(given<Referral>({received()}).when(request, as(kPolice)).outcome()),
              ElementsAre("lawful_basis"));
  request.set_immediate_danger(true);
  const auto outcome = given<Referral>({received()}).when(request, as(kPolice)).outcome();
  EXPECT_TRUE(outcome.value().at(0).information_added().information().immediate_danger());
}

TEST(Information, IsNotFromTheFutureButAnUrgentOneIsTakenAndFlagged) {
  auto request = more();
  request.mutable_occurred_at()->set_seconds(1'772'700'000);
  EXPECT_THAT(faulty_fields(given<Referral>({received()}).when(request, as(kPolice)).outcome()),
              ElementsAre("occurred_at"));
  request.set_immediate_danger(true);
  const auto outcome = given<Referral>({received()}).when(request, as(kPolice)).outcome();
  const v1::InformationAdded& added = outcome.value().at(0).information_added();
  EXPECT_TRUE(added.needs_checking());
  EXPECT_EQ(added.set_aside(0).field(), "occurred_at");
  EXPECT_FALSE(added.information().has_occurred_at());
}

v1::WithdrawContactRequest withdraw() {
  return proto<v1::WithdrawContactRequest>(R"(referral_id: "r-1" reason: "Sent by mistake.")");
}

const auto kWithdrawn = proto<Event>("contact_withdrawn { withdrawn_at { seconds: 1772618400 } }");

TEST(Withdrawal, TakesAContactBackBeforeAnythingIsDecided) {
  given<Referral>({received(), kAcknowledged}).when(withdraw(), as(kPolice)).then({proto<Event>(R"(
    contact_withdrawn { withdrawn_at { seconds: 1772618400 } reason: "Sent by mistake." })")});
  given<Referral>({received(), kWithdrawn}).when(withdraw(), as(kPolice)).then_nothing_changes();
}

TEST(Withdrawal, IsTooLateOnceTheContactIsDecided) {
  for (const Event& decided : {kAccepted, kClosed})
    given<Referral>({received(), decided})
        .when(withdraw(), as(kPolice))
        .then_refused("CONTACT_ALREADY_DECIDED");
}

TEST(Withdrawal, IsForTheAgencyThatSentTheContact) {
  given<Referral>({received()}).when(withdraw(), as(kSchool)).then_refused("NOT_FOUND");
  given<Referral>({received(), kToldBySchool})
      .when(withdraw(), as(kSchool))
      .then_refused("NOT_THE_SENDER");
  given<Referral>({received()}).when(withdraw(), as(kTriage)).then_refused("NOT_THE_SENDER");
}

TEST(Withdrawal, TakesNoDangerFromTriagesSightNorWhatOthersTold) {
  given<Referral>({received(urgent_contact())})
      .when(withdraw(), as(kPolice))
      .then_refused("CONTACT_STAYS_OPEN");
  given<Referral>({received(), kToldBySchool})
      .when(withdraw(), as(kPolice))
      .then_refused("CONTACT_STAYS_OPEN");
}

TEST(Withdrawal, LeavesTheHubFreeToGoOn) {
  const auto accepted =
      event_of(given<Referral>({received(), kWithdrawn}).when(accept(), as(kTriage)).outcome());
  EXPECT_TRUE(accepted.has_contact_accepted());
  EXPECT_EQ(fold<Referral>(std::vector<Event>{received(), kWithdrawn, accepted}).stage,
            v1::REFERRAL_STAGE_REFERRAL);
}

TEST(Contact, TellsOfOthersInvolvedEachInAStreamOfTheirOwn) {
  auto request = contact();
  *request.add_people() = proto<v1::SubmittedPerson>(R"(
    identity { given_names: "Eve" family_name: "Bell" }
    role: PERSON_ROLE_PARENT part: "mother" in_household: true)");
  const Event event = received(request);
  const v1::ContactReceived& contact = event.contact_received();
  EXPECT_THAT(contact.child_ids(), ElementsAre("id-1"));
  EXPECT_THAT(contact.person_ids(), ElementsAre("id-2"));
  ASSERT_EQ(contact.people_size(), 1);
  EXPECT_EQ(contact.people(0).role(), v1::PERSON_ROLE_PARENT);
  EXPECT_EQ(contact.people(0).part(), "mother");
  EXPECT_TRUE(contact.people(0).in_household());
  EXPECT_EQ(event.DebugString().find("Eve"), std::string::npos);
}

TEST(Contact, NamesAKnownChildByIdAndNewOnesGetIds) {
  auto request = contact();
  request.mutable_children(0)->clear_identity();
  request.mutable_children(0)->set_person_id("01925f3a-7c1e-7b43-9d52-0242ac120009");
  *request.add_children() = contact().children(0);
  EXPECT_THAT(received(request).contact_received().child_ids(),
              ElementsAre("01925f3a-7c1e-7b43-9d52-0242ac120009", "id-1"));
}

TEST(Contact, CountsItsUnbornChildren) {
  auto request = contact();
  *request.add_children()->mutable_identity() =
      proto<v1::Identity>(R"(unborn: true expected_delivery: "2026-06-01")");
  EXPECT_EQ(received(request).contact_received().unborn(), 1U);
  EXPECT_EQ(received(request).contact_received().area(), "E10000013");
}

}  // namespace
}  // namespace mash::referral
