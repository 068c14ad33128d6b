#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "feed/kafka.h"

namespace mash::feed {

// A message of a topic.
struct TopicMessage {
  std::int64_t offset = 0;
  std::string type;                       // of its headers; empty where there is none
  std::optional<std::uint64_t> position;  // of its headers, where that is a number
  std::string value;
};

// One partition of a topic, read from an offset on. It keeps to assign(): no group, no commits, no
// offset is ever reset by the library.
// Not thread-safe.
class TopicReader {
 public:
  // Refused as kafka::make_consumer does.
  static Result<TopicReader> open(const KafkaOptions& options, TopicPartition from);
  TopicReader(TopicReader&&) noexcept;
  TopicReader& operator=(TopicReader&&) noexcept;
  ~TopicReader();

  // Where the topic begins, and where its next message will stand. kUnavailable.
  struct Bounds {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  Result<Bounds> bounds(std::chrono::milliseconds patience) const;

  // The next message is the one at this offset, or the first after it.
  Result<void> go_to(std::int64_t offset);
  // That offset.
  std::int64_t next() const { return next_; }

  // The next message, or nothing within that time. Refused: kUnavailable, KAFKA_UNAVAILABLE or
  // TOPIC_MISSING; kDataLoss, OFFSET_OUT_OF_RANGE, where the topic has no such offset.
  Result<std::optional<TopicMessage>> read(std::chrono::milliseconds patience);

 private:
  TopicReader(kafka::Client client, TopicPartition from);

  kafka::Client client_;
  TopicPartition from_;
  std::int64_t next_ = 0;
};

}  // namespace mash::feed
