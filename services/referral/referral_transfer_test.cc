#include <gmock/gmock.h>

#include "referral/referral.h"
#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using Event = Referral::Event;

const auto kAccepted = proto<Event>(R"(contact_accepted { decision { decision_id: "d-1" } })");
const auto kClosed = proto<Event>(R"(contact_closed { decision { decision_id: "d-1" } })");
const auto kWithdrawn = proto<Event>("contact_withdrawn {}");

v1::TransferReferralRequest propose(const char* more = "") {
  auto request = proto<v1::TransferReferralRequest>(R"(
    referral_id: "r-1"
    transfer { to_area: "E08000025" ground: TRANSFER_GROUND_LIVES_THERE
               reason: "They have lived there since May." })");
  request.mutable_transfer()->MergeFrom(proto<v1::Transfer>(more));
  return request;
}

v1::AcceptTransferRequest answer(bool accepted) {
  v1::AcceptTransferRequest request;
  request.set_referral_id("r-1");
  request.set_transfer_id("id-0");
  request.set_area("E08000025");
  request.set_accepted(accepted);
  request.set_statement(accepted ? "We take it." : "They have moved on to Coventry.");
  return request;
}

std::vector<Event> proposed() {
  std::vector<Event> events = {received(), kAccepted};
  events.push_back(event_of(given<Referral>(events).when(propose(), as(kSocialWorker)).outcome()));
  return events;
}

std::vector<Event> answered(bool accepted) {
  std::vector<Event> events = proposed();
  events.push_back(
      event_of(given<Referral>(events).when(answer(accepted), as(kBirmingham)).outcome()));
  return events;
}

TEST(Transfer, IsProposedAndMovesNothingYet) {
  const auto events = proposed();
  const v1::Transfer& transfer = events.back().transfer_proposed().transfer();
  EXPECT_EQ(transfer.transfer_id(), "id-0");
  EXPECT_EQ(transfer.to_area(), "E08000025");
  EXPECT_EQ(transfer.proposed_by(), "w-1");
  EXPECT_EQ(transfer.proposed_at().seconds(), second(kNow));
  const auto state = fold<Referral>(events);
  EXPECT_EQ(state.stage, v1::REFERRAL_STAGE_REFERRAL);
  EXPECT_EQ(state.area, "E10000013");
  EXPECT_FALSE(state.clocks.of_kind("first-decision")->done_at.has_value());
}

TEST(Transfer, SaysToWhichOtherAuthorityAndWhy) {
  const auto faults = [](const char* transfer) {
    v1::TransferReferralRequest request;
    *request.mutable_transfer() = proto<v1::Transfer>(transfer);
    return faulty_fields(given<Referral>({received()}).when(request, as(kSocialWorker)).outcome());
  };
  EXPECT_THAT(faults(""), ElementsAre("transfer.to_area", "transfer.ground", "transfer.reason"));
  for (const char* wrong : {"birmingham", "E0800002", "e08000025", "E10000013"})
    EXPECT_THAT(faults(("to_area: '" + std::string(wrong) +
                        "' ground: TRANSFER_GROUND_FOUND_THERE reason: 'Found there.'")
                           .c_str()),
                ElementsAre("transfer.to_area"))
        << wrong;
}

TEST(Transfer, NeverKeepsUrgentActionWaiting) {
  const std::vector<Event> urgent = {received(urgent_contact())};
  EXPECT_THAT(faulty_fields(given<Referral>(urgent).when(propose(), as(kSocialWorker)).outcome()),
              ElementsAre("transfer.urgent_action"));
  event_of(given<Referral>(urgent)
               .when(propose(R"(urgent_action: "Police are with the child.")"), as(kSocialWorker))
               .outcome());
}

TEST(Transfer, IsProposedToOneAuthorityAtATime) {
  given<Referral>(proposed()).when(propose(), as(kSocialWorker)).then_nothing_changes();
  given<Referral>(proposed())
      .when(propose(R"(to_area: "E08000026")"), as(kSocialWorker))
      .then_refused("TRANSFER_PENDING");
}

