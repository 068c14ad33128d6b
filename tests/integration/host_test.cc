#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "cases/following.h"
#include "integration/grpc_helpers.h"
#include "integration/test_hub.h"
#include "log/handle.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "node/part.h"
#include "referral/part.h"
#include "sharing/part.h"
#include "vault/part.h"

namespace mash::testing {
namespace {

using log::v1::LogService;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using vault::v1::VaultService;

Result<log::v1::GetCheckpointResponse> checkpoint(TestHub& hub, const Caller& caller) {
  return hub.call(caller, &LogService::Stub::GetCheckpoint, log::v1::GetCheckpointRequest());
}

Error refusal(const std::shared_ptr<grpc::Channel>& channel, const Caller& caller) {
  LogService::Stub stub(channel);
  grpc::ClientContext context;
  TestHub::dress(context, caller);
  log::v1::GetCheckpointResponse response;
  return host::from_status(stub.GetCheckpoint(&context, {}, &response));
}

TEST(Callers, WithACertificateOfTheAuthorityAreAnswered) {
  TestHub hub;
  const auto answered = checkpoint(hub, kAuditor);
  ASSERT_TRUE(answered) << answered.error().message;
  EXPECT_THAT(answered->checkpoint(), HasSubstr("mash/E10000013/referral/1\n0\n"));
}

TEST(Callers, WithoutACertificateOrWithAnothersDoNotGetThroughTheHandshake) {
  TestHub hub;
  const TestPki stranger;
  for (const auto& credentials : {TestPki::Credentials{}, stranger.agency("auditor")}) {
    const Error error = refusal(hub.connect(credentials), kAuditor);
    EXPECT_EQ(error.code, Code::kUnavailable);
  }
}

TEST(Callers, WithACertificateThatNamesNoSystemOfTheAreaAreNobody) {
  TestHub hub;
  for (const std::string uri : {"", "spiffe://e08000025.mash/agency/auditor/system/aud-01",
                                "spiffe://e10000013.mash/hub", "https://example.org/auditor"}) {
    const Error error = refusal(hub.connect(hub.pki().client(uri)), kAuditor);
    EXPECT_EQ(error.code, Code::kUnauthenticated) << uri;
    EXPECT_THAT(error.reason, ::testing::AnyOf("BAD_CERTIFICATE", "NO_CERTIFICATE")) << uri;
  }
}

TEST(Callers, ChooseOnlyAmongTheRolesOfTheirCertificate) {
  TestHub hub;
  const auto refused = checkpoint(hub, {"police", "pc-1", "auditor"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kPermissionDenied);
  EXPECT_EQ(refused.error().reason, "ROLE_NOT_ALLOWED");
  const auto unknown = checkpoint(hub, {"housing", "h-1", "practitioner"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().reason, "UNKNOWN_SYSTEM");
}

// Every method of every service that the hub says it has, called with an empty request by somebody
// whose certificate is good for nothing: no handler may answer before it has asked who calls.
TEST(Callers, WithoutARoleReachNoMethodAtAll) {
  TestHub hub;
  const auto channel = hub.connect(hub.pki().agency("stranger"));
  const auto methods = methods_of(hub.hub().services());
  EXPECT_GE(methods.size(), 9u);
  for (const std::string& method : methods) {
    const grpc::Status status = call_raw(channel, method, "", {{"mash-practitioner", "x"}});
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << method;
    EXPECT_EQ(host::from_status(status).reason, "UNKNOWN_SYSTEM") << method;
  }
}

TEST(Requests, AreRefusedWithEveryFaultInOneReply) {
  TestHub hub;
  vault::v1::DestroyKeyRequest request;
  request.set_request_id("7");
  request.set_authority("court\x01order");
  request.GetReflection()->MutableUnknownFields(&request)->AddVarint(99, 1);
  const auto refused = hub.call(kRecordsManager, &VaultService::Stub::DestroyKey, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_EQ(refused.error().reason, "INVALID_REQUEST");
  std::vector<std::string> fields;
  for (const FieldFault& fault : refused.error().faults) fields.push_back(fault.field);
  EXPECT_THAT(fields, ::testing::IsSupersetOf({"", "request_id", "key_id", "authority", "reason"}));
}

TEST(Requests, ThatAreNoMessagesAreToldSo) {
  TestHub hub;
  const auto channel = hub.channel("operator");
  const std::multimap<std::string, std::string> who = {{"mash-practitioner", "rm-1"},
                                                       {"mash-role", "records-manager"}};
  const std::string overlong_utf8 = "\x0a\x02\xc0\xaf";  // field 1, "/" in two bytes
  std::string deep;                                      // a thousand groups, one in another
  for (int i = 0; i < 1'000; ++i) deep += '\x7b';
  for (const std::string& bytes : {std::string("\xff\xff\xff"), overlong_utf8, deep}) {
    const Error error =
        host::from_status(call_raw(channel, "/mash.vault.v1.VaultService/DestroyKey", bytes, who));
    EXPECT_EQ(error.code, Code::kInvalidArgument);
    EXPECT_EQ(error.reason, "MALFORMED_REQUEST");
  }
  const Error stream =
      host::from_status(call_raw(channel, "/mash.log.v1.LogService/ReadLog", "\xff", who));
  EXPECT_EQ(stream.reason, "MALFORMED_REQUEST");
}

TEST(Requests, ThatAreTooLargeAreRefusedAndTheConnectionGoesOn) {
  TestHub hub;
  vault::v1::DestroyKeyRequest request;
  request.set_request_id(new_request_id());
  request.set_key_id(new_request_id());
  request.set_authority("order");
  request.set_reason(std::string(10 << 20, 'x'));
  auto refused = hub.call(kRecordsManager, &VaultService::Stub::DestroyKey, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kResourceExhausted);

  request.set_reason(std::string(2 << 20, 'x'));
  refused = hub.call(kRecordsManager, &VaultService::Stub::DestroyKey, request);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().faults,
              Contains(FieldFault{"", "the request is larger than 1048576 bytes"}));

  request.set_reason(std::string(100 << 10, 'x'));
  refused = hub.call(kRecordsManager, &VaultService::Stub::DestroyKey, request);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().faults, Contains(FieldFault{"reason", "is longer than 65536 bytes"}));
  EXPECT_TRUE(checkpoint(hub, kOperator));
}

TEST(Requests, OfRubbishLeaveTheServersMemoryFlat) {
  TestHub hub;
  const auto channel = hub.channel("operator");
  const std::multimap<std::string, std::string> who = {{"mash-practitioner", "rm-1"},
                                                       {"mash-role", "records-manager"}};
  std::string rubbish(1 << 20, '\x0a');
  const auto round = [&] {
    for (int i = 0; i < 100; ++i) {
      rubbish[0] = static_cast<char>(i);
      const auto status = call_raw(channel, "/mash.vault.v1.VaultService/DestroyKey", rubbish, who);
      EXPECT_FALSE(status.ok());
    }
  };
  round();
  const std::size_t before = resident_bytes();
  for (int i = 0; i < 5; ++i) round();
  EXPECT_LT(resident_bytes(), before + (64u << 20));
}

TEST(Feeds, AreListedAndToldToGoOn) {
  TestHub hub;
  log::v1::ListFeedsRequest list;
  list.set_log("sharing");
  const auto feeds = hub.call(kOperator, &LogService::Stub::ListFeeds, list);
  ASSERT_TRUE(feeds) << feeds.error().reason;
  ASSERT_EQ(feeds->feeds_size(), 2);
  EXPECT_TRUE(feeds->feeds(0).feed().ends_with("/referral"));
  EXPECT_EQ(feeds->feeds(0).reason(), "");
  EXPECT_EQ(feeds->feeds(0).parked_size(), 0);
  list.set_log("referral");
  EXPECT_EQ(hub.call(kOperator, &LogService::Stub::ListFeeds, list)->feeds_size(), 0);

  log::v1::RetryParkedRequest retry;
  retry.set_log("sharing");
  retry.set_feed(feeds->feeds(0).feed());
  EXPECT_TRUE(hub.call(kOperator, &LogService::Stub::RetryParked, retry));
  retry.set_stream("referral/none");
  EXPECT_EQ(hub.call(kOperator, &LogService::Stub::RetryParked, retry).error().reason,
            "STREAM_NOT_PARKED");
  retry.set_feed("mash/none/referral");
  EXPECT_EQ(hub.call(kOperator, &LogService::Stub::RetryParked, retry).error().reason,
            "FEED_UNKNOWN");
  EXPECT_EQ(hub.call(kAuditor, &LogService::Stub::RetryParked, retry).error().code,
            Code::kPermissionDenied);
}

// A service whose log follows the referral log, and refuses what a test has it refuse.
class Picky final : public node::RunningPart {
 public:
  Picky(const node::Surroundings& surroundings, const std::atomic<bool>& refuses) {
    following_.push_back(std::make_unique<cases::Following>(cases::FollowingParts{
        .feed = surroundings.feeds("referral"),
        .own_log = surroundings.desk.log(),
        .clock = surroundings.desk.parts().clock,
        .react = [&refuses](log::UnitOfWork&, const log::Record& record) -> Result<void> {
          if (!refuses || !record.body.stream().starts_with("referral/")) return {};
          return refuse(Code::kFailedPrecondition, "TEST_REFUSES", "The test refuses it.");
        }}));
  }
  std::vector<host::ServedService> served() override { return {}; }
  const cases::Followings* following() const override { return &following_; }

 private:
  cases::Followings following_;
};

node::Part picky_part(const std::atomic<bool>& refuses) {
  node::Part part = sharing::part();  // whose log holds what it keeps of cases
  part.services.clear();
  part.follows = {"referral"};
  part.begin = [&refuses](const node::Surroundings& surroundings) {
    return Result<std::unique_ptr<node::RunningPart>>(
        std::make_unique<Picky>(surroundings, refuses));
  };
  return part;
}

TEST(Feeds, ShowAStreamThatWaitsAndWhyAndItGoesOnWhenItIsTriedAgain) {
  std::atomic<bool> refuses = true;
  TestHub hub({}, {}, [&]() -> std::vector<node::Part> {
    return {referral::part(), picky_part(refuses), vault::part()};
  });
  referral::v1::SubmitContactRequest contact;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    source: "6" children { identity { given_names: "Ada" } }
    account { concern: "An injury." parents_know: PARENTS_KNOW_AND_AGREE }
    lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })",
                                                            &contact));
  contact.set_request_id(new_request_id());
  const auto taken =
      hub.call(kPolice, &referral::v1::ReferralService::Stub::SubmitContact, contact);
  ASSERT_TRUE(taken) << taken.error().reason;

