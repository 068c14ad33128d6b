#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"

// librdkafka's own; only this library knows what they are.
struct rd_kafka_s;
struct rd_kafka_message_s;  // NOLINT(readability-identifier-naming): not ours to name

namespace mash::feed {

// How the brokers are reached. A value; secrets are files.
struct KafkaOptions {
  std::string brokers;                 // "10.0.0.1:9092,10.0.0.2:9092"
  std::string security = "plaintext";  // "ssl", "sasl_ssl"
  std::string authority{};             // PEM files; empty: none
  std::string certificate{};
  std::string certificate_key{};
  std::string sasl_mechanism = "SCRAM-SHA-512";
  std::string sasl_user{};
  std::filesystem::path sasl_password_file{};
};

// The area's part of a service's topic.
struct TopicPartition {
  std::string topic;  // "mash.referral"
  int partition = 0;
};

// The topic that a service's log is published to.
std::string topic_of(const std::string& service);

namespace kafka {

// Message headers that say what a message is (docs/formats/topic.md).
inline constexpr char kTypeHeader[] = "ce_type";
inline constexpr char kPositionHeader[] = "ce_position";
inline constexpr char kEpochHeader[] = "ce_epoch";
inline constexpr char kCheckpointType[] = "mash.log.v1.Checkpoint";

struct DestroyMessage {
  void operator()(rd_kafka_message_s* message) const;
};
using Message = std::unique_ptr<rd_kafka_message_s, DestroyMessage>;

// Settings of librdkafka's, in the order in which they are given.
using Settings = std::vector<std::pair<std::string, std::string>>;

// Called by rd_kafka_poll, on its thread, for each message that was delivered or given up.
using Delivered = void (*)(rd_kafka_s*, const rd_kafka_message_s*, void* opaque);

// A client of librdkafka's. Moved, and otherwise used, by one thread at a time.
class Client {
 public:
  Client() noexcept;
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client();

  rd_kafka_s* get() const { return client_.get(); }
  explicit operator bool() const { return client_ != nullptr; }
  void reset() { client_.reset(); }

  // Whether the brokers let it in, as its polls have heard since this was taken last. Refused:
  // kUnavailable, KAFKA_LOGIN_REFUSED where they do not take its name and password, and
  // KAFKA_TLS_FAILED where it does not trust their certificate, or they not its.
  Result<void> take_login();

  struct Heard;
  struct Destroy {
    void operator()(rd_kafka_s* client) const;
  };
  Client(std::unique_ptr<Heard> heard, std::unique_ptr<rd_kafka_s, Destroy> client);

 private:
  std::unique_ptr<Heard> heard_;
  std::unique_ptr<rd_kafka_s, Destroy> client_;  // last: it tells the other
};

// Refused: kInvalidArgument, KAFKA_SETTINGS, whatever librdkafka says is wrong;
// kFailedPrecondition, KAFKA_PASSWORD_UNREADABLE.
Result<Client> make_producer(const KafkaOptions& options, const Settings& settings,
                             Delivered delivered, void* opaque);
Result<Client> make_consumer(const KafkaOptions& options, const Settings& settings);

// What a code of librdkafka's means here: kUnavailable, with the reason KAFKA_UNAVAILABLE,
// TOPIC_MISSING where there is no such topic, or KAFKA_NOT_ALLOWED where the brokers let this
// program in, and not do that.
tl::unexpected<Error> refused(int code, const std::string& what);

}  // namespace kafka
}  // namespace mash::feed
