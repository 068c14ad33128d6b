#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/timestamp.h"
#include "integration/grpc_helpers.h"
#include "integration/test_hub.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/referral/v1/person_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "vault/vault.h"

// What the hub holds of people: nowhere in plain, and after its key is destroyed nowhere at all.
namespace mash::testing {
namespace {

namespace fs = std::filesystem;
namespace v1 = referral::v1;
using log::v1::LogEntry;
using log::v1::LogService;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using v1::PersonService;
using v1::ReferralService;
using vault::v1::VaultService;

constexpr char kName[] = "Plantedgiven";
constexpr char kFamily[] = "Plantedfamily";
constexpr char kNhsNumber[] = "9434765919";
constexpr char kSentence[] = "planted sentence about a hungry child";
constexpr char kStreet[] = "77 Planted Street";
const std::vector<std::string> kIdentityPlanted = {kName, kFamily, kNhsNumber, kStreet};

v1::SubmitContactRequest contact() {
  v1::SubmitContactRequest request;
  const std::string text = std::string(R"(
    source: "6"
    children {
      identity { given_names: ")") +
                           kName + R"(" family_name: ")" + kFamily + R"("
                 birth_date { year: 2019 } nhs_number { value: ")" +
                           kNhsNumber + R"(" }
                 addresses { lines: ")" +
                           kStreet + R"(" } }
      account { developmental_needs: "A )" +
                           kSentence + R"(." factors: "16A" }
    }
    children { identity { given_names: "Tom" family_name: "Bell" birth_date { year: 2021 } } }
    account { concern: "Another )" +
                           kSentence + R"(." parents_know: PARENTS_KNOW_AND_AGREE }
    lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })";
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
  request.set_request_id(new_request_id());
  return request;
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Everything a plain HTTP GET of the metrics says.
std::string metrics_of(int port) {
  const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string request =
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(::write(connection, request.data(), request.size()),
            static_cast<ssize_t>(request.size()));
  std::string answer;
  std::string part(1 << 16, '\0');
  for (ssize_t got = 0; (got = ::read(connection, part.data(), part.size())) > 0;)
    answer.append(part, 0, static_cast<std::size_t>(got));
  ::close(connection);
  return answer;
}

class Erasure : public ::testing::Test {
 protected:
  Erasure() {
    submitted_ = ok(hub_.call(kPolice, &ReferralService::Stub::SubmitContact, contact()));
  }

  template <class T>
  static T ok(const Result<T>& result) {
    EXPECT_TRUE(result.has_value()) << result.error().reason << ": " << result.error().message;
    return result.value_or(T());
  }

