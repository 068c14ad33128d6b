#include <gmock/gmock.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include "cli/testing/command.h"
#include "cli/testing/test_pki.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "mash/log/v1/log_service.grpc.pb.h"

namespace mash::cli::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A log whose records are the numbers asked for.
class FakeLog final : public log::v1::LogService::Service {
 public:
  grpc::Status ReadLog(grpc::ServerContext*, const log::v1::ReadLogRequest* request,
                       grpc::ServerWriter<log::v1::ReadLogResponse>* writer) override {
    for (uint64_t i = 0; i < request->limit(); ++i) {
      log::v1::ReadLogResponse response;
      response.add_entries()->set_record(std::to_string(request->from() + i));
      if (!writer->Write(response)) break;
    }
    return grpc::Status::OK;
  }

  grpc::Status GetCheckpoint(grpc::ServerContext* context, const log::v1::GetCheckpointRequest*,
                             log::v1::GetCheckpointResponse* response) override {
    for (const auto& [name, value] : context->client_metadata())
      if (name.starts_with("mash-"))
        response->mutable_checkpoint()->append(std::string(name.data(), name.size()) + "=" +
                                               std::string(value.data(), value.size()) + ";");
    return grpc::Status::OK;
  }

  grpc::Status GetInclusionProof(grpc::ServerContext*, const log::v1::GetInclusionProofRequest*,
                                 log::v1::GetInclusionProofResponse*) override {
    google::rpc::ErrorInfo info;
    info.set_reason("INDEX_OUT_OF_RANGE");
    google::rpc::BadRequest bad;
    auto* fault = bad.add_field_violations();
    fault->set_field("position");
    fault->set_description("is beyond the log's end.");
    google::rpc::Status status;
    status.add_details()->PackFrom(info);
    status.add_details()->PackFrom(bad);
    return {grpc::StatusCode::INVALID_ARGUMENT, "No such record.", status.SerializeAsString()};
  }
};

