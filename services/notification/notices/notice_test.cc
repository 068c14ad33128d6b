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
  given<Notice>({raised()}).when(Notice::Escalate{"n-2"}, at(1'800, kManager)).then({});
  given<Notice>({raised()})
      .when(Notice::Escalate{"n-2"}, at(1'801, kManager))
      .then({proto<Event>("escalated { to_notice_id: 'n-2' due { seconds: 1800 } "
                          "escalated_at { seconds: 1801 } }")});
}

TEST(Notice, IsPassedOnOnceAndNotWhenItWasAcknowledged) {
  const Event escalated = proto<Event>("escalated { to_notice_id: 'n-2' due { seconds: 1800 } }");
  given<Notice>({raised(), escalated}).when(Notice::Escalate{"n-3"}, at(9'000, kManager)).then({});
  given<Notice>({raised(), proto<Event>("acknowledged { acknowledged_at { seconds: 100 } }")})
      .when(Notice::Escalate{"n-2"}, at(9'000, kManager))
      .then({});
}

TEST(Notice, OfWhichNobodyNeedSayThatTheyKnowIsNeverPassedOn) {
  given<Notice>({raised("")}).when(Notice::Escalate{"n-2"}, at(1'000'000, kManager)).then({});
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
