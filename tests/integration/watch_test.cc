#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "integration/test_hub.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

// What triage works from and managers ask for, live and counted, against a whole hub.
namespace mash::testing {
namespace {

namespace v1 = referral::v1;
using ::testing::SizeIs;
using v1::ReferralService;

v1::SubmitContactRequest contact() {
  v1::SubmitContactRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    source: "6"
    children { identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } } }
    account { concern: "Left alone." parents_know: PARENTS_KNOW_AND_AGREE }
    lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })",
                                                            &request));
  request.set_request_id(new_request_id());
  return request;
}

class Following : public ::testing::Test {
 protected:
  std::string submit() {
    const auto taken = hub_.call(kPolice, &ReferralService::Stub::SubmitContact, contact());
    EXPECT_TRUE(taken.has_value());
    return taken ? taken->referral_id() : "";
  }

  TestHub hub_;
};

// Follows until it has heard of so many changes, and breaks off and resumes at random.
std::vector<std::string> follow(const std::shared_ptr<grpc::Channel>& channel, size_t changes,
                                unsigned seed) {
  std::mt19937 random(seed);
  ReferralService::Stub stub(channel);
  std::vector<std::string> heard;
  uint64_t position = 0;
  while (heard.size() < changes) {
    grpc::ClientContext context;
    TestHub::dress(context, kTriage);
    v1::WatchReferralsRequest request;
    request.set_from_position(position);
    const auto reader = stub.WatchReferrals(&context, request);
    v1::WatchReferralsResponse message;
    for (unsigned left = 1 + random() % 4; left > 0 && heard.size() < changes; --left) {
      if (!reader->Read(&message)) return heard;
      for (const auto& change : message.changes())
        heard.push_back(change.referral().referral_id() + " " + change.change());
      position = message.next_position();
    }
    context.TryCancel();
    reader->Finish();
  }
  return heard;
}

TEST_F(Following, FromWhereverOneLeftOffMissesNothingAndHearsNothingTwice) {
  constexpr size_t kContacts = 150;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::vector<std::vector<std::string>> heard(6);
  std::vector<std::thread> followers;
  const auto channel = hub_.channel("social-care");
  for (size_t i = 0; i < heard.size(); ++i)
    followers.emplace_back(
        [&, i] { heard[i] = follow(channel, kContacts, seed + static_cast<unsigned>(i)); });
  std::vector<std::string> expected;
  for (size_t i = 0; i < kContacts; ++i) expected.push_back(submit() + " contact_received");
  for (auto& follower : followers) follower.join();
  for (const auto& one : heard) EXPECT_EQ(one, expected);
  EXPECT_EQ(follow(channel, kContacts, seed), expected) << "by one who comes late, too";
}

v1::ReportTimelinessRequest this_century() {
  v1::ReportTimelinessRequest request;
  request.mutable_from()->set_seconds(946'684'800);
  request.mutable_to()->set_seconds(4'102'444'800);
  return request;
}

TEST_F(Following, ContactsAreCountedForManagersAndAuditors) {
  for (int i = 0; i < 3; ++i) submit();
  for (const Caller& caller : {kManager, kAuditor}) {
    const auto report = hub_.call(caller, &ReferralService::Stub::ReportTimeliness, this_century());
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_EQ(report->total().contacts(), 3U);
    EXPECT_EQ(report->total().undecided(), 3U);
    ASSERT_THAT(report->rows(), SizeIs(1));
    EXPECT_EQ(report->rows(0).source(), "6");
  }
  auto earlier = this_century();
  earlier.mutable_as_at()->set_seconds(1'000'000'000);
  const auto nothing = hub_.call(kManager, &ReferralService::Stub::ReportTimeliness, earlier);
  ASSERT_TRUE(nothing.has_value());
  EXPECT_EQ(nothing->total().contacts(), 0U);
}

TEST_F(Following, AReportIsRefusedWhereItMakesNoSense) {
  auto backwards = this_century();
  backwards.mutable_to()->set_seconds(1);
  const auto refused = hub_.call(kManager, &ReferralService::Stub::ReportTimeliness, backwards);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "INVALID_REQUEST");
  EXPECT_EQ(refused.error().faults.at(0).field, "to");
  const auto police = hub_.call(kPolice, &ReferralService::Stub::ReportTimeliness, this_century());
  ASSERT_FALSE(police.has_value());
  EXPECT_EQ(police.error().reason, "ROLE_MAY_NOT_CALL");
}

}  // namespace
}  // namespace mash::testing
