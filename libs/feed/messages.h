#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "log/record.h"
#include "mash/feed/v1/feed.pb.h"

namespace mash::feed {

// A message as it goes to a topic: a CloudEvent in binary mode (docs/formats/topic.md). Nothing of
// a person, a stream or a case is in its headers.
struct Outgoing {
  std::vector<std::pair<std::string_view, std::string>> headers;
  std::string value;
};

// A record, byte for byte, with its sealed part. `log`: "mash/E10000013/referral".
Outgoing outgoing(const log::Record& record, const std::string& log);

// A signed checkpoint of that many records.
Outgoing outgoing_checkpoint(const std::string& note, const std::string& log, uint64_t epoch,
                             uint64_t size);

// The record that a message carries. Refused: kDataLoss, RECORD_MALFORMED, or COMMITMENT_MISMATCH
// where what is sealed is not what the record commits to.
Result<log::Record> record_of(const v1::TopicRecord& message);

// How many records a checkpoint covers, its signatures unread. CHECKPOINT_MALFORMED.
Result<uint64_t> size_of_checkpoint(std::string_view note);

}  // namespace mash::feed
