#include "sharing/requests/request.h"

#include <gmock/gmock.h>

#include "sharing/testing/cast.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using Event = v1::RequestEvent;

const std::string kReferral = uuid(900);
const std::string kCase = uuid(901);
const std::string kChild = uuid(902);
const std::string kMother = uuid(903);
constexpr char kBefore16La[] = "2026-09-01T10:00:00Z";

// A case that the police told of, and the school has a part in.
cases::Family family(
    referral::v1::ThresholdKind threshold = referral::v1::THRESHOLD_KIND_UNSPECIFIED) {
  cases::KnownCase::Referral referral;
  referral.agency = "police";
  referral.children = {kChild};
  referral.people = {kChild, kMother};
  referral.threshold = threshold;
  return {.head = kCase,
          .access = {},
          .cases = {kCase},
          .referrals = {{kReferral, referral}},
          .agencies = {"police", "education"}};
}

// What health holds on the child, without consent.
v1::RequestInformationRequest asking(const char* more = "") {
  auto request = proto<v1::RequestInformationRequest>(R"(
    terms { agency: "health" purpose: "To see whether she is safe at home." rating: RATING_AMBER
            questions: "Has she been seen for injuries?" })");
  v1::RequestTerms& terms = *request.mutable_terms();
  terms.set_referral_id(kReferral);
  terms.add_person_ids(kChild);
  terms.MergeFrom(proto<v1::RequestTerms>(more));
  return request;
}

constexpr char kThreshold[] = "without_consent_reason: 'Asking would put her at risk.'";
constexpr char kGateway[] =
    "gateway: 'ca2004-s16la' without_consent_reason: 'Asking would put her at risk.'";

// A consent of the mother's, of what health tells social care.
Consent::State consent() {
  Consent::State state;
  state.terms.add_person_ids(kChild);
  state.terms.add_holders("health");
  state.terms.add_recipients("social-care");
  state.terms.set_freely_given(true);
  state.agency = "education";
  return state;
}

Request::Ask ask(const v1::RequestInformationRequest& request, const cases::Family& family,
                 std::optional<Consent::State> consent = {}) {
  return {.request = request, .family = family, .case_id = kCase, .consent = std::move(consent)};
}

Result<Request::Events> outcome(
    const char* more, const Context& context,
    referral::v1::ThresholdKind threshold = referral::v1::THRESHOLD_KIND_UNSPECIFIED) {
  const auto request = asking(more);
  const cases::Family of_the_case = family(threshold);
  return given<Request>({}).when(ask(request, of_the_case), context).outcome();
}

std::string reason_of(const Result<Request::Events>& result) {
  return result ? "" : result.error().reason;
}

// Health was asked, under section 16LA.
std::vector<Event> asked() { return outcome(kGateway, as(kTriage)).value(); }

v1::AnswerRequestRequest answering(const char* text) {
  return proto<v1::AnswerRequestRequest>(text);
}

Request::Answer answer(const v1::AnswerRequestRequest& request,
                       std::vector<std::string> item_ids = {}) {
  return {.request = request, .item_ids = std::move(item_ids)};
}

TEST(Request, SaysWhoAsksWhatForAndByWhen) {
  const auto events = asked();
  ASSERT_EQ(events.size(), 1u);
  const v1::InformationRequested& event = events.front().requested();
  EXPECT_EQ(event.case_id(), kCase);
  EXPECT_EQ(event.agency(), "social-care");
  EXPECT_EQ(event.requested_by(), "o-1");
  EXPECT_EQ(event.deadline().kind(), "information-request-amber");
  EXPECT_THAT(event.law(), ::testing::StartsWith("lawful-basis-2026@"));
  EXPECT_EQ(event.terms().purpose(), "To see whether she is safe at home.");
}

TEST(Request, IsOfKnownPersonsToAnAgencyOfThisHubWithAPurposeAndQuestions) {
  auto request = asking();
  v1::RequestTerms& terms = *request.mutable_terms();
  terms.set_agency("the-moon");
  terms.add_person_ids(uuid(999));
  terms.clear_purpose();
  terms.clear_questions();
  terms.clear_rating();
  const cases::Family of_the_case = family();
  given<Request>({})
      .when(ask(request, of_the_case), as(kTriage))
      .then_refused("INVALID_REQUEST",
                    {"terms.agency", "terms.person_ids[1]", "terms.purpose", "terms.questions",
                     "terms.rating", "terms.without_consent_reason"});
  request = asking("consent_id: 'x'");
  request.mutable_terms()->set_agency("social-care");
  given<Request>({})
      .when(ask(request, of_the_case), as(kTriage))
      .then_refused("INVALID_REQUEST", {"terms.agency", "terms.consent_id"});
}

