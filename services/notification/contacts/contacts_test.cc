#include "notification/contacts/contacts.h"

#include <gmock/gmock.h>

#include "core/testing/given_when_then.h"
#include "mash/notification/v1/notification_service.pb.h"
#include "policy/testing/cast.h"

namespace mash::notification {
namespace {

using namespace mash::cast;  // NOLINT(google-build-using-namespace): the cast of these tests
using mash::testing::given;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

v1::ContactEvent described(const std::string& contact) {
  return proto<v1::ContactEvent>(("described { contact { " + contact + " } }").c_str());
}

v1::Contact known(const std::vector<v1::ContactEvent>& opened) {
  return known_contact(opened).contact;
}

std::string email(const std::string& name, int number = 0) {
  return "channels { kind: CHANNEL_KIND_EMAIL address: '" + name + "@police.example' " +
         (number == 0 ? "" : "number: " + std::to_string(number)) + " } ";
}

// The numbers of a contact's channels, as it was described last.
std::vector<uint32_t> numbers_of(const std::vector<std::string>& descriptions) {
  std::vector<v1::ContactEvent> events;
  for (const std::string& each : descriptions) events.push_back(described(each));
  const v1::Contact contact = known(events);
  std::vector<uint32_t> numbers;
  for (const v1::Channel& channel : contact.channels()) numbers.push_back(channel.number());
  return numbers;
}

std::vector<FieldFault> faults_in(const std::string& contacts) {
  return faults_of(proto<v1::SetContactsRequest>(contacts.c_str()).contacts());
}

TEST(Contacts, StandInTheOrderInWhichTheAgencySetThem) {
  const auto set =
      proto<v1::ContactsEvent>("set { places { contact_id: 'c-2' } places { contact_id: 'c-1' } }");
  const auto state = fold<Contacts>(std::vector<Contacts::Event>{set});
  ASSERT_EQ(state.places.size(), 2U);
  EXPECT_EQ(state.places.front().contact_id(), "c-2");
  EXPECT_TRUE(state.has("c-1"));
  EXPECT_FALSE(state.has("c-3"));
}

TEST(Contacts, KeepTheirOrderWhereOneThatWasErasedIsLeftOut) {
  const auto set = proto<v1::ContactsEvent>(
      "set { agency: 'police' places { contact_id: 'c-2' } places { contact_id: 'c-1' } places { "
      "contact_id: 'c-3' } }");
  const Contacts::LeaveOut leave_out{.agency = "police", .contact_id = "c-1"};
  const auto left = given<Contacts>({set}).when(leave_out, Context());
  ASSERT_EQ(left.outcome()->size(), 1U);
  EXPECT_EQ(left.outcome()->front().set().agency(), "police");
  ASSERT_EQ(left.state().places.size(), 2U);
  EXPECT_EQ(left.state().places.front().contact_id(), "c-2");
  EXPECT_EQ(left.state().places.back().contact_id(), "c-3");
  given<Contacts>({set, left.outcome()->front()}).when(leave_out, Context()).then({});
}

TEST(Contacts, ReplaceThoseThatWereSetBefore) {
  const auto state = fold<Contacts>(std::vector<Contacts::Event>{
      proto<v1::ContactsEvent>("set { places { contact_id: 'c-1' } }"),
      proto<v1::ContactsEvent>("set { places { contact_id: 'c-2' } }")});
  EXPECT_FALSE(state.has("c-1"));
  EXPECT_TRUE(state.has("c-2"));
}

TEST(Contacts, AreSetByTheirAgency) {
  Contacts::Set set;
  set.places.push_back(proto<v1::ContactPlace>("contact_id: 'c-1' kinds: CHANNEL_KIND_EMAIL"));
  const auto events = Contacts::decide({}, set, as(kPolice)).value();
  EXPECT_EQ(events.front().set().agency(), "police");
  EXPECT_EQ(events.front().set().places(0).kinds(0), v1::CHANNEL_KIND_EMAIL);
}

TEST(Contacts, ThatAreSoAlreadyAreNotSetAgain) {
  const auto before = proto<v1::ContactsEvent>(
      "set { places { contact_id: 'c-1' channel_numbers: 1 } places { contact_id: 'c-2' } }");
  const auto events_of = [&](Contacts::Set set) {
    return Contacts::decide(fold<Contacts>(std::vector{before}), set, as(kPolice)).value().size();
  };
  const std::vector<v1::ContactPlace> same(before.set().places().begin(),
                                           before.set().places().end());
  EXPECT_EQ(events_of({.places = same}), 0U);
  EXPECT_EQ(events_of({.places = same, .with_changes = true}), 1U);
  EXPECT_EQ(events_of({.places = {same[1], same[0]}}), 1U) << "in another order";
  EXPECT_EQ(events_of({.places = {same[0]}}), 1U) << "one was left out";
  auto moved = same;
  moved[0].set_channel_numbers(0, 2);
  EXPECT_EQ(events_of({.places = moved}), 1U);
  EXPECT_TRUE(Contacts::decide({}, Contacts::Set{}, as(kPolice)).value().empty());
}

TEST(AContact, IsNewsWhereAnythingOfItIsAnother) {
  const std::string webhook =
      "channels { kind: CHANNEL_KIND_WEBHOOK address: 'https://a.example' number: 1 ";
  const KnownContact before =
      known_contact({described("name: 'desk' " + webhook + "secret: 'whsec_a' }")});
  const auto is_new = [&](const std::string& contact) {
    return is_news(before, described_anew(before, proto<v1::Contact>(contact.c_str())).contact);
  };
  EXPECT_FALSE(is_new("name: 'desk' " + webhook + "}")) << "the secret that is known stays";
  EXPECT_FALSE(is_new("name: 'desk' " + webhook + "secret: 'whsec_a' }"));
  EXPECT_TRUE(is_new("name: 'desk' " + webhook + "secret: 'whsec_b' }"));
  EXPECT_TRUE(is_new("name: 'duty desk' " + webhook + "}"));
  EXPECT_TRUE(is_new("name: 'desk' at_least: URGENCY_URGENT " + webhook + "}"));
  EXPECT_TRUE(is_news({}, {})) << "nothing was known of it";
}

TEST(AContact, OfBeforeChannelsHadNumbersIsNewsOnce) {
  const KnownContact before = known_contact({described("name: 'desk' " + email("a"))});
  const KnownContact after = known_contact(
      {described("name: 'desk' " + email("a")), described("name: 'desk' " + email("a", 1))});
  EXPECT_TRUE(is_news(before, before.contact));
  EXPECT_FALSE(is_news(after, after.contact));
}

TEST(AContact, WithoutItsSecretKeepsTheOneThatIsKnownOfItsAddress) {
  const std::string webhook = "kind: CHANNEL_KIND_WEBHOOK address: 'https://health.example/mash'";
  const v1::Contact contact =
      known({described("name: 'desk' channels { " + webhook + " secret: 'whsec_a' }"),
             described("name: 'duty desk' channels { " + webhook + " }")});
  EXPECT_EQ(contact.name(), "duty desk");
  EXPECT_EQ(contact.channels(0).secret(), "whsec_a");
}

TEST(AContact, OfAnotherAddressDoesNotKeepTheSecret) {
  const v1::Contact contact =
      known({described("channels { kind: CHANNEL_KIND_WEBHOOK address: 'https://a.example' "
                       "secret: 'whsec_a' }"),
             described("channels { kind: CHANNEL_KIND_WEBHOOK address: 'https://b.example' }")});
  EXPECT_EQ(contact.channels(0).secret(), "");
}

TEST(AChannel, HasANumberThatGoesWithItsAddressWhereverItStands) {
  EXPECT_THAT(numbers_of({email("a") + email("b")}), ElementsAre(1, 2));
  EXPECT_THAT(numbers_of({email("a") + email("b"), email("b") + email("a")}), ElementsAre(2, 1));
  EXPECT_THAT(numbers_of({email("a") + email("b"), email("b")}), ElementsAre(2));
}

TEST(AChannel, ThatIsNewGetsANumberThatNoneHadBefore) {
  EXPECT_THAT(numbers_of({email("a") + email("b"), email("a"), email("a") + email("c")}),
              ElementsAre(1, 3));
  EXPECT_THAT(numbers_of({email("a"), "channels { kind: CHANNEL_KIND_WEBHOOK } " + email("a")}),
              ElementsAre(2, 1));
}

TEST(AChannel, MayMoveToAnotherAddressUnderItsNumber) {
  EXPECT_THAT(numbers_of({email("a") + email("b"), email("c", 2) + email("a", 1)}),
              ElementsAre(2, 1));
  EXPECT_THAT(numbers_of({email("a") + email("b"), email("b", 1) + email("c") + email("a")}),
              ElementsAre(1, 3, 4))
      << "what says which it is goes before what an address says";
}

TEST(AChannel, ThatIsTheOnlyOneOfItsKindIsTheSameAtAnotherAddress) {
  EXPECT_THAT(numbers_of({email("a"), email("b")}), ElementsAre(1));
  EXPECT_THAT(numbers_of({email("a") + email("b"), email("b") + email("c")}), ElementsAre(2, 1));
  EXPECT_THAT(numbers_of({email("a") + email("b"), email("c") + email("d")}), ElementsAre(3, 4))
      << "nobody can say which is which";
  EXPECT_THAT(numbers_of({email("a") + email("b"), email("c")}), ElementsAre(3));
  EXPECT_THAT(numbers_of({email("a"), email("b") + email("c")}), ElementsAre(2, 3));
}

TEST(AChannel, IsFoundByItsNumber) {
  const v1::Contact contact = known({described(email("a") + email("b"))});
  EXPECT_EQ(channel_of(contact, 2)->address(), "b@police.example");
  EXPECT_EQ(channel_of(contact, 3), nullptr);
}

TEST(AContact, ThatWasRemovedIsNone) {
  const v1::Contact contact =
      known({described("name: 'desk'"), proto<v1::ContactEvent>("removed {}")});
  EXPECT_EQ(contact.ByteSizeLong(), 0U);
}

TEST(AContact, IsRemovedOnce) {
  given<ContactCard>({described("name: 'desk'"), proto<v1::ContactEvent>("removed {}")})
      .when(ContactCard::Remove{}, as(kPolice))
      .then({});
}

TEST(AContact, HasAPlaceThatSaysNothingPersonal) {
  const auto place = place_of(proto<v1::Contact>(
      "contact_id: 'c-1' name: 'A. Hill' practitioner: 'p-17' at_least: URGENCY_URGENT "
      "channels { kind: CHANNEL_KIND_EMAIL address: 'a.hill@police.example' number: 7 }"));
  EXPECT_EQ(place.DebugString().find("ill"), std::string::npos);
  EXPECT_EQ(place.practitioner(), "p-17");
  EXPECT_EQ(place.at_least(), v1::URGENCY_URGENT);
  EXPECT_THAT(place.channel_numbers(), ElementsAre(7));
}

TEST(ContactsAsked, AreCheckedAllAtOnce) {
  EXPECT_THAT(faults_in("contacts { name: 'desk' channels { kind: CHANNEL_KIND_EMAIL } }"),
              IsEmpty());
  const auto faults = faults_in(
      "contacts { contact_id: 'c-1' practitioner: 'A. Hill, 07700' name: '" +
      std::string(201, 'x') +
      "' channels {} channels {} channels {} channels {} channels {} } contacts { contact_id: "
      "'c-1' }");
  EXPECT_THAT(faults, Contains(Field(&FieldFault::field, "contacts[0].name")));
  EXPECT_THAT(faults, Contains(Field(&FieldFault::field, "contacts[0].practitioner")));
  EXPECT_THAT(faults, Contains(Field(&FieldFault::field, "contacts[0].channels")));
  EXPECT_THAT(faults, Contains(Field(&FieldFault::field, "contacts[1].contact_id")));
  EXPECT_THAT(faults_in("contacts { contact_id: 'c-1' " + email("a", 1) + email("b", 1) + "}"),
              ElementsAre(Field(&FieldFault::field, "contacts[0].channels[1].number")));
  EXPECT_THAT(faults_in("contacts { " + email("a", 1) + "}"),
              ElementsAre(Field(&FieldFault::field, "contacts[0].channels[0].number")))
      << "a new contact has no channels yet";
  std::string many;
  for (int i = 0; i < 21; ++i) many += "contacts { name: 'desk' } ";
  EXPECT_THAT(faults_in(many), Contains(Field(&FieldFault::field, "contacts")));
}

}  // namespace
}  // namespace mash::notification
