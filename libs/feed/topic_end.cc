#include "feed/topic_end.h"

#include <algorithm>

#include "feed/local_feed.h"
#include "feed/messages.h"
#include "feed/signed_head.h"
#include "log/event_log.h"
#include "log/prover.h"

namespace mash::feed {
namespace {

using std::chrono::milliseconds;

// Messages looked back through where the last one shows nothing: more than a checkpoint has between
// it and the next.
constexpr int64_t kLookedThroughMax = 4'096;

tl::unexpected<Error> unknown(const char* why) {
  return refuse(Code::kDataLoss, "TOPIC_END_UNKNOWN", why);
}

Result<std::optional<uint64_t>> shown_by_checkpoint(const TopicMessage& message,
                                                    const log::EventLog& log) {
  const auto key = log.prover().verifier();
  if (!key) return tl::unexpected(key.error());
  const auto head = open_head(message.value, log.name(), *key);
  if (!head || message.epoch != head->epoch || message.position != head->size) return std::nullopt;
  if (head->epoch > log.head().epoch) return std::nullopt;
  if (head->epoch == log.head().epoch) {
    if (head->size > log.size()) return std::nullopt;
    const auto root = log.prover().proofs().root_at(head->size);
    if (!root) return tl::unexpected(root.error());
    if (*root != head->root) return std::nullopt;
  }
  return go_on_from(log, {.epoch = head->epoch, .position = head->size});
}

Result<std::optional<uint64_t>> shown_by_record(const TopicMessage& message,
                                                const log::EventLog& log) {
  v1::TopicRecord value;
  if (!message.position || *message.position >= log.size() || !value.ParseFromString(message.value))
    return std::nullopt;
  const auto own = log.read(*message.position);
  if (!own) return tl::unexpected(own.error());
  if (value.record() != own->leaf || message.epoch != own->prefix.epoch) return std::nullopt;
  return *message.position + 1;
}

// The next message, which is there. Nothing, where the topic does not give it all the same.
Result<std::optional<TopicMessage>> read_there(TopicReader& reader, milliseconds patience) {
  auto message = reader.read(patience);
  if (!message && message.error().reason == "OFFSET_OUT_OF_RANGE") return std::nullopt;
  if (!message || *message) return message;
  if (auto there = reader.is_there(patience); !there) return tl::unexpected(there.error());
  return std::nullopt;
}

Result<std::optional<TopicMessage>> read_at(TopicReader& reader, int64_t offset,
                                            milliseconds patience) {
  if (auto gone = reader.go_to(offset); !gone) return tl::unexpected(gone.error());
  return read_there(reader, patience);
}

// What the last of these messages that shows something shows.
Result<std::optional<uint64_t>> shown_between(TopicReader& reader, int64_t from, int64_t to,
                                              const log::EventLog& log, milliseconds patience) {
  std::optional<uint64_t> shown;
  if (auto gone = reader.go_to(from); !gone) return tl::unexpected(gone.error());
  while (reader.next() < to) {
    const auto message = read_there(reader, patience);
    if (!message) return tl::unexpected(message.error());
    if (!*message) break;
    const auto position = shown_by(**message, log);
    if (!position) return position;
    if (*position) shown = *position;
  }
  return shown;
}

}  // namespace

Result<std::optional<uint64_t>> shown_by(const TopicMessage& message, const log::EventLog& log) {
  return message.type == kafka::kCheckpointType ? shown_by_checkpoint(message, log)
                                                : shown_by_record(message, log);
}

Result<uint64_t> ask_topic_end(const log::EventLog& log, const KafkaOptions& kafka,
                               const TopicPartition& topic, milliseconds patience) {
  auto reader = TopicReader::open(kafka, topic);
  if (!reader) return tl::unexpected(reader.error());
  const auto bounds = reader->bounds(patience);
  if (!bounds) return tl::unexpected(bounds.error());
  if (bounds->begin >= bounds->end) return 0;
  if (bounds->begin == 0) {
    const auto first = read_at(*reader, 0, patience);
    if (!first) return tl::unexpected(first.error());
    if (!*first || (*first)->position != 0)
      return unknown("The topic does not begin where the log does: it was made anew.");
  }
  auto last = read_at(*reader, bounds->end - 1, patience);
  if (!last) return tl::unexpected(last.error());
  if (*last) {
    const auto shown = shown_by(**last, log);
    if (!shown) return tl::unexpected(shown.error());
    if (*shown) return **shown;
  }
  const auto from = std::max(bounds->begin, bounds->end - kLookedThroughMax);
  const auto shown = shown_between(*reader, from, bounds->end, log, patience);
  if (!shown) return tl::unexpected(shown.error());
  if (!*shown) return unknown("Nothing at the topic's end is this log's own.");
  return **shown;
}

}  // namespace mash::feed