class Call : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { grpc::reflection::InitProtoReflectionServerBuilderPlugin(); }

  void SetUp() override {
    pki_.issue("auditor");
    grpc::SslServerCredentialsOptions tls(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = text_of(pki_.folder() / "ca.pem");
    tls.pem_key_cert_pairs.push_back(
        {text_of(pki_.folder() / "hub/key.pem"), text_of(pki_.folder() / "hub/cert.pem")});
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls), &port);
    builder.RegisterService(&log_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  void TearDown() override { server_->Shutdown(); }

  Ran mash(std::vector<std::string> words, const std::string& input = {}) const {
    words.insert(words.end(), {"--address", address_, "--pki", pki_.folder().string()});
    if (std::find(words.begin(), words.end(), "--as") == words.end())
      words.insert(words.end(), {"--as", "auditor"});
    return run_mash(words, input);
  }

  TestPki pki_;
  FakeLog log_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

TEST_F(Call, ListsWhatTheServerSaysItServes) {
  const Ran ran = mash({"call"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("mash.log.v1.LogService"), Not(HasSubstr("grpc."))));
  EXPECT_THAT(mash({"call", "LogService"}).out,
              HasSubstr("LogService/ReadLog              ReadLogRequest"));
}

TEST_F(Call, DescribesARequest) {
  const Ran ran = mash({"call", "LogService/ReadLog", "--describe"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("with_sealed  bool"));
  EXPECT_THAT(ran.out, HasSubstr("list of string"));
}

TEST_F(Call, SendsWhoIsActing) {
  const Ran ran = mash({"call", "LogService/GetCheckpoint", "--user", "a-7", "--role", "auditor"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("mash-practitioner=a-7;"));
  EXPECT_THAT(ran.out, HasSubstr("mash-role=auditor;"));
}

TEST_F(Call, ReadsAStreamOneObjectALine) {
  const Ran ran =
      mash({"call", "mash.log.v1.LogService.ReadLog", R"({"from":41,"limit":2})", "--json"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "{\"entries\":[{\"record\":\"NDE=\"}]}\n{\"entries\":[{\"record\":\"NDI=\"}]}\n");
}

TEST_F(Call, ReadsTheRequestFromStandardInput) {
  const Ran ran = mash({"call", "LogService/ReadLog", "-", "--json"}, "{\"limit\":\n\"1\"}");
  EXPECT_EQ(ran.out, "{\"entries\":[{\"record\":\"MA==\"}]}\n") << ran.err;
}

TEST_F(Call, ShowsEveryFaultOfARefusal) {
  const Ran ran = mash({"call", "LogService/GetInclusionProof", R"({"position": 9})"});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_EQ(ran.err,
            "mash: No such record.\n  position: is beyond the log's end.\n"
            "  (INVALID_ARGUMENT, INDEX_OUT_OF_RANGE)\n");
}

TEST_F(Call, OffersTheMethodThatWasMeant) {
  const Ran method = mash({"call", "LogService/ReedLog"});
  EXPECT_EQ(method.exit, 2);
  EXPECT_THAT(method.err, HasSubstr("Did you mean 'ReadLog'?"));
  EXPECT_THAT(mash({"call", "LogServise/ReadLog"}).err, HasSubstr("Did you mean 'LogService'?"));
  EXPECT_EQ(mash({"call", "/"}).exit, 2);
}

TEST_F(Call, OffersTheFieldThatWasMeant) {
  const Ran ran = mash({"call", "LogService/ReadLog", R"({"folow": true})"});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_THAT(ran.err,
              HasSubstr("folow: is not a field of ReadLogRequest. Did you mean 'follow'?"));
}

TEST_F(Call, OffersTheCommandAndOptionThatWereMeant) {
  EXPECT_THAT(mash({"cal"}).err, HasSubstr("mash has no command 'cal'."));
  EXPECT_THAT(mash({"cal"}).err, HasSubstr("Did you mean 'call'?"));
  const Ran option = mash({"call", "LogService", "--describ"});
  EXPECT_EQ(option.exit, 2);
  EXPECT_THAT(option.err, HasSubstr("Did you mean '--describe'?"));
  EXPECT_EQ(mash({}).exit, 2);
}

TEST_F(Call, SaysThatNoHubIsThere) {
  const Ran ran = run_mash(
      {"call", "--as", "auditor", "--pki", pki_.folder().string(), "--address", "127.0.0.1:1"});
  EXPECT_EQ(ran.exit, 3);
  EXPECT_THAT(ran.err, HasSubstr("No hub answers at 127.0.0.1:1"));
  EXPECT_THAT(ran.err, HasSubstr("./dev run"));
}

// One of many is away: which one, where, and what to do about that one.
TEST_F(Call, NamesTheServiceThatDoesNotAnswerAmongThoseThatDo) {
  const std::string one_down = "referral=" + address_ + ",sharing=127.0.0.1:1,vault=" + address_;
  const auto checkpoint = [&](const std::string& log) {
    return run_mash({"call", "LogService/GetCheckpoint", R"({"log": ")" + log + R"("})", "--as",
                     "auditor", "--pki", pki_.folder().string(), "--address", one_down});
  };
  EXPECT_EQ(checkpoint("referral").exit, 0);
  EXPECT_EQ(checkpoint("vault").exit, 0);
  const Ran ran = checkpoint("sharing");
  EXPECT_EQ(ran.exit, 3);
  EXPECT_THAT(ran.err, HasSubstr("mash-sharing does not answer at 127.0.0.1:1 ("));
  EXPECT_THAT(ran.err, HasSubstr("systemctl start mash@sharing"));
  EXPECT_THAT(ran.err, HasSubstr("./dev cluster up sharing"));
  EXPECT_THAT(ran.err, HasSubstr("sharing=HOST:PORT in --address or MASH_ADDRESS"));
  EXPECT_THAT(ran.err, Not(HasSubstr(address_))) << "the others are not to blame";
}

TEST_F(Call, NamesTheServiceThatDoesNotTrustItsCertificate) {
  const TestPki another;
  another.issue("auditor");
  const Ran ran = run_mash({"call", "LogService/GetCheckpoint", R"({"log": "sharing"})", "--as",
                            "auditor", "--pki", another.folder().string(), "--address",
                            "referral=127.0.0.1:1,sharing=" + address_});
  EXPECT_EQ(ran.exit, 3);
  EXPECT_THAT(ran.err, HasSubstr("mash-sharing does not answer at " + address_));
  EXPECT_THAT(ran.err, HasSubstr("This certificate and mash-sharing do not trust each other"));
}

// The first is asked what there is to call, which knows nothing of the others' methods.
TEST_F(Call, ReachesAServiceApartThatTheFirstDoesNotKnow) {
  const std::string request = R"({"request_id": "01890a5d-ac96-774b-bcce-b302099a8057"})";
  const Ran ran = run_mash({"call", "VaultService/DestroyKey", request, "--as", "auditor", "--pki",
                            pki_.folder().string(), "--address",
                            "referral=" + address_ + ",vault=127.0.0.1:1"});
  EXPECT_EQ(ran.exit, 3);
  EXPECT_THAT(ran.err, HasSubstr("mash-vault does not answer at 127.0.0.1:1"));
}

// A method that is served elsewhere is not missing everywhere.
TEST_F(Call, SaysWhereAServiceWasLookedForThatIsNotThere) {
  const Ran ran = mash({"request", "list", "--user", "a-7"});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_THAT(ran.err, HasSubstr("At " + address_ + " there is no "));
  EXPECT_THAT(ran.err, HasSubstr("MASH_ADDRESS=referral=HOST:PORT"));
}

TEST_F(Call, NamesWhatIsWrongWithACertificate) {
  pki_.issue("late", -9, -2);
  pki_.issue("early", 2, 9);
  pki_.issue_from_stranger("stranger");
  pki_.issue("mixed");
  std::filesystem::copy_file(pki_.folder() / "late/key.pem", pki_.folder() / "mixed/key.pem",
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::create_directories(pki_.folder() / "half");
  for (const auto& [agency, said] :
       {std::pair{"late", "CERTIFICATE_EXPIRED"}, std::pair{"early", "CERTIFICATE_NOT_YET_VALID"},
        std::pair{"stranger", "CERTIFICATE_NOT_TRUSTED"}, std::pair{"mixed", "KEY_MISMATCH"},
        std::pair{"half", "CERTIFICATE_MISSING"}, std::pair{"../etc", "CERTIFICATE_MISSING"}}) {
    const Ran ran = mash({"call", "--as", agency});
    EXPECT_EQ(ran.exit, 3) << agency;
    EXPECT_THAT(ran.err, HasSubstr(said)) << agency;
  }
  EXPECT_THAT(mash({"call", "--as", "auditer"}).err, HasSubstr("Did you mean 'auditor'?"));
}

TEST_F(Call, SaysThatAHubOfAnotherAuthorityIsNotTrusted) {
  TestPki other;
  other.issue("auditor");
  const Ran ran = run_mash(
      {"call", "--as", "auditor", "--address", address_, "--pki", other.folder().string()});
  EXPECT_EQ(ran.exit, 3);
  EXPECT_THAT(ran.err, HasSubstr("do not trust each other"));
}

}  // namespace
}  // namespace mash::cli::testing
