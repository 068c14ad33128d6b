#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "feed/kafka.h"
#include "feed/topic_place.h"

namespace mash::feed {

// A message of a topic.
struct TopicMessage {
  int64_t offset = 0;
  std::optional<int64_t> sent_ms;    // since 1970; nothing: it does not say
  std::string type;                  // of its headers; empty where there is none
  std::optional<uint64_t> epoch;     // of its headers, where that is a number
  std::optional<uint64_t> position;  // the same
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

  // Whether the brokers answer and have the topic, and let it be read. Refused with kUnavailable,
  // and the reasons of kafka::refused and kafka::Client::take_login.
  Result<void> is_there(std::chrono::milliseconds patience);

  // Where the topic begins, and where its next message will stand. Refused as is_there() is.
  // What it had still to read may be lost then: go_to() is to follow.
  struct Bounds {
    int64_t begin = 0;
    int64_t end = 0;
  };
  Result<Bounds> bounds(std::chrono::milliseconds patience);

  // The next message is the one at this offset, or the first after it.
  Result<void> go_to(int64_t offset) { return go_to(TopicPlace{.offset = offset}); }
  // The same, with what is known of the message before.
  Result<void> go_to(const TopicPlace& place);
  // That offset.
  int64_t next() const { return place_.offset; }
  // The same, with what it knows of the message before.
  const TopicPlace& place() const { return place_; }

  // The next message, or nothing within that time. Refused: kUnavailable, as bounds(); kDataLoss,
  // OFFSET_OUT_OF_RANGE, where the topic has no such offset.
  Result<std::optional<TopicMessage>> read(std::chrono::milliseconds patience);

 private:
  TopicReader(kafka::Client client, TopicPartition from);

  kafka::Client client_;
  TopicPartition from_;
  TopicPlace place_;
};

}  // namespace mash::feed
