#include <gmock/gmock.h>

#include "log/state.h"
#include "notification/deliveries/delivery.h"
#include "notification/testing/delivering.h"

// What becomes of deliveries to a contact whose key is destroyed on an order.
namespace mash::notification {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;

class ToWhomIsErased : public Delivering {
 protected:
  // As the vault and the log are told to.
  void erase(const std::string& contact_id) {
    ASSERT_TRUE(vault_->destroy(std::vector{contact_id}).has_value());
    ASSERT_TRUE(own_->erase_sealed(contact_id).has_value());
  }
};

TEST_F(ToWhomIsErased, DropsWhatIsForAContactThatWasErased) {
  const auto contacts = set_contacts(1);
  tell(contacts.front());
  ASSERT_TRUE(vault_->destroy(contacts).has_value());
  begin();
  EXPECT_THAT(outcomes(1), ElementsAre("ERASED"));
}

// Its key is destroyed, and what that sealed is gone from the log, while its server keeps it
// waiting: what was opened before is not sent.
TEST_F(ToWhomIsErased, SendsNothingToAContactThatWasErasedWhileItWaited) {
  const auto contacts = set_contacts(2);
  tell(contacts.front());
  begin();
  const auto waiting = outbox_.next();
  EXPECT_TRUE(waiting.still());
  erase(contacts.front());
  EXPECT_FALSE(waiting.still());
  EXPECT_THAT(outcomes(1), ElementsAre("ERASED"));
  tell(contacts.back());
  outbox_.next().done({});
  EXPECT_THAT(outcomes(2), ElementsAre("ERASED", "taken")) << "nothing is held up by it";
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (deliverer_->in_hand() > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(deliverer_->in_hand(), 0U);
  EXPECT_TRUE(deliverer_->goes_on().has_value());
}

TEST_F(ToWhomIsErased, LeavesAContactThatWasErasedOutOfItsAgencysOrder) {
  const auto contacts = set_contacts(2);
  const auto order = [&] {
    std::vector<std::string> ids;
    const auto now = log::read_state<Contacts>(*own_, contacts_stream("health"));
    for (const auto& place : now->places) ids.push_back(place.contact_id());
    return ids;
  };
  tell(contacts.front());
  tell(contacts.front());
  erase(contacts.front());
  EXPECT_EQ(order(), contacts) << "until something is to go to it";
  begin();
  EXPECT_THAT(outcomes(2), ElementsAre("ERASED", "ERASED"));
  EXPECT_THAT(order(), ElementsAre(contacts.back()));
}

// A person may say so, but its address is known to nobody any more.
TEST_F(ToWhomIsErased, TriesNothingAgainOfAContactThatWasErased) {
  const auto contacts = set_contacts(1);
  tell(contacts.front());
  begin();
  const auto sent = outbox_.next();
  sent.done({.kind = Outcome::Kind::kRefused, .reason = "WEBHOOK_GONE", .code = 410});
  EXPECT_THAT(outcomes(1), ElementsAre("given up"));
  erase(contacts.front());
  work(
      [&](log::UnitOfWork& unit) {
        return unit.decide<Delivery>({delivery_stream(sent.outgoing.delivery_id)},
                                     Delivery::Retry{});
      },
      kHealth);
  EXPECT_THAT(outcomes(2), ElementsAre("given up", "ERASED"));
  EXPECT_EQ(outbox_.taken(), 1U);
}

}  // namespace
}  // namespace mash::notification
