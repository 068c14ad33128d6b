#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/impl/codegen/sync_stream.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "google/rpc/status.pb.h"
#include "integration/grpc_helpers.h"
#include "integration/test_hub.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

// Many contacts in one call, over gRPC and mutual TLS, against a whole hub.
namespace mash::testing {
namespace {

namespace v1 = referral::v1;
using ::testing::SizeIs;
using v1::ReferralService;

v1::SubmitContactRequest contact(const std::string& concern = "Left alone overnight.") {
  v1::SubmitContactRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    source: "6"
    children { identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } } }
    account { parents_know: PARENTS_KNOW_AND_AGREE }
    lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })",
                                                            &request));
  request.mutable_account()->set_concern(concern);
  request.set_request_id(new_request_id());
  return request;
}

std::vector<v1::SubmitContactRequest> contacts(size_t count) {
  std::vector<v1::SubmitContactRequest> all;
  for (size_t i = 0; i < count; ++i) all.push_back(contact("Concern " + std::to_string(i)));
  return all;
}

std::string bytes_of(const v1::SubmitContactRequest& contact) {
  v1::SubmitContactsRequest message;
  *message.mutable_contact() = contact;
  return message.SerializeAsString();
}

Error refusal(const v1::SubmittedContact& contact) {
  const google::rpc::Status& status = contact.refused();
  return host::from_status(
      {static_cast<grpc::StatusCode>(status.code()), status.message(), status.SerializeAsString()});
}

// A stream of contacts to a hub, whose messages are given as bytes.
class Stream {
 public:
  explicit Stream(const std::shared_ptr<grpc::Channel>& channel) {
    TestHub::dress(context_, kPolice);
    writer_.reset(grpc::internal::ClientWriterFactory<grpc::ByteBuffer>::Create(
        channel.get(),
        grpc::internal::RpcMethod("/mash.referral.v1.ReferralService/SubmitContacts",
                                  grpc::internal::RpcMethod::CLIENT_STREAMING),
        &context_, &answer_));
  }

  bool send(const std::string& bytes) {
    const grpc::Slice slice(bytes);
    return writer_->Write(grpc::ByteBuffer(&slice, 1));
  }
  bool send(const v1::SubmitContactRequest& contact) { return send(bytes_of(contact)); }

  void cut() { context_.TryCancel(); }

  Result<v1::SubmitContactsResponse> end() {
    writer_->WritesDone();
    const grpc::Status status = writer_->Finish();
    if (!status.ok()) return tl::unexpected(host::from_status(status));
    return answer_;
  }

 private:
  grpc::ClientContext context_;
  v1::SubmitContactsResponse answer_;
  std::unique_ptr<grpc::ClientWriter<grpc::ByteBuffer>> writer_;
};

class Bulk : public ::testing::Test {
 protected:
  explicit Bulk(const std::function<void(host::Config&)>& adjust = {}) : hub_(adjust) {}

  v1::SubmitContactsResponse sent(const std::vector<v1::SubmitContactRequest>& all) {
    Stream stream(hub_.channel("police"));
    for (const auto& one : all) EXPECT_TRUE(stream.send(one));
    const auto answer = stream.end();
    EXPECT_TRUE(answer.has_value()) << answer.error().message;
    return answer.value_or(v1::SubmitContactsResponse());
  }

  // How many contacts the hub has.
  size_t taken() {
    v1::ListReferralsRequest request;
    request.set_page_size(1'000);
    const auto page = hub_.call(kTriage, &ReferralService::Stub::ListReferrals, request);
    EXPECT_TRUE(page.has_value());
    return page ? static_cast<size_t>(page->referrals_size()) : 0;
  }

  // Sent whole after a cut, each is one contact with one answer.
  void expect_each_once(const std::vector<v1::SubmitContactRequest>& all) {
    const auto first = sent(all);
    const auto again = sent(all);
    ASSERT_THAT(first.contacts(), SizeIs(all.size()));
    ASSERT_THAT(again.contacts(), SizeIs(all.size()));
    for (int i = 0; i < first.contacts_size(); ++i) {
      EXPECT_EQ(first.contacts(i).taken().referral_id(), again.contacts(i).taken().referral_id());
      EXPECT_EQ(first.contacts(i).taken().receipt().position(),
                again.contacts(i).taken().receipt().position());
      EXPECT_TRUE(again.contacts(i).taken().receipt().repeated_request());
    }
    EXPECT_EQ(taken(), all.size());
  }

  TestHub hub_;
};

TEST_F(Bulk, AnswersEachContactInTheOrderTheyWereSent) {
  const auto all = contacts(200);
  const auto answer = sent(all);
  EXPECT_EQ(answer.taken(), 200U);
  EXPECT_EQ(answer.refused(), 0U);
  std::set<std::string> referrals;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& one = answer.contacts(static_cast<int>(i));
    EXPECT_EQ(one.index(), i);
    EXPECT_EQ(one.request_id(), all[i].request_id());
    EXPECT_THAT(one.taken().child_ids(), SizeIs(1));
    EXPECT_THAT(one.taken().deadlines(), SizeIs(2));
    referrals.insert(one.taken().referral_id());
  }
  EXPECT_THAT(referrals, SizeIs(200));
}

