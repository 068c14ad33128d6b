#include <gmock/gmock.h>

#include <array>
#include <fstream>
#include <map>
#include <sstream>

#include "integration/test_pki.h"
#include "kafka/child.h"
#include "kafka/published_log.h"

// Over TLS, with a password: a broker with the settings that deploy/kafka/three-brokers has for a
// partnership's own, but for what is where, that it is alone, and that it takes every way to show
// who one is that the configuration of a service knows.
namespace mash::testing {
namespace {

namespace fs = std::filesystem;

constexpr char kBrokersPassword[] = "of-the-broker";
constexpr char kWriter[] = "mash-notes";
constexpr char kReader[] = "mash-copies";
constexpr char kStranger[] = "mash-stranger";
constexpr char kHub[] = "mash-hub";
constexpr char kNotification[] = "mash-notification";
constexpr char kCertified[] = "CN=test client";  // to whom TestPki gives a certificate
constexpr std::array kUsers{kWriter, kReader, kStranger, kHub, kNotification};

int port_for_certificates(int port) { return port + 2; }

std::string password_of(const std::string& user) { return "of-" + user; }

std::string plain_passwords() {
  std::string all;
  for (const std::string user : kUsers) all += " user_" + user + "=\"" + password_of(user) + "\"";
  return all;
}

std::string settings(const fs::path& folder, int port, const TestPki& pki) {
  const auto server = pki.server();
  write_file(folder / "broker.pem", server.key + server.certificate);
  write_file(folder / "ca.pem", pki.authority());
  const std::string controller = "localhost:" + std::to_string(port + 1);
  std::ostringstream all;
  all << std::ifstream(std::string(MASH_SOURCE_DIR) +
                       "/deploy/kafka/three-brokers/broker-1.properties")
             .rdbuf()
      << "\nlisteners=SASL_SSL://localhost:" << port << ",CONTROLLER://" << controller
      << ",SSL://localhost:" << port_for_certificates(port)
      << "\nadvertised.listeners=SASL_SSL://localhost:" << port
      << ",SSL://localhost:" << port_for_certificates(port)
      << "\nlistener.security.protocol.map=SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:SSL"
         "\nlistener.name.ssl.ssl.client.auth=required"
         "\nsasl.enabled.mechanisms=SCRAM-SHA-512,SCRAM-SHA-256,PLAIN"
         "\nlistener.name.sasl_ssl.scram-sha-256.sasl.jaas.config="
         "org.apache.kafka.common.security.scram.ScramLoginModule required;"
         "\nlistener.name.sasl_ssl.plain.sasl.jaas.config="
         "org.apache.kafka.common.security.plain.PlainLoginModule required"
      << plain_passwords() << ";\ncontroller.quorum.voters=1@" << controller
      << "\ndefault.replication.factor=1\nmin.insync.replicas=1"
         "\noffsets.topic.replication.factor=1\ntransaction.state.log.replication.factor=1"
         "\ntransaction.state.log.min.isr=1"
         "\nlistener.name.sasl_ssl.scram-sha-512.sasl.jaas.config="
         "org.apache.kafka.common.security.scram.ScramLoginModule required"
         " username=\"broker\" password=\""
      << kBrokersPassword << "\";\nssl.keystore.location=" << (folder / "broker.pem").string()
      << "\nssl.truststore.location=" << (folder / "ca.pem").string()
      << "\nsuper.users=User:admin;User:broker;User:CN=test hub\n";
  return all.str();
}

// One broker for all cases, with its authority and the passwords of who uses it in files.
class SecureBroker {
 public:
  SecureBroker() {
    std::map<std::string, std::string> users{{"broker", kBrokersPassword},
                                             {"admin", password_of("admin")}};
    for (const char* user : kUsers) users[user] = password_of(user);
    for (const auto& [user, password] : users) write_file(folder_.path() / user, password + "\n");
    write_file(folder_.path() / "authority.pem", pki_.authority());
    broker_ = std::make_unique<Broker>(
        BrokerSettings{.properties = [this](const fs::path& folder,
                                            int port) { return settings(folder, port, pki_); },
                       .users = std::move(users),
                       .administrator = options("admin")});
  }

  Broker& broker() { return *broker_; }
  // As the services' configuration says it.
  feed::KafkaOptions options(const std::string& user) const {
    return {.brokers = broker_ ? broker_->options().brokers : "",
            .security = "sasl_ssl",
            .authority = folder_.path() / "authority.pem",
            .sasl_user = user,
            .sasl_password_file = folder_.path() / user};
  }
  // With a certificate in place of a name and a password.
  feed::KafkaOptions options_with(const TestPki::Credentials& credentials) const {
    write_file(folder_.path() / "client.pem", credentials.certificate);
    write_file(folder_.path() / "client.key", credentials.key);
    const std::string brokers = broker_->options().brokers;
    const int port = std::stoi(brokers.substr(brokers.find(':') + 1));
    return {.brokers = "localhost:" + std::to_string(port_for_certificates(port)),
            .security = "ssl",
            .authority = folder_.path() / "authority.pem",
            .certificate = folder_.path() / "client.pem",
            .certificate_key = folder_.path() / "client.key"};
  }
  const TestPki& pki() const { return pki_; }