TEST(Transfer, IsOfWhatTheHubIsResponsibleFor) {
  given<Referral>({received()}).when(propose(), as(kPolice)).then_refused("NOT_FOUND");
  for (const Event& over : {kClosed, kWithdrawn})
    given<Referral>({received(), over})
        .when(propose(), as(kSocialWorker))
        .then_refused("REFERRAL_NOT_OPEN");
  given<Referral>(answered(true))
      .when(propose(R"(to_area: "E08000026")"), as(kSocialWorker))
      .then_refused("REFERRAL_TRANSFERRED");
}

TEST(Acceptance, InWritingMovesTheResponsibility) {
  const auto events = answered(true);
  const v1::TransferAnswer& answer = events.back().transfer_answered().answer();
  EXPECT_EQ(answer.agency(), "la-e08000025");
  EXPECT_EQ(answer.by(), "b-1");
  EXPECT_EQ(answer.statement(), "We take it.");
  const auto state = fold<Referral>(events);
  EXPECT_EQ(state.stage, v1::REFERRAL_STAGE_TRANSFERRED);
  EXPECT_EQ(state.area, "E08000025");
  EXPECT_TRUE(state.clocks.of_kind("first-decision")->done_at.has_value());
  EXPECT_FALSE(state.clocks.of_kind("acknowledgement")->done_at.has_value());
}

TEST(Acceptance, TakesNothingThatHasEnded) {
  for (const Event& over : {kClosed, kWithdrawn}) {
    std::vector<Event> events = proposed();
    events.push_back(over);
    given<Referral>(events).when(answer(true), as(kBirmingham)).then_refused("REFERRAL_NOT_OPEN");
    event_of(given<Referral>(events).when(answer(false), as(kBirmingham)).outcome());
  }
}

// Asked of a contact that the hub has not decided on yet.
std::vector<Event> proposed_of_contact() {
  std::vector<Event> events = {received()};
  events.push_back(event_of(given<Referral>(events).when(propose(), as(kSocialWorker)).outcome()));
  return events;
}

std::vector<Event> ended(bool taken_back) {
  std::vector<Event> events = proposed_of_contact();
  events.push_back(event_of(
      taken_back
          ? given<Referral>(events)
                .when(proto<v1::WithdrawContactRequest>("reason: 'Sent twice.'"), as(kPolice))
                .outcome()
          : given<Referral>(events)
                .when(proto<v1::DecideContactRequest>(
                          "outcome: CONTACT_OUTCOME_EARLY_HELP rationale: 'Support at home.'"),
                      as(kTriage))
                .outcome()));
  return events;
}

TEST(UnansweredTransfer, IsOverWithWhatItIsOfAndSaysWhoWasAsked) {
  EXPECT_EQ(ended(true).back().contact_withdrawn().unanswered_transfer().to_area(), "E08000025");
  EXPECT_EQ(ended(false).back().contact_closed().unanswered_transfer().transfer_id(), "id-0");
  for (const bool taken_back : {true, false}) {
    const auto state = fold<Referral>(ended(taken_back));
    EXPECT_EQ(state.pending_transfer(), nullptr);
    EXPECT_FALSE(Referral::may_know(state, kBirmingham));
    given<Referral>(ended(taken_back))
        .when(answer(true), as(kBirmingham))
        .then_refused("REFERRAL_NOT_OPEN");
    event_of(given<Referral>(ended(taken_back)).when(answer(false), as(kBirmingham)).outcome());
  }
  EXPECT_FALSE(
      event_of(given<Referral>({received()})
                   .when(proto<v1::WithdrawContactRequest>("reason: 'Sent twice.'"), as(kPolice))
                   .outcome())
          .contact_withdrawn()
          .has_unanswered_transfer());
}

TEST(UnansweredTransfer, IsAskedAnewWhereTheHubGoesOn) {
  std::vector<Event> events = ended(true);
  events.push_back(kAccepted);
  given<Referral>(events).when(answer(true), as(kBirmingham)).then_refused("TRANSFER_OVER");
  auto again = as(kSocialWorker);
  again.fresh_ids = {"id-9"};
  const auto anew = event_of(given<Referral>(events).when(propose(), again).outcome());
  EXPECT_EQ(anew.transfer_proposed().transfer().transfer_id(), "id-9");
}