TEST_F(Bulk, RefusesOneAndTakesTheOthers) {
  auto faulty = contact();
  faulty.set_source("police");
  faulty.mutable_account()->clear_concern();
  const auto good = contact();
  auto reused = good;
  reused.mutable_account()->set_concern("Something else.");
  Stream stream(hub_.channel("police"));
  stream.send(contact());
  stream.send(faulty);
  stream.send(std::string("\xff\xff\xff no protobuf at all"));
  stream.send(std::string());
  stream.send(good);
  stream.send(reused);
  const auto answer = stream.end();
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  ASSERT_THAT(answer->contacts(), SizeIs(6));
  EXPECT_EQ(answer->taken(), 2U);
  EXPECT_EQ(answer->refused(), 4U);
  EXPECT_TRUE(answer->contacts(0).has_taken());
  const Error fault = refusal(answer->contacts(1));
  EXPECT_EQ(fault.reason, "INVALID_REQUEST");
  EXPECT_THAT(fault.faults, SizeIs(2)) << "each field, as a contact sent by itself is told";
  EXPECT_EQ(refusal(answer->contacts(2)).reason, "MALFORMED_REQUEST");
  EXPECT_EQ(refusal(answer->contacts(3)).reason, "INVALID_REQUEST");
  // Two under one request id are on their way at once: whichever comes first is taken.
  const bool good_first = answer->contacts(4).has_taken();
  EXPECT_TRUE(answer->contacts(good_first ? 4 : 5).has_taken());
  EXPECT_EQ(refusal(answer->contacts(good_first ? 5 : 4)).reason, "REQUEST_ID_REUSED");
}

TEST_F(Bulk, TakesAContactOnceWhetherItComesInAStreamOrByItself) {
  const auto request = contact();
  const auto bulk = sent({request, request});
  EXPECT_EQ(bulk.contacts(0).taken().referral_id(), bulk.contacts(1).taken().referral_id());
  const auto single = hub_.call(kPolice, &ReferralService::Stub::SubmitContact, request);
  ASSERT_TRUE(single.has_value()) << single.error().message;
  EXPECT_TRUE(single->receipt().repeated_request());
  EXPECT_EQ(single->referral_id(), bulk.contacts(0).taken().referral_id());
  EXPECT_EQ(taken(), 1U);
}

TEST_F(Bulk, CutAndSentAgainGivesEachContactItsFirstAnswer) {
  const auto all = contacts(40);
  for (const size_t cut_after : {0, 1, 17, 40}) {
    Stream stream(hub_.channel("police"));
    for (size_t i = 0; i < cut_after; ++i) stream.send(all[i]);
    stream.cut();
    EXPECT_FALSE(stream.end().has_value());
  }
  expect_each_once(all);
}