TEST(Request, IsTheHubsOfAReferralItMaySee) {
  const auto request = asking(kGateway);
  cases::Family of_the_case = family();
  given<Request>({}).when(ask(request, of_the_case), as(kPolice)).then_refused("NOT_FOUND");
  of_the_case.access.restricted = true;
  given<Request>({}).when(ask(request, of_the_case), as(kTriage)).then_refused("NOT_FOUND");
  const cases::Family another = {};
  given<Request>({}).when(ask(request, another), as(kTriage)).then_refused("NOT_FOUND");
}

TEST(Request, WithoutConsentNeedsARecordedThresholdOfReasonableCause) {
  using referral::v1::ThresholdKind;
  for (const auto& [threshold, reason] : std::vector<std::pair<ThresholdKind, std::string>>{
           {referral::v1::THRESHOLD_KIND_UNSPECIFIED, "REQUEST_UNLAWFUL"},
           {referral::v1::THRESHOLD_KIND_SECTION_17, "REQUEST_UNLAWFUL"},
           {referral::v1::THRESHOLD_KIND_REASONABLE_CAUSE, ""},
           {referral::v1::THRESHOLD_KIND_SECTION_47, ""}})
    EXPECT_EQ(reason_of(outcome(kThreshold, as(kTriage), threshold)), reason)
        << ThresholdKind_Name(threshold);
  const auto refused = outcome(kThreshold, as(kTriage));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  ASSERT_FALSE(refused.error().sources.empty());
  EXPECT_THAT(refused.error().sources.front().description, ::testing::HasSubstr("Haringey"));
}

TEST(Request, OrAGatewayInForceThatPermitsItAndFitsBothBodies) {
  EXPECT_EQ(reason_of(outcome(kGateway, as(kTriage))), "");
  EXPECT_EQ(reason_of(outcome(kGateway, as(kTriage, kBefore16La))), "REQUEST_UNLAWFUL");
  for (const char* more :
       {"gateway: 'ca1989-s47' without_consent_reason: 'x'",
        "gateway: 'no-such-power' without_consent_reason: 'x'",
        "agency: 'refuge' gateway: 'ca2004-s16la' without_consent_reason: 'x'"}) {
    const auto refused = outcome(more, as(kTriage));
    ASSERT_FALSE(refused.has_value()) << more;
    EXPECT_EQ(refused.error().reason, "REQUEST_UNLAWFUL") << more;
    EXPECT_EQ(refused.error().faults.front().field, "terms.gateway") << more;
  }
}

TEST(Request, BesideAThresholdMayNameAnyPowerThatTheAgenciesHave) {
  constexpr auto kSection47 = referral::v1::THRESHOLD_KIND_SECTION_47;
  EXPECT_EQ(reason_of(outcome("gateway: 'ca1989-s47' without_consent_reason: 'x'", as(kTriage),
                              kSection47)),
            "");
  EXPECT_EQ(reason_of(outcome("gateway: 'no-such-power' without_consent_reason: 'x'", as(kTriage),
                              kSection47)),
            "REQUEST_UNLAWFUL");
}

TEST(Request, WithConsentNeedsOneThatIsLiveAndCoversIt) {
  auto request = asking();
  request.mutable_terms()->set_consent_id(uuid(904));
  const cases::Family of_the_case = family(referral::v1::THRESHOLD_KIND_SECTION_47);
  const auto with = [&](const Consent::State& consent) {
    return reason_of(
        given<Request>({}).when(ask(request, of_the_case, consent), as(kTriage)).outcome());
  };
  EXPECT_EQ(with(consent()), "");
  Consent::State withdrawn = consent();
  withdrawn.withdrawn_at = utc(kNow);
  EXPECT_EQ(with(withdrawn), "REQUEST_UNLAWFUL") << "a threshold does not make it true";
  Consent::State of_another = consent();
  of_another.terms.set_person_ids(0, kMother);
  EXPECT_EQ(with(of_another), "REQUEST_UNLAWFUL");
  Consent::State forced = consent();
  forced.terms.set_freely_given(false);
  EXPECT_EQ(with(forced), "REQUEST_UNLAWFUL");
  Consent::State to_another = consent();
  to_another.terms.set_recipients(0, "police");
  EXPECT_EQ(with(to_another), "REQUEST_UNLAWFUL");
}

TEST(Request, IsDueNoLaterThanTheFirstDecisionWhileThatIsOpen) {
  cases::Family of_the_case = family();
  cases::KnownCase::Referral& referral = of_the_case.referrals.at(kReferral);
  referral.first_decision =
      pack().deadline("first-decision", utc("2026-11-24T10:00:00Z"), calendar()).value();
  const auto request = asking(
      "rating: RATING_GREEN gateway: 'ca2004-s16la' "
      "without_consent_reason: 'x'");
  const auto deadline = [&] {
    return given<Request>({})
        .when(ask(request, of_the_case), as(kTriage))
        .outcome()
        .value()
        .front()
        .requested()
        .deadline();
  };
  EXPECT_EQ(deadline().capped_by(), "first-decision");
  referral.decided = true;
  EXPECT_EQ(deadline().capped_by(), "");
}

