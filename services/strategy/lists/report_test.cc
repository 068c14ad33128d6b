#include "strategy/lists/report.h"

#include <gmock/gmock.h>

#include "strategy/testing/happenings.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class DiscussionReports : public Happenings {
 protected:
  v1::ReportDiscussionsResponse report(Time from, Time to, std::optional<Time> as_at = {}) {
    v1::ReportDiscussionsRequest request;
    to_proto(from, request.mutable_from());
    to_proto(to, request.mutable_to());
    if (as_at) to_proto(*as_at, request.mutable_as_at());
    v1::ReportDiscussionsResponse response;
    auto reading = DiscussionReport::of(*log_, request, log_.by(kManager));
    EXPECT_TRUE(reading.has_value());
    for (int steps = 0; reading && steps < 100; ++steps) {
      const auto more = reading->step(response);
      EXPECT_TRUE(more.has_value());
      if (!more || !*more) break;
    }
    return response;
  }
  v1::ReportDiscussionsResponse so_far(std::optional<Time> as_at = {}) {
    return report(begin_, begin_ + hours(24 * 30), as_at);
  }

  const Time begin_ = utc(kNow);
};

TEST_F(DiscussionReports, CountSittingsWhoWasThereAndWhoWasMissing) {
  const std::string quorate = open();
  convene(quorate);
  come(quorate, "police", "police");
  come(quorate, "health", "health");
  come(quorate, "health", "maternity");
  start(quorate);
  close(quorate);
  const std::string emergency = open();
  convene(emergency);
  come(emergency, "police", "police");
  start(emergency, {"health"});
  close(emergency, true);
  const auto counts = so_far();
  EXPECT_EQ(counts.sittings(), 2U);
  EXPECT_EQ(counts.quorate(), 1U);
  EXPECT_EQ(counts.emergency(), 1U);
  EXPECT_THAT(counts.absent(), UnorderedElementsAre(Pair("health", 1)));
  EXPECT_THAT(counts.attended(), UnorderedElementsAre(Pair("police", 2), Pair("health", 1)));
  EXPECT_EQ(counts.position(), log_->size());
}

TEST_F(DiscussionReports, CountWhatFellDueByHowItWasDone) {
  const std::string in_time = open(4);
  convene(in_time);
  start(in_time);
  const std::string late = open(1);
  open(1);
  open(200);
  call_off(open(1));
  const std::string missed = open(1);
  log_.clock().advance(hours(2));
  call_off(missed);
  convene(late);
  start(late);
  const auto discussions = so_far().discussions();
  EXPECT_EQ(discussions.in_time(), 1U);
  EXPECT_EQ(discussions.late(), 1U);
  EXPECT_EQ(discussions.overdue(), 2U) << "that one is not held does not undo that it was missed";
  EXPECT_EQ(discussions.open(), 1U);
  EXPECT_EQ(discussions.not_needed(), 1U);
}

TEST_F(DiscussionReports, CountEnquiriesDissentsAndChallengesByTheirDecisions) {
  const std::string id = open();
  convene(id);
  start(id);
  const std::string first = decide(id, v1::SECTION47_JOINT);
  decide(id, v1::SECTION47_CONTINUES);
  decide(id, v1::SECTION47_JOINT);  // they run already
  for (const char* agency : {"health", "police"}) {
    v1::DiscussionEvent dissent;
    dissent.mutable_dissent_recorded()->set_agency(agency);
    dissent.mutable_dissent_recorded()->set_decision_id(first);
    happen(id, dissent);
  }
  auto raised = proto<v1::DiscussionEvent>(R"(challenged { challenge_id: "c" agency: "health" })");
  raised.mutable_challenged()->set_decision_id(first);
  happen(id, raised);
  EXPECT_EQ(so_far().section_47_started(), 1U);
  EXPECT_EQ(so_far().dissents(), 1U) << "one decision, with which two disagree";
  EXPECT_EQ(so_far().challenges(), 1U);
  happen(id, proto<v1::DiscussionEvent>("enquiry_concluded { outcome: 'legal-action' }"));
  decide(id, v1::SECTION47_SINGLE_AGENCY);
  EXPECT_EQ(so_far().section_47_started(), 2U);
}

TEST_F(DiscussionReports, CountConferencesByKindAndActionsByAgency) {
  const std::string held = conference_due(v1::CONFERENCE_KIND_INITIAL, 9);
  conference_held(held);
  conference_called_off(conference_due(v1::CONFERENCE_KIND_INITIAL, 9));
  conference_due(v1::CONFERENCE_KIND_REVIEW, 1);
  const std::string id = open();
  convene(id);
  complete(id, assign(id, "police", 9));
  complete(id, assign(id, "police", 9), v1::ACTION_RESULT_NOT_NEEDED);
  assign(id, "health", 1);
  log_.clock().advance(hours(2));
  const auto counts = so_far();
  EXPECT_EQ(counts.conferences().at("initial").in_time(), 1U);
  EXPECT_EQ(counts.conferences().at("initial").not_needed(), 1U);
  EXPECT_EQ(counts.conferences().at("review").overdue(), 1U);
  EXPECT_EQ(counts.actions().at("police").in_time(), 1U);
  EXPECT_EQ(counts.actions().at("police").not_needed(), 1U);
  EXPECT_EQ(counts.actions().at("health").overdue(), 1U);
}

TEST_F(DiscussionReports, KeepTheMissOfAConferenceThatWasCalledOffLate) {
  const std::string late = conference_due(v1::CONFERENCE_KIND_INITIAL, 1);
  log_.clock().advance(hours(2));
  conference_called_off(late);
  EXPECT_EQ(so_far().conferences().at("initial").late(), 1U);
  EXPECT_EQ(so_far().conferences().at("initial").not_needed(), 0U);
}

TEST_F(DiscussionReports, AreOfAPeriodAndAsAtATime) {
  const std::string id = open(48);
  const Time opened = now();
  convene(id);
  come(id, "police", "police");
  start(id);
  const std::string action = assign(id, "police", 24 * 40);
  close(id);
  complete(id, action);
  EXPECT_EQ(so_far(opened).sittings(), 0U);
  EXPECT_EQ(so_far(opened).discussions().open(), 1U);
  const auto later = report(begin_ + hours(24 * 35), begin_ + hours(24 * 60));
  EXPECT_EQ(later.sittings(), 0U);
  EXPECT_EQ(later.actions().at("police").in_time(), 1U) << "done long before it was due";
  const auto of_its_due_time = report(begin_ + hours(24), begin_ + hours(72));
  EXPECT_EQ(of_its_due_time.sittings(), 0U);
  EXPECT_EQ(of_its_due_time.discussions().in_time(), 1U) << "held before the period it was due in";
  const auto before = report(begin_ - hours(24), begin_);
  EXPECT_EQ(before.discussions().ByteSizeLong(), 0U);
  EXPECT_THAT(before.actions(), IsEmpty());
}

}  // namespace
}  // namespace mash::strategy
