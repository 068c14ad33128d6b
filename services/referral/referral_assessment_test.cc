#include <gmock/gmock.h>

#include "referral/referral.h"
#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using Event = Referral::Event;

const auto kAccepted = proto<Event>(R"(contact_accepted { decision { decision_id: "d-1" } })");
const auto kDecidedOnEarlyHelp =
    proto<Event>(R"(referral_decided { decision { decision_id: "d-2" } })");
const auto kTransferred =
    proto<Event>(R"(transfer_answered { answer { transfer_id: "t-1" accepted: true } })");

// A referral on which an assessment was decided: it is due on 11 May.
std::vector<Event> assessing() {
  std::vector<Event> events = {received(), kAccepted};
  events.push_back(event_of(given<Referral>(events)
                                .when(proto<v1::DecideReferralRequest>(R"(
                                  referral_id: "r-1"
                                  decision {
                                    outcome: "section-17-assessment" level_of_need: "4"
                                    rationale: "Neglect over months." evidence_ids: "r-1"
                                    family_informed: FAMILY_INFORMED_TOLD
                                  })"),
                                      as(kSocialWorker))
                                .outcome()));
  return events;
}

v1::CompleteAssessmentRequest complete(const char* more = "") {
  auto request = proto<v1::CompleteAssessmentRequest>(R"(
    referral_id: "r-1" assessment { conclusion: "A plan for a child in need." factors: "16A" })");
  request.mutable_assessment()->MergeFrom(proto<v1::Assessment>(more));
  return request;
}

v1::RecordThresholdRequest threshold(const char* text) {
  v1::RecordThresholdRequest request;
  *request.mutable_threshold() = proto<v1::Threshold>(text);
  return request;
}

v1::RecordOtherRouteRequest route(const char* text) {
  v1::RecordOtherRouteRequest request;
  *request.mutable_route() = proto<v1::OtherRoute>(text);
  return request;
}

TEST(Threshold, IsRecordedWithItsMakerTimeAndPack) {
  const auto event =
      event_of(given<Referral>({received()})
                   .when(threshold(R"(kind: THRESHOLD_KIND_REASONABLE_CAUSE rationale: "Bruises."
                             maker: "somebody-else")"),
                         as(kSocialWorker))
                   .outcome());
  const v1::Threshold& recorded = event.threshold_recorded().threshold();
  EXPECT_EQ(recorded.threshold_id(), "id-0");
  EXPECT_EQ(recorded.kind(), v1::THRESHOLD_KIND_REASONABLE_CAUSE);
  EXPECT_EQ(recorded.maker(), "w-1");
  EXPECT_EQ(recorded.recorded_at().seconds(), second(kNow));
  EXPECT_EQ(recorded.policy_pack(), pack().citation());
}

TEST(Threshold, SaysWhichAndWhy) {
  EXPECT_THAT(
      faulty_fields(given<Referral>({received()}).when(threshold(""), as(kSocialWorker)).outcome()),
      ElementsAre("threshold.kind", "threshold.rationale"));
  given<Referral>({received()})
      .when(threshold("kind: THRESHOLD_KIND_NONE"), as(kPolice))
      .then_refused("NOT_FOUND");
}

TEST(Route, IsCalledForAndItsClockStartsWhenTheHubBecameAware) {
  const auto event = event_of(given<Referral>({received()})
                                  .when(route(R"(kind: OTHER_ROUTE_KIND_DESIGNATED_OFFICER
                                                 aware_at { seconds: 1772532000 })"),  // the 3rd
                                        as(kTriage))
                                  .outcome());
  const v1::OtherRoute& called = event.other_route_recorded().route();
  EXPECT_EQ(called.route_id(), "id-0");
  EXPECT_EQ(called.by(), "o-1");
  EXPECT_EQ(called.deadline().kind(), "designated-officer");
  EXPECT_EQ(called.deadline().due().seconds(), second("2026-03-04T23:59:59Z"));
}

TEST(Route, HasAClockOnlyWhereTheLawSets) {
  const auto due = [](const char* kind) {
    const auto event =
        event_of(given<Referral>({received()}).when(route(kind), as(kTriage)).outcome());
    return event.other_route_recorded().route().deadline().due().seconds();
  };
  EXPECT_EQ(due("kind: OTHER_ROUTE_KIND_DESIGNATED_OFFICER"), second("2026-03-05T23:59:59Z"));
  EXPECT_EQ(due("kind: OTHER_ROUTE_KIND_SERIOUS_INCIDENT"), second("2026-03-11T23:59:59Z"));
  EXPECT_EQ(due("kind: OTHER_ROUTE_KIND_NATIONAL_REFERRAL_MECHANISM"), 0);
  EXPECT_EQ(due("kind: OTHER_ROUTE_KIND_CHANNEL"), 0);
}

TEST(Route, IsTakenUnderTheIdAndClockItWasCalledForWith) {
  const auto called =
      event_of(given<Referral>({received()})
                   .when(route("kind: OTHER_ROUTE_KIND_SERIOUS_INCIDENT"), as(kTriage))
                   .outcome());
  Context later = as(kTriage, "2026-03-06T10:00:00Z");
  later.fresh_ids = {"another"};
  const auto taken = event_of(given<Referral>({received(), called})
                                  .when(route(R"(kind: OTHER_ROUTE_KIND_SERIOUS_INCIDENT
                                                 taken_at { seconds: 1772700000 }
                                                 reference: "SI-7")"),
                                        later)
                                  .outcome());
  const v1::OtherRoute& whole = taken.other_route_recorded().route();
  EXPECT_EQ(whole.route_id(), "id-0");
  EXPECT_EQ(whole.aware_at().seconds(), second(kNow));
  EXPECT_EQ(whole.deadline().due().seconds(), second("2026-03-11T23:59:59Z"));
  EXPECT_EQ(whole.reference(), "SI-7");
  // Taken, it is done: the next one of its kind is another.
  EXPECT_EQ(event_of(given<Referral>({received(), called, taken})
                         .when(route("kind: OTHER_ROUTE_KIND_SERIOUS_INCIDENT"), later)
                         .outcome())
                .other_route_recorded()
                .route()
                .route_id(),
            "another");
}

