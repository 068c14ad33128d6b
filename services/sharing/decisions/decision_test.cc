#include "sharing/decisions/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sharing/testing/papers.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using mash::testing::Scenario;

using Events = Decision::Events;

const Actor kTeacherTwo{"education", "sch-01", "t-8", "practitioner"};
const std::string kNewer = uuid(88);

// What is recorded of a decision, and what a command after it brings about.
Events recorded(const Papers& papers, const std::string& supersedes = "") {
  const DecisionFacts facts = papers.facts();
  Decision::Record record{.terms = papers.terms, .facts = facts, .supersedes = supersedes};
  if (!supersedes.empty()) record.supersedes_reason = "The mother has told more.";
  return given<Decision>({}).when(record, as(papers.maker)).outcome().value();
}
Events and_then(Events events, const Result<Events>& more) {
  EXPECT_TRUE(more.has_value()) << mash::testing::brief(more.error());
  if (more) events.insert(events.end(), more->begin(), more->end());
  return events;
}

// Withheld on a ground that two must sign.
Papers awaiting() {
  Papers papers = health_withholds();
  papers.item().set_ground("detriment-16la-3");
  return papers;
}

v1::CountersignDecisionRequest signing(bool decline = false) {
  v1::CountersignDecisionRequest request;
  request.set_decline(decline);
  request.set_statement(decline ? "There is no detriment." : "I have read it.");
  return request;
}

Scenario<Decision>& sign(Scenario<Decision>&& scenario, const Papers& papers, const Actor& actor,
                         const v1::CountersignDecisionRequest& request = signing()) {
  static std::optional<Scenario<Decision>> kept;
  kept.emplace(std::move(scenario));
  const DecisionFacts facts = papers.facts();
  return kept->when(Decision::Countersign{request, facts}, as(actor));
}

TEST(Decision, IsRecordedWithTheLawAndTheMakerAndIsInForce) {
  const Papers papers = school_shares();
  const Events events = recorded(papers);
  ASSERT_THAT(events, SizeIs(1));
  const v1::DecisionRecorded& event = events.front().recorded();
  EXPECT_EQ(event.agency(), "education");
  EXPECT_EQ(event.body(), "school");
  EXPECT_EQ(event.decided_by(), "t-3");
  EXPECT_EQ(event.law(), law().citation());
  EXPECT_EQ(event.pack(), pack().citation());
  EXPECT_FALSE(event.needs_second_signature());
  const auto state = fold<Decision>(events);
  EXPECT_TRUE(state.in_force());
  EXPECT_FALSE(state.withholds());
  EXPECT_EQ(state.version, 1U);
  EXPECT_TRUE(state.names(kSocialWorker));
  EXPECT_FALSE(state.names(kPolice));
}

TEST(Decision, IsRefusedWithEveryRuleItBreaks) {
  Papers papers = school_shares();
  papers.terms.clear_purpose();
  papers.terms.clear_basis();
  const DecisionFacts facts = papers.facts();
  const auto scenario = given<Decision>({}).when(
      Decision::Record{.terms = papers.terms, .facts = facts}, as(kSchool));
  scenario.then_refused("DECISION_UNLAWFUL", {"terms.purpose", "terms.basis"});
  const Error& error = scenario.outcome().error();
  EXPECT_EQ(error.metadata.at("rules"), "purpose-stated,basis-needed");
  EXPECT_EQ(error.metadata.at("law"), law().citation());
  EXPECT_THAT(error.faults.front().description, HasSubstr("Say what for, truly."));
  ASSERT_THAT(error.sources, SizeIs(2));
  EXPECT_THAT(error.sources.back().description, HasSubstr("Article 6(1)"));
}

