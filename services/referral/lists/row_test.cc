#include "referral/lists/row.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "referral/limits.h"
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
    area: "E10000013" unborn: 1
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

const auto kProposed = proto<Event>(R"(
  transfer_proposed { transfer { transfer_id: "t-1" to_area: "E08000025" } })");
const auto kTransferred = proto<Event>(R"(
  transfer_answered { answer { transfer_id: "t-1" accepted: true
                               answered_at { seconds: 1800 } } })");
const auto kDeclined = proto<Event>(R"(transfer_answered { answer { transfer_id: "t-1" } })");

Event challenge(const std::string& id, int due) {
  Event event;
  event.mutable_decision_challenged()->set_challenge_id(id);
  event.mutable_decision_challenged()->set_agency("education");
  auto& deadline = *event.mutable_decision_challenged()->mutable_step()->mutable_deadline();
  deadline.set_kind("challenge-team-manager");
  deadline.mutable_due()->set_seconds(due);
  return event;
}

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
  EXPECT_FALSE(is_done(summary.stage()));
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
  EXPECT_TRUE(is_answered(row({kReceived, kDecided, kPoliceTold}), "police"));
  EXPECT_FALSE(is_answered(row({kReceived, kSchoolTells, kDecided, kPoliceTold}), "education"));
}