  log::v1::ListFeedsRequest list;
  list.set_log("sharing");
  const auto feed = [&] {
    const auto feeds = hub.call(kOperator, &LogService::Stub::ListFeeds, list);
    EXPECT_TRUE(feeds && feeds->feeds_size() == 1);
    return feeds && feeds->feeds_size() == 1 ? feeds->feeds(0) : log::v1::FeedStatus();
  };
  ASSERT_TRUE(eventually([&] { return feed().parked_size() == 1; }));
  const auto parked = feed().parked(0);
  EXPECT_EQ(parked.stream(), "referral/" + taken->referral_id());
  EXPECT_EQ(parked.reason(), "TEST_REFUSES");
  EXPECT_EQ(feed().reason(), "") << "the others go on";

  log::v1::RetryParkedRequest retry;
  retry.set_log("sharing");
  retry.set_feed(feed().feed());
  retry.set_stream(parked.stream());
  EXPECT_EQ(hub.call(kOperator, &LogService::Stub::RetryParked, retry).error().reason,
            "TEST_REFUSES");
  EXPECT_EQ(feed().parked_size(), 1) << "it waits on";
  refuses = false;
  const auto retried = hub.call(kOperator, &LogService::Stub::RetryParked, retry);
  ASSERT_TRUE(retried) << retried.error().reason;
  EXPECT_EQ(feed().parked_size(), 0);