TEST(Decision, IsRefusedWhereItIsNotWellFormed) {
  Papers papers = school_shares();
  papers.terms.set_purpose(std::string(5'000, 'x'));
  papers.terms.add_gateways(papers.terms.gateways(0));
  papers.item().set_item_id("the second one");
  papers.terms.clear_recipients();
  const DecisionFacts facts = papers.facts();
  given<Decision>({})
      .when(Decision::Record{.terms = papers.terms, .facts = facts, .supersedes = kNewer},
            as(kSchool))
      .then_refused("INVALID_REQUEST", {"terms.items[0].item_id", "terms.recipients",
                                        "terms.gateways[1]", "terms.purpose", "reason"});
}

TEST(Decision, IsRecordedOnceAndNeverWithoutALaw) {
  const Papers papers = school_shares();
  const DecisionFacts facts = papers.facts();
  const Decision::Record record{.terms = papers.terms, .facts = facts};
  given<Decision>(recorded(papers)).when(record, as(kSchool)).then_refused("DECISION_EXISTS");
  Context lawless = as(kSchool);
  lawless.law = nullptr;
  given<Decision>({}).when(record, lawless).then_refused("NO_LAW_IN_FORCE");
}

TEST(Decision, NamesWhoeverItIsForByRoleAndByPerson) {
  Papers papers = school_shares();
  papers.recipient().set_role("social-worker");
  auto state = fold<Decision>(recorded(papers));
  EXPECT_TRUE(state.names(kSocialWorker));
  EXPECT_FALSE(state.names(kTriage));
  papers.recipient().set_practitioner("w-9");
  state = fold<Decision>(recorded(papers));
  EXPECT_FALSE(state.names(kSocialWorker));
}

TEST(SecondSignature, BringsADecisionIntoForce) {
  const Events events = recorded(awaiting());
  EXPECT_TRUE(events.front().recorded().needs_second_signature());
  auto state = fold<Decision>(events);
  EXPECT_EQ(state.status, v1::DECISION_STATUS_AWAITING_SIGNATURE);
  const auto& signed_one = sign(given<Decision>(events), awaiting(), kHealthManager);
  ASSERT_TRUE(signed_one.outcome().has_value());
  EXPECT_EQ(signed_one.outcome()->front().countersigned().by(), "n-9");
  state = signed_one.state();
  EXPECT_TRUE(state.in_force());
  EXPECT_EQ(state.version, 2U);
}

TEST(SecondSignature, IsSomebodyElsesOfTheSameAgency) {
  const Events events = recorded(awaiting());
  sign(given<Decision>(events), awaiting(), kHealth).then_refused("NOT_INDEPENDENT");
  sign(given<Decision>(events), awaiting(), kPolice).then_refused("NOT_THE_MAKER");
  sign(given<Decision>(events), awaiting(), kManager).then_refused("NOT_THE_MAKER");
  sign(given<Decision>(events), awaiting(), kSchool).then_refused("NOT_FOUND");
  sign(given<Decision>({}), awaiting(), kHealth).then_refused("NOT_FOUND");
}

TEST(SecondSignature, IsDeclinedWithAReasonAndThenNeverInForce) {
  const Events events = recorded(awaiting());
  v1::CountersignDecisionRequest silent = signing(true);
  silent.clear_statement();
  sign(given<Decision>(events), awaiting(), kHealthManager, silent)
      .then_refused("INVALID_REQUEST", {"statement"});
  const Events declined = and_then(
      events, sign(given<Decision>(events), awaiting(), kHealthManager, signing(true)).outcome());
  EXPECT_EQ(fold<Decision>(declined).status, v1::DECISION_STATUS_DECLINED);
  EXPECT_EQ(declined.back().declined().agency(), "health");
  EXPECT_EQ(declined.back().declined().decided_by(), "n-4");
  sign(given<Decision>(declined), awaiting(), kHealthManager, signing(true)).then_nothing_changes();
  sign(given<Decision>(declined), awaiting(), kHealthManager)
      .then_refused("NOT_AWAITING_SIGNATURE");
}

TEST(SecondSignature, IsGivenOnce) {
  const Events events = recorded(awaiting());
  const Events signed_ones =
      and_then(events, sign(given<Decision>(events), awaiting(), kHealthManager).outcome());
  sign(given<Decision>(signed_ones), awaiting(), kHealthManager).then_nothing_changes();
  sign(given<Decision>(signed_ones), awaiting(), kHealthManager, signing(true))
      .then_refused("NOT_AWAITING_SIGNATURE");
  sign(given<Decision>(recorded(school_shares())), school_shares(), kTeacherTwo)
      .then_refused("NOT_AWAITING_SIGNATURE");
}

// The texts are not there any more when it is signed, and are not asked for again.
TEST(SecondSignature, JudgesAgainOnWhatIsSoNow) {
  Papers papers = refuge_shares_by_consent();
  papers.state().protected_identities = 1;
  papers.item().set_release_protected_reason("The doctor must know where she lives.");
  Events events = recorded(papers);
  v1::DecisionTerms& kept = *events.front().mutable_recorded()->mutable_terms();
  kept.clear_purpose();
  kept.clear_necessity();
  kept.clear_proportionality();
  kept.mutable_items(0)->clear_release_protected_reason();
  const Actor other{"refuge", "ref-01", "r-5", "practitioner"};
  EXPECT_TRUE(sign(given<Decision>(events), papers, other).outcome().has_value());
  papers.consent->withdrawn_at = papers.now;
  sign(given<Decision>(events), papers, other)
      .then_refused("DECISION_UNLAWFUL", {"terms.consent.consent_id"});
  EXPECT_TRUE(sign(given<Decision>(events), papers, other, signing(true)).outcome().has_value())
      << "it may still be declined";
}

TEST(Supersession, EndsADecisionInForce) {
  const Events events = recorded(school_shares());
  const Decision::Supersede supersede{kNewer};
  const Events ended =
      and_then(events, given<Decision>(events).when(supersede, as(kSchool)).outcome());
  EXPECT_EQ(fold<Decision>(ended).status, v1::DECISION_STATUS_SUPERSEDED);
  EXPECT_EQ(fold<Decision>(ended).superseded_by, kNewer);
  given<Decision>(ended).when(supersede, as(kSchool)).then_nothing_changes();
  given<Decision>(ended)
      .when(Decision::Supersede{uuid(89)}, as(kSchool))
      .then_refused("DECISION_NOT_IN_FORCE");
  given<Decision>(events).when(supersede, as(kTriage)).then_refused("NOT_THE_MAKER");
  given<Decision>(events).when(supersede, as(kHealth)).then_refused("NOT_FOUND");
  given<Decision>(recorded(awaiting()))
      .when(supersede, as(kHealth))
      .then_refused("DECISION_NOT_IN_FORCE");
}

TEST(Supersession, StandsInTheNewDecision) {
  const Events events = recorded(school_shares(), uuid(77));
  EXPECT_EQ(events.front().recorded().supersedes(), uuid(77));
  EXPECT_EQ(fold<Decision>(events).supersedes, uuid(77));
}

TEST(Review, SetsWhenWhatIsWithheldIsLookedAtNext) {
  const Events events = recorded(health_withholds());
  EXPECT_EQ(fold<Decision>(events).look_again_at, Time(std::chrono::seconds(1'800'000'000)));
  auto review = proto<v1::ReviewDecisionRequest>(
      "finding: 'Nothing has changed.' look_again_at { seconds: 1900000000 }");
  const Events reviewed =
      and_then(events, given<Decision>(events).when(review, as(kHealthManager)).outcome());
  EXPECT_EQ(reviewed.back().reviewed().review().reviewed_by(), "n-9");
  EXPECT_EQ(fold<Decision>(reviewed).look_again_at, Time(std::chrono::seconds(1'900'000'000)));
  given<Decision>(events).when(review, as(kPolice)).then_refused("NOT_THE_MAKER");
  review.mutable_look_again_at()->set_seconds(1);
  given<Decision>(events)
      .when(review, as(kHealth))
      .then_refused("INVALID_REQUEST", {"look_again_at"});
  review.clear_look_again_at();
  given<Decision>(events)
      .when(review, as(kHealth))
      .then_refused("INVALID_REQUEST", {"look_again_at"});
}

TEST(Review, OfWhatIsAllSharedNamesNoTime) {
  const Events events = recorded(school_shares());
  auto review = proto<v1::ReviewDecisionRequest>("finding: 'It was right.'");
  EXPECT_TRUE(given<Decision>(events).when(review, as(kSchool)).outcome().has_value());
  review.mutable_look_again_at()->set_seconds(1'900'000'000);
  given<Decision>(events)
      .when(review, as(kSchool))
      .then_refused("INVALID_REQUEST", {"look_again_at"});
  review.clear_look_again_at();
  const Events ended = and_then(
      events, given<Decision>(events).when(Decision::Supersede{kNewer}, as(kSchool)).outcome());
  given<Decision>(ended).when(review, as(kSchool)).then_refused("DECISION_NOT_IN_FORCE");
}

}  // namespace
}  // namespace mash::sharing
