#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "core/result.h"
#include "feed/kafka.h"

namespace mash::log {
class EventLog;
}

namespace mash::feed {

// What a relay works with. Everything outlives it.
struct RelayParts {
  const log::EventLog& log;
  KafkaOptions kafka;
  TopicPartition to;
  // Where it keeps how far it has published; in the log's data folder, and no part of the log.
  std::filesystem::path cursor_file;
  std::chrono::milliseconds heartbeat{5'000};    // a checkpoint at rest
  std::chrono::milliseconds retry_after{1'000};  // what the brokers refused
  // Told when it becomes held up, and when it goes on again. Empty: nobody is.
  std::function<void(const Result<void>& published)> on_held_up{};
};

// Publishes a log of this process to its topic (docs/formats/topic.md): every record in order, byte
// for byte, with what is sealed of it, and after each few of them a signed checkpoint that covers
// them; none before it is durable. The log is the outbox: there is nothing besides it to lose.
//
// A thread of its own. While the brokers are away it waits, and the service goes on. Never more
// than a bounded number of messages are under way. How far it has come is kept now and then: after
// a crash some records are published twice, which followers know by their positions. None is left
// out.
//
// Thread-safe, but for making and ending it.
class Relay {
 public:
  // Begins at once.
  explicit Relay(RelayParts parts);
  // Ends with what is under way, or leaves it for the next time.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Records that the brokers have not acknowledged yet.
  std::uint64_t behind() const;
  // Records acknowledged since the start.
  std::uint64_t published() const;
  // Why it waits to try again; nothing while it goes on.
  Result<void> held_up() const;

  // Waits until every record below a position is acknowledged, at most so long.
  bool wait_until(std::uint64_t position, std::chrono::milliseconds patience) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::feed