// A way to the hub that is cut after some bytes.
class CutConnection {
 public:
  CutConnection(int hub_port, size_t bytes_max) : hub_port_(hub_port), left_(bytes_max) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    ::listen(listener_, 4);
    socklen_t length = sizeof(address);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    forwarder_ = std::thread([this] { forward(); });
  }
  ~CutConnection() {
    ::shutdown(listener_, SHUT_RDWR);
    forwarder_.join();
    ::close(listener_);
  }
  CutConnection(const CutConnection&) = delete;
  CutConnection& operator=(const CutConnection&) = delete;

  int port() const { return port_; }

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    return address;
  }

  // One connection: what the caller sends until the cut, and all that the hub says.
  void forward() {
    const int caller = ::accept(listener_, nullptr, nullptr);
    if (caller < 0) return;
    const int hub = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(hub_port_);
    ::connect(hub, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    std::array<pollfd, 2> ends{pollfd{caller, POLLIN, 0}, pollfd{hub, POLLIN, 0}};
    while (left_ > 0 && ::poll(ends.data(), ends.size(), 10'000) > 0)
      if (!pass(ends[0], hub, &left_) || !pass(ends[1], caller, nullptr)) break;
    ::close(caller);
    ::close(hub);
  }

  // Passes on what has come, at most `left` bytes; false at the end.
  static bool pass(const pollfd& from, int to, size_t* left) {
    if (from.revents == 0) return true;
    std::array<char, 4'096> bytes{};
    const size_t wanted = left == nullptr ? bytes.size() : std::min(*left, bytes.size());
    const ssize_t got = ::read(from.fd, bytes.data(), wanted);
    if (got <= 0 || ::write(to, bytes.data(), static_cast<size_t>(got)) != got) return false;
    if (left != nullptr) *left -= static_cast<size_t>(got);
    return true;
  }

  const int hub_port_;
  size_t left_;
  int listener_ = -1;
  int port_ = 0;
  std::thread forwarder_;
};

TEST_F(Bulk, CutAtAnyByteAndSentAgainGivesEachContactItsFirstAnswer) {
  const auto all = contacts(30);
  const auto credentials = hub_.pki().agency("police");
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 8; ++round) {
    // From within the handshake to within the last contacts.
    const size_t bytes = std::uniform_int_distribution<size_t>(1'500, 16'000)(random);
    CutConnection cut(hub_.hub().port(), bytes);
    Stream stream(connect_with(hub_.pki(), credentials, cut.port()));
    for (const auto& one : all)
      if (!stream.send(one)) break;
    stream.end();  // cut, or just whole
  }
  expect_each_once(all);
}

TEST_F(Bulk, TakesTenThousandMessagesInOneStreamAndNoMore) {
  Stream ten_thousand(hub_.channel("police"));
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(ten_thousand.send(std::string()));
  const auto answer = ten_thousand.end();
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_THAT(answer->contacts(), SizeIs(10'000));

  Stream more(hub_.channel("police"));
  more.send(contact());
  for (int i = 0; i < 10'000 && more.send(std::string()); ++i) {
  }
  const auto refused = more.end();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "UPLOAD_TOO_LONG");
  EXPECT_TRUE(eventually([&] { return taken() == 1; })) << "what came before has its effect";
}

TEST_F(Bulk, IsForAgenciesAlone) {
  grpc::ClientContext context;
  TestHub::dress(context, kAuditor);
  ReferralService::Stub stub(hub_.channel("auditor"));
  v1::SubmitContactsResponse answer;
  const auto writer = stub.SubmitContacts(&context, &answer);
  writer->WritesDone();
  EXPECT_EQ(host::from_status(writer->Finish()).reason, "ROLE_MAY_NOT_CALL");
}

TEST_F(Bulk, EndsWhenTheHubStops) {
  Stream stream(hub_.channel("police"));
  stream.send(contact());
  ASSERT_TRUE(eventually([&] { return taken() == 1; }));
  hub_.hub().drain();
  const auto ended = stream.end();
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().reason, "SHUTTING_DOWN");
}

class BriefBulk : public Bulk {
 protected:
  BriefBulk()
      : Bulk([](host::Config& config) {
          config.upload_ms_max = 3'000;  // by then a busy machine has read the first
          config.upload_messages_max = 1'000'000;
        }) {}
};

TEST_F(BriefBulk, IsEndedWhenItWouldNotEnd) {
  Stream stream(hub_.channel("police"));
  ASSERT_TRUE(stream.send(contact()));
  // It never ends, and is never silent: the hub ends it, and a write finds that out.
  ASSERT_TRUE(eventually([&] { return !stream.send(std::string()); }));
  const auto ended = stream.end();
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().reason, "CALL_TOO_LONG");
  EXPECT_EQ(taken(), 1U);
}

class SmallBulk : public Bulk {
 protected:
  SmallBulk() : Bulk([](host::Config& config) { config.upload_bytes_max = 64 << 10; }) {}
};

TEST_F(SmallBulk, TakesNoMoreBytesThanItMay) {
  Stream stream(hub_.channel("police"));
  const std::string concern(8 << 10, 'c');
  for (int i = 0; i < 12 && stream.send(contact(concern)); ++i) {
  }
  EXPECT_EQ(stream.end().error().reason, "UPLOAD_TOO_LONG");
}

TEST_F(SmallBulk, IsNotAnsweredAtGreaterLengthThanItMayBe) {
  Stream stream(hub_.channel("police"));
  for (int i = 0; i < 2'000 && stream.send(std::string()); ++i) {
  }
  EXPECT_EQ(stream.end().error().reason, "UPLOAD_TOO_LONG");
}

}  // namespace
}  // namespace mash::testing
