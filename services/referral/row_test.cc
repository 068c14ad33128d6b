#include "referral/row.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using Event = v1::ReferralEvent;

// The row after these events.
v1::ReferralRow row(const std::vector<Event>& events) {
  v1::ReferralRow row;
  for (const Event& event : events) evolve_row(row, event);
  return row;
}

const auto kReceived = proto<Event>(R"(
  contact_received {
    case_id: "c-1" agency: "police" source: "6" received_at { seconds: 1000 } child_ids: "p-1"
    deadlines { kind: "acknowledgement" due { seconds: 3000 } }
    deadlines { kind: "first-decision" due { seconds: 3000 } }
  })");
const auto kAcknowledged =
    proto<Event>("contact_acknowledged { acknowledged_at { seconds: 1500 } }");
const auto kAccepted = proto<Event>(R"(
  contact_accepted { decision { decision_id: "d-1" outcome: CONTACT_OUTCOME_ACCEPTED } })");
const auto kClosed = proto<Event>(R"(
  contact_closed { decision { decision_id: "d-1" outcome: CONTACT_OUTCOME_EARLY_HELP
                              decided_at { seconds: 1700 } } })");
const auto kRatedRed = proto<Event>(R"(
  referral_rated { rating { rating: RATING_RED } deadlines { due { seconds: 2000 } } })");
const auto kRatedGreen = proto<Event>(R"(
  referral_rated { rating { rating: RATING_GREEN } deadlines { due { seconds: 2900 } } })");
const auto kDecided = proto<Event>(R"(
  referral_decided {
    decision { decision_id: "d-2" outcome: "early-help" level_of_need: "2"
               decided_at { seconds: 1900 } }
    deadlines { kind: "assessment" due { seconds: 9000 } }
  })");
const auto kRevised = proto<Event>(R"(
  decision_revised { decision { decision_id: "d-3" outcome: "services" level_of_need: "3"
                                decided_at { seconds: 1950 } } })");
const auto kSchoolTells = proto<Event>(R"(
  information_added { information { information_id: "i-1" agency: "education" } })");
const auto kSchoolTellsOfDanger = proto<Event>(R"(
  information_added { information { information_id: "i-2" agency: "education"
                                    immediate_danger: true } needs_checking: true })");
const auto kPoliceTold = proto<Event>(R"(feedback_given { feedback { agency: "police" } })");

TEST(Row, FollowsAReferralFromContactToDecision) {
  EXPECT_EQ(row({kReceived}).summary().stage(), v1::REFERRAL_STAGE_CONTACT);
  EXPECT_EQ(row({kReceived, kAccepted}).summary().stage(), v1::REFERRAL_STAGE_REFERRAL);
  EXPECT_EQ(row({kReceived, kClosed}).summary().stage(), v1::REFERRAL_STAGE_CLOSED);
  const auto decided = row({kReceived, kAccepted, kDecided}).summary();
  EXPECT_EQ(decided.stage(), v1::REFERRAL_STAGE_DECIDED);
  EXPECT_EQ(decided.outcome(), "early-help");
  EXPECT_EQ(decided.version(), 3U);
  EXPECT_EQ(decided.decided_at().seconds(), 1900);
}

TEST(Row, KeepsTheTimeOfTheFirstDecisionWhenItIsRevised) {
  const auto revised = row({kReceived, kAccepted, kDecided, kRevised}).summary();
  EXPECT_EQ(revised.outcome(), "services");
  EXPECT_EQ(revised.decided_at().seconds(), 1900);
}

TEST(Row, IsOpenAgainWhenAClosedContactIsAccepted) {
  const auto summary = row({kReceived, kClosed, kSchoolTells, kAccepted}).summary();
  EXPECT_FALSE(is_done(summary));
  EXPECT_FALSE(summary.has_decided_at());
  EXPECT_EQ(summary.due_at().seconds(), 3000);
}

TEST(Row, IsDueWhenTheFirstThingIs) {
  EXPECT_EQ(row({kReceived}).summary().due_at().seconds(), 3000);
  EXPECT_EQ(row({kReceived, kRatedRed}).summary().due_at().seconds(), 2000);
  EXPECT_EQ(row({kReceived, kRatedRed, kRatedGreen}).summary().due_at().seconds(), 2900);
  // Once decided: the acknowledgement while it is owed, then what the outcome has started.
  EXPECT_EQ(row({kReceived, kAccepted, kDecided}).summary().due_at().seconds(), 3000);
  EXPECT_EQ(row({kReceived, kAcknowledged, kAccepted, kDecided}).summary().due_at().seconds(),
            9000);
  EXPECT_FALSE(row({kReceived, kAcknowledged, kClosed}).summary().has_due_at());
}

TEST(Row, CountsTheReferrersWhoWaitForFeedback) {
  EXPECT_EQ(row({kReceived, kSchoolTells, kAccepted}).summary().feedback_due(), 0U);
  EXPECT_EQ(row({kReceived, kSchoolTells, kAccepted, kDecided}).summary().feedback_due(), 2U);
  EXPECT_EQ(row({kReceived, kSchoolTells, kAccepted, kDecided, kPoliceTold, kPoliceTold})
                .summary()
                .feedback_due(),
            1U);
  // Everybody is owed an answer on the decision that took the other's place.
  EXPECT_EQ(row({kReceived, kSchoolTells, kAccepted, kDecided, kPoliceTold, kRevised})
                .summary()
                .feedback_due(),
            2U);
  EXPECT_EQ(row({kReceived, kClosed}).summary().feedback_due(), 1U);
}