  // What waited has taken effect: the case is known there, once.
  log::v1::ReadLogRequest read;
  read.set_log("sharing");
  read.set_stream("case/" + taken->case_id());
  LogService::Stub stub(hub.channel("auditor"));
  grpc::ClientContext context;
  TestHub::dress(context, kAuditor);
  const auto reader = stub.ReadLog(&context, read);
  int involved = 0;
  for (log::v1::ReadLogResponse response; reader->Read(&response);)
    involved += response.entries_size();
  ASSERT_TRUE(reader->Finish().ok());
  EXPECT_EQ(involved, 1);
}

TEST(Draining, LetsStreamsEndWithAWordAndTakesNoNewCalls) {
  TestHub hub;
  LogService::Stub stub(hub.channel("auditor"));
  grpc::ClientContext context;
  TestHub::dress(context, kAuditor);
  log::v1::ReadLogRequest request;
  request.set_follow(true);
  const auto reader = stub.ReadLog(&context, request);
  reader->WaitForInitialMetadata();
  std::thread drainer([&] { hub.hub().drain(); });
  log::v1::ReadLogResponse response;
  EXPECT_FALSE(reader->Read(&response));
  const Error error = host::from_status(reader->Finish());
  drainer.join();
  EXPECT_EQ(error.code, Code::kUnavailable);
  const auto after = checkpoint(hub, kAuditor);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, Code::kUnavailable);
}

