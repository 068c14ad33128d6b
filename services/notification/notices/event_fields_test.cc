#include "notification/notices/event_fields.h"

#include <gmock/gmock.h>

#include "mash/referral/v1/referral_events.pb.h"
#include "mash/sharing/v1/consent_events.pb.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "policy/testing/cast.h"

namespace mash::notification {
namespace {

using mash::cast::proto;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(EventFields, AreFoundByTheirPath) {
  const auto event = proto<sharing::v1::ItemEvent>(
      "decided { decision_id: 'd-1' recipients { agency: 'police' } recipients { agency: 'health' "
      "} "
      "}");
  ASSERT_NE(kind_of(event), nullptr);
  EXPECT_EQ(kind_of(event)->name(), "decided");
  EXPECT_THAT(values_of(event.decided(), "decision_id"), ElementsAre("d-1"));
  EXPECT_THAT(values_of(event.decided(), "recipients.agency"), ElementsAre("police", "health"));
  EXPECT_THAT(values_of(event.decided(), "recipients.nothing"), IsEmpty());
}

TEST(EventFields, OfFlagsAndEnumerationsAreWords) {
  const auto received =
      proto<referral::v1::ReferralEvent>("contact_received { immediate_danger: true }");
  EXPECT_THAT(values_of(received.contact_received(), "immediate_danger"), ElementsAre("true"));
  const auto told =
      proto<referral::v1::ReferralEvent>("deadline_told { state: DEADLINE_STATE_MISSED }");
  EXPECT_THAT(values_of(told.deadline_told(), "state"), ElementsAre("DEADLINE_STATE_MISSED"));
}

TEST(EventFields, OfNumbersAreDigits) {
  EXPECT_THAT(values_of(proto<strategy::v1::RecordIssued>("sitting: 2"), "sitting"),
              ElementsAre("2"));
}

TEST(EventFields, OfAMessageThatIsNotThereAreNone) {
  const referral::v1::ReferralEvent nothing;
  EXPECT_EQ(kind_of(nothing), nullptr);
  EXPECT_THAT(
      values_of(proto<referral::v1::ReferralEvent>("referral_decided {}").referral_decided(),
                "decision.decision_id"),
      IsEmpty());
}

TEST(EventFields, OfAListAreThoseOfEachEntryByItself) {
  const auto decided = proto<sharing::v1::ItemDecided>(
      "decision_id: 'd-1' recipients { agency: 'police' practitioner: 'p-17' } "
      "recipients { agency: 'health' }");
  const auto each = one_by_one(decided, "recipients.practitioner");
  ASSERT_EQ(each.size(), 2U);
  EXPECT_THAT(values_of(*each[0], "recipients.agency"), ElementsAre("police"));
  EXPECT_THAT(values_of(*each[1], "recipients.agency"), ElementsAre("health"));
  EXPECT_THAT(values_of(*each[1], "decision_id"), ElementsAre("d-1"));
  EXPECT_THAT(one_by_one(sharing::v1::ItemDecided(), "recipients.practitioner"), IsEmpty());
  const auto whole = one_by_one(decided, "decision_id");
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_THAT(values_of(*whole[0], "recipients.agency"), ElementsAre("police", "health"));
  EXPECT_EQ(one_by_one(decided, "").size(), 1U);
}

TEST(EventFields, ThatThereAreNotAreKnownAsSuch) {
  const auto& decided = *sharing::v1::ItemDecided::descriptor();
  EXPECT_TRUE(has_field(decided, "recipients.agency"));
  EXPECT_FALSE(has_field(decided, "recipients"));
  EXPECT_FALSE(has_field(decided, "recipients.agencies"));
  EXPECT_FALSE(has_field(decided, "decision_id.more"));
  const auto& withdrawn = *sharing::v1::ConsentWithdrawn::descriptor();
  EXPECT_TRUE(has_field(withdrawn, "agency"));
  EXPECT_FALSE(has_field(withdrawn, "statement")) << "what is personal does not count";
}

}  // namespace
}  // namespace mash::notification
