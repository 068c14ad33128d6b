#include "sharing/requests/request_report.h"

#include <gmock/gmock.h>

#include "sharing/testing/log_of_events.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::IsEmpty;
using ::testing::SizeIs;

using std::chrono::hours;

class RequestReports : public LogOfEvents {
 protected:
  std::string ask(const std::string& agency, referral::v1::Rating rating, int due_h = 4) {
    auto event = proto<v1::RequestEvent>(R"(
      requested { deadline { kind: "information-request" clock: CLOCK_KIND_ELAPSED_HOURS amount: 4
                             pack: "wt@1" calendar: "c" } })");
    v1::InformationRequested& requested = *event.mutable_requested();
    requested.set_case_id(case_);
    requested.mutable_terms()->set_agency(agency);
    requested.mutable_terms()->set_rating(rating);
    const Time now = vault_.clock.now();
    to_proto(now, requested.mutable_requested_at());
    to_proto(now, requested.mutable_deadline()->mutable_start());
    to_proto(now + hours(due_h), requested.mutable_deadline()->mutable_due());
    *requested.mutable_deadline()->mutable_approaching_from() = requested.deadline().due();
    std::string id = fresh();
    append(request_stream(id), case_, event);
    return id;
  }
  void answer(const std::string& id, v1::RequestAnswer how) {
    v1::RequestEvent event;
    event.mutable_answered()->set_answer(how);
    to_proto(vault_.clock.now(), event.mutable_answered()->mutable_answered_at());
    append(request_stream(id), case_, event);
  }
  void put_off(const std::string& id, int by_h) {
    v1::RequestEvent event;
    auto& extension = *event.mutable_deadline_extended()->mutable_extension();
    to_proto(vault_.clock.now(), extension.mutable_extended_at());
    to_proto(vault_.clock.now() + hours(4), extension.mutable_previous_due());
    to_proto(vault_.clock.now() + hours(by_h), extension.mutable_due());
    append(request_stream(id), case_, event);
  }

  v1::ReportRequestsResponse report(Time from, Time to, std::optional<Time> as_at = {}) {
    v1::ReportRequestsRequest request;
    to_proto(from, request.mutable_from());
    to_proto(to, request.mutable_to());
    if (as_at) to_proto(*as_at, request.mutable_as_at());
    v1::ReportRequestsResponse response;
    auto reading = RequestReport::of(*log_, request, by(kManager));
    EXPECT_TRUE(reading.has_value());
    while (reading) {
      const auto more = reading->step(response);
      EXPECT_TRUE(more.has_value());
      if (!more || !*more) break;
    }
    return response;
  }
  v1::ReportRequestsResponse of_the_day(std::optional<Time> as_at = {}) {
    return report(begin_, begin_ + hours(24), as_at);
  }

  const Time begin_ = utc(kNow);
};

TEST_F(RequestReports, CountEachRequestOnceByHowItStandsAndHowItWasAnswered) {
  const auto in_time = ask("health", referral::v1::RATING_RED);
  const auto late = ask("health", referral::v1::RATING_RED, 1);
  ask("health", referral::v1::RATING_AMBER, 9);
  ask("health", referral::v1::RATING_AMBER, 1);
  const auto declined = ask("police", referral::v1::RATING_RED, 9);
  vault_.clock.advance(hours(2));
  answer(in_time, v1::REQUEST_ANSWER_ITEMS);
  answer(late, v1::REQUEST_ANSWER_NOTHING_HELD);
  answer(declined, v1::REQUEST_ANSWER_DECLINED);
  const auto counts = of_the_day();
  EXPECT_EQ(counts.total().requests(), 5U);
  EXPECT_EQ(counts.total().in_time(), 2U);
  EXPECT_EQ(counts.total().late(), 1U);
  EXPECT_EQ(counts.total().open(), 1U);
  EXPECT_EQ(counts.total().overdue(), 1U);
  EXPECT_EQ(counts.total().with_items(), 1U);
  EXPECT_EQ(counts.total().nothing_held(), 1U);
  EXPECT_EQ(counts.total().declined(), 1U);
  EXPECT_EQ(counts.position(), log_->size());
  ASSERT_THAT(counts.rows(), SizeIs(3));
  EXPECT_EQ(counts.rows(0).agency(), "health");
  EXPECT_EQ(counts.rows(0).rating(), referral::v1::RATING_RED);
  EXPECT_EQ(counts.rows(0).in_time() + counts.rows(0).late(), 2U);
  EXPECT_EQ(counts.rows(1).rating(), referral::v1::RATING_AMBER);
  EXPECT_EQ(counts.rows(1).open() + counts.rows(1).overdue(), 2U);
  EXPECT_EQ(counts.rows(2).agency(), "police");
}

TEST_F(RequestReports, ADeadlineThatWasPutOffIsKeptToAsItThenWas) {
  const auto id = ask("health", referral::v1::RATING_RED, 4);
  put_off(id, 9);
  vault_.clock.advance(hours(6));
  EXPECT_EQ(of_the_day().total().open(), 1U);
  answer(id, v1::REQUEST_ANSWER_ITEMS);
  EXPECT_EQ(of_the_day().total().in_time(), 1U);
  EXPECT_EQ(of_the_day().total().extended(), 1U);
}

TEST_F(RequestReports, AreOfAPeriodAndAsAtATime) {
  const auto id = ask("health", referral::v1::RATING_RED, 1);
  const Time asked = vault_.clock.now();
  EXPECT_THAT(report(begin_ - hours(9), begin_).rows(), IsEmpty());
  EXPECT_THAT(report(begin_ + hours(1), begin_ + hours(9)).rows(), IsEmpty());
  EXPECT_EQ(report(begin_, begin_ + hours(1)).total().requests(), 1U);
  vault_.clock.advance(hours(2));
  answer(id, v1::REQUEST_ANSWER_ITEMS);
  EXPECT_EQ(of_the_day().total().late(), 1U);
  EXPECT_EQ(of_the_day(asked).total().open(), 1U);
  EXPECT_EQ(of_the_day(asked + hours(2)).total().overdue(), 1U);
  EXPECT_EQ(of_the_day(begin_ - hours(1)).total().requests(), 0U);
}

TEST_F(RequestReports, FindWhatWasAnsweredLongAfterThePeriodAndNothingOlder) {
  const auto old = ask("health", referral::v1::RATING_RED);
  answer(old, v1::REQUEST_ANSWER_ITEMS);
  vault_.clock.advance(hours(24 * 30));
  const Time month_later = vault_.clock.now();
  const auto id = ask("police", referral::v1::RATING_GREEN, 72);
  vault_.clock.advance(hours(24 * 300));
  answer(id, v1::REQUEST_ANSWER_ITEMS);
  const auto counts = report(month_later, month_later + hours(24));
  EXPECT_EQ(counts.total().requests(), 1U);
  EXPECT_EQ(counts.total().late(), 1U);
  EXPECT_EQ(of_the_day().total().in_time(), 1U);
}

}  // namespace
}  // namespace mash::sharing
