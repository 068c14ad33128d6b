#include "host/arena_messages.h"

#include <gtest/gtest.h>

#include <string>

#include "mash/referral/v1/referral_service.pb.h"

namespace mash::host {
namespace {

using ContactMessages =
    ArenaMessages<referral::v1::SubmitContactRequest, referral::v1::SubmitContactResponse>;

TEST(ArenaMessages, OfOneCallLieInOneArena) {
  ContactMessages messages;
  auto* call = messages.AllocateMessages();
  ASSERT_NE(call->request()->GetArena(), nullptr);
  EXPECT_EQ(call->request()->GetArena(), call->response()->GetArena());
  call->Release();
}

TEST(ArenaMessages, OfTwoCallsHaveNothingInCommon) {
  ContactMessages messages;
  auto* one = messages.AllocateMessages();
  auto* other = messages.AllocateMessages();
  EXPECT_NE(one->request()->GetArena(), other->request()->GetArena());
  one->request()->set_request_id("one");
  one->Release();
  EXPECT_EQ(other->request()->request_id(), "");
  other->Release();
}

TEST(ArenaMessages, GrowBeyondTheirFirstBlock) {
  ContactMessages messages;
  auto* call = messages.AllocateMessages();
  const std::string name(100, 'n');
  for (int i = 0; i < 1'000; ++i)
    call->request()->add_children()->mutable_identity()->set_family_name(name);
  EXPECT_EQ(call->request()->children(999).identity().family_name(), name);
  call->Release();
}

}  // namespace
}  // namespace mash::host
