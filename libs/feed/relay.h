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
  // Without an acknowledgement for so long while some are owed, the brokers are held to be away.
  std::chrono::milliseconds away_after{3'000};
  // Told when it becomes held up, or is for another reason, and when it goes on again; also of a
  // cursor file that cannot be read (RELAY_CURSOR_MALFORMED) or written. Empty: nobody is.
  std::function<void(const Result<void>& published)> on_held_up{};
  // Told where it goes on, as its topic shows where its cursor file did not say; or why the topic
  // does not show that either, so that all is published again: TOPIC_END_UNKNOWN, or
  // KAFKA_NOT_ALLOWED. Empty: nobody is.
  std::function<void(const Result<uint64_t>& position)> on_place_found{};
};

// Publishes a log of this process to its topic (docs/formats/topic.md): every record in order, byte
// for byte, with what is sealed of it, and after each few of them a signed checkpoint that covers
// them; none before it is durable. The log is the outbox: there is nothing besides it to lose.
//
// A thread of its own. While the brokers are away it waits, and the service goes on. Never more
// than a bounded number of messages are under way. How far it has come is kept now and then: after
// a crash some records are published twice, which followers know by their positions. Where what was
// kept is lost or cannot be read, the end of the topic shows how far it came (feed/topic_end.h), or
// else all are published again. None is left out.
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
  uint64_t behind() const;
  // Records acknowledged since the start.
  uint64_t published() const;
  // Whether it waits to try again, and why; nothing while it goes on.
  bool is_held_up() const;
  Result<void> goes_on() const;

  // Waits until every record below a position is acknowledged, at most so long.
  bool wait_until(uint64_t position, std::chrono::milliseconds patience) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::feed
