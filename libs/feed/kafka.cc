#include "feed/kafka.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <fstream>

namespace mash::feed {

std::string topic_of(const std::string& service) { return "mash." + service; }

namespace kafka {
namespace {

constexpr std::size_t kMessageBytes = 512;  // of librdkafka's error messages

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

Result<Client> make(rd_kafka_type_t type, Conf conf) {
  std::array<char, kMessageBytes> said{};
  rd_kafka_conf_t* const settings = conf.release();  // the client's, once there is one
  rd_kafka_t* client = rd_kafka_new(type, settings, said.data(), said.size());
  if (client != nullptr) return Client(client);
  rd_kafka_conf_destroy(settings);
  return wrong_settings(said.data());
}

}  // namespace

void DestroyClient::operator()(rd_kafka_t* client) const {
  // What a consumer holds is asked for again, and a producer's messages lie in the log.
  rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}
void DestroyMessage::operator()(rd_kafka_message_t* message) const {
  rd_kafka_message_destroy(message);
}

Result<Client> make_producer(const KafkaOptions& options, const Settings& settings,
                             Delivered delivered, void* opaque) {
  return conf_of(options, settings).and_then([&](Conf conf) {
    rd_kafka_conf_set_dr_msg_cb(conf.get(), delivered);
    rd_kafka_conf_set_opaque(conf.get(), opaque);
    return make(RD_KAFKA_PRODUCER, std::move(conf));
  });
}

Result<Client> make_consumer(const KafkaOptions& options, const Settings& settings) {
  return conf_of(options, settings).and_then([](Conf conf) {
    return make(RD_KAFKA_CONSUMER, std::move(conf)).map([](Client client) {
      rd_kafka_poll_set_consumer(client.get());
      return client;
    });
  });
}

tl::unexpected<Error> refused(int code, const std::string& what) {
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  const bool missing = error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
                       error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
                       error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
  return refuse(Code::kUnavailable, missing ? "TOPIC_MISSING" : "KAFKA_UNAVAILABLE",
                what + ": " + rd_kafka_err2str(error));
}

}  // namespace kafka
}  // namespace mash::feed
