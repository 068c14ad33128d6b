#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"
#include "mash/log/v1/record.pb.h"

namespace mash::log {

// A record is one event as the log keeps it: the Merkle tree's leaf, byte-identical in every copy.
// docs/formats/record.md is its format: 32 bytes that only the writer knows, then a v1::RecordBody
// in canonical form.
inline constexpr size_t kRecordBytesMax = 65'535;  // what a tlog-tiles entry can hold
inline constexpr size_t kRecordPrefixBytes = 32;
inline constexpr uint32_t kRecordFormat = 1;

// What the writer adds when it commits a record.
struct RecordPrefix {
  uint32_t epoch = 0;
  uint64_t position = 0;        // in the log, from 0, without gaps
  uint64_t stream_version = 0;  // in the stream, from 1, without gaps
  Time recorded_at{};           // the writer's clock; never before the previous record's

  friend bool operator==(const RecordPrefix&, const RecordPrefix&) = default;
};

// The body's bytes with room for the prefix in front, ready for put_prefix().
std::string encode_body(const v1::RecordBody& body);

// Writes the prefix over the first kRecordPrefixBytes of `leaf`.
void put_prefix(std::string& leaf, const RecordPrefix& prefix);

// A record read back, with its sealed part where there is one.
struct Record {
  RecordPrefix prefix;
  v1::RecordBody body;
  std::string leaf;  // the bytes that were hashed
  std::optional<v1::SealedPart>
      sealed;  // absent: nothing was sealed, it was erased, or it was not asked for

  bool has_personal() const { return !body.commitment().empty(); }
};

// Reads the prefix alone. Fails with DATA_LOSS, reason RECORD_MALFORMED.
Result<RecordPrefix> decode_prefix(std::string_view leaf);

// Reads a whole record and refuses any that is not canonical (unknown fields, trailing bytes,
// another format) with DATA_LOSS, reason RECORD_MALFORMED: a record has exactly one form.
// `check_canonical` may be false only for bytes whose hash has been checked.
Result<Record> decode_record(std::string_view leaf, bool check_canonical = false);

// Whether its sealed part, where it has one, is the one that the record commits to.
bool holds_what_it_commits_to(const Record& record);

// The record's event without its personal fields, as a message of the type it names. An event this
// program does not know is refused, never skipped: DATA_LOSS, reason EVENT_UNKNOWN.
Result<std::unique_ptr<google::protobuf::Message>> parse_event(const Record& record);

}  // namespace mash::log