TEST(Row, TellsItsReferrerNothingOfOthersNorOfHowItIsSeen) {
  const auto whole =
      row({kReceived, kRatedRed, kSchoolTellsOfDanger, kAccepted, kDecided, kPoliceTold});
  EXPECT_TRUE(whole.summary().immediate_danger());
  const auto shown = for_referrer(whole);
  EXPECT_FALSE(shown.immediate_danger());
  EXPECT_FALSE(shown.needs_checking());
  EXPECT_EQ(shown.rating(), v1::RATING_UNSPECIFIED);
  EXPECT_EQ(shown.level_of_need(), "");
  EXPECT_EQ(shown.information_added(), 0U);
  EXPECT_EQ(shown.feedback_due(), 0U);
  EXPECT_EQ(shown.outcome(), "early-help");
  EXPECT_EQ(shown.stage(), v1::REFERRAL_STAGE_DECIDED);
}

TEST(Row, FitsAViewHoweverManyAgenciesTellOfIt) {
  std::vector<Event> events = {kReceived};
  for (int i = 1; i < kReferrersMax; ++i) {
    events.push_back(kSchoolTells);
    events.back().mutable_information_added()->mutable_information()->set_agency(
        std::string(61, 'a') + std::to_string(100 + i));
  }
  events.push_back(kDecided);
  for (int i = 1; i < kReferrersMax; ++i) {
    events.push_back(kPoliceTold);
    events.back().mutable_feedback_given()->mutable_feedback()->set_agency(std::string(61, 'a') +
                                                                           std::to_string(100 + i));
  }
  EXPECT_LT(row(events).ByteSizeLong(), 4'000U);
}

v1::ReferralSummary open(bool danger, v1::Rating rating, int64_t due) {
  v1::ReferralSummary summary;
  summary.set_stage(v1::REFERRAL_STAGE_CONTACT);
  summary.set_immediate_danger(danger);
  summary.set_rating(rating);
  if (due != 0) summary.mutable_due_at()->set_seconds(due);
  return summary;
}

v1::ReferralSummary done(bool danger, int64_t decided) {
  v1::ReferralSummary summary = open(danger, v1::RATING_RED, 0);
  summary.set_stage(v1::REFERRAL_STAGE_DECIDED);
  summary.mutable_decided_at()->set_seconds(decided);
  return summary;
}

TEST(TriageOrder, IsDangerThenRatingThenWhatIsDueFirst) {
  const std::vector<v1::ReferralSummary> in_order = {open(true, v1::RATING_RED, 10),
                                                     open(true, v1::RATING_RED, 20),
                                                     open(true, v1::RATING_GREEN, 5),
                                                     open(true, v1::RATING_UNSPECIFIED, 1),
                                                     open(false, v1::RATING_RED, 30),
                                                     open(false, v1::RATING_RED, 0),
                                                     open(false, v1::RATING_AMBER, 1),
                                                     open(false, v1::RATING_GREEN, 1),
                                                     open(false, v1::RATING_UNSPECIFIED, 1),
                                                     done(true, 50),
                                                     done(false, 60),
                                                     done(false, 40)};
  std::vector<std::string> orders;
  for (const auto& summary : in_order) orders.push_back(order_of(summary));
  std::vector<std::string> sorted = orders;
  std::shuffle(sorted.begin(), sorted.end(), std::mt19937(7));
  std::ranges::sort(sorted);
  EXPECT_EQ(sorted, orders);
}

TEST(ReferrersOrder, TellsNothingOfRatingOrOthersDanger) {
  const auto plain = row({kReceived});
  const auto watched = row({kReceived, kRatedRed, kSchoolTellsOfDanger});
  EXPECT_EQ(order_for_referrer(plain), order_for_referrer(watched));
  EXPECT_NE(order_of(plain.summary()), order_of(watched.summary()));
}

TEST(Row, CountsLikenessesThatWaitForADecision) {
  const auto proposed = proto<v1::PersonEvent>(R"(
    same_proposed { other_person_id: "p-0" referral_id: "r-1" })");
  const auto decided = proto<v1::PersonEvent>(R"(
    not_same_decided { other_person_id: "p-0" referral_id: "r-1" })");
  v1::ReferralRow row;
  EXPECT_EQ(referral_changed_by(proposed), "r-1");
  evolve_row(row, proposed);
  EXPECT_EQ(row.summary().proposals(), 1U);
  EXPECT_EQ(referral_changed_by(decided), "r-1");
  evolve_row(row, decided);
  EXPECT_EQ(row.summary().proposals(), 0U);
  EXPECT_EQ(row.summary().version(), 0U);
}

TEST(Row, CountsChildrenWhoAreNotBorn) {
  const auto born = proto<v1::PersonEvent>(R"(corrected { referral_id: "r-1" born: true })");
  const auto corrected = proto<v1::PersonEvent>(R"(corrected { referral_id: "r-1" })");
  v1::ReferralRow row;
  row.mutable_summary()->set_unborn(2);
  EXPECT_EQ(referral_changed_by(born), "r-1");
  evolve_row(row, born);
  EXPECT_EQ(row.summary().unborn(), 1U);
  EXPECT_EQ(referral_changed_by(corrected), "");
}

}  // namespace
}  // namespace mash::referral
