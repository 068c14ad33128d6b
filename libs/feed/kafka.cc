#include "feed/kafka.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <fstream>
#include <future>
#include <string_view>
#include <thread>
#include <utility>

namespace mash::feed {

std::string topic_of(const std::string& service) { return "mash." + service; }

namespace kafka {

// What librdkafka calls back with: it lies still while the client is moved.
struct Client::Heard {
  Delivered delivered = nullptr;
  void* opaque = nullptr;
  Result<void> let_in{};
};

namespace {

constexpr std::size_t kMessageBytes = 512;  // of librdkafka's error messages
constexpr std::chrono::seconds kConsumerEndsWithin{2};

struct DestroySettings {
  void operator()(rd_kafka_conf_t* settings) const { rd_kafka_conf_destroy(settings); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, DestroySettings>;

tl::unexpected<Error> wrong_settings(const std::string& message) {
  return refuse(Code::kInvalidArgument, "KAFKA_SETTINGS", "Kafka cannot be used so: " + message);
}

Result<std::string> read_password(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string password;
  if (!std::getline(in, password))
    return refuse(Code::kFailedPrecondition, "KAFKA_PASSWORD_UNREADABLE",
                  "The password for the brokers cannot be read from " + file.string() + ".");
  return password;
}

Result<Settings> settings_of(const KafkaOptions& options) {
  Settings all = {{"bootstrap.servers", options.brokers},
                  {"security.protocol", options.security},
                  {"client.id", "mash"},
                  {"socket.keepalive.enable", "true"},
                  {"reconnect.backoff.ms", "50"},
                  {"reconnect.backoff.max.ms", "1000"},
                  {"topic.metadata.refresh.fast.interval.ms", "100"},
                  {"topic.metadata.propagation.max.ms", "3000"},  // then a topic is missing
                  {"allow.auto.create.topics", "false"},
                  {"log_level", "0"}};
  if (!options.authority.empty()) all.emplace_back("ssl.ca.location", options.authority);
  if (!options.certificate.empty())
    all.emplace_back("ssl.certificate.location", options.certificate);
  if (!options.certificate_key.empty())
    all.emplace_back("ssl.key.location", options.certificate_key);
  if (options.security != "sasl_ssl") return all;
  return read_password(options.sasl_password_file).map([&](const std::string& password) {
    all.emplace_back("sasl.mechanism", options.sasl_mechanism);
    all.emplace_back("sasl.username", options.sasl_user);
    all.emplace_back("sasl.password", password);
    return all;
  });
}

Result<Conf> conf_of(const KafkaOptions& options, const Settings& settings) {
  auto all = settings_of(options);
  if (!all) return tl::unexpected(std::move(all.error()));
  all->insert(all->end(), settings.begin(), settings.end());
  Conf conf(rd_kafka_conf_new());
  std::array<char, kMessageBytes> said{};
  for (const auto& [name, value] : *all)
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), said.data(), said.size()) !=
        RD_KAFKA_CONF_OK)
      return wrong_settings(said.data());
  return conf;
}

// With TLS 1.3 a client hears only when it reads that its certificate was not taken, and librdkafka
// then says that the connection failed, with the other side's alert.
bool is_of_tls(int code, std::string_view said) {
  return code == RD_KAFKA_RESP_ERR__SSL ||
         (code == RD_KAFKA_RESP_ERR__TRANSPORT && said.find("SSL alert") != std::string_view::npos);
}

// Whatever else it hears of brokers it mends by itself.
void on_error(rd_kafka_t*, int code, const char* said, void* opaque) {
  auto& heard = *static_cast<Client::Heard*>(opaque);
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION)
    heard.let_in =
        refuse(Code::kUnavailable, "KAFKA_LOGIN_REFUSED",
               std::string("The brokers refuse this program's name and password: ") + said);
  else if (is_of_tls(code, said))
    heard.let_in = refuse(Code::kUnavailable, "KAFKA_TLS_FAILED",
                          std::string("No TLS with the brokers: ") + said);
}

void on_delivered(rd_kafka_t* client, const rd_kafka_message_t* message, void* opaque) {
  const auto& heard = *static_cast<const Client::Heard*>(opaque);
  heard.delivered(client, message, heard.opaque);
}

Result<Client> make(rd_kafka_type_t type, Conf conf, std::unique_ptr<Client::Heard> heard) {
  rd_kafka_conf_set_opaque(conf.get(), heard.get());
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  if (heard->delivered != nullptr) rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivered);
  std::array<char, kMessageBytes> said{};
  rd_kafka_conf_t* const settings = conf.release();  // the client's, once there is one
  std::unique_ptr<rd_kafka_t, Client::Destroy> client(
      rd_kafka_new(type, settings, said.data(), said.size()));
  if (client) return Client(std::move(heard), std::move(client));
  rd_kafka_conf_destroy(settings);
  return wrong_settings(said.data());
}

}  // namespace

Client::Client() noexcept = default;
Client::Client(Client&& other) noexcept = default;
Client::~Client() = default;
Client::Client(std::unique_ptr<Heard> heard, std::unique_ptr<rd_kafka_t, Destroy> client)
    : heard_(std::move(heard)), client_(std::move(client)) {}

Client& Client::operator=(Client&& other) noexcept {
  client_ = std::move(other.client_);  // first: it tells the other until it is gone
  heard_ = std::move(other.heard_);
  return *this;
}

Result<void> Client::take_login() { return std::exchange(heard_->let_in, {}); }

// What a consumer holds is asked for again, and a producer's messages lie in the log.
void Client::Destroy::operator()(rd_kafka_t* client) const {
  if (rd_kafka_type(client) == RD_KAFKA_PRODUCER)
    return rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  // The end of a consumer whose topic was deleted may never come (librdkafka 2.0.2 waits for
  // itself): then it is left behind, with its threads, rather than waited for.
  const auto ended = std::make_shared<std::promise<void>>();
  std::thread([client, ended] {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    ended->set_value();
  }).detach();
  ended->get_future().wait_for(kConsumerEndsWithin);
}
void DestroyMessage::operator()(rd_kafka_message_t* message) const {
  rd_kafka_message_destroy(message);
}

Result<Client> make_producer(const KafkaOptions& options, const Settings& settings,
                             Delivered delivered, void* opaque) {
  return conf_of(options, settings).and_then([&](Conf conf) {
    return make(
        RD_KAFKA_PRODUCER, std::move(conf),
        std::make_unique<Client::Heard>(Client::Heard{.delivered = delivered, .opaque = opaque}));
  });
}

Result<Client> make_consumer(const KafkaOptions& options, const Settings& settings) {
  return conf_of(options, settings).and_then([](Conf conf) {
    return make(RD_KAFKA_CONSUMER, std::move(conf), std::make_unique<Client::Heard>())
        .map([](Client client) {
          rd_kafka_poll_set_consumer(client.get());
          return client;
        });
  });
}

tl::unexpected<Error> refused(int code, const std::string& what) {
  const auto reason_of = [](int each) {
    switch (each) {
      case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        return "TOPIC_MISSING";
      case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        return "KAFKA_NOT_ALLOWED";
      default:
        return "KAFKA_UNAVAILABLE";
    }
  };
  return refuse(Code::kUnavailable, reason_of(code),
                what + ": " + rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code)));
}

}  // namespace kafka
}  // namespace mash::feed
