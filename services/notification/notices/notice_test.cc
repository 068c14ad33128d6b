#include "notification/notices/notice.h"

#include <gtest/gtest.h>

#include "core/testing/given_when_then.h"
#include "core/timestamp.h"
#include "policy/testing/cast.h"

namespace mash::notification {
namespace {

using namespace mash::cast;  // NOLINT(google-build-using-namespace): the cast of these tests
using mash::testing::given;
using Event = v1::NoticeEvent;

Event raised(const std::string& more = "acknowledge_by { seconds: 1800 }") {
  return proto<Event>(("raised { notice { notice_id: 'n-1' agency: 'police' rule: 'told' "
                       "urgency: URGENCY_URGENT raised_at { seconds: 60 } " +
                       more + " } }")
                          .c_str());
}

Context at(int64_t seconds, const Actor& actor) {
  Context context = as(actor);
  context.now = Time(std::chrono::seconds(seconds));
  return context;
}

TEST(Notice, IsAcknowledgedByTheAgencyThatWasTold) {
  given<Notice>({raised()})
      .when(v1::AcknowledgeNoticeRequest(), at(100, kPolice))
      .then({proto<Event>("acknowledged { agency: 'police' practitioner: 'p-17' "
                          "acknowledged_at { seconds: 100 } }")});
}

TEST(Notice, DoesNotExistToAnyOther) {
  given<Notice>({raised()})
      .when(v1::AcknowledgeNoticeRequest(), at(100, kHealth))
      .then_refused("NOT_FOUND");
  given<Notice>({})
      .when(v1::AcknowledgeNoticeRequest(), at(100, kPolice))
      .then_refused("NOT_FOUND");
}

TEST(Notice, IsAcknowledgedOnce) {
  given<Notice>({raised(), proto<Event>("acknowledged { agency: 'police' }")})
      .when(v1::AcknowledgeNoticeRequest(), at(100, kPolice))
      .then({});
}

TEST(Notice, IsPassedOnWhenItsTimeIsOverAndNotBefore) {
  given<Notice>({raised()}).when(Notice::PassOn{"n-2"}, at(1'800, kManager)).then({});
  given<Notice>({raised()})
      .when(Notice::PassOn{"n-2"}, at(1'801, kManager))
      .then({proto<Event>("escalated { to_notice_id: 'n-2' due { seconds: 1800 } "
                          "escalated_at { seconds: 1801 } }")});
}

TEST(Notice, IsPassedOnOnceAndNotWhenItWasAcknowledged) {
  const Event escalated = proto<Event>("escalated { to_notice_id: 'n-2' due { seconds: 1800 } }");
  given<Notice>({raised(), escalated}).when(Notice::PassOn{"n-3"}, at(9'000, kManager)).then({});
  given<Notice>({raised(), proto<Event>("acknowledged { acknowledged_at { seconds: 100 } }")})
      .when(Notice::PassOn{"n-2"}, at(9'000, kManager))
      .then({});
}

TEST(Notice, ThatIsOpenUntilItIsDoneIsEscalatedThoughItWasAcknowledged) {
  const Event known = proto<Event>("acknowledged { acknowledged_at { seconds: 100 } }");
  const Event recalled = proto<Event>(
      "raised { notice { notice_id: 'n-1' agency: 'police' raised_at { seconds: 60 } "
      "acknowledge_by { seconds: 1800 } until_done: true } "
      "steps { contact_id: 'desk' at { seconds: 60 } } "
      "steps { contact_id: 'hill' at { seconds: 660 } } }");
  given<Notice>({recalled, known})
      .when(Notice::PassOn{"n-2"}, at(9'000, kManager))
      .then({proto<Event>("escalated { to_notice_id: 'n-2' due { seconds: 1800 } "
                          "escalated_at { seconds: 9000 } }")});
  given<Notice>({recalled, known, proto<Event>("closed { by: 'done' }")})
      .when(Notice::PassOn{"n-2"}, at(9'000, kManager))
      .then({});
}

TEST(Notice, ThatCameToTheManagersIsAcknowledgedByOneOfThem) {
  const Event escalated = proto<Event>(
      "raised { notice { notice_id: 'n-1' agency: 'social-care' role: 'mash-manager' } }");
  given<Notice>({escalated})
      .when(v1::AcknowledgeNoticeRequest(), at(100, kTriage))
      .then_refused("NOTICE_NEEDS_MANAGER");
  given<Notice>({escalated})
      .when(v1::AcknowledgeNoticeRequest(), at(100, kHealth))
      .then_refused("NOT_FOUND");
  given<Notice>({escalated})
      .when(v1::AcknowledgeNoticeRequest(), at(100, kManager))
      .then({proto<Event>("acknowledged { agency: 'social-care' practitioner: 'm-1' "
                          "acknowledged_at { seconds: 100 } }")});
}

TEST(Notice, OfWhichNobodyNeedSayThatTheyKnowIsNeverPassedOn) {
  given<Notice>({raised("")}).when(Notice::PassOn{"n-2"}, at(1'000'000, kManager)).then({});
}

Event raised_with_contacts() {
  return proto<Event>(
      "raised { notice { notice_id: 'n-1' agency: 'police' raised_at { seconds: 60 } "
      "acknowledge_by { seconds: 1800 } } steps { contact_id: 'desk' at { seconds: 60 } } "
      "steps { contact_id: 'hill' at { seconds: 660 } } "
      "steps { contact_id: 'manager' at { seconds: 1800 } } }");
}

TEST(Notice, IsPassedOnToTheNextContactAndThenToTheManagers) {
  const Event to_hill = proto<Event>(
      "passed_on { contact_id: 'hill' due { seconds: 660 } passed_on_at { seconds: 661 } }");
  given<Notice>({raised_with_contacts()}).when(Notice::PassOn{}, at(660, kManager)).then({});
  given<Notice>({raised_with_contacts()}).when(Notice::PassOn{}, at(661, kManager)).then({to_hill});
  given<Notice>({raised_with_contacts(), to_hill})
      .when(Notice::PassOn{"n-2"}, at(1'801, kManager))
      .then({proto<Event>("passed_on { contact_id: 'manager' due { seconds: 1800 } "
                          "passed_on_at { seconds: 1801 } }"),
             proto<Event>("escalated { to_notice_id: 'n-2' due { seconds: 1800 } "
                          "escalated_at { seconds: 1801 } }")});
}

TEST(Notice, ThatWasAcknowledgedLateHasNothingLeftToBeSaid) {
  Notice::State state = fold<Notice>(std::vector<Notice::Event>{
      raised_with_contacts(), proto<Event>("acknowledged { acknowledged_at { seconds: 9000 } }")});
  EXPECT_FALSE(state.clocks.next_alarm().has_value());
}

TEST(Notice, IsClosedWhenWhatItAsksForWasDone) {
  const Event closed =
      proto<Event>("closed { by: 'ReferralEvent/contact_accepted' closed_at { seconds: 100 } }");
  given<Notice>({raised()})
      .when(Notice::Close{"ReferralEvent/contact_accepted"}, at(100, kManager))
      .then({closed});
  given<Notice>({raised(), closed}).when(Notice::PassOn{"n-2"}, at(9'000, kManager)).then({});
  given<Notice>({raised(), closed}).when(Notice::Close{"again"}, at(9'000, kManager)).then({});
}

TEST(Notice, ThatWasClosedIsAcknowledgedAllTheSame) {
  given<Notice>({raised(), proto<Event>("closed { by: 'done' }")})
      .when(v1::AcknowledgeNoticeRequest(), at(100, kPolice))
      .then({proto<Event>("acknowledged { agency: 'police' practitioner: 'p-17' "
                          "acknowledged_at { seconds: 100 } }")});
}

TEST(Notice, SaysWhichContactWasPassedOver) {
  given<Notice>({raised_with_contacts()})
      .when(Notice::PassOn{.to_notice_id = "", .passed_over = {"hill"}}, at(661, kManager))
      .then({proto<Event>("passed_on { contact_id: 'hill' due { seconds: 660 } "
                          "passed_on_at { seconds: 661 } passed_over: true }")});
}

TEST(Notice, ThatWasAcknowledgedStaysSoWhenItIsClosed) {
  const auto state = fold<Notice>(std::vector<Notice::Event>{
      raised(), proto<Event>("acknowledged {}"), proto<Event>("closed { by: 'done' }")});
  EXPECT_EQ(state.state, v1::NOTICE_STATE_ACKNOWLEDGED);
  EXPECT_TRUE(state.closed);
}

TEST(Notice, IsRaisedOnce) {
  given<Notice>({raised()})
      .when(Notice::Raise{raised().raised().notice()}, at(60, kManager))
      .then({});
}

TEST(Notice, MayBeAcknowledgedAfterItWasPassedOn) {
  given<Notice>({raised(), proto<Event>("escalated { to_notice_id: 'n-2' due { seconds: 1800 } }")})
      .when(v1::AcknowledgeNoticeRequest(), at(2'000, kPolice))
      .then({proto<Event>("acknowledged { agency: 'police' practitioner: 'p-17' "
                          "acknowledged_at { seconds: 2000 } }")});
}

}  // namespace
}  // namespace mash::notification
