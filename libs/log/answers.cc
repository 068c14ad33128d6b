#include "log/answers.h"

namespace mash::log {

Error request_id_reused() {
  return {.code = Code::kAlreadyExists,
          .reason = "REQUEST_ID_REUSED",
          .message = "This request id was used for another request; make a new one."};
}

Result<std::optional<Appended>> find_answer(const Store& store, const RequestKey& key,
                                            uint64_t size) {
  const auto found = store.request(key);
  if (!found) return tl::unexpected(found.error());
  if (!found->has_value()) return std::nullopt;
  const RequestEntry& entry = **found;
  if (entry.first + entry.count > size) return std::nullopt;
  if (entry.digest != key.digest) return tl::unexpected(request_id_reused());

  Appended answer{.position = entry.first, .version = entry.version, .repeated = true};
  for (uint64_t position = entry.first; position < entry.first + entry.count; ++position) {
    const auto record = store.record(position, false);
    if (!record) return tl::unexpected(record.error());
    const auto id = Uuid::from_bytes(record->body.event_id());
    if (!id) return tl::unexpected(id.error());
    answer.epoch = record->prefix.epoch;
    answer.position = position;
    answer.recorded_at = record->prefix.recorded_at;
    answer.events.push_back({.event_id = id->text(),
                             .stream = record->body.stream(),
                             .case_id = record->body.case_id(),
                             .position = position,
                             .stream_version = record->prefix.stream_version});
  }
  if (entry.count == 0) {  // all was already so: the epoch it saw
    const auto head = store.head();
    if (!head) return tl::unexpected(head.error());
    if (head->has_value()) answer.epoch = (**head).epoch;
  }
  return answer;
}

}  // namespace mash::log