TEST(Certificates, AreTakenAnewWhileTheServerRuns) {
  TestHub hub([](host::Config& config) { config.certificate_reload_s = 1; });
  ASSERT_TRUE(checkpoint(hub, kAuditor));
  // Another authority, another server certificate: who trusts only the new one gets in, and who
  // comes from the old one does not any more.
  const TestPki renewed;
  const auto server = renewed.server();
  write_file(hub.folder() / "pki/ca.pem", renewed.authority());
  write_file(hub.folder() / "pki/key.pem", server.key);
  write_file(hub.folder() / "pki/cert.pem", server.certificate);
  const auto answered = eventually([&] {
    const auto channel = connect_with(renewed, renewed.agency("auditor"), hub.hub().port());
    return refusal(channel, kAuditor).code == static_cast<Code>(0);
  });
  EXPECT_TRUE(answered);
  EXPECT_EQ(refusal(hub.connect(hub.pki().agency("auditor")), kAuditor).code, Code::kUnavailable);
}

TEST(Hub, OpensItsDataAgain) {
  TestHub hub;
  const auto before = checkpoint(hub, kAuditor);
  hub.stop();
  hub.start();
  const auto after = checkpoint(hub, kAuditor);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->verifier_key(), after->verifier_key());
}

TEST(Hub, SaysWhatIsWrongBeforeItListens) {
  TestHub hub;
  host::Config config = hub.config();
  config.data = hub.folder() / "other";
  config.encryption_key = hub.folder() / "keys/other.key";
  config.certificate_key = hub.folder() / "pki/ca.pem";
  auto refused = node::Node::start(config, hub::parts());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "CERTIFICATE_UNUSABLE");

  config = hub.config();
  config.policy = hub.folder() / "nothing";
  refused = node::Node::start(config, hub::parts());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "PACK_MISSING");

  config = hub.config();
  config.policy = hub.folder() / "no-law";
  std::filesystem::create_directories(config.policy);
  std::filesystem::copy(hub.config().policy / "working-together-2018.yaml", config.policy);
  refused = node::Node::start(config, hub::parts());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "NO_LAW_IN_FORCE");

  config = hub.config();
  config.agencies["police"].body = "police-farce";
  refused = node::Node::start(config, hub::parts());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "BODY_UNKNOWN");
  EXPECT_EQ(refused.error().faults.front().field, "agencies.police.body");

  hub.stop();
  std::filesystem::remove(hub.config().signing_key);
  refused = node::Node::start(hub.config(), hub::parts());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "SIGNING_KEY_MISSING");
  config = hub.config();
  config.data = hub.folder() / "third";
  config.encryption_key = hub.folder() / "keys/third.key";
  ASSERT_TRUE(node::Node::start(config, hub::parts()));
}

}  // namespace
}  // namespace mash::testing
