#include <gtest/gtest.h>

#include <algorithm>

#include "feed/kafka_feed.h"
#include "integration/hub_test.h"
#include "kafka/broker.h"
#include "log/event_log.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "node/remote_log.h"

// What Kafka does not have any more is read from its owner: a service's log, over gRPC and mutual
// TLS, as the services that are apart ask each other for it.
namespace mash::testing {
namespace {

using mash::log::v1::LogService;
using referral::v1::ReferralService;
using std::chrono::milliseconds;

constexpr auto kPatience = std::chrono::seconds(300);
constexpr char kTopic[] = "mash.referral";
constexpr char kServices[][16] = {"referral", "sharing", "strategy", "notification", "vault"};

Broker& broker() {
  static Broker broker;
  return broker;
}

// Counts what is asked of another origin.
class CountedOrigin final : public feed::Origin {
 public:
  explicit CountedOrigin(std::unique_ptr<feed::Origin> origin) : origin_(std::move(origin)) {}

  Result<std::vector<feed::v1::TopicRecord>> read(uint64_t from, uint64_t limit) override {
    auto records = origin_->read(from, limit);
    if (records) records_given_ += records->size();
    return records;
  }
  Result<std::vector<feed::v1::TopicRecord>> read_stream(std::string_view stream, uint64_t from,
                                                         uint64_t below) override {
    return origin_->read_stream(stream, from, below);
  }
  Result<std::vector<merkle::Hash>> consistency_proof(uint64_t from, uint64_t to) override {
    return origin_->consistency_proof(from, to);
  }
  Result<std::string> checkpoint(milliseconds patience) override {
    return origin_->checkpoint(patience);
  }
  Result<merkle::VerifierKey> verifier(milliseconds patience) override {
    return origin_->verifier(patience);
  }

  uint64_t records_given() const { return records_given_; }

 private:
  const std::unique_ptr<feed::Origin> origin_;
  uint64_t records_given_ = 0;
};

class RemoteOrigin : public HubTest {
 protected:
  RemoteOrigin()
      : HubTest([](host::Config& config) {
          for (const char* service : kServices)
            broker().create_topic("mash." + std::string(service));
          config.agencies["hub"] = {.roles = {"service"}, .systems = {}};
          config.kafka_brokers = broker().options().brokers;
        }) {}

  void submit(int contacts) {
    for (int i = 0; i < contacts; ++i) {
      auto contact = message<referral::v1::SubmitContactRequest>(R"(
        source: "6"
        children { identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } } }
        account { parents_know: PARENTS_KNOW_AND_AGREE concern: "Left alone overnight." }
        lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })");
      contact.set_request_id(new_request_id());
      done(kPolice, &ReferralService::Stub::SubmitContact, contact);
    }
  }
  std::shared_ptr<feed::KafkaFeed> feed() {
    origin_ = std::make_shared<CountedOrigin>(
        node::make_remote_log(hub_.connect(hub_.pki().agency("hub", "sharing")), "referral"));
    return std::make_shared<feed::KafkaFeed>(feed::KafkaFeedParts{.log = "mash/E10000013/referral",
                                                                  .kafka = broker().options(),
                                                                  .from = {.topic = kTopic},
                                                                  .origin = origin_});
  }
  // Every record so far, as an auditor reads them.
  std::vector<std::string> leaves() {
    mash::log::v1::ReadLogRequest request;
    request.set_log("referral");
    LogService::Stub stub(hub_.channel("auditor"));
    grpc::ClientContext context;
    TestHub::dress(context, kAuditor);
    const auto reader = stub.ReadLog(&context, request);
    std::vector<std::string> leaves;
    for (mash::log::v1::ReadLogResponse response; reader->Read(&response);)
      for (const auto& entry : response.entries()) leaves.push_back(entry.record());
    EXPECT_TRUE(reader->Finish().ok());
    return leaves;
  }
  // Follows until it has come as far as that, and whether what came is that, byte for byte. The log
  // may grow on: the hub compares people in the background.
  static bool follows(feed::Feed& feed, std::vector<std::string>& came,
                      const std::vector<std::string>& wanted) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (came.size() < wanted.size() && std::chrono::steady_clock::now() < until) {
      const auto batch = feed.next(milliseconds(500));
      EXPECT_TRUE(batch.has_value()) << batch.error().message;
      if (!batch) return false;
      for (const auto& record : batch->records) came.push_back(record.leaf);
    }
    return came.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), came.begin());
  }

  std::shared_ptr<CountedOrigin> origin_;
};

TEST_F(RemoteOrigin, GivesWhatRetentionTookAndKafkaTheRest) {
  submit(8);
  const auto before = leaves();
  {  // all of it is on the topic, and comes from there
    const auto feed = RemoteOrigin::feed();
    ASSERT_TRUE(feed->go_on_from({}).has_value());
    std::vector<std::string> came;
    EXPECT_TRUE(follows(*feed, came, before));
    EXPECT_EQ(origin_->records_given(), 0U);
  }
  broker().forget_before(kTopic, broker().end_of(kTopic));
  submit(4);
  const auto feed = RemoteOrigin::feed();
  ASSERT_TRUE(feed->go_on_from({}).has_value());
  std::vector<std::string> came;
  EXPECT_TRUE(follows(*feed, came, leaves()));
  EXPECT_GE(origin_->records_given(), before.size()) << "Kafka has those no more";
  // What comes from now on comes over Kafka again.
  const auto given = origin_->records_given();
  submit(4);
  EXPECT_TRUE(follows(*feed, came, leaves()));
  EXPECT_EQ(origin_->records_given(), given);
}

}  // namespace
}  // namespace mash::testing