TEST(Answer, IsItemsOrThatNothingIsHeldOrThatItIsNotSaid) {
  const auto items = answering("answer: REQUEST_ANSWER_ITEMS items { text: 'Seen twice.' }");
  const auto answered =
      given<Request>(asked()).when(answer(items, {uuid(1)}), as(kHealth)).outcome().value();
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_EQ(answered.front().answered().item_ids(0), uuid(1));
  EXPECT_EQ(answered.front().answered().answered_by(), "n-4");
  const auto nothing =
      answering("answer: REQUEST_ANSWER_NOTHING_HELD text: 'Looked in both systems.'");
  EXPECT_TRUE(given<Request>(asked()).when(answer(nothing), as(kHealth)).outcome().has_value());
  const auto declined = answering(
      "answer: REQUEST_ANSWER_DECLINED ground: 'legal-privilege' text: 'Advice of counsel.'");
  EXPECT_TRUE(given<Request>(asked()).when(answer(declined), as(kHealth)).outcome().has_value());
}

TEST(Answer, IsOneOfThemAndWhole) {
  const auto refused = [](const char* text, const std::vector<std::string>& fields) {
    const auto request = answering(text);
    given<Request>(asked())
        .when(answer(request), as(kHealth))
        .then_refused("INVALID_REQUEST", fields);
  };
  refused("", {"answer"});
  refused("answer: REQUEST_ANSWER_ITEMS", {"items"});
  refused("answer: REQUEST_ANSWER_ITEMS items {} text: 'x' ground: 'legal-privilege'",
          {"text", "ground"});
  refused("answer: REQUEST_ANSWER_NOTHING_HELD items {}", {"items"});
  refused("answer: REQUEST_ANSWER_DECLINED", {"text", "ground"});
  refused("answer: REQUEST_ANSWER_DECLINED text: 'x' ground: 'unverified'", {"ground"});
}

TEST(Answer, IsTheAskedAgencysAndGivenOnceHoweverLate) {
  const auto nothing = answering("answer: REQUEST_ANSWER_NOTHING_HELD");
  given<Request>({}).when(answer(nothing), as(kHealth)).then_refused("NOT_FOUND");
  given<Request>(asked()).when(answer(nothing), as(kPolice)).then_refused("NOT_FOUND");
  given<Request>(asked()).when(answer(nothing), as(kTriage)).then_refused("NOT_THE_AGENCY_ASKED");
  const auto late =
      given<Request>(asked()).when(answer(nothing), as(kHealth, "2027-01-25T10:00:00Z")).state();
  EXPECT_TRUE(late.answered());
  EXPECT_EQ(late.deadline()->state(utc("2027-01-25T10:00:00Z")), DeadlineState::kMissed);
  given<Request>(asked())
      .when(answer(nothing), as(kHealth))
      .when(answer(nothing), as(kHealth))
      .then_refused("ALREADY_ANSWERED");
}

TEST(RequestDeadline, ApproachesAndIsMissedAndIsSaidSoOnce) {
  std::vector<Event> events = asked();
  const auto told =
      given<Request>(events).when(clocks::Tell{}, as(kTriage, "2027-01-25T10:00:00Z")).outcome();
  ASSERT_TRUE(told.has_value());
  ASSERT_EQ(told->size(), 2);
  EXPECT_EQ((*told)[0].deadline_told().state(), common::v1::DEADLINE_STATE_APPROACHING);
  EXPECT_EQ((*told)[1].deadline_told().state(), common::v1::DEADLINE_STATE_MISSED);
  events.insert(events.end(), told->begin(), told->end());
  given<Request>(events).when(clocks::Tell{}, as(kTriage, "2027-01-25T10:00:00Z")).then({});
  given<Request>({}).when(clocks::Tell{}, as(kTriage)).then({});
}

TEST(RequestDeadline, IsPutOffWithReasonsWhileItRuns) {
  auto extend = proto<v1::ExtendDeadlineRequest>("reasons: 'The records are in store.'");
  to_proto(utc("2026-12-01T10:00:00Z"), extend.mutable_due());
  const auto put_off = given<Request>(asked()).when(extend, as(kTriage));
  EXPECT_EQ(put_off.state().deadline()->current_due(), utc("2026-12-01T10:00:00Z"));
  EXPECT_EQ(put_off.outcome()->front().deadline_extended().agency(), "health");
  given<Request>(asked()).when(extend, as(kHealth)).then_refused("NOT_FOUND");
  given<Request>(asked())
      .when(extend, as(kTriage, "2026-11-30T10:00:00Z"))
      .then_refused("DEADLINE_MISSED");
  const auto nothing = answering("answer: REQUEST_ANSWER_NOTHING_HELD");
  given<Request>(asked())
      .when(answer(nothing), as(kHealth))
      .when(extend, as(kTriage))
      .then_refused("DEADLINE_DONE");
  extend.clear_reasons();
  given<Request>(asked()).when(extend, as(kTriage)).then_refused("REASONS_MISSING");
}

}  // namespace
}  // namespace mash::sharing