  // The planted texts that some file of the hub holds.
  std::vector<std::string> in_files(const std::vector<std::string>& texts) const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(hub_.folder())) {
      if (!entry.is_regular_file()) continue;
      const std::string content = content_of(entry.path());
      for (const std::string& text : texts)
        if (::memmem(content.data(), content.size(), text.data(), text.size()) != nullptr)
          found.push_back(entry.path().string());
    }
    return found;
  }

  v1::GetReferralResponse get(const Caller& caller, const std::string& purpose = {},
                              std::optional<Time> as_at = {}) {
    v1::GetReferralRequest request;
    request.set_referral_id(submitted_.referral_id());
    request.set_purpose(purpose);
    if (as_at) *request.mutable_as_at() = to_proto(*as_at);
    return ok(hub_.call(caller, &ReferralService::Stub::GetReferral, request));
  }

  v1::GetPersonResponse person(const Caller& caller, const std::string& id,
                               const std::string& purpose = {}, std::optional<Time> as_at = {}) {
    v1::GetPersonRequest request;
    request.set_person_id(id);
    request.set_purpose(purpose);
    if (as_at) *request.mutable_as_at() = to_proto(*as_at);
    return ok(hub_.call(caller, &PersonService::Stub::GetPerson, request));
  }

  // Every record of the log, with its content or with its sealed part.
  std::vector<LogEntry> read_log(const std::string& purpose) {
    LogService::Stub stub(hub_.channel(kAuditor.agency));
    grpc::ClientContext context;
    TestHub::dress(context, kAuditor);
    log::v1::ReadLogRequest request;
    request.set_log("referral");
    request.set_purpose(purpose);
    request.set_with_sealed(purpose.empty());
    const auto reader = stub.ReadLog(&context, request);
    std::vector<LogEntry> entries;
    for (log::v1::ReadLogResponse response; reader->Read(&response);)
      entries.insert(entries.end(), response.entries().begin(), response.entries().end());
    const grpc::Status status = reader->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return entries;
  }

  // The ciphertexts that stand in the log under a key.
  std::vector<std::string> sealed_under(const std::string& key_id) {
    std::vector<std::string> sealed;
    for (const LogEntry& entry : read_log(""))
      if (entry.has_sealed() && entry.sealed().key_id() == key_id)
        sealed.push_back(entry.sealed().ciphertext());
    return sealed;
  }

  Result<vault::v1::DestroyKeyResponse> destroy(const std::string& key_id,
                                                const std::string& request_id = new_request_id(),
                                                const Caller& caller = kRecordsManager) {
    vault::v1::DestroyKeyRequest request;
    request.set_request_id(request_id);
    request.set_key_id(key_id);
    request.set_authority("RET-7");
    request.set_reason("Retention is over.");
    return hub_.call(caller, &VaultService::Stub::DestroyKey, request);
  }

  // What verifying every byte finds wrong.
  std::vector<std::string> faults() {
    LogService::Stub stub(hub_.channel(kAuditor.agency));
    grpc::ClientContext context;
    TestHub::dress(context, kAuditor);
    log::v1::VerifyLogRequest request;
    request.set_log("referral");
    request.set_with_views(true);
    const auto reader = stub.VerifyLog(&context, request);
    std::vector<std::string> faults;
    bool done = false;
    for (log::v1::VerifyLogResponse response; reader->Read(&response);) {
      for (const auto& fault : response.faults()) faults.push_back(fault.message());
      done = done || response.done();
    }
    EXPECT_TRUE(reader->Finish().ok());
    EXPECT_TRUE(done);
    return faults;
  }

  const SystemClock clock_;
  TestHub hub_{[](host::Config& config) {
    config.metrics_listen = "127.0.0.1:0";  // metrics are among what must say nothing
    config.log_calls = "all";
    config.keys_backup = config.data.parent_path() / "backup";
  }};
  v1::SubmitContactResponse submitted_;
};

TEST_F(Erasure, WhatIsPersonalIsNowhereInPlain) {
  ::testing::internal::CaptureStderr();
  get(kTriage);
  get(kAuditor, std::string("Because of the ") + kSentence + ".");
  auto bad = contact();
  bad.mutable_account()->clear_concern();
  bad.mutable_children(0)->mutable_identity()->mutable_nhs_number()->set_value("9434765918");
  const auto refused = hub_.call(kPolice, &ReferralService::Stub::SubmitContact, bad);
  ASSERT_FALSE(refused.has_value());
  std::string told = refused.error().message;
  for (const FieldFault& fault : refused.error().faults) told += fault.description;
  told += metrics_of(hub_.hub().metrics_port());
  EXPECT_THAT(told, HasSubstr("mash_log_records"));  // they are the metrics
  std::vector<std::string> planted = kIdentityPlanted;
  planted.insert(planted.end(), {kSentence, "9434765918"});
  for (const bool is_stopped : {false, true}) {
    if (is_stopped) hub_.stop();
    EXPECT_THAT(in_files(planted), IsEmpty());
  }
  const std::string lines = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(lines, HasSubstr("GetReferral"));  // they are the hub's log lines
  for (const std::string& text : planted) {
    EXPECT_THAT(lines, Not(HasSubstr(text)));
    EXPECT_THAT(told, Not(HasSubstr(text)));
  }
}

