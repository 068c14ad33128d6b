#include "notification/deliveries/deliverer.h"

#include <gmock/gmock.h>

#include "notification/deliveries/undelivered.h"
#include "notification/testing/delivering.h"

namespace mash::notification {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST_F(Delivering, TriesUntilItIsTakenTheSameEachTime) {
  tell(set_contacts(1).front());
  begin();
  const auto first = outbox_.next();
  first.done(kTimeout);
  EXPECT_THAT(outcomes(1), ElementsAre("WEBHOOK_TIMEOUT"));
  vault_.clock.advance(std::chrono::seconds(5));
  const auto second = outbox_.next();
  EXPECT_EQ(second.outgoing.delivery_id, first.outgoing.delivery_id);
  EXPECT_EQ(second.outgoing.notice.SerializeAsString(), first.outgoing.notice.SerializeAsString());
  EXPECT_EQ(second.outgoing.channel.address(), first.outgoing.channel.address());
  second.done({});
  EXPECT_THAT(outcomes(2), ElementsAre("WEBHOOK_TIMEOUT", "taken"));
  EXPECT_EQ(outbox_.taken(), 2U);
}

TEST_F(Delivering, OneChannelThatHangsHoldsUpNoOther) {
  const auto contacts = set_contacts(2);
  const std::string hung = contacts.front();
  for (int i = 0; i < 20; ++i) tell(hung);
  begin();
  std::vector<Outbox::Sent> hanging;
  for (int i = 0; i < 8; ++i) hanging.push_back(outbox_.next());
  for (int i = 0; i < 20; ++i) tell(contacts.back());
  for (int i = 0; i < 20; ++i) {
    const auto sent = outbox_.next();
    EXPECT_EQ(sent.outgoing.channel.address(), "https://" + contacts.back());
    sent.done({});
  }
  EXPECT_THAT(outcomes(20), SizeIs(20));
  EXPECT_EQ(outbox_.taken(), 28U) << "no more than eight at once over one";
  for (const auto& sent : hanging) sent.done({});
  for (int i = 0; i < 12; ++i) outbox_.next().done({});
  EXPECT_THAT(outcomes(40), SizeIs(40));
}

TEST_F(Delivering, SendsAgainWhatWasNotRecordedAsSent) {
  tell(set_contacts(1).front());
  begin();
  const auto first = outbox_.next();
  deliverer_.reset();
  first.done({});  // nobody is there to record it
  begin();
  const auto again = outbox_.next();
  EXPECT_EQ(again.outgoing.delivery_id, first.outgoing.delivery_id);
  again.done({});
  EXPECT_THAT(outcomes(1), ElementsAre("taken"));
}

TEST_F(Delivering, DropsWhatNobodyNeedHaveAnyMore) {
  const auto contacts = set_contacts(1);
  acknowledge(tell(contacts.front()));
  begin();
  EXPECT_THAT(outcomes(1), ElementsAre("ACKNOWLEDGED"));
  EXPECT_EQ(outbox_.taken(), 0U);
}

TEST_F(Delivering, DropsWhatWasGivenUpOnceItsNoticeIsOver) {
  const std::string contact = set_contacts(1).front();
  const std::string over = tell(contact);
  tell(contact);
  begin();
  for (int i = 0; i < 2; ++i)
    outbox_.next().done({.kind = Outcome::Kind::kRefused, .reason = "WEBHOOK_GONE", .code = 410});
  EXPECT_THAT(outcomes(2), ElementsAre("given up", "given up"));
  acknowledge(over);
  vault_.clock.advance(std::chrono::minutes(61));
  EXPECT_THAT(outcomes(3), ElementsAre("given up", "given up", "ACKNOWLEDGED"));
  EXPECT_TRUE(given_up_in_vain(*own_).value().empty());
}

TEST_F(Delivering, DropsWhatIsForAContactThatWasRemoved) {
  const auto contacts = set_contacts(1);
  tell(contacts.front());
  work([&](log::UnitOfWork& unit) {
    return unit.decide<ContactCard>({contact_stream(contacts.front())}, ContactCard::Remove{});
  });
  begin();
  EXPECT_THAT(outcomes(1), ElementsAre("CONTACT_REMOVED"));
}

TEST_F(Delivering, GoesOverTheChannelThatItWasForWhereverThatStandsNow) {
  const std::string contact = set_contacts(1).front();
  describe(contact, {{"a.example", 1}, {"b.example", 2}});
  tell(contact, {1});
  describe(contact, {{"b.example", 2}, {"a.example", 1}});
  begin();
  const auto first = outbox_.next();
  EXPECT_EQ(first.outgoing.channel.address(), "https://a.example");
  first.done(kTimeout);
  EXPECT_THAT(outcomes(1), SizeIs(1));
  describe(contact, {{"c.example", 1}, {"b.example", 2}});
  vault_.clock.advance(std::chrono::seconds(5));
  const auto second = outbox_.next();
  EXPECT_EQ(second.outgoing.channel.address(), "https://c.example") << "where it is by now";
  second.done({});
}

TEST_F(Delivering, GoesOverNoOtherChannelThanTheOneThatItWasFor) {
  const std::string contact = set_contacts(1).front();
  describe(contact, {{"a.example", 1}, {"b.example", 2}});
  tell(contact, {1});
  describe(contact, {{"b.example", 2}, {"c.example", 3}});
  begin();
  EXPECT_THAT(outcomes(1), ElementsAre("CONTACT_REMOVED"));
  EXPECT_EQ(outbox_.taken(), 0U);
}

// Recorded with a place alone, it is for the channel that stood there when the notice was raised.
TEST_F(Delivering, OfBeforeChannelsHadNumbersGoesOverTheOneThatStoodInItsPlace) {
  const std::string contact = set_contacts(1).front();
  describe(contact, {{"a.example", 0}, {"b.example", 0}});
  tell(contact, {0, 0});
  describe(contact, {{"b.example", 0}, {"d.example", 0}, {"a.example", 0}});
  begin();
  std::vector<std::string> addresses;
  for (int i = 0; i < 2; ++i) {
    const auto sent = outbox_.next();
    addresses.push_back(sent.outgoing.channel.address());
    sent.done({});
  }
  EXPECT_THAT(addresses, UnorderedElementsAre("https://a.example", "https://b.example"));
}

TEST_F(Delivering, DropsWhatIsForSomebodyWhoIsBarredByNow) {
  const auto contacts = set_contacts(1);
  tell(contacts.front());
  // The contact is another person's now, of whom the notice knew nothing.
  work([&](log::UnitOfWork& unit) {
    v1::Contact contact;
    contact.set_contact_id(contacts.front());
    contact.set_practitioner("p-9");
    contact.add_channels()->set_kind(v1::CHANNEL_KIND_WEBHOOK);
    return unit.decide<ContactCard>({contact_stream(contacts.front())},
                                    ContactCard::Describe{contact});
  });
  bar("p-9");
  begin();
  EXPECT_THAT(outcomes(1), ElementsAre("NOT_ADMITTED"));
  EXPECT_EQ(outbox_.taken(), 0U);
}

TEST_F(Delivering, SendsNothingThatIsNoMoreToBeSentWhenItsTurnHasCome) {
  const auto contacts = set_contacts(3);
  const std::string over = tell(contacts[0]);
  begin();
  const auto first = outbox_.next();
  EXPECT_TRUE(first.still());
  acknowledge(over);
  EXPECT_FALSE(first.still());
  EXPECT_THAT(outcomes(1), ElementsAre("ACKNOWLEDGED"));

  tell(contacts[1]);
  const auto second = outbox_.next();
  work([&](log::UnitOfWork& unit) {
    return unit.decide<ContactCard>({contact_stream(contacts[1])}, ContactCard::Remove{});
  });
  EXPECT_FALSE(second.still());
  EXPECT_THAT(outcomes(2), ElementsAre("ACKNOWLEDGED", "CONTACT_REMOVED"));

  tell(contacts[2]);
  const auto third = outbox_.next();
  work([&](log::UnitOfWork& unit) {
    v1::Contact contact;
    contact.set_contact_id(contacts[2]);
    contact.set_practitioner("p-9");
    contact.add_channels()->set_kind(v1::CHANNEL_KIND_WEBHOOK);
    return unit.decide<ContactCard>({contact_stream(contacts[2])}, ContactCard::Describe{contact});
  });
  bar("p-9");
  EXPECT_FALSE(third.still());
  EXPECT_THAT(outcomes(3), ElementsAre("ACKNOWLEDGED", "CONTACT_REMOVED", "NOT_ADMITTED"));
  deliverer_.reset();
  EXPECT_FALSE(third.still()) << "nobody is there to record it";
}

TEST_F(Delivering, DoesNotBeginBeforeCasesAreKnown) {
  may_begin_ = false;
  tell(set_contacts(1).front());
  begin();
  EXPECT_FALSE(outbox_.has_any(std::chrono::milliseconds(50)));
  may_begin_ = true;
  outbox_.next().done({});
  EXPECT_THAT(outcomes(1), ElementsAre("taken"));
}

TEST_F(Delivering, WhileBarsAreNotKnownADeskIsToldAndAPractitionerWaits) {
  const auto contacts = set_contacts(2);
  work([&](log::UnitOfWork& unit) {
    v1::Contact contact;
    contact.set_contact_id(contacts.front());
    contact.set_practitioner("n-1");
    v1::Channel& channel = *contact.add_channels();
    channel.set_kind(v1::CHANNEL_KIND_WEBHOOK);
    channel.set_address("https://" + contacts.front());
    return unit.decide<ContactCard>({contact_stream(contacts.front())},
                                    ContactCard::Describe{contact});
  });
  knows_bars_ = false;
  tell(contacts.front());
  tell(contacts.back());
  begin();
  const auto desk = outbox_.next();
  EXPECT_EQ(desk.outgoing.channel.address(), "https://" + contacts.back());
  desk.done({});
  EXPECT_THAT(outcomes(1), ElementsAre("taken"));
  const auto until = std::chrono::steady_clock::now() + kPatience;
  Result<void> goes_on;
  while (goes_on && std::chrono::steady_clock::now() < until) goes_on = deliverer_->goes_on();
  ASSERT_FALSE(goes_on.has_value());
  EXPECT_EQ(goes_on.error().reason, "CASES_BEHIND");
  EXPECT_EQ(outbox_.taken(), 1U);
  knows_bars_ = true;
  const auto practitioner = outbox_.next();
  EXPECT_EQ(practitioner.outgoing.channel.address(), "https://" + contacts.front());
  practitioner.done({});
  EXPECT_THAT(outcomes(2), ElementsAre("taken", "taken"));
}

TEST_F(Delivering, TriesLaterWhatIsOfACaseThatIsNotAllKnown) {
  tell(set_contacts(1).front());
  work([&](log::UnitOfWork& unit) {
    cases::KnownCase::Event parked;
    parked.mutable_parked();
    return unit.decide<cases::KnownCase>({cases::case_stream(kCase), kCase}, parked);
  });
  begin();
  EXPECT_THAT(outcomes(1), ElementsAre("CASE_PARKED"));
  EXPECT_EQ(outbox_.taken(), 0U);
}

}  // namespace
}  // namespace mash::notification
