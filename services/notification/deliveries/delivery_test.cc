#include "notification/deliveries/delivery.h"

#include <gtest/gtest.h>

#include "core/testing/given_when_then.h"
#include "policy/testing/cast.h"

namespace mash::notification {
namespace {

using namespace mash::cast;  // NOLINT(google-build-using-namespace): the cast of these tests
using mash::testing::given;
using Event = v1::DeliveryEvent;

const Outcome kTimeout{.kind = Outcome::Kind::kFailed, .reason = "WEBHOOK_TIMEOUT"};
const Outcome kNoSuchAddress{
    .kind = Outcome::Kind::kRefused, .reason = "SMTP_REFUSED", .code = 550};

Event due() { return proto<Event>("due { delivery_id: 'd-1' agency: 'police' }"); }
Event failed(int attempt) {
  return proto<Event>(("failed { attempt: " + std::to_string(attempt) + " }").c_str());
}
Event given_up() { return proto<Event>("given_up { attempts: 9 }"); }

Context at(int64_t seconds, const Actor& actor = kManager) {
  Context context = as(actor);
  context.now = Time(std::chrono::seconds(seconds));
  return context;
}

TEST(ADelivery, IsDueOnce) {
  given<Delivery>({due()}).when(Delivery::Begin{due().due()}, at(1)).then({});
}

TEST(ADelivery, ThatWasTakenIsOver) {
  given<Delivery>({due()})
      .when(Delivery::Tried{1, {}}, at(5))
      .then({proto<Event>("taken { attempt: 1 taken_at { seconds: 5 } }")});
  given<Delivery>({due(), proto<Event>("taken { attempt: 1 }")})
      .when(Delivery::Tried{1, {}}, at(6))
      .then({});
}

TEST(ADelivery, ThatFailedIsTriedAgainEverLater) {
  given<Delivery>({due()})
      .when(Delivery::Tried{1, kTimeout}, at(100))
      .then({proto<Event>("failed { attempt: 1 reason: 'WEBHOOK_TIMEOUT' "
                          "failed_at { seconds: 100 } next_at { seconds: 105 } }")});
  for (uint32_t attempt = 2; attempt < kAttemptsMax; ++attempt)
    EXPECT_GT(pause_after(attempt), pause_after(attempt - 1));
}

TEST(ADelivery, CountsAnAttemptOnce) {
  given<Delivery>({due(), failed(1)}).when(Delivery::Tried{1, kTimeout}, at(100)).then({});
}

TEST(ADelivery, IsGivenUpWhenItFailedTooOften) {
  std::vector<Event> before{due()};
  for (uint32_t i = 1; i < kAttemptsMax; ++i) before.push_back(failed(static_cast<int>(i)));
  given<Delivery>(before)
      .when(Delivery::Tried{kAttemptsMax, kTimeout}, at(100))
      .then({proto<Event>("given_up { attempts: 9 reason: 'WEBHOOK_TIMEOUT' "
                          "given_up_at { seconds: 100 } }")});
}

TEST(ADelivery, IsGivenUpAtOnceWhereItWillNeverBeTaken) {
  given<Delivery>({due()})
      .when(Delivery::Tried{1, kNoSuchAddress}, at(100))
      .then({proto<Event>("given_up { attempts: 1 reason: 'SMTP_REFUSED' code: 550 "
                          "given_up_at { seconds: 100 } }")});
}

TEST(ADelivery, ThatWasGivenUpIsTriedAgainWhenAPersonSaysSo) {
  given<Delivery>({due(), given_up()})
      .when(Delivery::Retry{}, at(200, kPolice))
      .then({proto<Event>("retried { retried_at { seconds: 200 } }")});
  given<Delivery>({due(), given_up(), proto<Event>("retried {}")})
      .when(Delivery::Tried{1, kTimeout}, at(300))
      .then({proto<Event>("failed { attempt: 1 reason: 'WEBHOOK_TIMEOUT' "
                          "failed_at { seconds: 300 } next_at { seconds: 305 } }")});
}

TEST(ADelivery, DoesNotExistToOtherAgenciesButToManagersAndOperators) {
  given<Delivery>({due(), given_up()})
      .when(Delivery::Retry{}, at(200, kHealth))
      .then_refused("NOT_FOUND");
  given<Delivery>({}).when(Delivery::Retry{}, at(200)).then_refused("NOT_FOUND");
  EXPECT_TRUE(sees_deliveries_of(kManager, "police"));
  EXPECT_TRUE(sees_deliveries_of(
      {.agency = "operator", .system = "", .practitioner = "", .role = "operator"}, "police"));
  EXPECT_FALSE(sees_deliveries_of(kHealth, "police"));
}

TEST(ADelivery, ThatIsDueNeedNotBeTriedAgainAndOneThatIsOverCannot) {
  given<Delivery>({due(), failed(1)}).when(Delivery::Retry{}, at(200)).then({});
  given<Delivery>({due(), proto<Event>("taken {}")})
      .when(Delivery::Retry{}, at(200))
      .then_refused("NOT_UNDELIVERED");
}

TEST(ADelivery, OfANoticeThatIsOverIsNotTriedAgain) {
  const Event dropped = proto<Event>("dropped { reason: 'ACKNOWLEDGED' }");
  for (const std::vector<Event>& before :
       {std::vector{due(), given_up()}, std::vector{due(), given_up(), dropped}})
    given<Delivery>(before)
        .when(Delivery::Retry{.notice_is_over = true}, at(200, kPolice))
        .then_refused("NOTICE_OVER");
  given<Delivery>({due(), proto<Event>("taken {}")})
      .when(Delivery::Retry{.notice_is_over = true}, at(200))
      .then_refused("NOT_UNDELIVERED");
  given<Delivery>({due(), given_up()})
      .when(Delivery::Retry{.notice_is_over = true}, at(200, kHealth))
      .then_refused("NOT_FOUND");
}

TEST(ADelivery, IsDroppedWhileItIsDueOrAfterItWasGivenUp) {
  given<Delivery>({due()})
      .when(Delivery::Drop{"ACKNOWLEDGED"}, at(7))
      .then({proto<Event>("dropped { reason: 'ACKNOWLEDGED' dropped_at { seconds: 7 } }")});
  given<Delivery>({due(), given_up()})
      .when(Delivery::Drop{"CLOSED"}, at(7))
      .then({proto<Event>("dropped { reason: 'CLOSED' dropped_at { seconds: 7 } }")});
  for (const char* over : {"taken {}", "dropped {}"})
    given<Delivery>({due(), proto<Event>(over)}).when(Delivery::Drop{"CLOSED"}, at(7)).then({});
}

}  // namespace
}  // namespace mash::notification
