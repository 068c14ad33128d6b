#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "integration/grpc_helpers.h"
#include "integration/test_hub.h"
#include "log/record.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/referral/v1/person_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"

// What every call has from the host, whatever its service: deadlines, idempotency, versions, looks,
// streams and who sees content; seen from outside, over gRPC.
namespace mash::testing {
namespace {

namespace v1 = referral::v1;
using log::v1::LogService;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using v1::ReferralService;

constexpr char kName[] = "Zephyrinequill";
constexpr char kNhsNumber[] = "9990000018";
constexpr char kSentence[] = "Quixotic marmalade was seen under the viaduct.";

v1::SubmitContactRequest contact(const std::string& request_id = new_request_id()) {
  v1::SubmitContactRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    source: "6"
    children { identity { family_name: "Bell" birth_date { year: 2019 } } }
    account { parents_know: PARENTS_KNOW_AND_AGREE }
    lawful_basis { article_6: ARTICLE6_PUBLIC_TASK }
  )",
                                                            &request));
  request.mutable_children(0)->mutable_identity()->set_given_names(kName);
  request.mutable_children(0)->mutable_identity()->mutable_nhs_number()->set_value(kNhsNumber);
  request.mutable_account()->set_concern(kSentence);
  request.set_request_id(request_id);
  return request;
}

v1::SubmitContactResponse submit(TestHub& hub) {
  const auto submitted = hub.call(kPolice, &ReferralService::Stub::SubmitContact, contact());
  EXPECT_TRUE(submitted) << submitted.error().reason;
  return submitted.value_or(v1::SubmitContactResponse());
}

// All that a stream of log entries sends, and how it ended.
struct Read {
  std::vector<log::v1::LogEntry> entries;
  Error error;

  std::string json() const {
    std::string all;
    for (const auto& entry : entries) all += entry.event_json() + "\n";
    return all;
  }
};

Read read_log(TestHub& hub, const Caller& caller, const log::v1::ReadLogRequest& request) {
  LogService::Stub stub(hub.channel(caller.agency));
  grpc::ClientContext context;
  TestHub::dress(context, caller);
  const auto reader = stub.ReadLog(&context, request);
  Read read;
  for (log::v1::ReadLogResponse response; reader->Read(&response);)
    read.entries.insert(read.entries.end(), response.entries().begin(), response.entries().end());
  read.error = host::from_status(reader->Finish());
  return read;
}

log::v1::ReadLogRequest case_of(const std::string& case_id, const std::string& purpose = {}) {
  log::v1::ReadLogRequest request;
  request.set_log("referral");
  request.set_case_id(case_id);
  request.set_purpose(purpose);
  return request;
}

TEST(Commands, ThatTakeTooLongAreAnsweredAndTakeEffectOnceWhenSentAgain) {
  Gate gate;  // holds the log's writer
  TestHub hub([](host::Config& config) { config.call_ms_max = 300; },
              {.at_point = [&](std::string_view) { gate.pass(); }});
  const auto request = contact();
  gate.close();
  ReferralService::Stub stub(hub.channel("police"));
  grpc::ClientContext context;  // no deadline of its own
  context.AddMetadata("mash-practitioner", "pc-1");
  context.AddMetadata("mash-role", "practitioner");
  v1::SubmitContactResponse response;
  const Error late = host::from_status(stub.SubmitContact(&context, request, &response));
  gate.open();
  EXPECT_EQ(late.code, Code::kDeadlineExceeded);
  EXPECT_EQ(late.reason, "CALL_TOO_LONG");

  const auto again = hub.call(kPolice, &ReferralService::Stub::SubmitContact, request);
  ASSERT_TRUE(again) << again.error().reason;
  const auto thrice = hub.call(kPolice, &ReferralService::Stub::SubmitContact, request);
  ASSERT_TRUE(thrice);
  EXPECT_EQ(again->receipt().position(), thrice->receipt().position());
  EXPECT_EQ(again->referral_id(), thrice->referral_id());
  EXPECT_TRUE(thrice->receipt().repeated_request());
}