TEST(Acceptance, MayReachTheHubInWriting) {
  const auto event =
      event_of(given<Referral>(proposed()).when(answer(true), as(kManager)).outcome());
  EXPECT_EQ(event.transfer_answered().answer().agency(), "social-care");
}

TEST(Acceptance, GivenTwiceChangesNothingAndIsNotTakenBack) {
  for (const Actor& actor : {kBirmingham, kManager}) {
    given<Referral>(answered(true)).when(answer(true), as(actor)).then_nothing_changes();
    given<Referral>(answered(false)).when(answer(false), as(actor)).then_nothing_changes();
    given<Referral>(answered(true))
        .when(answer(false), as(actor))
        .then_refused("TRANSFER_ANSWERED");
  }
}

TEST(Acceptance, IsForTheAuthorityThatWasAsked) {
  auto elsewhere = answer(true);
  elsewhere.set_area("E08000026");
  given<Referral>(proposed()).when(elsewhere, as(kManager)).then_refused("NOT_THE_RECEIVING_AREA");
  Actor coventry = kBirmingham;
  coventry.agency = "la-e08000026";
  given<Referral>(proposed()).when(elsewhere, as(coventry)).then_refused("NOT_FOUND");
  given<Referral>(proposed()).when(answer(true), as(coventry)).then_refused("NOT_FOUND");
  given<Referral>(proposed()).when(answer(true), as(kPolice)).then_refused("NOT_FOUND");
  given<Referral>({received()}).when(answer(true), as(kBirmingham)).then_refused("NOT_FOUND");
  given<Referral>({received()}).when(answer(true), as(kManager)).then_refused("NOT_FOUND");
}

TEST(DeclinedTransfer, LeavesTheHubResponsibleAndFreeToAskElsewhere) {
  const auto state = fold<Referral>(answered(false));
  EXPECT_EQ(state.stage, v1::REFERRAL_STAGE_REFERRAL);
  EXPECT_EQ(state.area, "E10000013");
  EXPECT_FALSE(Referral::may_know(state, kBirmingham));
  auto again = as(kSocialWorker);
  again.fresh_ids = {"id-9"};
  EXPECT_EQ(event_of(given<Referral>(answered(false))
                         .when(propose(R"(to_area: "E08000026")"), again)
                         .outcome())
                .transfer_proposed()
                .transfer()
                .transfer_id(),
            "id-9");
}

TEST(Transfer, LetsTheAuthorityAskedKnowOfTheReferralAndNobodyElse) {
  Actor coventry = kBirmingham;
  coventry.agency = "la-e08000026";
  EXPECT_FALSE(Referral::may_know(fold<Referral>(std::vector<Event>{received()}), kBirmingham));
  for (const auto& events : {proposed(), answered(true)}) {
    EXPECT_TRUE(Referral::may_know(fold<Referral>(events), kBirmingham));
    EXPECT_FALSE(Referral::may_know(fold<Referral>(events), coventry));
  }
}

TEST(TransferredReferral, IsNotDecidedRatedOrAssessedHere) {
  const auto rate = proto<v1::RateReferralRequest>("rating: RATING_RED");
  given<Referral>(answered(true)).when(rate, as(kTriage)).then_refused("REFERRAL_NOT_OPEN");
  given<Referral>(answered(true))
      .when(v1::DecideReferralRequest(), as(kSocialWorker))
      .then_refused("REFERRAL_TRANSFERRED");
  given<Referral>(answered(true))
      .when(v1::ReviseDecisionRequest(), as(kSocialWorker))
      .then_refused("REFERRAL_TRANSFERRED");
  given<Referral>(answered(true))
      .when(proto<v1::DecideContactRequest>(
                R"(outcome: CONTACT_OUTCOME_ACCEPTED rationale: "Neglect.")"),
            as(kTriage))
      .then_refused("REFERRAL_TRANSFERRED");
}

TEST(TransferredReferral, IsFedBackToItsReferrer) {
  const auto event =
      event_of(given<Referral>(answered(true))
                   .when(proto<v1::GiveFeedbackRequest>(
                             R"(agency: "police" text: "Birmingham is responsible now.")"),
                         as(kTriage))
                   .outcome());
  EXPECT_EQ(event.feedback_given().feedback().decision_id(), "id-0");
}

}  // namespace
}  // namespace mash::referral
