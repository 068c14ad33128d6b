#include <gmock/gmock.h>

#include "referral/referral.h"
#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using Event = Referral::Event;

const auto kAcknowledged =
    proto<Event>("contact_acknowledged { acknowledged_at { seconds: 1772618400 } }");
const auto kAccepted = proto<Event>(R"(contact_accepted { decision { decision_id: "d-1" } })");
const auto kClosed = proto<Event>(R"(
  contact_closed { decision { decision_id: "d-1" decided_at { seconds: 1772618400 } } })");
const auto kDecided = proto<Event>(R"(referral_decided { decision { decision_id: "d-2" } })");
const auto kRatedAmber = proto<Event>("referral_rated { rating { rating: RATING_AMBER } }");
const auto kTransferred = proto<Event>(R"(
  transfer_answered { answer { transfer_id: "t-1" accepted: true
                               answered_at { seconds: 1772618400 } } })");

v1::RateReferralRequest rate(v1::Rating rating, const char* rationale = "") {
  v1::RateReferralRequest request;
  request.set_rating(rating);
  request.set_rationale(rationale);
  return request;
}

TEST(Rating, IsGivenToWhatIsStillToBeDecided) {
  for (const std::vector<Event>& history :
       {std::vector<Event>{received()}, {received(), kAccepted}}) {
    const auto outcome = given<Referral>(history).when(rate(v1::RATING_RED), as(kTriage)).outcome();
    EXPECT_EQ(outcome.value().at(0).referral_rated().rating().rating(), v1::RATING_RED);
  }
}

TEST(Rating, IsNotGivenToWhatIsDecided) {
  for (const std::vector<Event>& history :
       {std::vector<Event>{received(), kClosed}, {received(), kAccepted, kDecided}})
    given<Referral>(history)
        .when(rate(v1::RATING_RED), as(kTriage))
        .then_refused("REFERRAL_NOT_OPEN");
}

TEST(Rating, ChangesOnlyWithARationale) {
  EXPECT_THAT(faulty_fields(given<Referral>({received(), kRatedAmber})
                                .when(rate(v1::RATING_RED), as(kTriage))
                                .outcome()),
              ElementsAre("rationale"));
  EXPECT_TRUE(given<Referral>({received(), kRatedAmber})
                  .when(rate(v1::RATING_RED, "He is back."), as(kTriage))
                  .outcome()
                  .has_value());
}

TEST(Rating, GivenAgainChangesNothing) {
  given<Referral>({received(), kRatedAmber})
      .when(rate(v1::RATING_AMBER), as(kTriage))
      .then_nothing_changes();
}

TEST(Rating, IsOneOfThePack) {
  EXPECT_THAT(
      faulty_fields(
          given<Referral>({received()}).when(rate(v1::RATING_UNSPECIFIED), as(kTriage)).outcome()),
      ElementsAre("rating"));
}

TEST(Rating, CountsFromReceiptWheneverItIsGiven) {
  const auto due = [](std::vector<Event> history, const v1::RateReferralRequest& request,
                      std::string_view now) {
    const auto outcome = given<Referral>(history).when(request, as(kTriage, now)).outcome();
    return outcome.value().at(0).referral_rated().deadlines(0).due().seconds();
  };
  EXPECT_EQ(due({received()}, rate(v1::RATING_RED), "2026-03-04T10:30:00Z"),
            second("2026-03-04T14:00:00Z"));
  EXPECT_EQ(due({received(), kRatedAmber}, rate(v1::RATING_RED, "Worse."), "2026-03-04T12:30:00Z"),
            second("2026-03-04T14:00:00Z"));
}

TEST(Rating, NeverSetsATimeAfterTheFirstDecisionsOwn) {
  const auto outcome =
      given<Referral>({received()}).when(rate(v1::RATING_GREEN), as(kTriage)).outcome();
  const auto& deadline = outcome.value().at(0).referral_rated().deadlines(0);
  EXPECT_EQ(deadline.due().seconds(), second("2026-03-05T23:59:59Z"));
  EXPECT_EQ(deadline.capped_by(), "first-decision");
}

TEST(Rating, IsForTheHub) {
  given<Referral>({received()}).when(rate(v1::RATING_RED), as(kPolice)).then_refused("NOT_FOUND");
  given<Referral>({}).when(rate(v1::RATING_RED), as(kTriage)).then_refused("NOT_FOUND");
}

