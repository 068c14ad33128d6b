#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "feed/kafka.h"

namespace mash::testing {

// A real Apache Kafka of a test's own: a process on ports and in a folder of its own, which go with
// it. Not thread-safe.
class Broker {
 public:
  // Starts it and waits until it answers. A broker that does not start stops the test program.
  Broker();
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  feed::KafkaOptions options() const;

  void stop();   // as an operator does
  void kill();   // as a machine does
  void start();  // again, on the same folder and ports

  void create_topic(const std::string& topic);
  void delete_topic(const std::string& topic);
  // Forgets the records before this offset, as retention does.
  void forget_before(const std::string& topic, std::int64_t offset);
  // Where the next message of the topic will stand.
  std::int64_t end_of(const std::string& topic) const;
  // Sends a message as anybody could who may write to the topic.
  void send(const std::string& topic, const std::string& type, const std::string& value) const;
  // Every byte that it keeps on disk.
  std::string all_bytes() const;

 private:
  void await_answer() const;

  std::filesystem::path folder_;
  int port_ = 0;
  pid_t process_ = -1;
};

}  // namespace mash::testing
