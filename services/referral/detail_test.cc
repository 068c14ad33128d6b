#include "referral/detail.h"

#include <gmock/gmock.h>

#include <map>

#include "core/testing/given_when_then.h"
#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Event = v1::ReferralEvent;

// A referral's whole life: the police submit, the school adds, both are told of the decision.
std::vector<Event> history() {
  std::vector<Event> events;
  const auto then = [&](const auto& command, const Context& context) {
    const auto decided = Referral::decide(fold<Referral>(events), command, context);
    EXPECT_TRUE(decided.has_value()) << mash::testing::brief(decided.error());
    if (decided) events.insert(events.end(), decided->begin(), decided->end());
  };
  then(contact(), as(kPolice));
  then(proto<v1::AcknowledgeContactRequest>(R"(message: "We have it.")"), as(kTriage));
  then(proto<v1::RateReferralRequest>(R"(rating: RATING_AMBER)"), as(kTriage));
  then(proto<v1::AddInformationRequest>(R"(
         text: "The school's own words." on_behalf_of_agency: "education"
         lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })"),
       as(kTriage));
  then(proto<v1::DecideContactRequest>(
           R"(outcome: CONTACT_OUTCOME_ACCEPTED rationale: "Accepted because.")"),
       as(kTriage));
  then(proto<v1::DecideReferralRequest>(R"(
         referral_id: "r-1"
         decision { outcome: "section-17-assessment" level_of_need: "4"
                    rationale: "The hub's own reasons." evidence_ids: "r-1"
                    family_informed: FAMILY_INFORMED_TOLD })"),
       as(kSocialWorker, "2026-03-05T09:00:00Z"));
  then(proto<v1::GiveFeedbackRequest>(R"(agency: "police" text: "For the police.")"), as(kTriage));
  then(proto<v1::GiveFeedbackRequest>(R"(agency: "education" text: "For the school.")"),
       as(kTriage));
  return events;
}

v1::ReferralDetail shown(const Actor& actor, const std::string& purpose = "") {
  return detail_of("r-1", history(), Audience::of(actor, purpose), utc("2026-03-06T10:00:00Z"));
}

TEST(Detail, ShowsTheHubEverything) {
  const auto detail = shown(kTriage);
  EXPECT_EQ(detail.summary().referral_id(), "r-1");
  EXPECT_EQ(detail.summary().rating(), v1::RATING_AMBER);
  EXPECT_EQ(detail.account().concern(), "Left alone overnight.");
  ASSERT_EQ(detail.children_size(), 1);
  EXPECT_EQ(detail.children(0).account().developmental_needs(), "Often hungry.");
  EXPECT_EQ(detail.information(0).text(), "The school's own words.");
  EXPECT_EQ(detail.contact_decisions(0).rationale(), "Accepted because.");
  EXPECT_EQ(detail.decisions(0).rationale(), "The hub's own reasons.");
  EXPECT_EQ(detail.feedback_size(), 2);
  EXPECT_THAT(detail.referrers(), ElementsAre("police", "education"));
  EXPECT_EQ(detail.acknowledgement(), "We have it.");
  EXPECT_EQ(detail.ratings_size(), 1);
}

TEST(Detail, ShowsAReferrerWhatItToldHowFarItIsAndWhatIsMeantForIt) {
  const auto detail = shown(kPolice);
  EXPECT_EQ(detail.account().concern(), "Left alone overnight.");
  EXPECT_EQ(detail.children_size(), 1);
  EXPECT_EQ(detail.summary().stage(), v1::REFERRAL_STAGE_DECIDED);
  EXPECT_EQ(detail.summary().outcome(), "section-17-assessment");
  EXPECT_EQ(detail.acknowledgement(), "We have it.");
  ASSERT_EQ(detail.feedback_size(), 1);
  EXPECT_EQ(detail.feedback(0).text(), "For the police.");
}

TEST(Detail, NeverShowsAReferrerTheRationaleOrWhatOthersTold) {
  for (const Actor& actor : {kPolice, kSchool}) {
    const std::string all = shown(actor).DebugString();
    EXPECT_THAT(all, Not(HasSubstr("The hub's own reasons.")));
    EXPECT_THAT(all, Not(HasSubstr("Accepted because.")));
    EXPECT_THAT(all, Not(HasSubstr("RATING_AMBER")));
  }
  EXPECT_THAT(shown(kPolice).DebugString(), Not(HasSubstr("school")));
  EXPECT_THAT(shown(kPolice).DebugString(), Not(HasSubstr("education")));
  EXPECT_THAT(shown(kSchool).DebugString(), Not(HasSubstr("Left alone")));
  EXPECT_THAT(shown(kSchool).DebugString(), Not(HasSubstr("For the police.")));
  EXPECT_EQ(shown(kSchool).information(0).text(), "The school's own words.");
  EXPECT_EQ(shown(kSchool).children_size(), 0);
}