TEST(Commands, UnderAnotherRequestsIdAreRefused) {
  TestHub hub;
  const std::string id = new_request_id();
  ASSERT_TRUE(hub.call(kPolice, &ReferralService::Stub::SubmitContact, contact(id)));
  auto other = contact(id);
  other.mutable_account()->set_concern("Something else.");
  const auto refused = hub.call(kPolice, &ReferralService::Stub::SubmitContact, other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kAlreadyExists);
  EXPECT_EQ(refused.error().reason, "REQUEST_ID_REUSED");
  // The id is the caller's own: another agency may happen on the same.
  EXPECT_TRUE(hub.call(kHealth, &ReferralService::Stub::SubmitContact, other));
}

TEST(Commands, OfTwoThousandCallersWithOneVersionExactlyOneWins) {
  TestHub hub;
  const auto submitted = submit(hub);
  constexpr int kThreads = 8;
  constexpr int kCallsEach = 250;
  std::atomic<int> won = 0;
  std::atomic<int> conflicts = 0;
  const auto channel = hub.channel("social-care");
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      ReferralService::Stub stub(channel);
      for (int j = 0; j < kCallsEach; ++j) {
        v1::RateReferralRequest request;
        request.set_request_id(new_request_id());
        request.set_referral_id(submitted.referral_id());
        request.set_rating(v1::RATING_AMBER);
        request.set_rationale("As told.");
        request.set_expected_version(submitted.receipt().version());
        grpc::ClientContext context;
        TestHub::dress(context, kTriage);
        v1::RateReferralResponse response;
        const Error error = host::from_status(stub.RateReferral(&context, request, &response));
        if (error.code == static_cast<Code>(0)) ++won;
        if (error.reason == "VERSION_CONFLICT" && error.code == Code::kAborted) ++conflicts;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(conflicts, kThreads * kCallsEach - 1);
}

TEST(Logs, ShowRecordsToAnOperatorAndContentToAnAuditorWhoSaysWhy) {
  TestHub hub;
  const auto submitted = submit(hub);
  const auto& case_id = submitted.case_id();

  const Read by_operator = read_log(hub, kOperator, case_of(case_id));
  EXPECT_THAT(by_operator.entries, Not(IsEmpty()));
  EXPECT_THAT(by_operator.json(), Not(HasSubstr(kSentence)));

  const Read refused = read_log(hub, kOperator, case_of(case_id, "curious"));
  EXPECT_EQ(refused.error.code, Code::kPermissionDenied);
  EXPECT_EQ(refused.error.reason, "CONTENT_NOT_ALLOWED");
  EXPECT_THAT(refused.entries, IsEmpty());
  const Read unnamed = read_log(hub, {"auditor"}, case_of(case_id, "review"));
  EXPECT_EQ(unnamed.error.reason, "CONTENT_NOT_ALLOWED");

  log::v1::ReadLogRequest looks;
  looks.set_log("referral");
  looks.set_stream("look/" + case_id);
  EXPECT_THAT(read_log(hub, kAuditor, looks).entries, IsEmpty()) << "nobody has looked yet";

  const Read by_auditor = read_log(hub, kAuditor, case_of(case_id, "review 7"));
  EXPECT_THAT(by_auditor.json(), HasSubstr(kSentence));
  const Read looked = read_log(hub, kAuditor, looks);
  ASSERT_THAT(looked.entries, SizeIs(1));
  EXPECT_THAT(looked.json(), HasSubstr("mash.log.v1.LogService/ReadLog"));
  EXPECT_THAT(looked.json(), Not(HasSubstr("review 7"))) << "why is personal";
}

TEST(Logs, AreFollowedFromAPositionOnAndBackwards) {
  TestHub hub;
  submit(hub);
  LogService::Stub stub(hub.channel("auditor"));
  grpc::ClientContext context;
  TestHub::dress(context, kAuditor);
  log::v1::ReadLogRequest request;
  request.set_follow(true);
  request.set_from(1);
  const auto reader = stub.ReadLog(&context, request);
  log::v1::ReadLogResponse response;
  ASSERT_TRUE(reader->Read(&response));
  const int before = response.entries_size();
  submit(hub);
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_THAT(response.entries(), Not(IsEmpty()));
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_GE(before, 1);

  log::v1::ReadLogRequest newest;
  newest.set_backwards(true);
  newest.set_limit(1);
  const Read last = read_log(hub, kAuditor, newest);
  ASSERT_THAT(last.entries, SizeIs(1));
  newest.set_limit(0);
  // From that record on: what the hub does by itself may have made the log longer since.
  const auto prefix = log::decode_prefix(last.entries.front().record());
  ASSERT_TRUE(prefix);
  newest.set_from(prefix->position);
  const Read all = read_log(hub, kAuditor, newest);
  EXPECT_EQ(all.entries.front().record(), last.entries.front().record());
  EXPECT_THAT(all.entries, SizeIs(prefix->position + 1));
}

TEST(Logs, AreVerifiedWhileTheyServe) {
  TestHub hub;
  submit(hub);
  const auto checkpoint =
      hub.call(kAuditor, &LogService::Stub::GetCheckpoint, log::v1::GetCheckpointRequest());
  ASSERT_TRUE(checkpoint);
  submit(hub);
  LogService::Stub stub(hub.channel("auditor"));
  grpc::ClientContext context;
  TestHub::dress(context, kAuditor);
  log::v1::VerifyLogRequest request;
  request.set_checkpoint(checkpoint->checkpoint());
  request.set_with_views(true);
  const auto reader = stub.VerifyLog(&context, request);
  log::v1::VerifyLogResponse last;
  for (log::v1::VerifyLogResponse response; reader->Read(&response);) last = response;
  const grpc::Status status = reader->Finish();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(last.done());
  EXPECT_THAT(last.faults(), IsEmpty());
  EXPECT_GT(last.records_checked(), 0u);
  EXPECT_EQ(last.records_checked(), last.records_total());
}

// As the hub's metrics tell it.
int calls_in_flight(TestHub& hub) {
  const std::string text = http_get(hub.hub().metrics_port(), "/metrics");
  const std::string name = "\nmash_calls_in_flight ";
  const std::size_t at = text.find(name);
  return at == std::string::npos ? -1 : std::stoi(text.substr(at + name.size()));
}

TEST(Streams, ThatNobodyReadsHoldOneMessageAndEnd) {
  TestHub hub([](host::Config& config) {
    config.stream_stall_ms_max = 500;
    config.metrics_listen = "127.0.0.1:0";
    config.log_calls = "failed";
  });
  // More than gRPC's own buffers and the connection's window hold.
  constexpr int kContacts = 300;
  for (int i = 0; i < kContacts; ++i) {
    auto request = contact();
    request.mutable_account()->set_concern(std::string(8'000, 'x'));
    ASSERT_TRUE(hub.call(kPolice, &ReferralService::Stub::SubmitContact, request));
  }
  LogService::Stub stub(hub.channel("operator"));
  constexpr int kReaders = 20;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<log::v1::ReadLogResponse>>> readers;
  log::v1::ReadLogRequest request;
  request.set_with_sealed(true);
  ::testing::internal::CaptureStderr();
  const std::size_t before = resident_bytes();
  for (int i = 0; i < kReaders; ++i) {
    TestHub::dress(*contexts.emplace_back(std::make_unique<grpc::ClientContext>()), kOperator);
    readers.push_back(stub.ReadLog(contexts.back().get(), request));
    readers.back()->WaitForInitialMetadata();
  }
  // None of them takes a message until the hub has given all of them up.
  EXPECT_TRUE(eventually([&] { return calls_in_flight(hub) == 0; }));
  EXPECT_LT(resident_bytes(), before + (96u << 20));
  for (auto& reader : readers) {
    for (log::v1::ReadLogResponse response; reader->Read(&response);) {
    }
    const grpc::Status status = reader->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_THAT(status.error_message(), StartsWith("STREAM_STALLED: "));
  }
  const std::string lines = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(lines, HasSubstr("STREAM_STALLED"));
  EXPECT_THAT(lines, Not(HasSubstr(R"("level":"error")"))) << "no fault of the hub's";
  // Whoever reads is served: in the end, where the machine holds this process up for that long too.
  EXPECT_TRUE(eventually(
      [&] { return read_log(hub, kOperator, request).error.code == static_cast<Code>(0); }));
}

std::string everything_under(const std::filesystem::path& folder) {
  std::ostringstream all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
  return all.str();
}

TEST(Secrets, OfAContactAreInNoFileNoRefusalAndNoMetric) {
  TestHub hub([](host::Config& config) { config.metrics_listen = "127.0.0.1:0"; });
  const auto submitted = submit(hub);
  auto bad = contact();
  bad.mutable_children(0)->mutable_identity()->mutable_nhs_number()->set_value(
      std::string(kNhsNumber) + "7");
  bad.set_source(kName);
  const auto refused = hub.call(kPolice, &ReferralService::Stub::SubmitContact, bad);
  ASSERT_FALSE(refused);
  std::string told = refused.error().message;
  for (const auto& fault : refused.error().faults) told += fault.field + fault.description;
  v1::GetReferralRequest get;
  get.set_referral_id(submitted.referral_id());
  ASSERT_TRUE(hub.call(kTriage, &ReferralService::Stub::GetReferral, get));
  const std::string metrics = http_get(hub.hub().metrics_port(), "/metrics");
  EXPECT_THAT(metrics, HasSubstr("mash_log_records{log=\"referral\"}"));
  told += metrics;
  hub.stop();  // everything is in the files
  const std::string files = everything_under(hub.folder());
  for (const char* secret : {kName, kNhsNumber, kSentence}) {
    EXPECT_EQ(files.find(secret), std::string::npos) << secret;
    EXPECT_EQ(told.find(secret), std::string::npos) << secret;
  }
}

TEST(Erasure, TakesAPersonsIdentityOutOfEveryAnswerAndLeavesTheProofs) {
  TestHub hub;
  const auto submitted = submit(hub);
  const std::string& child = submitted.child_ids(0);
  vault::v1::DestroyKeyRequest destroy;
  destroy.set_request_id(new_request_id());
  destroy.set_key_id(child);
  destroy.set_authority("retention rule 4");
  destroy.set_reason("the time is over");
  const auto refused = hub.call(kOperator, &vault::v1::VaultService::Stub::DestroyKey, destroy);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "ROLE_MAY_NOT_CALL");
  const auto destroyed =
      hub.call(kRecordsManager, &vault::v1::VaultService::Stub::DestroyKey, destroy);
  ASSERT_TRUE(destroyed) << destroyed.error().reason << ": " << destroyed.error().message;
  EXPECT_GE(destroyed->sealed_parts_removed(), 1u);

  v1::GetPersonRequest get;
  get.set_person_id(child);
  const auto person = hub.call(kTriage, &v1::PersonService::Stub::GetPerson, get);
  ASSERT_TRUE(person) << person.error().reason;
  EXPECT_TRUE(person->erased());
  EXPECT_THAT(person->DebugString(), Not(HasSubstr(kName)));

  LogService::Stub stub(hub.channel("auditor"));
  grpc::ClientContext context;
  TestHub::dress(context, kAuditor);
  const auto reader = stub.VerifyLog(&context, {});
  log::v1::VerifyLogResponse last;
  for (log::v1::VerifyLogResponse response; reader->Read(&response);) last = response;
  ASSERT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(last.done());
  EXPECT_THAT(last.faults(), IsEmpty());
}

}  // namespace
}  // namespace mash::testing
