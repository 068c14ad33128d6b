#include "notification/notices/awaiting.h"

#include <gmock/gmock.h>

#include "core/testing/given_when_then.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "policy/testing/cast.h"

namespace mash::notification {
namespace {

using namespace mash::cast;  // NOLINT(google-build-using-namespace): the cast of these tests
using mash::testing::given;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Event = v1::AwaitingEvent;

Event awaits(const std::string& more) { return proto<Event>(("awaits { " + more + " }").c_str()); }
const Event kContact = awaits(
    "notice_id: 'n-1' ends { event: 'contact_accepted' field: 'stream' } "
    "ends { event: 'contact_closed' field: 'stream' }");
const Event kAction =
    awaits("notice_id: 'n-2' ends { event: 'action_completed' field: 'action_id' } ids: 'a-1'");
const Event kNear = awaits("notice_id: 'n-3' deadline: 'discussion-action' owed: 'a-1'");

TEST(AnOpenNotice, IsClosedByWhatItAsksFor) {
  const auto state = fold<Awaiting>(std::vector<Awaiting::Event>{kContact, kAction});
  EXPECT_THAT(state.closed_by("contact_closed", referral::v1::ContactClosed()), ElementsAre("n-1"));
  EXPECT_THAT(state.closed_by("information_added", referral::v1::InformationAdded()), IsEmpty());
}

TEST(AnOpenNotice, OfOneOfSeveralIsClosedByThatOneAlone) {
  const auto state = fold<Awaiting>(std::vector<Awaiting::Event>{kAction});
  EXPECT_THAT(
      state.closed_by("action_completed", proto<strategy::v1::ActionCompleted>("action_id: 'a-1'")),
      ElementsAre("n-2"));
  EXPECT_THAT(
      state.closed_by("action_completed", proto<strategy::v1::ActionCompleted>("action_id: 'a-2'")),
      IsEmpty());
}

TEST(AnOpenNotice, OfADeadlineGivesWayToWhatIsSaidOfItNext) {
  const auto state = fold<Awaiting>(std::vector<Awaiting::Event>{kNear});
  const auto told = [](const std::string& text) {
    return proto<common::v1::DeadlineTold>(text.c_str());
  };
  EXPECT_THAT(state.closed_by("deadline_told", told("kind: 'discussion-action' id: 'a-1'")),
              ElementsAre("n-3"));
  EXPECT_THAT(state.closed_by("deadline_told", told("kind: 'discussion-action' id: 'a-2'")),
              IsEmpty());
  EXPECT_THAT(state.closed_by("deadline_told", told("kind: 'discussion-record' id: 'a-1'")),
              IsEmpty());
}

TEST(AnOpenNotice, OfADeadlineGivesWayToAnotherTimeForIt) {
  const auto state = fold<Awaiting>(std::vector<Awaiting::Event>{kNear});
  EXPECT_THAT(state.closed_by("deadline_extended", proto<strategy::v1::StrategyDeadlineExtended>(
                                                       "kind: 'discussion-action' id: 'a-1'")),
              ElementsAre("n-3"));
  EXPECT_THAT(state.closed_by("deadline_extended", proto<strategy::v1::StrategyDeadlineExtended>(
                                                       "kind: 'discussion-record' id: '1'")),
              IsEmpty());
  EXPECT_THAT(
      state.closed_by("deadline_recomputed", proto<common::v1::DeadlineRecomputed>(
                                                 "id: 'a-1' before { kind: 'discussion-action' }")),
      ElementsAre("n-3"));
}

TEST(AnOpenNotice, IsClosedByWhatHoldsAValueOnlyWhereItDoes) {
  const auto state = fold<Awaiting>(std::vector<Awaiting::Event>{
      awaits("notice_id: 'n-4' ends { event: 'transfer_answered' field: 'answer.accepted' "
             "value: 'true' }")});
  EXPECT_THAT(state.closed_by("transfer_answered",
                              proto<referral::v1::TransferAnswered>("answer { accepted: true }")),
              ElementsAre("n-4"));
  EXPECT_THAT(state.closed_by("transfer_answered",
                              proto<referral::v1::TransferAnswered>("answer { accepted: false }")),
              IsEmpty());
}

TEST(AnOpenNotice, ThatWasClosedIsNotClosedAgain) {
  const auto state = fold<Awaiting>(
      std::vector<Awaiting::Event>{kContact, proto<Event>("done { notice_ids: 'n-1' }")});
  EXPECT_THAT(state.closed_by("contact_closed", referral::v1::ContactClosed()), IsEmpty());
  EXPECT_EQ(state.find("n-1"), nullptr);
}

TEST(AnOpenNotice, IsRememberedOnce) {
  given<Awaiting>({kContact}).when(Awaiting::Await{kContact.awaits()}, as(kManager)).then({});
  given<Awaiting>({kContact}).when(Awaiting::Done{}, as(kManager)).then({});
}

}  // namespace
}  // namespace mash::notification