TEST(Detail, ShowsAnAuditorContentOnlyForAStatedPurpose) {
  const Actor auditor{"auditor", "aud-01", "a-1", "auditor"};
  EXPECT_EQ(Audience::of(auditor, "").sees, Audience::Sees::kNoContent);
  EXPECT_EQ(Audience::of(auditor, "Review 7.").sees, Audience::Sees::kAll);
}

TEST(Detail, ShowsEveryDeadlineAndHowItWasKept) {
  const auto detail = shown(kTriage);
  std::map<std::string, common::v1::DeadlineState> states;
  for (const auto& status : detail.deadlines()) states[status.deadline().kind()] = status.state();
  EXPECT_EQ(states["acknowledgement"], common::v1::DEADLINE_STATE_MET);
  EXPECT_EQ(states["first-decision"], common::v1::DEADLINE_STATE_MET);
  EXPECT_EQ(states["information-request-amber"], common::v1::DEADLINE_STATE_MET);
  EXPECT_EQ(states["assessment"], common::v1::DEADLINE_STATE_RUNNING);
}

TEST(Detail, ShowsADeadlineThatIsMissed) {
  const std::vector<Event> only_received = {history().front()};
  const auto detail =
      detail_of("r-1", only_received, Audience::of(kTriage, ""), utc("2026-03-06T00:00:00Z"));
  EXPECT_EQ(detail.deadlines(0).state(), common::v1::DEADLINE_STATE_MISSED);
}

