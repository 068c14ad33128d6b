#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

#include "core/result.h"
#include "feed/kafka.h"
#include "feed/topic_reader.h"

namespace mash::log {
class EventLog;
}

namespace mash::feed {

// How far a log was published, as the end of its topic shows: for a relay that does not know.

// The position after what a message shows to have been published: it and all before it. Only what
// is the log's own counts: a record that is the same there, byte for byte, where its headers say;
// or a checkpoint that the log's key has signed and whose root is the log's. Where the log has
// opened a new epoch since, not beyond where that begins. Nothing, of any other message.
Result<std::optional<uint64_t>> shown_by(const TopicMessage& message, const log::EventLog& log);

// Asks the topic: mostly one fetch, of its last message; of some thousand where that shows nothing.
// 0 of a topic that is empty. Refused: kUnavailable, as TopicReader::bounds; kDataLoss,
// TOPIC_END_UNKNOWN, where nothing there shows how far it came, or where the topic begins with
// another record than the log, though it has forgotten none: it was made anew, and what it lacks is
// not known.
Result<uint64_t> ask_topic_end(const log::EventLog& log, const KafkaOptions& kafka,
                               const TopicPartition& topic, std::chrono::milliseconds patience);

}  // namespace mash::feed