TEST_F(Erasure, OfAPersonTakesTheirIdentityFromEveryAnswerAndFile) {
  const std::string child = submitted_.child_ids(0);
  const std::string sibling = submitted_.child_ids(1);
  const Time before = clock_.now();
  EXPECT_EQ(person(kTriage, child).identity().given_names(), kName);
  const auto sealed = sealed_under(child);
  ASSERT_THAT(sealed, Not(IsEmpty()));
  EXPECT_THAT(in_files(sealed), Not(IsEmpty()));

  const auto erased = ok(destroy(child));
  EXPECT_EQ(erased.sealed_parts_removed(), sealed.size());
  EXPECT_EQ(erased.receipt().event_ids_size(), 1);
  EXPECT_THAT(in_files(sealed), IsEmpty());

  for (const bool restarted : {false, true}) {
    if (restarted) {
      hub_.stop();
      hub_.start();
    }
    SCOPED_TRACE(restarted ? "after a restart" : "at once");
    std::string answers;
    for (const std::optional<Time> as_at : {std::optional<Time>(), std::optional(before)}) {
      for (const Caller& caller : {kTriage, kPolice}) {
        const auto detail = get(caller, {}, as_at);
        EXPECT_TRUE(detail.referral().children(0).erased());
        EXPECT_EQ(detail.referral().children(1).identity().given_names(), "Tom");
        answers += detail.DebugString();
      }
      answers += get(kAuditor, "A complaint.", as_at).DebugString();
      const auto gone = person(kAuditor, child, "A complaint.", as_at);
      EXPECT_TRUE(gone.erased());
      answers += gone.DebugString();
      EXPECT_EQ(person(kTriage, sibling, {}, as_at).identity().given_names(), "Tom");
    }
    for (const LogEntry& entry : read_log("A complaint.")) answers += entry.DebugString();
    for (const std::string& text : kIdentityPlanted) EXPECT_THAT(answers, Not(HasSubstr(text)));
    EXPECT_THAT(answers, HasSubstr(kSentence));  // the case's text is under the case's key
    EXPECT_THAT(faults(), IsEmpty());
    EXPECT_THAT(in_files(sealed), IsEmpty());
  }
}

TEST_F(Erasure, OfACaseTakesItsTextAndLeavesWhoThePeopleAre) {
  const std::string purpose = std::string("Because of the ") + kSentence + ".";
  get(kAuditor, purpose);  // the purpose is sealed under the case's key too
  const auto sealed = sealed_under(submitted_.case_id());
  ASSERT_GE(sealed.size(), 2U);
  ASSERT_TRUE(destroy(submitted_.case_id()).has_value());
  EXPECT_THAT(in_files(sealed), IsEmpty());

  const auto detail = get(kTriage);
  EXPECT_TRUE(detail.referral().erased());
  EXPECT_EQ(detail.referral().children(0).identity().given_names(), kName);
  std::string answers = detail.DebugString() + get(kPolice).DebugString();
  answers += get(kAuditor, "A complaint.").DebugString();
  for (const LogEntry& entry : read_log("A complaint.")) answers += entry.DebugString();
  EXPECT_THAT(answers, Not(HasSubstr(kSentence)));
  EXPECT_THAT(faults(), IsEmpty());

  v1::AddInformationRequest more;
  more.set_request_id(new_request_id());
  more.set_referral_id(submitted_.referral_id());
  more.set_text("More of it.");
  more.mutable_lawful_basis()->set_article_6(v1::ARTICLE6_PUBLIC_TASK);
  const auto refused = hub_.call(kPolice, &ReferralService::Stub::AddInformation, more);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "KEY_DESTROYED");
}

TEST_F(Erasure, LeavesOldCopiesOfTheHubsFilesDead) {
  const auto old = hub_.folder() / "old";
  hub_.stop();
  fs::copy(hub_.config().data, old, fs::copy_options::recursive);
  hub_.start();
  ASSERT_TRUE(destroy(submitted_.child_ids(0)).has_value());
  hub_.stop();

  const auto opened = vault::Vault::open(
      {.directory = old / "keys", .kek_file = hub_.config().encryption_key, .clock = &clock_});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().reason, "KEK_WRONG");
  host::Config config = hub_.config();
  config.data = old;
  const auto started = node::Node::start(config, hub::parts());
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().reason, "KEK_WRONG");
}

