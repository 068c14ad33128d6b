#include "notification/lists/delivery_rows.h"

#include <gtest/gtest.h>

#include "policy/testing/cast.h"

namespace mash::notification {
namespace {

using namespace mash::cast;  // NOLINT(google-build-using-namespace): the cast of these tests

v1::DeliveryRow due(const std::string& contact, int channel, int seconds) {
  return *evolve_row(
      {}, proto<v1::DeliveryEvent>(("due { delivery_id: 'd' contact_id: '" + contact +
                                    "' channel: " + std::to_string(channel) +
                                    " due_at { seconds: " + std::to_string(seconds) + " } }")
                                       .c_str()));
}

TEST(DueDeliveries, LieByChannelInTheOrderInWhichTheyAreTried) {
  EXPECT_LT(order_of(due("c-1", 0, 90)), order_of(due("c-1", 0, 100)));
  EXPECT_LT(order_of(due("c-1", 0, 100)), order_of(due("c-1", 1, 90)));
  EXPECT_LT(order_of(due("c-1", 1, 100)), order_of(due("c-2", 0, 90)));
}

TEST(DueDeliveries, LieByTheNumberOfTheirChannelWhereverItStood) {
  v1::DeliveryRow first = due("c-1", 0, 90);
  v1::DeliveryRow second = due("c-1", 1, 100);
  for (v1::DeliveryRow* row : {&first, &second}) row->mutable_due()->set_channel_number(300);
  EXPECT_EQ(lane_begin(first), lane_begin(second));
  second.mutable_due()->set_channel_number(301);
  EXPECT_LE(lane_end(first), lane_begin(second));
}

TEST(DueDeliveries, ThatAreMoreUrgentLieInALaneOfTheirOwnBeforeTheOthers) {
  v1::DeliveryRow urgent = due("c-1", 0, 100);
  urgent.mutable_due()->set_urgency(v1::URGENCY_IMMEDIATE);
  v1::DeliveryRow routine = due("c-1", 0, 50);
  routine.mutable_due()->set_urgency(v1::URGENCY_ROUTINE);
  EXPECT_LT(order_of(urgent), order_of(routine));
  EXPECT_LE(lane_end(urgent), lane_begin(routine));
}

TEST(DueDeliveries, HaveRoomInTheListWithRealIds) {
  v1::DeliveryRow row = due("0192f3a4-7c1e-7b43-9d52-0242ac120002", 3, 1'790'000'000);
  row.mutable_due()->set_notice_id("0192f3a4-7c1e-7b43-9d52-0242ac120003");
  row.mutable_due()->set_channel_number(0xffffffffU);
  row.mutable_due()->set_agency(std::string(64, 'a'));
  row.mutable_due()->set_practitioner(std::string(64, 'p'));
  EXPECT_LE(order_of(row).size(), 64U);
  EXPECT_LE(row.ByteSizeLong(), 1'000U);
}

TEST(DueDeliveries, OfALaneAreFoundUpToATimeAndToItsEnd) {
  const v1::DeliveryRow first = due("c-1", 0, 100);
  EXPECT_LE(lane_begin(first), order_of(first));
  EXPECT_LT(order_of(first), lane_after(first, Time(std::chrono::seconds(100))));
  EXPECT_GE(order_of(first), lane_after(first, Time(std::chrono::seconds(99))));
  EXPECT_LT(order_of(due("c-1", 0, 1'000'000)), lane_end(first));
  EXPECT_GE(order_of(due("c-1", 1, 0)), lane_end(first));
  EXPECT_LT(due_begin(), order_of(first));
  EXPECT_LT(order_of(first), due_end());
}

TEST(ADeliveryRow, MovesToWhenItIsTriedNext) {
  auto row = evolve_row(due("c-1", 0, 100),
                        proto<v1::DeliveryEvent>("failed { attempt: 2 reason: 'SMTP_TIMEOUT' "
                                                 "next_at { seconds: 200 } }"));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->attempts(), 2U);
  EXPECT_EQ(order_of(*row), order_of(due("c-1", 0, 200)));
}

TEST(ADeliveryRow, ThatWasGivenUpLiesAmongThemTheNewestFirst) {
  const auto given_up = [](int seconds) {
    return *evolve_row(due("c-1", 0, 100),
                       proto<v1::DeliveryEvent>(("given_up { attempts: 9 reason: 'SMTP_REFUSED' "
                                                 "code: 550 given_up_at { seconds: " +
                                                 std::to_string(seconds) + " } }")
                                                    .c_str()));
  };
  EXPECT_LT(order_of(given_up(300)), order_of(given_up(200)));
  EXPECT_GE(order_of(given_up(300)), undelivered_begin());
  EXPECT_LT(order_of(given_up(300)), undelivered_end());
  EXPECT_EQ(given_up(300).code(), 550U);
  const auto again = evolve_row(
      given_up(300), proto<v1::DeliveryEvent>("retried { retried_at { seconds: 400 } }"));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(order_of(*again), order_of(due("c-1", 0, 400)));
  EXPECT_EQ(again->attempts(), 0U);
}

TEST(ADeliveryRow, LeavesTheListWhenItIsOver) {
  EXPECT_FALSE(evolve_row(due("c-1", 0, 1), proto<v1::DeliveryEvent>("taken {}")).has_value());
  EXPECT_FALSE(evolve_row(due("c-1", 0, 1), proto<v1::DeliveryEvent>("dropped {}")).has_value());
}

}  // namespace
}  // namespace mash::notification
