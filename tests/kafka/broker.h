#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "feed/kafka.h"
#include "feed/messages.h"

namespace mash::testing {

// A broker that is not as deploy/kafka/local.properties has it.
struct BrokerSettings {
  // Its own settings, given the folder of its own and its port; its controller's is the next one,
  // and the one after that is free for another listener.
  std::function<std::string(const std::filesystem::path& folder, int port)> properties;
  // Who is there from its first moment, with their passwords.
  std::map<std::string, std::string> users{};
  // How the test reaches it, to make topics and such, but for the address.
  feed::KafkaOptions administrator{};
};

// A real Apache Kafka of a test's own: a process on ports and in a folder of its own, which go with
// it. Not thread-safe.
class Broker {
 public:
  // Starts it and waits until it answers. A broker that does not start stops the test program.
  Broker() : Broker(BrokerSettings()) {}
  explicit Broker(BrokerSettings settings);
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // As the administrator, where there is one.
  feed::KafkaOptions options() const;

  void stop();   // as an operator does
  void kill();   // as a machine does
  void start();  // again, on the same folder and ports

  // Lets a user do that, and no more (deploy/kafka/three-brokers/topics.sh).
  void allow_writing(const std::string& user, const std::string& topic);
  void allow_reading(const std::string& user, const std::string& topic);

  // How many bytes it holds of a topic.
  uint64_t bytes_of(const std::string& topic) const;
  // Has it lost what it holds of a topic behind so many bytes, as after a power cut. While it does
  // not run.
  void lose_behind(const std::string& topic, uint64_t bytes) const;

  void create_topic(const std::string& topic);
  void delete_topic(const std::string& topic);
  // Forgets the records before this offset, as retention does.
  void forget_before(const std::string& topic, int64_t offset);
  // Where the next message of the topic will stand.
  int64_t end_of(const std::string& topic) const;
  // Sends a message as anybody could who may write to the topic.
  void send(const std::string& topic, const std::string& type, const std::string& value) const;
  void send(const std::string& topic, const feed::Outgoing& message) const;
  // Every byte that it keeps on disk.
  std::string all_bytes() const;

 private:
  // Runs deploy/kafka/kafka.sh, which says what it has to say into kafka.log.
  pid_t run(std::vector<std::string> arguments) const;
  std::vector<std::string> how_to_serve() const;
  void await_answer() const;
  std::filesystem::path segment_of(const std::string& topic) const;

  const BrokerSettings settings_;
  std::filesystem::path folder_;
  int port_ = 0;
  pid_t process_ = -1;
};

}  // namespace mash::testing
