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

}  // namespace
}  // namespace mash::referral
