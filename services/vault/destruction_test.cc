#include "vault/destruction.h"

#include <gmock/gmock.h>

#include <vector>

#include "core/testing/given_when_then.h"

namespace mash::vault {
namespace {

using mash::testing::given;
using mash::testing::proto;
using Event = v1::KeyEvent;

const auto ordered = proto<Event>(R"(destruction_ordered {
  key_id: '01925f3a-7c1e-7b43-9d52-0242ac120002' authority: 'RET-7' reason: 'Retention is over.' })");
const auto destroyed = proto<Event>(
    "destroyed { key_id: '01925f3a-7c1e-7b43-9d52-0242ac120002' sealed_parts_removed: 3 }");
const auto destroy = proto<v1::DestroyKeyRequest>(R"(request_id: 'x'
  key_id: '01925f3a-7c1e-7b43-9d52-0242ac120002' authority: 'RET-7' reason: 'Retention is over.')");
const v1::KeyDestroyed finish = destroyed.destroyed();
const Context records_manager{
    .actor = {.agency = "social-care", .practitioner = "r-1", .role = "records-manager"}};

TEST(Destruction, IsOrderedWithItsAuthorityAndReason) {
  given<Destruction>({}).when(destroy, records_manager).then({ordered});
}
TEST(Destruction, OrderedAgainIsAlreadySo) {
  given<Destruction>({ordered}).when(destroy, records_manager).then_nothing_changes();
  given<Destruction>({ordered, destroyed}).when(destroy, records_manager).then_nothing_changes();
}
TEST(Destruction, IsFinishedOnce) {
  given<Destruction>({ordered}).when(finish, records_manager).then({destroyed});
  given<Destruction>({ordered, destroyed}).when(finish, records_manager).then_nothing_changes();
}
TEST(Destruction, OfWhatNobodyOrderedIsRefused) {
  given<Destruction>({}).when(finish, records_manager).then_refused("DESTRUCTION_NOT_ORDERED");
}

TEST(Destruction, WhoHoldsItNoMoreIsNotedOnceUntilItIsDone) {
  const auto dropped = proto<Event>(R"(dropped {
    key_id: '01925f3a-7c1e-7b43-9d52-0242ac120002' holder: 'sharing' sealed_parts_removed: 2 })");
  auto again = dropped.dropped();
  again.set_sealed_parts_removed(0);
  given<Destruction>({ordered}).when(dropped.dropped(), records_manager).then({dropped});
  given<Destruction>({ordered, dropped}).when(again, records_manager).then_nothing_changes();
  given<Destruction>({ordered, destroyed}).when(again, records_manager).then_nothing_changes();
  given<Destruction>({}).when(again, records_manager).then_nothing_changes();
  const auto state = fold<Destruction>(std::vector<Event>{ordered, dropped});
  EXPECT_EQ(state.dropped.at("sharing"), 2U);
}

TEST(Destruction, ARequestIsToldOfEveryFaultItHas) {
  EXPECT_THAT(faults_of(destroy), ::testing::IsEmpty());
  auto bad = destroy;
  bad.set_key_id("Ann Other");
  bad.set_authority(std::string(501, 'a'));
  bad.set_reason(std::string(2'001, 'r'));
  std::vector<std::string> fields;
  for (const FieldFault& fault : faults_of(bad)) fields.push_back(fault.field);
  EXPECT_THAT(fields, ::testing::ElementsAre("key_id", "authority", "reason"));
}

}  // namespace
}  // namespace mash::vault
