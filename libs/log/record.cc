#include "log/record.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>

#include "log/bytes.h"
#include "vault/sealing.h"

namespace mash::log {
namespace {

tl::unexpected<Error> malformed(const char* what) {
  return refuse(Code::kDataLoss, "RECORD_MALFORMED", what);
}

bool has_unknown(const google::protobuf::Message& message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

bool has_unknown_fields(const v1::RecordBody& body) {
  return has_unknown(body) || (body.has_actor() && has_unknown(body.actor())) ||
         (body.has_occurred_at() && has_unknown(body.occurred_at())) ||
         (body.has_received_at() && has_unknown(body.received_at())) ||
         std::any_of(body.seen().begin(), body.seen().end(),
                     [](const v1::Seen& seen) { return has_unknown(seen); }) ||
         std::any_of(body.blobs().begin(), body.blobs().end(),
                     [](const v1::Blob& blob) { return has_unknown(blob); });
}

}  // namespace

std::string encode_body(const v1::RecordBody& body) {
  std::string leaf;
  leaf.reserve(kRecordPrefixBytes + body.ByteSizeLong());
  leaf.resize(kRecordPrefixBytes);
  body.AppendToString(&leaf);
  return leaf;
}

void put_prefix(std::string& leaf, const RecordPrefix& prefix) {
  char* out = leaf.data();
  put_u32(out, kRecordFormat);
  put_u32(out + 4, prefix.epoch);
  put_u64(out + 8, prefix.position);
  put_u64(out + 16, prefix.stream_version);
  put_u64(out + 24, static_cast<uint64_t>(prefix.recorded_at.time_since_epoch().count()));
}

Result<RecordPrefix> decode_prefix(std::string_view leaf) {
  if (leaf.size() < kRecordPrefixBytes) return malformed("The record is shorter than its prefix.");
  if (get_u32(leaf.data()) != kRecordFormat) return malformed("The record's format is not known.");
  RecordPrefix prefix;
  prefix.epoch = get_u32(leaf.data() + 4);
  prefix.position = get_u64(leaf.data() + 8);
  prefix.stream_version = get_u64(leaf.data() + 16);
  prefix.recorded_at = Time(std::chrono::microseconds(get_u64(leaf.data() + 24)));
  return prefix;
}

Result<Record> decode_record(std::string_view leaf, bool check_canonical) {
  if (leaf.size() > kRecordBytesMax) return malformed("The record is longer than a record can be.");
  return decode_prefix(leaf).and_then([&](const RecordPrefix& prefix) -> Result<Record> {
    Record record{.prefix = prefix, .leaf = std::string(leaf)};
    const auto body = leaf.substr(kRecordPrefixBytes);
    if (!record.body.ParseFromArray(body.data(), static_cast<int>(body.size())))
      return malformed("The record's body cannot be read.");
    if (check_canonical &&
        (has_unknown_fields(record.body) || record.body.SerializeAsString() != body))
      return malformed("The record's body is not in canonical form.");
    return record;
  });
}

Result<std::unique_ptr<google::protobuf::Message>> parse_event(const Record& record) {
  using google::protobuf::DescriptorPool;
  using google::protobuf::MessageFactory;
  const auto* type = DescriptorPool::generated_pool()->FindMessageTypeByName(record.body.type());
  if (type == nullptr)
    return refuse(Code::kDataLoss, "EVENT_UNKNOWN",
                  "This program does not know events of type " + record.body.type() + ".");
  std::unique_ptr<google::protobuf::Message> event(
      MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!event->ParseFromString(record.body.event()))
    return malformed("The record's event cannot be read.");
  return event;
}

bool holds_what_it_commits_to(const Record& record) {
  if (!record.sealed) return true;
  const auto commitment = vault::commitment(record.sealed->salt(), record.sealed->ciphertext());
  return std::string_view(reinterpret_cast<const char*>(commitment.data()), commitment.size()) ==
         record.body.commitment();
}

}  // namespace mash::log