v1::AssignReferralRequest assign(const char* assignee) {
  v1::AssignReferralRequest request;
  request.set_assignee(assignee);
  request.set_reason("Knows the family.");
  return request;
}

TEST(Assignment, MakesAReferralSomebodysWorkAndNobodysAgain) {
  const auto assigned =
      event_of(given<Referral>({received()}).when(assign("w-7"), as(kTriage)).outcome());
  EXPECT_EQ(assigned.assigned().assignee(), "w-7");
  EXPECT_EQ(assigned.assigned().assigned_at().seconds(), second(kNow));
  given<Referral>({received(), assigned}).when(assign("w-7"), as(kTriage)).then_nothing_changes();
  EXPECT_TRUE(
      event_of(given<Referral>({received(), assigned}).when(assign(""), as(kTriage)).outcome())
          .has_assigned());
}

TEST(Assignment, NamesAnIdAndNobody) {
  EXPECT_THAT(
      faulty_fields(given<Referral>({received()}).when(assign("Mrs Smith"), as(kTriage)).outcome()),
      ElementsAre("assignee"));
}

TEST(Assignment, IsForTheHubThatIsResponsible) {
  given<Referral>({received()}).when(assign("w-7"), as(kPolice)).then_refused("NOT_FOUND");
  given<Referral>({received(), kTransferred})
      .when(assign("w-7"), as(kTriage))
      .then_refused("REFERRAL_TRANSFERRED");
}

v1::ExtendDeadlineRequest extend(const char* kind, std::string_view due) {
  v1::ExtendDeadlineRequest request;
  request.set_kind(kind);
  request.mutable_due()->set_seconds(second(due));
  request.set_reasons("The parents are abroad until Monday.");
  return request;
}

TEST(Deadline, IsPutOffWithReasonsWhileItRuns) {
  const auto event =
      event_of(given<Referral>({received()})
                   .when(extend("first-decision", "2026-03-09T17:00:00Z"), as(kSocialWorker))
                   .outcome());
  const v1::ReferralDeadlineExtended& extended = event.deadline_extended();
  EXPECT_EQ(extended.kind(), "first-decision");
  EXPECT_EQ(extended.extension().previous_due().seconds(), second("2026-03-05T23:59:59Z"));
  EXPECT_EQ(extended.extension().due().seconds(), second("2026-03-09T17:00:00Z"));
  EXPECT_EQ(extended.extension().reasons(), "The parents are abroad until Monday.");
}

TEST(Deadline, IsPutOffFromWhereItStands) {
  const auto first =
      event_of(given<Referral>({received()})
                   .when(extend("first-decision", "2026-03-09T17:00:00Z"), as(kSocialWorker))
                   .outcome());
  given<Referral>({received(), first})
      .when(extend("first-decision", "2026-03-06T17:00:00Z"), as(kSocialWorker))
      .then_refused("DUE_NOT_LATER");
  const auto second_time = event_of(given<Referral>({received(), first})
                                        .when(extend("first-decision", "2026-03-10T17:00:00Z"),
                                              as(kSocialWorker, "2026-03-09T16:00:00Z"))
                                        .outcome());
  EXPECT_EQ(second_time.deadline_extended().extension().previous_due().seconds(),
            second("2026-03-09T17:00:00Z"));
}

TEST(Deadline, ThatIsMissedOrDoneNeverMoves) {
  given<Referral>({received()})
      .when(extend("first-decision", "2026-03-10T17:00:00Z"),
            as(kSocialWorker, "2026-03-06T09:00:00Z"))
      .then_refused("DEADLINE_MISSED");
  given<Referral>({received(), kAcknowledged})
      .when(extend("acknowledgement", "2026-03-10T17:00:00Z"), as(kSocialWorker))
      .then_refused("DEADLINE_DONE");
  given<Referral>({received(), kClosed})
      .when(extend("first-decision", "2026-03-10T17:00:00Z"), as(kSocialWorker))
      .then_refused("DEADLINE_DONE");
}

TEST(Deadline, IsOneThatTheReferralHas) {
  for (const char* kind :
       {"assessment", "designated-officer", "nothing", "information-request-red"})
    given<Referral>({received()})
        .when(extend(kind, "2026-03-10T17:00:00Z"), as(kSocialWorker))
        .then_refused("NO_SUCH_DEADLINE");
}

}  // namespace
}  // namespace mash::referral
