#include "referral/people/person_row.h"

#include <gmock/gmock.h>

#include "core/ids.h"
#include "referral/people/cluster.h"
#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Event = v1::PersonEvent;

// The id with this number.
std::string id(int number) {
  Uuid uuid;
  uuid.bytes[14] = static_cast<uint8_t>(number >> 8);
  uuid.bytes[15] = static_cast<uint8_t>(number);
  return uuid.text();
}

Event registered(const std::string& referral_id) {
  Event event;
  event.mutable_registered()->set_agency("police");
  event.mutable_registered()->set_referral_id(referral_id);
  return event;
}

Event told_of(const std::string& agency, int referral) {
  Event event;
  event.mutable_told_of()->set_agency(agency);
  event.mutable_told_of()->set_referral_id(id(referral));
  return event;
}

Event proposed(int other) {
  Event event;
  event.mutable_same_proposed()->set_other_person_id(id(other));
  return event;
}

Event same_as(int other) {
  Event event;
  event.mutable_same_decided()->set_other_person_id(id(other));
  return event;
}

Event not_same_as(int other) {
  Event event;
  event.mutable_not_same_decided()->set_other_person_id(id(other));
  return event;
}

Event met(int context) {
  Event event;
  event.mutable_met_context()->set_context_id(id(context));
  return event;
}

v1::PersonRow after(const std::vector<Event>& events) {
  v1::PersonRow row;
  uint64_t position = 100;
  for (const Event& event : events) evolve_row(row, event, position++);
  return row;
}

TEST(PersonRow, NamesTheNewestFiftyContactsAndCountsThemAll) {
  std::vector<Event> events{registered(id(0))};
  for (int i = 1; i < 60; ++i) events.push_back(told_of("police", i));
  const v1::PersonRow row = after(events);
  const auto contacts = unpacked(row.contacts());
  ASSERT_THAT(contacts, SizeIs(kContactsKept));
  EXPECT_EQ(contacts.front(), id(10));
  EXPECT_EQ(contacts.back(), id(59));
  EXPECT_EQ(row.contact_count(), 60U);
  EXPECT_EQ(row.version(), 60U);
}

TEST(PersonRow, PointsToTheNewestIdentity) {
  Event corrected;
  corrected.mutable_corrected();
  EXPECT_EQ(after({registered(id(1)), told_of("police", 2)}).identity_at(), 100U);
  EXPECT_EQ(after({registered(id(1)), corrected, told_of("police", 2)}).identity_at(), 101U);
}

TEST(PersonRow, IsForTheHubAndWhoeverToldOfThem) {
  const v1::PersonRow row = after({registered(id(1)), told_of("health", 2)});
  EXPECT_TRUE(may_know(row, kPolice));
  EXPECT_TRUE(may_know(row, {"health", "h-01", "n-1", "practitioner"}));
  EXPECT_TRUE(may_know(row, kTriage));
  EXPECT_FALSE(may_know(row, kSchool));
}

TEST(PersonRow, FollowsWhoIsWho) {
  std::vector<Event> events{registered(id(1)), proposed(7), proposed(8)};
  EXPECT_THAT(after(events).proposals(), SizeIs(2));
  events.push_back(same_as(7));
  events.push_back(not_same_as(8));
  EXPECT_THAT(after(events).proposals(), IsEmpty());
  EXPECT_THAT(unpacked(after(events).same_as()), ElementsAre(id(7)));
  events.push_back(not_same_as(7));
  EXPECT_THAT(unpacked(after(events).same_as()), IsEmpty());
}

TEST(PersonRow, LeavesAContextWithTheLastPartInIt) {
  Event left;
  left.mutable_left_context()->set_context_id(id(5));
  EXPECT_THAT(unpacked(after({registered(""), met(5), met(5), left}).contexts()),
              ElementsAre(id(5)));
  EXPECT_THAT(unpacked(after({registered(""), met(5), left}).contexts()), IsEmpty());
}

TEST(PersonRow, StandsFirstWhileALikenessWaitsTheNewestFirst) {
  const std::string settled = order_of(after({registered(id(1))}));
  const std::string older = order_of(after({registered(id(1)), proposed(7)}));
  const std::string newer = order_of(after({registered(id(1)), proposed(7), proposed(8)}));
  EXPECT_LT(newer, older);
  EXPECT_LT(older, std::string(kOrderOfSettled));
  EXPECT_EQ(settled, kOrderOfSettled);
}

TEST(PersonRow, OfSomebodyKnownAsMuchAsCanBeKeepsWithinAView) {
  std::vector<Event> events{registered(id(0))};
  for (int i = 1; i < 100; ++i)
    events.push_back(told_of(std::string(60, 'a') + std::to_string(i), i));
  for (int i = 0; i < static_cast<int>(kClusterMax) - 1; ++i) events.push_back(same_as(200 + i));
  for (int i = 0; i < kProposalsMax; ++i) events.push_back(proposed(300 + i));
  for (int i = 0; i < kContextsMax; ++i) events.push_back(met(400 + i));
  const v1::PersonRow row = after(events);
  EXPECT_TRUE(row.more_agencies());
  EXPECT_LT(row.ByteSizeLong(), 4096U);
}

}  // namespace
}  // namespace mash::referral