TEST(Route, CalledForAgainChangesNothing) {
  const auto called = event_of(given<Referral>({received()})
                                   .when(route("kind: OTHER_ROUTE_KIND_CHANNEL"), as(kTriage))
                                   .outcome());
  given<Referral>({received(), called})
      .when(route("kind: OTHER_ROUTE_KIND_CHANNEL"), as(kSocialWorker))
      .then_nothing_changes();
}

TEST(Route, IsTakenAfterTheHubBecameAwareAndNotInTheFuture) {
  const auto faults = [](const char* text) {
    return faulty_fields(given<Referral>({received()}).when(route(text), as(kTriage)).outcome());
  };
  EXPECT_THAT(faults(""), ElementsAre("route.kind"));
  EXPECT_THAT(faults(R"(kind: OTHER_ROUTE_KIND_CHANNEL taken_at { seconds: 1900000000 })"),
              ElementsAre("route.taken_at"));
  EXPECT_THAT(faults(R"(kind: OTHER_ROUTE_KIND_CHANNEL aware_at { seconds: 1772600000 }
                        taken_at { seconds: 1772500000 })"),
              ElementsAre("route.taken_at"));
  EXPECT_THAT(faults(R"(kind: OTHER_ROUTE_KIND_CHANNEL reference: "C-1")"),
              ElementsAre("route.reference"));
}

TEST(Assessment, IsCompleteInTimeWithoutReasons) {
  const auto event = event_of(given<Referral>(assessing())
                                  .when(complete(R"(factors: "3B" factors: "16A"
                                                    category_of_abuse: "NEG" primary_need: "N1")"),
                                        as(kSocialWorker, "2026-05-11T22:59:59Z"))
                                  .outcome());
  const v1::Assessment& assessment = event.assessment_completed().assessment();
  EXPECT_FALSE(assessment.late());
  EXPECT_EQ(assessment.by(), "w-1");
  EXPECT_THAT(assessment.factors(), ElementsAre("16A", "3B"));
}

TEST(Assessment, BeyondFortyFiveWorkingDaysNeedsReasons) {
  const auto late = as(kSocialWorker, "2026-05-11T23:00:00Z");
  EXPECT_THAT(faulty_fields(given<Referral>(assessing()).when(complete(), late).outcome()),
              ElementsAre("assessment.late_reasons"));
  const auto event =
      event_of(given<Referral>(assessing())
                   .when(complete(R"(late_reasons: "The parents were abroad.")"), late)
                   .outcome());
  EXPECT_TRUE(event.assessment_completed().assessment().late());
}

TEST(Assessment, ThatWasPutOffIsNotLateButSaysWhyTheLawsTimeDidNotDo) {
  auto events = assessing();
  auto extend = proto<v1::ExtendDeadlineRequest>(
      R"(kind: "assessment" reasons: "The specialist reports in June.")");
  extend.mutable_due()->set_seconds(second("2026-06-30T12:00:00Z"));
  events.push_back(event_of(
      given<Referral>(events).when(extend, as(kSocialWorker, "2026-05-01T10:00:00Z")).outcome()));
  const auto later = as(kSocialWorker, "2026-06-10T10:00:00Z");
  EXPECT_THAT(faulty_fields(given<Referral>(events).when(complete(), later).outcome()),
              ElementsAre("assessment.late_reasons"));
  const auto event = event_of(
      given<Referral>(events).when(complete(R"(late_reasons: "As put off.")"), later).outcome());
  EXPECT_FALSE(event.assessment_completed().assessment().late());
}

TEST(Assessment, TakesCodesThatAreStillEntered) {
  const auto faults = [](const v1::CompleteAssessmentRequest& request) {
    return faulty_fields(given<Referral>(assessing()).when(request, as(kSocialWorker)).outcome());
  };
  EXPECT_THAT(faults(complete(R"(factors: "18A" category_of_abuse: "BAD" primary_need: "N9")")),
              ElementsAre("assessment.factors[1]", "assessment.category_of_abuse",
                          "assessment.primary_need"));
  auto request = complete();
  request.mutable_assessment()->clear_factors();
  EXPECT_THAT(faults(request), ElementsAre("assessment.factors"));
}

TEST(Assessment, IsOfAReferralWhoseDecisionStartedOneAndOnce) {
  given<Referral>({received()}).when(complete(), as(kSocialWorker)).then_refused("NO_ASSESSMENT");
  given<Referral>({received(), kAccepted, kDecidedOnEarlyHelp})
      .when(complete(), as(kSocialWorker))
      .then_refused("NO_ASSESSMENT");
  auto events = assessing();
  events.push_back(event_of(given<Referral>(events).when(complete(), as(kSocialWorker)).outcome()));
  given<Referral>(events).when(complete(), as(kSocialWorker)).then_refused("ASSESSMENT_COMPLETE");
}

TEST(Assessment, IsAnotherAuthoritysOnceTheReferralIs) {
  auto events = assessing();
  events.push_back(kTransferred);
  given<Referral>(events).when(complete(), as(kSocialWorker)).then_refused("REFERRAL_TRANSFERRED");
}

}  // namespace
}  // namespace mash::referral
