#include "log/scan.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "log/bytes.h"

namespace mash::log {
namespace {

bool wanted(const ScanQuery& query, const Record& record) {
  if (!query.stream.empty() && record.body.stream() != query.stream) return false;
  if (!query.case_id.empty() &&
      key_scope(record.body.stream(), record.body.case_id()) != query.case_id)
    return false;
  return query.types.empty() ||
         std::find(query.types.begin(), query.types.end(), record.body.type()) != query.types.end();
}

// Yields the records at these positions. False from `each` ends it.
Result<void> yield(const Store& store, const ScanQuery& query,
                   const std::vector<uint64_t>& positions,
                   const std::function<bool(Record&&)>& each) {
  for (const uint64_t position : positions) {
    auto record = store.record(position, query.with_sealed);
    if (!record) return tl::unexpected(record.error());
    if (wanted(query, *record) && !each(std::move(*record))) return {};
  }
  return {};
}

// Which positions a stream or a case has, in the order asked for.
Result<std::vector<uint64_t>> indexed_positions(const Store& store, const ScanQuery& query,
                                                uint64_t size) {
  std::vector<uint64_t> positions;
  if (!query.stream.empty()) {
    const auto entries = store.stream_entries(query.stream, 1, size);
    if (!entries) return tl::unexpected(entries.error());
    for (const auto& entry : *entries) positions.push_back(entry.position);
  } else {
    auto found = scope_positions(store, query.case_id, size);
    if (!found) return found;
    positions = std::move(*found);
  }
  if (query.backwards) {
    std::erase_if(positions, [&](uint64_t position) { return position > query.from; });
    std::reverse(positions.begin(), positions.end());
  } else {
    std::erase_if(positions, [&](uint64_t position) { return position < query.from; });
  }
  return positions;
}

}  // namespace

Result<std::vector<uint64_t>> scope_positions(const Store& store, std::string_view scope,
                                              uint64_t size) {
  std::vector<uint64_t> positions;
  const auto it = store.iterate(kIndex, true);
  const auto first = scope_key(hash_stream(scope), 0);
  for (it->Seek(first); it->Valid(); it->Next()) {
    const uint64_t position = get_u64(it->key().data() + it->key().size() - sizeof(uint64_t));
    if (position >= size) break;
    positions.push_back(position);
  }
  if (!it->status().ok())
    return tl::unexpected(store_error(it->status(), "Reading the case index"));
  return positions;
}

Result<StreamHistory> read_history(const Store& store, std::string_view stream,
                                   uint64_t from_version, uint64_t size, bool with_sealed) {
  const auto entries = store.stream_entries(stream, from_version, size);
  if (!entries) return tl::unexpected(entries.error());
  StreamHistory history{.records = {}, .version = 0, .read_size = size};
  history.records.reserve(entries->size());
  for (const auto& entry : *entries) {
    auto record = store.record(entry.position, with_sealed);
    if (!record) return tl::unexpected(record.error());
    if (record->body.stream() != stream || record->prefix.stream_version != entry.version)
      return refuse(
          Code::kDataLoss, "INDEX_MISMATCH",
          "The stream index names record " + std::to_string(entry.position) + " wrongly.");
    history.records.push_back(std::move(*record));
  }
  if (!entries->empty()) history.version = entries->back().version;
  return history;
}

Result<void> scan(const Store& store, const ScanQuery& query, uint64_t size,
                  const std::function<bool(Record&&)>& each) {
  size = std::min(size, query.as_at_size.value_or(size));
  if (!query.stream.empty() || !query.case_id.empty())
    return indexed_positions(store, query, size)
        .and_then([&](const std::vector<uint64_t>& positions) {
          return yield(store, query, positions, each);
        });

  if (size == 0) return {};
  const auto it = store.iterate(kRecords);
  uint64_t expected = query.backwards ? std::min(query.from, size - 1) : query.from;
  for (it->Seek(position_key(expected)); expected < size;
       query.backwards ? it->Prev() : it->Next()) {
    if (!it->Valid() || get_u64(it->key().data()) != expected)
      return tl::unexpected(
          store_error(it->status().ok() ? rocksdb::Status::NotFound() : it->status(),
                      "Reading record " + std::to_string(expected)));
    auto record = decode_record(it->value().ToStringView());
    if (!record) return tl::unexpected(record.error());
    if (wanted(query, *record)) {
      if (query.with_sealed && record->has_personal()) {
        auto part = store.sealed(expected);
        if (!part) return tl::unexpected(part.error());
        record->sealed = std::move(*part);
      }
      if (!each(std::move(*record))) return {};
    }
    if (query.backwards && expected == 0) return {};
    expected = query.backwards ? expected - 1 : expected + 1;
  }
  return {};
}

Result<uint64_t> size_at(const Store& store, uint64_t size, Time time) {
  uint64_t low = 0;  // every record below was recorded at or before `time`
  uint64_t high = size;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    const auto prefix =
        store.leaf(middle).and_then([](const std::string& leaf) { return decode_prefix(leaf); });
    if (!prefix) return tl::unexpected(prefix.error());
    if (prefix->recorded_at <= time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

ViewEventReader view_events_of(const Store& store) {
  return [&store](uint64_t from, uint64_t to,
                  const std::function<void(const ViewEvent&)>& each) -> Result<void> {
    for (uint64_t position = from; position < to; ++position) {
      const auto record = store.record(position, false);
      if (!record) return tl::unexpected(record.error());
      const auto event = parse_event(*record);
      if (!event) return tl::unexpected(event.error());
      const auto& actor = record->body.actor();
      const Actor who{actor.agency(), actor.system(), actor.practitioner(), actor.role()};
      each({.stream = record->body.stream(),
            .case_id = record->body.case_id(),
            .position = position,
            .stream_version = record->prefix.stream_version,
            .recorded_at = record->prefix.recorded_at,
            .actor = who,
            .event = **event});
    }
    return {};
  };
}

}  // namespace mash::log
