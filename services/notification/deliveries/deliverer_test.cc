#include "notification/deliveries/deliverer.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>

#include "cases/known_case.h"
#include "cases/testing/two_logs.h"
#include "mash/notification/v1/delivery_events.pb.h"
#include "notification/contacts/contacts.h"
#include "notification/deliveries/undelivered.h"
#include "notification/lists/views.h"
#include "notification/notices/notice.h"
#include "notification/notices/posting.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

using namespace cases::testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr const char* kCase = "c-1";
constexpr auto kPatience = std::chrono::seconds(30);
const Outcome kTimeout{.kind = Outcome::Kind::kFailed, .reason = "WEBHOOK_TIMEOUT"};

// What a deliverer hands to be sent, answered as the test says.
class Outbox {
 public:
  struct Sent {
    Outgoing outgoing;
    Sender::Done done;
    Sender::Still still;
  };

  void take(Outgoing outgoing, Sender::Done done, Sender::Still still) {
    const std::lock_guard lock(mutex_);
    sent_.push_back({std::move(outgoing), std::move(done), std::move(still)});
    ++taken_;
    changed_.notify_all();
  }
  // The next one; waits for it.
  Sent next() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kPatience, [this] { return !sent_.empty(); }));
    Sent first = std::move(sent_.front());
    sent_.erase(sent_.begin());
    return first;
  }
  std::size_t taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
  }
  bool has_any(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return !sent_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Sent> sent_;
  std::size_t taken_ = 0;
};

class Delivering : public TwoLogs {
 protected:
  Delivering() {
    log::LogOptions options = opening("notification");
    for (auto& view : views()) options.views.push_back(std::move(view));
    own_ = log::EventLog::open(std::move(options)).value();
  }
  ~Delivering() override { deliverer_.reset(); }

  void begin() {
    deliverer_.emplace(
        DelivererParts{.log = *own_,
                       .clock = vault_.clock,
                       .context = [this] { return context(); },
                       .send =
                           [this](Outgoing outgoing, Sender::Done done, Sender::Still still) {
                             outbox_.take(std::move(outgoing), std::move(done), std::move(still));
                           },
                       .may_begin = [this] { return may_begin_.load(); },
                       .knows_bars = [this] { return knows_bars_.load(); },
                       .look_every = std::chrono::milliseconds(1),
                       .retry_after = std::chrono::milliseconds(1)});
  }
  Context context() {
    Context context;
    context.now = vault_.clock.now();
    return context;
  }
  void work(const log::Work& work) {
    const auto done = run(*own_, {.context = context()}, work);
    ASSERT_TRUE(done.has_value()) << mash::testing::brief(done.error());
  }

  // An agency's contacts, by webhook: their ids, each its address's.
  std::vector<std::string> set_contacts(std::size_t count) {
    std::vector<std::string> ids;
    Contacts::Set set;
    std::vector<v1::Contact> contacts(count);
    for (v1::Contact& contact : contacts) {
      ids.push_back(ring_.fresh_key_id().value());
      contact.set_contact_id(ids.back());
      v1::Channel& channel = *contact.add_channels();
      channel.set_kind(v1::CHANNEL_KIND_WEBHOOK);
      channel.set_address("https://" + ids.back());
      set.places.push_back(place_of(contact));
    }
    work([&](log::UnitOfWork& unit) {
      auto done = unit.decide<Contacts>({contacts_stream("health")}, set);
      for (const v1::Contact& contact : contacts)
        if (done)
          done = unit.decide<ContactCard>({contact_stream(contact.contact_id())},
                                          ContactCard::Describe{contact});
      return done;
    });
    return ids;
  }
  // What a contact is now: webhooks of these hosts, in their order; with their numbers, where they
  // have any.
  void describe(const std::string& contact_id,
                const std::vector<std::pair<std::string, uint32_t>>& hosts) {
    v1::Contact contact;
    contact.set_contact_id(contact_id);
    for (const auto& [host, number] : hosts) {
      v1::Channel& channel = *contact.add_channels();
      channel.set_kind(v1::CHANNEL_KIND_WEBHOOK);
      channel.set_address("https://" + host);
      channel.set_number(number);
    }
    work([&](log::UnitOfWork& unit) {
      return unit.decide<ContactCard>({contact_stream(contact_id)}, ContactCard::Describe{contact});
    });
  }
  // A notice for the agency, due to a contact at once: over its first channel, or those of these
  // numbers.
  std::string tell(const std::string& contact_id, const std::vector<uint32_t>& channels = {0}) {
    std::string notice_id = ids_.next_text();
    work([&](log::UnitOfWork& unit) {
      v1::Notice notice;
      notice.set_notice_id(notice_id);
      notice.set_agency("health");
      notice.set_case_id(kCase);
      v1::NoticeStep step;
      step.set_contact_id(contact_id);
      for (const uint32_t number : channels) {
        step.add_channels(v1::CHANNEL_KIND_WEBHOOK);
        step.add_channel_numbers(number);
      }
      return unit.decide<Notice>({notice_stream(notice_id), kCase}, Notice::Raise{.notice = notice})
          .and_then([&] { return tell_contact(unit, ids_, notice, step); });
    });
    return notice_id;
  }
  void bar(const std::string& practitioner) {
    cases::KnownCase::Event barred;
    auto& bar = *barred.mutable_case_()->mutable_barred()->mutable_bar()->mutable_practitioner();
    bar.set_agency("health");
    bar.set_practitioner(practitioner);
    work([&](log::UnitOfWork& unit) {
      return unit.decide<cases::KnownCase>({cases::case_stream(kCase), kCase}, barred);
    });
  }
  void acknowledge(const std::string& notice_id) {
    const auto done = run(*own_,
                          {.context =
                               [&] {
                                 Context by = context();
                                 by.actor = kHealth;
                                 return by;
                               }()},
                          [&](log::UnitOfWork& unit) {
                            return unit.decide<Notice>({notice_stream(notice_id)},
                                                       v1::AcknowledgeNoticeRequest());
                          });
    ASSERT_TRUE(done.has_value());
  }

  // What became of deliveries, each event by its kind, once there are that many.
  std::vector<std::string> outcomes(std::size_t count) {
    std::vector<std::string> outcomes;
    const auto until = std::chrono::steady_clock::now() + kPatience;
    do {
      outcomes.clear();
      for (const log::Record& record : kept()) {
        v1::DeliveryEvent event;
        if (record.body.type() != event.GetTypeName()) continue;
        event.ParseFromString(record.body.event());
        if (event.has_dropped()) outcomes.push_back(event.dropped().reason());
        if (event.has_failed()) outcomes.push_back(event.failed().reason());
        if (event.has_given_up()) outcomes.emplace_back("given up");
        if (event.has_taken()) outcomes.push_back("taken");
      }
      std::this_thread::yield();
    } while (outcomes.size() < count && std::chrono::steady_clock::now() < until);
    return outcomes;
  }

  std::atomic<bool> may_begin_ = true;
  std::atomic<bool> knows_bars_ = true;
  IdSource ids_{vault_.clock, 7};
  Outbox outbox_;
  std::optional<Deliverer> deliverer_;
};

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

TEST_F(Delivering, DropsWhatIsForAContactThatWasErased) {
  const auto contacts = set_contacts(1);
  tell(contacts.front());
  ASSERT_TRUE(vault_->destroy(contacts).has_value());
  begin();
  EXPECT_THAT(outcomes(1), ElementsAre("ERASED"));
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
