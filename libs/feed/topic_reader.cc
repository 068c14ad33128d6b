#include "feed/topic_reader.h"

#include <librdkafka/rdkafka.h>

#include <charconv>
#include <utility>

namespace mash::feed {
namespace {

struct DestroyPartitions {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
struct DestroyTopic {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
struct DestroyMetadata {
  void operator()(const rd_kafka_metadata_t* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};
using Topic = std::unique_ptr<rd_kafka_topic_t, DestroyTopic>;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, DestroyMetadata>;
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyPartitions>;

// No group is joined: the library wants a name all the same.
kafka::Settings consuming() {
  return {{"group.id", "mash-follower"},
          {"enable.auto.commit", "false"},
          {"enable.auto.offset.store", "false"},
          {"auto.offset.reset", "error"},
          {"fetch.wait.max.ms", "500"},
          {"fetch.error.backoff.ms", "100"},
          {"queued.max.messages.kbytes", "32768"},
          {"fetch.message.max.bytes", "4194304"},
          {"check.crcs", "true"}};
}

std::string header(const rd_kafka_message_t& message, const char* name) {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return {};
  return {static_cast<const char*>(value), size};
}

std::optional<uint64_t> number(const std::string& text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

TopicReader::TopicReader(kafka::Client client, TopicPartition from)
    : client_(std::move(client)), from_(std::move(from)) {}
TopicReader::TopicReader(TopicReader&&) noexcept = default;
TopicReader& TopicReader::operator=(TopicReader&&) noexcept = default;
TopicReader::~TopicReader() = default;

Result<TopicReader> TopicReader::open(const KafkaOptions& options, TopicPartition from) {
  return kafka::make_consumer(options, consuming()).map([&](kafka::Client client) {
    return TopicReader(std::move(client), std::move(from));
  });
}

// Asked of the brokers: of a topic that was deleted the library says nothing to who reads it.
Result<void> TopicReader::is_there(std::chrono::milliseconds patience) {
  const Topic topic(rd_kafka_topic_new(client_.get(), from_.topic.c_str(), nullptr));
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error =
      rd_kafka_metadata(client_.get(), 0, topic.get(), &answer, static_cast<int>(patience.count()));
  const Metadata metadata(answer);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const kafka::Message why(rd_kafka_consumer_poll(client_.get(), 0));  // which hears it
    if (auto let_in = client_.take_login(); !let_in) return let_in;
    return kafka::refused(error, "The brokers do not answer");
  }
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const auto& each = metadata->topics[i];
    if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return kafka::refused(each.err, "A topic cannot be read");
    if (from_.partition < each.partition_cnt) return {};
  }
  return kafka::refused(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, "A topic cannot be read");
}

Result<TopicReader::Bounds> TopicReader::bounds(std::chrono::milliseconds patience) {
  if (auto there = is_there(patience); !there) return tl::unexpected(there.error());
  Bounds bounds;
  const auto error = rd_kafka_query_watermark_offsets(client_.get(), from_.topic.c_str(),
                                                      from_.partition, &bounds.begin, &bounds.end,
                                                      static_cast<int>(patience.count()));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return kafka::refused(error, "A topic's bounds cannot be asked for");
  return bounds;
}

Result<void> TopicReader::go_to(const TopicPlace& place) {
  const Partitions partitions(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(partitions.get(), from_.topic.c_str(), from_.partition)
      ->offset = place.offset;
  const auto error = rd_kafka_assign(client_.get(), partitions.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka::refused(error, "A topic cannot be read");
  place_ = place;
  return {};
}

Result<std::optional<TopicMessage>> TopicReader::read(std::chrono::milliseconds patience) {
  const kafka::Message message(
      rd_kafka_consumer_poll(client_.get(), static_cast<int>(patience.count())));
  if (auto let_in = client_.take_login(); !let_in && !message)
    return tl::unexpected(let_in.error());
  if (!message) return std::nullopt;
  if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
      message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
    return refuse(Code::kDataLoss, "OFFSET_OUT_OF_RANGE",
                  "The topic does not have the offset that is read from.");
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return kafka::refused(message->err, "A topic cannot be read");
  rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t sent = rd_kafka_message_timestamp(message.get(), &kind);
  const auto sent_ms =
      kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? std::nullopt : std::optional(sent);
  place_ = {.offset = message->offset + 1, .before_ms = sent_ms};
  return TopicMessage{.offset = message->offset,
                      .sent_ms = sent_ms,
                      .type = header(*message, kafka::kTypeHeader),
                      .epoch = number(header(*message, kafka::kEpochHeader)),
                      .position = number(header(*message, kafka::kPositionHeader)),
                      .value = std::string(static_cast<const char*>(message->payload),
                                           message->payload == nullptr ? 0 : message->len)};
}

}  // namespace mash::feed