  // As an operator sets up topics and rights, for these programs.
  void run_topics_script(const std::vector<std::string>& programs) const {
    const fs::path admin = folder_.path() / "admin.properties";
    write_file(admin,
               "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config="
               "org.apache.kafka.common.security.scram.ScramLoginModule required "
               "username=\"admin\" password=\"" +
                   password_of("admin") + "\";\nssl.truststore.type=PEM\nssl.truststore.location=" +
                   (folder_.path() / "authority.pem").string() + "\n");
    std::vector<std::string> words{
        "/usr/bin/env",
        "MASH_TOPIC_REPLICAS=1",
        std::string(MASH_SOURCE_DIR) + "/deploy/kafka/three-brokers/topics.sh",
        broker_->options().brokers,
        admin.string(),
        "1"};
    words.insert(words.end(), programs.begin(), programs.end());
    ASSERT_EQ(Child(words).wait(), 0);
  }

 private:
  vault::testing::TempFolder folder_;
  TestPki pki_;
  std::unique_ptr<Broker> broker_;
};

SecureBroker& secure() {
  static SecureBroker broker;
  return broker;
}

class OverTls : public ::testing::Test {
 protected:
  OverTls() {
    secure().broker().create_topic(topic_);
    secure().broker().allow_writing(kWriter, topic_);
    secure().broker().allow_reading(kReader, topic_);
  }

  void write(int notes) {
    for (int i = 0; i < notes; ++i) log::testing::write_note(*log_, {.case_id = case_}).value();
  }
  ~OverTls() override { relay_.reset(); }  // first: it tells the others

  void publish(const feed::KafkaOptions& as) {
    relay_ = std::make_unique<feed::Relay>(
        feed::RelayParts{.log = *log_,
                         .kafka = as,
                         .to = {.topic = topic_},
                         .cursor_file = log_.folder() / "relay",
                         .heartbeat = std::chrono::milliseconds(200),
                         .on_place_found = [this](const Result<uint64_t>& position) {
                           found_ = position ? std::to_string(*position) : position.error().reason;
                         }});
  }
  // Has the relay begin anew, which knows no more how far it had come; how many it publishes.
  uint64_t published_after_losing_the_cursor(const feed::KafkaOptions& as) {
    relay_.reset();
    fs::remove(log_.folder() / "relay");
    publish(as);
    EXPECT_TRUE(relay_->wait_until(log_->size(), kPatience));
    return relay_->published();
  }
  void follow(const feed::KafkaOptions& as) {
    copy_.begin(std::make_shared<feed::KafkaFeed>(feed::KafkaFeedParts{
        .log = log_->name(), .kafka = as, .from = {.topic = topic_}, .origin = origin_}));
  }
  void expect_held_up_by(const std::string& reason) {
    EXPECT_TRUE(comes_true([&] {
      const auto published = relay_->goes_on();
      return !published && published.error().reason == reason;
    })) << "the relay: "
        << (relay_->goes_on() ? "" : relay_->goes_on().error().message);
    EXPECT_TRUE(comes_true([&] {
      const auto status = copy_.follower().status();
      return !status.followed && status.followed.error().reason == reason;
    })) << "the follower: "
        << ::testing::PrintToString(copy_.told());
  }
  void expect_all_followed_once() {
    ASSERT_TRUE(copy_.follower().wait_until(log_->size(), kPatience))
        << ::testing::PrintToString(copy_.told());
    copy_.end();
    EXPECT_EQ(copy_.faults_against(*log_), "");
    EXPECT_EQ(origin_->records_given(), 0U) << "all of it came over Kafka";
  }