TEST(Row, TellsItsReferrerNothingOfOthersNorOfHowItIsSeen) {
  const auto whole =
      row({kReceived, kRatedRed, kSchoolTellsOfDanger, kAccepted, kDecided, kPoliceTold,
           challenge("c-1", 5000), kProposed, proto<Event>(R"(assigned { assignee: "w-7" })"),
           proto<Event>("history_found { history { re_referral: true } }")});
  EXPECT_TRUE(whole.summary().immediate_danger());
  const auto shown = for_referrer(whole);
  EXPECT_FALSE(shown.immediate_danger());
  EXPECT_FALSE(shown.needs_checking());
  EXPECT_EQ(shown.rating(), v1::RATING_UNSPECIFIED);
  EXPECT_EQ(shown.level_of_need(), "");
  EXPECT_EQ(shown.information_added(), 0U);
  EXPECT_EQ(shown.feedback_due(), 0U);
  EXPECT_EQ(shown.assignee() + shown.area() + shown.due_kind(), "");
  EXPECT_FALSE(shown.re_referral() || shown.challenge_due() || shown.transfer_proposed());
  EXPECT_EQ(shown.open_challenges() + shown.unborn(), 0U);
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
  for (int i = 0; i < kOpenChallengesMax; ++i)
    events.push_back(challenge("01925f3a-7c1e-7b43-9d52-0242ac12000" + std::to_string(i), 5000));
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

TEST(Row, IsDoneOnceItIsTakenBackOrAnotherAuthoritys) {
  const auto withdrawn = proto<Event>("contact_withdrawn { withdrawn_at { seconds: 1600 } }");
  const auto taken_back = row({kReceived, withdrawn}).summary();
  EXPECT_TRUE(is_done(taken_back.stage()));
  EXPECT_EQ(taken_back.decided_at().seconds(), 1600);
  EXPECT_FALSE(taken_back.has_due_at());
  EXPECT_EQ(taken_back.feedback_due(), 0U);
  const auto gone_on = row({kReceived, withdrawn, kAccepted}).summary();
  EXPECT_FALSE(is_done(gone_on.stage()));
  EXPECT_EQ(gone_on.due_at().seconds(), 3000);
}

TEST(Row, IsAnotherAuthoritysOnlyOnceThatAccepts) {
  const auto asked = row({kReceived, kProposed});
  EXPECT_TRUE(asked.summary().transfer_proposed());
  EXPECT_EQ(asked.summary().area(), "E10000013");
  EXPECT_FALSE(is_done(asked.summary().stage()));
  EXPECT_TRUE(is_receiver(asked, "la-e08000025"));
  EXPECT_FALSE(is_receiver(asked, "la-e10000013"));
  const auto declined = row({kReceived, kProposed, kDeclined});
  EXPECT_FALSE(declined.summary().transfer_proposed());
  EXPECT_FALSE(is_receiver(declined, "la-e08000025"));
  for (const char* ending : {"contact_withdrawn { unanswered_transfer { transfer_id: 't-1' } }",
                             "contact_closed { unanswered_transfer { transfer_id: 't-1' } }"}) {
    const auto over = row({kReceived, kProposed, proto<Event>(ending)});
    EXPECT_FALSE(over.summary().transfer_proposed()) << ending;
    EXPECT_FALSE(is_receiver(over, "la-e08000025")) << ending;
  }
  const auto accepted = row({kReceived, kAcknowledged, kProposed, kTransferred});
  EXPECT_EQ(accepted.summary().stage(), v1::REFERRAL_STAGE_TRANSFERRED);
  EXPECT_EQ(accepted.summary().area(), "E08000025");
  EXPECT_EQ(accepted.summary().decided_at().seconds(), 1800);
  EXPECT_EQ(accepted.summary().feedback_due(), 1U);
  EXPECT_FALSE(accepted.summary().has_due_at());
  EXPECT_TRUE(is_receiver(accepted, "la-e08000025"));
}

TEST(Row, KnowsWhatIsDueNext) {
  const auto due = [](const std::vector<Event>& events) {
    const auto summary = row(events).summary();
    return summary.due_kind() + " " + std::to_string(summary.due_at().seconds());
  };
  const auto called = proto<Event>(R"(
    other_route_recorded { route { route_id: "o-1" deadline { kind: "serious-incident"
                                                              due { seconds: 2500 } } } })");
  const auto taken = proto<Event>(R"(
    other_route_recorded { route { route_id: "o-1" taken_at { seconds: 2100 }
                                   deadline { kind: "serious-incident" due { seconds: 2500 } } } })");
  const auto complete = proto<Event>("assessment_completed { assessment {} }");
  EXPECT_EQ(due({kReceived}), "acknowledgement 3000");
  EXPECT_EQ(due({kReceived, kAcknowledged}), "first-decision 3000");
  EXPECT_EQ(due({kReceived, kAcknowledged, called}), "serious-incident 2500");
  EXPECT_EQ(due({kReceived, kAcknowledged, called, taken}), "first-decision 3000");
  EXPECT_EQ(due({kReceived, kAcknowledged, kAccepted, kDecided}), "assessment 9000");
  EXPECT_EQ(due({kReceived, kAcknowledged, kAccepted, kDecided, complete}), " 0");
}

TEST(Row, IsDueWhenADeadlineWasPutOffTo) {
  const auto put_off = [](const char* kind, int from, int to) {
    Event event;
    event.mutable_deadline_extended()->set_kind(kind);
    auto& extension = *event.mutable_deadline_extended()->mutable_extension();
    extension.mutable_previous_due()->set_seconds(from);
    extension.mutable_due()->set_seconds(to);
    return event;
  };
  EXPECT_EQ(row({kReceived, kAcknowledged, put_off("first-decision", 3000, 4000)})
                .summary()
                .due_at()
                .seconds(),
            4000);
  const std::vector<Event> assessed_later = {kReceived, kAcknowledged, kAccepted, kDecided,
                                             put_off("assessment", 9000, 9500)};
  EXPECT_EQ(row(assessed_later).summary().due_at().seconds(), 9500);
  // A revision that asks for the same gives back no time that was given.
  auto revised = assessed_later;
  revised.push_back(proto<Event>(R"(
    decision_revised { decision { decision_id: "d-3" }
                       deadlines { kind: "assessment" due { seconds: 9000 } } })"));
  EXPECT_EQ(row(revised).summary().due_at().seconds(), 9500);
  // Nor does one that goes back to it, after one that did not ask for it.
  auto gone_back = assessed_later;
  gone_back.push_back(proto<Event>("decision_revised { decision { decision_id: 'd-4' } }"));
  EXPECT_FALSE(row(gone_back).summary().has_due_at());
  gone_back.push_back(revised.back());
  EXPECT_EQ(row(gone_back).summary().due_at().seconds(), 9500);
}

TEST(Row, CountsTheChallengesThatAreNotResolved) {
  const auto answered = proto<Event>(R"(challenge_answered { challenge_id: "c-1" })");
  const auto resolved =
      proto<Event>(R"(challenge_answered { challenge_id: "c-1" resolved: true })");
  const std::vector<Event> raised = {kReceived, kAcknowledged, kClosed, challenge("c-1", 5000)};
  EXPECT_EQ(row(raised).summary().open_challenges(), 1U);
  EXPECT_TRUE(row(raised).summary().challenge_due());
  EXPECT_EQ(row(raised).summary().due_at().seconds(), 5000);
  const auto after = [&](const Event& event) {
    auto events = raised;
    events.push_back(event);
    return row(events).summary();
  };
  EXPECT_EQ(after(answered).open_challenges(), 1U);
  EXPECT_FALSE(after(answered).challenge_due());
  EXPECT_FALSE(after(answered).has_due_at());
  EXPECT_EQ(after(resolved).open_challenges(), 0U);
  EXPECT_EQ(after(challenge("c-2", 4000)).due_at().seconds(), 4000);
}

TEST(Row, RemembersThatItWasChallengedWhenTheChallengeIsResolved) {
  EXPECT_FALSE(row({kReceived, kAcknowledged, kClosed}).challenged());
  const auto resolved =
      proto<Event>(R"(challenge_answered { challenge_id: "c-1" resolved: true })");
  EXPECT_TRUE(
      row({kReceived, kAcknowledged, kClosed, challenge("c-1", 5000), resolved}).challenged());
}

TEST(Row, KeepsWhatTriageFiltersBy) {
  const auto summary = row({kReceived, proto<Event>(R"(assigned { assignee: "w-7" })"),
                            proto<Event>(R"(threshold_recorded {
                              threshold { kind: THRESHOLD_KIND_SECTION_47 } })"),
                            proto<Event>(R"(history_found {
                              history { contacts_in_window: 3 re_referral: true } })")})
                           .summary();
  EXPECT_EQ(summary.assignee(), "w-7");
  EXPECT_EQ(summary.threshold(), v1::THRESHOLD_KIND_SECTION_47);
  EXPECT_EQ(summary.earlier_contacts(), 3U);
  EXPECT_TRUE(summary.re_referral());
  EXPECT_EQ(summary.unborn(), 1U);
}

TEST(Row, ShowsWhenWhatIsDueIsDueByAChangedCalendar) {
  const auto recomputed = [](const char* kind, const char* id, int before, int due) {
    Event event;
    auto& again = *event.mutable_deadline_recomputed();
    again.set_id(id);
    again.mutable_before()->set_kind(kind);
    again.mutable_before()->mutable_due()->set_seconds(before);
    again.mutable_deadline()->set_kind(kind);
    again.mutable_deadline()->mutable_due()->set_seconds(due);
    return event;
  };
  const auto due = [](const std::vector<Event>& events) {
    return row(events).summary().due_at().seconds();
  };
  const Event decision = recomputed("first-decision", "", 3000, 5000);
  EXPECT_EQ(due({kReceived, kAcknowledged, decision}), 5000);
  EXPECT_EQ(due({kReceived, kAcknowledged, kAccepted, kDecided,
                 recomputed("assessment", "", 9000, 9500)}),
            9500);
  const Event of_this = recomputed("challenge-team-manager", "c-1", 4000, 4500);
  const Event of_another = recomputed("challenge-team-manager", "c-2", 4000, 4500);
  const std::vector<Event> challenged = {kReceived, kAcknowledged, kAccepted, kDecided,
                                         challenge("c-1", 4000)};
  const auto then = [&](const Event& event) {
    std::vector<Event> events = challenged;
    events.push_back(event);
    return due(events);
  };
  EXPECT_EQ(then(of_this), 4500);
  EXPECT_EQ(then(of_another), 4000);
}

}  // namespace
}  // namespace mash::referral