// What followed the decision: a threshold, another route, the family, a challenge by the school and
// its answer, a deadline put off, and what the hub found by itself.
std::vector<Event> aftermath() {
  std::vector<Event> events = history();
  const auto then = [&](const auto& command, const Context& context) {
    events.push_back(event_of(Referral::decide(fold<Referral>(events), command, context)));
  };
  const Context worker = as(kSocialWorker, "2026-03-05T11:00:00Z");
  then(proto<v1::RecordThresholdRequest>(
           R"(threshold { kind: THRESHOLD_KIND_SECTION_47 rationale: "The hub's threshold." })"),
       worker);
  then(proto<v1::RecordOtherRouteRequest>(
           R"(route { kind: OTHER_ROUTE_KIND_DESIGNATED_OFFICER note: "The hub's route." })"),
       worker);
  then(proto<v1::RecordOtherRouteRequest>(R"(
         route { kind: OTHER_ROUTE_KIND_DESIGNATED_OFFICER reference: "DO-7"
                 taken_at { seconds: 1772708400 } })"),
       worker);
  then(proto<v1::InformFamilyRequest>(
           R"(family { informed: FAMILY_INFORMED_TOLD account: "The hub told the mother." })"),
       worker);
  auto extend = proto<v1::ExtendDeadlineRequest>(
      R"(kind: "assessment" reasons: "The hub's reasons for more time.")");
  extend.mutable_due()->set_seconds(second("2026-06-01T12:00:00Z"));
  then(extend, worker);
  then(proto<v1::ChallengeDecisionRequest>(
           R"(decision_id: "id-0" grounds: "The school disagrees.")"),
       as(kSchool, "2026-03-05T12:00:00Z"));
  then(proto<v1::AnswerChallengeRequest>(R"(
         challenge_id: "id-0" resolution: CHALLENGE_RESOLUTION_AGREED
         answer: "We meet on Monday.")"),
       as(kManager, "2026-03-05T13:00:00Z"));
  events.push_back(proto<Event>(
      R"(history_found { history { earlier { referral_id: "r-0" } re_referral: true } })"));
  events.push_back(proto<Event>(
      R"(patterns_found { patterns { kind: PATTERN_KIND_REPEATED_MISSING count: 3 } })"));
  return events;
}

v1::ReferralDetail aftermath_shown(const Actor& actor) {
  return detail_of("r-1", aftermath(), Audience::of(actor, ""), utc("2026-03-06T10:00:00Z"));
}

TEST(Detail, ShowsTheHubWhatFollowedTheDecision) {
  const auto detail = aftermath_shown(kTriage);
  EXPECT_EQ(detail.thresholds(0).rationale(), "The hub's threshold.");
  ASSERT_EQ(detail.other_routes_size(), 1);
  EXPECT_EQ(detail.other_routes(0).note(), "The hub's route.");
  EXPECT_EQ(detail.other_routes(0).reference(), "DO-7");
  EXPECT_EQ(detail.family(0).account(), "The hub told the mother.");
  EXPECT_TRUE(detail.history().re_referral());
  EXPECT_EQ(detail.patterns_size(), 1);
  ASSERT_EQ(detail.challenges_size(), 1);
  EXPECT_TRUE(detail.challenges(0).resolved());
  EXPECT_EQ(detail.challenges(0).steps(0).grounds(), "The school disagrees.");
  EXPECT_EQ(detail.challenges(0).steps(0).answer(), "We meet on Monday.");
  std::map<std::string, common::v1::DeadlineStatus> deadlines;
  for (const auto& status : detail.deadlines()) deadlines[status.deadline().kind()] = status;
  EXPECT_EQ(deadlines["assessment"].due().seconds(), second("2026-06-01T12:00:00Z"));
  EXPECT_EQ(deadlines["assessment"].extensions(0).reasons(), "The hub's reasons for more time.");
  EXPECT_EQ(deadlines["designated-officer"].state(), common::v1::DEADLINE_STATE_MET);
  EXPECT_EQ(deadlines["challenge-team-manager"].state(), common::v1::DEADLINE_STATE_MET);
}

TEST(Detail, ShowsAnAgencyItsOwnChallengeAndNothingElseOfWhatFollowed) {
  const auto school = aftermath_shown(kSchool);
  ASSERT_EQ(school.challenges_size(), 1);
  EXPECT_EQ(school.challenges(0).steps(0).answer(), "We meet on Monday.");
  EXPECT_EQ(aftermath_shown(kPolice).challenges_size(), 0);
  for (const Actor& actor : {kPolice, kSchool}) {
    const auto detail = aftermath_shown(actor);
    EXPECT_THAT(detail.DebugString(), Not(HasSubstr("The hub")));
    EXPECT_EQ(detail.deadlines_size(), 2);
    EXPECT_EQ(detail.thresholds_size() + detail.other_routes_size() + detail.family_size(), 0);
    EXPECT_EQ(detail.patterns_size(), 0);
    EXPECT_FALSE(detail.has_history());
  }
}

TEST(Detail, TellsWhyAContactWasTakenBackToItsSenderAndTheHub) {
  std::vector<Event> events = {received()};
  events.push_back(event_of(Referral::decide(
      fold<Referral>(events), proto<v1::WithdrawContactRequest>(R"(reason: "Sent by mistake.")"),
      as(kPolice))));
  const auto reason = [&](const Actor& actor) {
    return detail_of("r-1", events, Audience::of(actor, ""), utc(kNow)).withdrawal_reason();
  };
  EXPECT_EQ(reason(kTriage), "Sent by mistake.");
  EXPECT_EQ(reason(kPolice), "Sent by mistake.");
  EXPECT_EQ(reason(kSchool), "");
}

TEST(Detail, ShowsTheAuthorityAskedWhatItIsToBeResponsibleFor) {
  auto events = history();
  events.push_back(
      event_of(Referral::decide(fold<Referral>(events), proto<v1::TransferReferralRequest>(R"(
        transfer { to_area: "E08000025" ground: TRANSFER_GROUND_LIVES_THERE
                   reason: "They moved in May." })"),
                                as(kSocialWorker, "2026-03-05T11:00:00Z"))));
  const Audience audience = Audience::of(kBirmingham, "", fold<Referral>(events));
  const auto detail = detail_of("r-1", events, audience, utc("2026-03-06T10:00:00Z"));
  ASSERT_EQ(detail.transfers_size(), 1);
  EXPECT_EQ(detail.transfers(0).transfer().reason(), "They moved in May.");
  EXPECT_EQ(detail.account().concern(), "Left alone overnight.");
  EXPECT_EQ(detail.children_size(), 1);
  EXPECT_EQ(detail.summary().stage(), v1::REFERRAL_STAGE_DECIDED);
  EXPECT_FALSE(detail.has_lawful_basis());
  EXPECT_EQ(detail.information_size() + detail.feedback_size() + detail.decisions_size(), 0);
  EXPECT_EQ(detail.acknowledgement(), "");
  events.push_back(proto<v1::ReferralEvent>(
      "contact_withdrawn { withdrawn_at { seconds: 1700 } unanswered_transfer {} }"));
  events.back().mutable_contact_withdrawn()->mutable_unanswered_transfer()->set_transfer_id(
      detail.transfers(0).transfer().transfer_id());
  const auto over =
      detail_of("r-1", events, Audience::of(kTriage, "", fold<Referral>(events)), utc(kNow));
  EXPECT_EQ(over.transfers(0).over_at().seconds(), 1700);
  events.pop_back();
  // The referrers hear of it when it is accepted, not while it is asked.
  EXPECT_EQ(detail_of("r-1", events, Audience::of(kPolice, "", fold<Referral>(events)), utc(kNow))
                .transfers_size(),
            0);
}

}  // namespace
}  // namespace mash::referral
