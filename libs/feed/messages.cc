#include "feed/messages.h"

#include "core/ids.h"
#include "core/timestamp.h"
#include "feed/kafka.h"
#include "merkle/checkpoint.h"
#include "merkle/note.h"

namespace mash::feed {
namespace {

std::vector<std::pair<std::string_view, std::string>> headers(std::string id,
                                                              const std::string& log,
                                                              std::string type, uint64_t epoch,
                                                              uint64_t position) {
  return {{"ce_specversion", "1.0"},
          {"ce_id", std::move(id)},
          {"ce_source", "/" + log},
          {kafka::kTypeHeader, std::move(type)},
          {kafka::kEpochHeader, std::to_string(epoch)},
          {kafka::kPositionHeader, std::to_string(position)}};
}

}  // namespace

Outgoing outgoing(const log::Record& record, const std::string& log) {
  Outgoing message{
      .headers = headers(Uuid::from_bytes(record.body.event_id()).value_or(Uuid()).text(), log,
                         record.body.type(), record.prefix.epoch, record.prefix.position),
      .value = {}};
  message.headers.emplace_back("ce_time", to_rfc3339(record.prefix.recorded_at));
  message.headers.emplace_back("content-type", "application/protobuf");
  v1::TopicRecord value;
  value.set_record(record.leaf);
  if (record.sealed) *value.mutable_sealed() = *record.sealed;
  message.value = value.SerializeAsString();
  return message;
}

Outgoing outgoing_checkpoint(const std::string& note, const std::string& log, uint64_t epoch,
                             uint64_t size) {
  Outgoing message{
      .headers = headers(log + "/" + std::to_string(epoch) + "/" + std::to_string(size), log,
                         kafka::kCheckpointType, epoch, size),
      .value = note};
  message.headers.emplace_back("content-type", "text/plain");
  return message;
}

Result<log::Record> record_of(const v1::TopicRecord& message) {
  auto record = log::decode_record(message.record(), /*check_canonical=*/true);
  if (!record || !message.has_sealed()) return record;
  record->sealed = message.sealed();
  if (!log::holds_what_it_commits_to(*record))
    return refuse(Code::kDataLoss, "COMMITMENT_MISMATCH",
                  "The sealed part is not the one that the record commits to.");
  return record;
}

Result<uint64_t> size_of_checkpoint(std::string_view note) {
  return merkle::parse_note(note)
      .and_then([](const merkle::Note& parsed) { return merkle::Checkpoint::parse(parsed.text); })
      .map([](const merkle::Checkpoint& checkpoint) { return checkpoint.size; });
}

}  // namespace mash::feed
