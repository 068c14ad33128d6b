#include <gmock/gmock.h>

#include "sharing/items/item.h"
#include "sharing/lists/rows.h"
#include "sharing/requests/request.h"
#include "sharing/testing/cast.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;

constexpr size_t kColumnsMax = 4'096;  // of a view's row

v1::RequestEvent requested(int64_t due_s = 9'000) {
  auto event = proto<v1::RequestEvent>(R"(
    requested {
      terms { referral_id: "r-1" agency: "health" purpose: "TEXT" questions: "TEXT"
              without_consent_reason: "TEXT" gateway: "ca2004-s16la" }
      requested_by: "o-1" requested_at { seconds: 1000 }
      deadline { kind: "information-request" start { seconds: 1000 } clock: CLOCK_KIND_HUB_HOURS
                 amount: 4 approaching_from { seconds: 5000 } pack: "wt@1" calendar: "c" }
    })");
  event.mutable_requested()->mutable_deadline()->mutable_due()->set_seconds(due_s);
  event.mutable_requested()->set_case_id(uuid(900));
  event.mutable_requested()->mutable_terms()->add_person_ids(uuid(901));
  return event;
}

v1::RequestEvent answered(int64_t at_s) {
  auto event = proto<v1::RequestEvent>(R"(
    answered { answer: REQUEST_ANSWER_ITEMS text: "TEXT" answered_by: "n-4" })");
  event.mutable_answered()->mutable_answered_at()->set_seconds(at_s);
  event.mutable_answered()->add_item_ids(uuid(1));
  return event;
}

const auto kPutOff = proto<v1::RequestEvent>(R"(
  deadline_extended { extension { previous_due { seconds: 9000 } due { seconds: 12000 }
                                  extended_at { seconds: 8000 } reasons: "TEXT" } })");

v1::RequestRow row(const std::vector<v1::RequestEvent>& events) {
  v1::RequestRow row;
  for (const v1::RequestEvent& event : events) evolve_row(row, uuid(8), event);
  return row;
}

Time at(int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

TEST(RequestRow, ShowsARequestWithoutItsTexts) {
  const auto request = shown(row({requested(), kPutOff, answered(9'500)}), at(10'000));
  EXPECT_EQ(request.information_request_id(), uuid(8));
  EXPECT_EQ(request.version(), 3U);
  EXPECT_EQ(request.case_id(), uuid(900));
  EXPECT_THAT(request.terms().person_ids(), ElementsAre(uuid(901)));
  EXPECT_THAT(request.item_ids(), ElementsAre(uuid(1)));
  EXPECT_EQ(request.answer(), v1::REQUEST_ANSWER_ITEMS);
  EXPECT_EQ(request.DebugString().find("TEXT"), std::string::npos);
}

TEST(RequestRow, IsLateWhereItWasNotAnsweredInTime) {
  const auto state = [](const std::vector<v1::RequestEvent>& events, int64_t now) {
    return deadline_of(row(events))->state(at(now));
  };
  EXPECT_EQ(state({requested()}, 8'000), DeadlineState::kApproaching);
  EXPECT_EQ(state({requested()}, 9'500), DeadlineState::kMissed);
  EXPECT_EQ(state({requested(), kPutOff}, 9'500), DeadlineState::kApproaching);
  EXPECT_EQ(state({requested(), answered(9'500)}, 20'000), DeadlineState::kMissed);
  EXPECT_EQ(state({requested(), kPutOff, answered(9'500)}, 20'000), DeadlineState::kMet);
}

TEST(RequestRow, IsDueWhenTheChangedCalendarSays) {
  v1::RequestEvent event;
  auto& again = *event.mutable_deadline_recomputed();
  *again.mutable_before() = requested().requested().deadline();
  *again.mutable_deadline() = again.before();
  again.mutable_deadline()->mutable_due()->set_seconds(20'000);
  EXPECT_EQ(deadline_of(row({requested(), event}))->due, at(20'000));
  EXPECT_EQ(fold<Request>(std::vector{requested(), event}).deadline()->due, at(20'000));
}

TEST(RequestRow, AgreesWithTheState) {
  const std::vector<v1::RequestEvent> events = {requested(), kPutOff, answered(9'500)};
  for (size_t count = 1; count <= events.size(); ++count) {
    const std::vector some(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(count));
    const auto state = fold<Request>(some);
    const auto request = shown(row(some), at(10'000));
    EXPECT_EQ(request.answer(), state.answer);
    EXPECT_EQ(request.case_id(), state.case_id);
    EXPECT_EQ(request.requested_by(), state.requested_by);
    ASSERT_TRUE(state.deadline());
    EXPECT_EQ(deadline_of(row(some))->current_due(), state.deadline()->current_due());
    EXPECT_EQ(deadline_of(row(some))->state(at(10'000)), state.deadline()->state(at(10'000)));
  }
}

TEST(RequestRow, StandsByWhenItIsDueUntilItIsAnswered) {
  const auto soon = order_of(row({requested(9'000)}));
  const auto later = order_of(row({requested(9'001)}));
  const auto put_off = order_of(row({requested(9'000), kPutOff}));
  const auto answered_first = order_of(row({requested(), answered(2'000)}));
  const auto answered_last = order_of(row({requested(), answered(3'000)}));
  EXPECT_LT(soon, later);
  EXPECT_LT(later, put_off);
  EXPECT_LT(put_off, answered_last);
  EXPECT_LT(answered_last, answered_first);
  EXPECT_LT(put_off, kOrderOfAnswered);
  EXPECT_GE(answered_last, kOrderOfAnswered);
}

TEST(RequestRow, FitsAViewWithAllItsPersonsAndItems) {
  auto event = requested();
  for (int i = 0; i < kPersonsMax; ++i)
    event.mutable_requested()->mutable_terms()->add_person_ids(uuid(i));
  event.mutable_requested()->mutable_terms()->set_agency(std::string(63, 'a'));
  auto answer = answered(2'000);
  for (int i = 0; i < kItemsMax; ++i) answer.mutable_answered()->add_item_ids(uuid(i));
  EXPECT_LE(row({event, kPutOff, answer}).ByteSizeLong(), kColumnsMax);
}

}  // namespace
}  // namespace mash::sharing