  static inline int topics_ = 0;
  std::string topic_ = "mash.secure-" + std::to_string(++topics_);
  vault::testing::TempFolder folder_;
  log::testing::TempLog log_;
  const std::string case_ = log_.fresh_case();
  std::shared_ptr<LocalOrigin> origin_ = std::make_shared<LocalOrigin>(*log_);
  CopiedLog copy_;
  std::string
      found_;  // where it went on, or why its topic did not tell: the relay's, while it runs
  std::unique_ptr<feed::Relay> relay_;
};

TEST_F(OverTls, EachDoesWhatItIsAllowedToAndEveryRecordTakesEffectOnce) {
  write(20);
  publish(secure().options(kWriter));
  follow(secure().options(kReader));
  write(20);
  expect_all_followed_once();
}

// What kafka.sasl_mechanism may be, besides what is there when nothing is said.
TEST_F(OverTls, APasswordIsShownInEveryWayThatCanBeSet) {
  for (const char* mechanism : {"SCRAM-SHA-256", "PLAIN"}) {
    SCOPED_TRACE(mechanism);
    auto writer = secure().options(kWriter);
    auto reader = secure().options(kReader);
    writer.sasl_mechanism = reader.sasl_mechanism = mechanism;
    publish(writer);
    follow(reader);
    write(20);
    ASSERT_TRUE(copy_.follower().wait_until(log_->size(), kPatience))
        << ::testing::PrintToString(copy_.told());
    copy_.end();
  }
  EXPECT_EQ(copy_.faults_against(*log_), "");
  auto wrong = secure().options(kWriter);
  wrong.sasl_mechanism = "PLAIN";
  wrong.sasl_user = kReader;
  publish(wrong);
  follow(wrong);
  expect_held_up_by("KAFKA_LOGIN_REFUSED");
}

TEST_F(OverTls, ACertificateSaysWhoOneIsWithoutAPassword) {
  const auto client = secure().options_with(secure().pki().agency("hub", "referral"));
  write(5);
  publish(client);
  follow(client);
  expect_held_up_by("KAFKA_NOT_ALLOWED");  // who it is they know
  EXPECT_EQ(relay_->published(), 0U);
  secure().broker().allow_writing(kCertified, topic_);
  secure().broker().allow_reading(kCertified, topic_);
  write(20);
  expect_all_followed_once();
}

TEST_F(OverTls, ACertificateOfAnotherAuthorityOrNoneIsNotLetIn) {
  const TestPki another;
  write(5);
  auto options = secure().options_with(another.agency("hub", "referral"));
  for (const bool with_one : {true, false}) {
    SCOPED_TRACE(with_one ? "another's" : "none");
    if (!with_one) options.certificate = options.certificate_key = "";
    publish(options);
    follow(options);
    expect_held_up_by("KAFKA_TLS_FAILED");
    EXPECT_EQ(relay_->published(), 0U);
    copy_.end();
  }
}

TEST_F(OverTls, AWrongPasswordIsNamedAndARightOneTakenUp) {
  write(5);
  const fs::path file = folder_.path() / "password";
  write_file(file, "not-this-one\n");
  auto writer = secure().options(kWriter);
  auto reader = secure().options(kReader);
  writer.sasl_password_file = reader.sasl_password_file = file;
  reader.sasl_user = kWriter;
  secure().broker().allow_reading(kWriter, topic_);
  publish(writer);
  follow(reader);
  expect_held_up_by("KAFKA_LOGIN_REFUSED");
  EXPECT_EQ(relay_->published(), 0U);
  write_file(file, password_of(kWriter) + "\n");
  expect_all_followed_once();
}

TEST_F(OverTls, ABrokerOfAnotherAuthorityIsNotBelieved) {
  write(5);
  const TestPki another;
  write_file(folder_.path() / "another.pem", another.authority());
  auto options = secure().options(kWriter);
  options.authority = folder_.path() / "another.pem";
  publish(options);
  follow(options);
  expect_held_up_by("KAFKA_TLS_FAILED");
  EXPECT_EQ(relay_->published(), 0U);
}

TEST_F(OverTls, WhoIsNotAllowedToIsToldSo) {
  write(5);
  publish(secure().options(kStranger));
  follow(secure().options(kStranger));
  expect_held_up_by("KAFKA_NOT_ALLOWED");
  EXPECT_EQ(relay_->published(), 0U);
}

TEST_F(OverTls, OneThatMayNotReadItsTopicPublishesAllAgainAndSaysWhy) {
  write(6);
  publish(secure().options(kWriter));
  ASSERT_TRUE(relay_->wait_until(log_->size(), kPatience));
  write(2);
  EXPECT_EQ(published_after_losing_the_cursor(secure().options(kWriter)), 8U);
  relay_.reset();
  EXPECT_EQ(found_, "KAFKA_NOT_ALLOWED");
}

// What deploy/kafka/three-brokers/topics.sh gives to a hub that holds every service.
TEST_F(OverTls, AHubPublishesToEveryTopicAndFindsItsPlaceThere) {
  ASSERT_NO_FATAL_FAILURE(secure().run_topics_script({"hub", "notification"}));
  write(10);
  const auto hub = secure().options(kHub);
  for (const char* service : {"referral", "sharing", "strategy", "notification", "vault"}) {
    topic_ = feed::topic_of(service);
    EXPECT_EQ(published_after_losing_the_cursor(hub), log_->size()) << service;
  }
  topic_ = feed::topic_of("strategy");
  write(3);
  EXPECT_EQ(published_after_losing_the_cursor(hub), 3U) << "it may read where its topic ends";
  EXPECT_EQ(found_, "10");
  follow(secure().options(kNotification));
  expect_all_followed_once();
  relay_.reset();
  publish(secure().options(kNotification));
  EXPECT_TRUE(comes_true([&] {
    const auto published = relay_->goes_on();
    return !published && published.error().reason == "KAFKA_NOT_ALLOWED";
  })) << "who follows a topic may not write to it";
}

TEST_F(OverTls, RightsForAProgramThatThereIsNotAreNotGiven) {
  EXPECT_NE(Child({std::string(MASH_SOURCE_DIR) + "/deploy/kafka/three-brokers/topics.sh",
                   "localhost:1", "none", "1", "hubb"})
                .wait(),
            0);
}

}  // namespace
}  // namespace mash::testing