TEST_F(Erasure, LeavesACopyOfTheVaultThatOpensWithTheKeyThereIsNow) {
  ASSERT_TRUE(destroy(submitted_.child_ids(0)).has_value());
  const auto copy = hub_.folder() / "copy";
  const auto opens = [&] {
    std::error_code being_replaced;
    fs::remove_all(copy, being_replaced);
    fs::copy(hub_.config().keys_backup, copy, fs::copy_options::recursive, being_replaced);
    if (being_replaced) return false;
    const auto opened = vault::Vault::open(
        {.directory = copy, .kek_file = hub_.config().encryption_key, .clock = &clock_});
    if (!opened || !(*opened)->unwrap(submitted_.child_ids(1))) return false;
    const auto erased = (*opened)->unwrap(submitted_.child_ids(0));
    return !erased && erased.error().reason == "KEY_DESTROYED";
  };
  EXPECT_TRUE(eventually(opens));
  EXPECT_TRUE(eventually([&] {
    return metrics_of(hub_.hub().metrics_port()).find("mash_vault_backup_ok 1") !=
           std::string::npos;
  }));
}

TEST_F(Erasure, IsListedWithWhoOrderedItOnWhatAuthorityAndWhen) {
  const std::string request_id = new_request_id();
  const auto first = ok(destroy(submitted_.child_ids(0), request_id));
  const auto again = ok(destroy(submitted_.child_ids(0), request_id));
  EXPECT_TRUE(again.receipt().repeated_request());
  EXPECT_EQ(again.receipt().position(), first.receipt().position());
  EXPECT_EQ(again.sealed_parts_removed(), first.sealed_parts_removed());
  ok(destroy(submitted_.child_ids(1)));

  vault::v1::ListDestroyedRequest request;
  request.set_page_size(1);
  std::vector<std::string> listed;
  do {
    const auto page = ok(hub_.call(kAuditor, &VaultService::Stub::ListDestroyed, request));
    ASSERT_THAT(page.keys(), SizeIs(1));
    EXPECT_EQ(page.keys(0).authority(), "RET-7");
    EXPECT_EQ(page.keys(0).reason(), "Retention is over.");
    EXPECT_EQ(page.keys(0).ordered_by(), kRecordsManager.practitioner);
    EXPECT_TRUE(page.keys(0).has_destroyed_at());
    listed.push_back(page.keys(0).key_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && listed.size() < 5);
  EXPECT_THAT(listed, ::testing::ElementsAre(submitted_.child_ids(1), submitted_.child_ids(0)));
}

TEST_F(Erasure, IsForARecordsManagerAndOfWhatThereIs) {
  EXPECT_EQ(destroy(submitted_.child_ids(0), new_request_id(), kManager).error().code,
            Code::kPermissionDenied);
  const auto unknown = destroy("01925f3a-7c1e-7b43-9d52-0242ac120002");
  EXPECT_EQ(unknown.error().code, Code::kNotFound);
  EXPECT_EQ(unknown.error().reason, "KEY_UNKNOWN");
  vault::v1::ListDestroyedRequest request;
  EXPECT_THAT(ok(hub_.call(kAuditor, &VaultService::Stub::ListDestroyed, request)).keys(),
              IsEmpty());
  request.set_page_token("not a token");
  EXPECT_EQ(hub_.call(kAuditor, &VaultService::Stub::ListDestroyed, request).error().reason,
            "PAGE_TOKEN_INVALID");
  request.set_page_size(1'001);
  EXPECT_EQ(hub_.call(kAuditor, &VaultService::Stub::ListDestroyed, request).error().reason,
            "INVALID_REQUEST");
  EXPECT_EQ(person(kTriage, submitted_.child_ids(0)).identity().given_names(), kName);
}

}  // namespace
}  // namespace mash::testing
