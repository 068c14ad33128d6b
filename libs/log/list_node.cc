#include "log/list_node.h"

#include <rocksdb/iterator.h>

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "log/bytes.h"
#include "log/store_error.h"

namespace mash::log {
namespace {

constexpr uint8_t kEntryFormat = 1;
constexpr uint64_t kLevelMax = 16;  // far beyond any list: a deeper one is damage, not data

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// A change as an entry holds it, before it is merged.
struct StoredChange {
  std::string_view key;
  std::string_view value;
  bool put = false;
};

struct EntryHead {
  NodeSummary summary;
  bool keyframe = false;
};

EntryHead read_head(ByteReader& in) {
  EntryHead head;
  const uint64_t form = in.big_endian(1);
  head.keyframe = (form & 1) != 0;
  const uint64_t level = in.varint();
  head.summary.level = static_cast<uint32_t>(level);
  head.summary.rows = static_cast<uint32_t>(in.varint());
  head.summary.bytes = in.varint();
  head.summary.chain_entries = static_cast<uint32_t>(in.varint());
  head.summary.chain_bytes = in.varint();
  if (form >> 1 != kEntryFormat || level > kLevelMax) in.fail();
  return head;
}

void read_keyframe(ByteReader& in, std::vector<NodeRow>& rows) {
  const uint64_t count = in.varint();
  if (count > in.rest().size()) {  // each row takes a byte at least: this cannot be a count
    in.fail();
    return;
  }
  rows.reserve(count);
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto key = in.string();
    rows.push_back({key, in.string()});
  }
}

// Reads an entry's changes that were made below `size`; `position` is the entry's own.
void read_changes(ByteReader& in, uint64_t position, uint64_t size,
                  std::vector<StoredChange>& changes) {
  while (in.ok() && !in.at_end()) {
    const uint64_t made_at = position + in.varint();
    const uint64_t key_form = in.varint();
    StoredChange change{.key = in.take(key_form >> 1), .value = {}, .put = (key_form & 1) != 0};
    if (change.put) change.value = in.string();
    if (made_at < size) changes.push_back(change);
  }
}

// Keeps the last change of each key, ascending by key.
void settle(std::vector<StoredChange>& changes) {
  std::stable_sort(changes.begin(), changes.end(),
                   [](const auto& a, const auto& b) { return a.key < b.key; });
  size_t kept = 0;
  for (size_t i = 0; i < changes.size(); ++i)
    if (i + 1 == changes.size() || changes[i + 1].key != changes[i].key)
      changes[kept++] = changes[i];
  changes.resize(kept);
}

void merge(std::vector<NodeRow>& rows, std::vector<StoredChange>& changes) {
  if (changes.empty()) return;
  settle(changes);
  std::vector<NodeRow> merged;
  merged.reserve(rows.size() + changes.size());
  auto row = rows.begin();
  for (const auto& change : changes) {
    for (; row != rows.end() && row->key < change.key; ++row) merged.push_back(*row);
    if (row != rows.end() && row->key == change.key) ++row;
    if (change.put) merged.push_back({change.key, change.value});
  }
  merged.insert(merged.end(), row, rows.end());
  rows = std::move(merged);
}

// Seeks the newest entry seen as at `size`.
void seek(rocksdb::Iterator& entries, ListSlot list, NodeId node, uint64_t size) {
  entries.Seek(node_key(list, node, size - 1));
}

bool at_node(const rocksdb::Iterator& entries, std::string_view prefix) {
  return entries.Valid() && view(entries.key()).starts_with(prefix);
}

Result<void> check_status(const rocksdb::Iterator& entries) {
  if (!entries.status().ok()) return view_unread(entries.status());
  return {};
}

}  // namespace

tl::unexpected<Error> view_damaged(std::string what) {
  return refuse(Code::kDataLoss, "VIEW_DAMAGED", "A view cannot be read: " + std::move(what));
}

tl::unexpected<Error> view_unread(const rocksdb::Status& status) {
  if (status.IsCorruption()) return view_damaged(status.ToString());
  return tl::unexpected(store_error(status, "Reading a view"));
}

std::string node_key(ListSlot list, NodeId node, uint64_t position) {
  std::string key;
  key.reserve(kNodePrefixBytes + 8);
  append_big_endian<2>(key, list);
  append_big_endian<6>(key, node);
  append_big_endian<8>(key, ~position);
  return key;
}

std::string encode_entry(const NodeSummary& summary, const std::vector<NodeRow>* keyframe,
                         const std::vector<NodeChange>& changes, uint64_t position) {
  std::string out;
  out.reserve(64 + (keyframe != nullptr ? summary.bytes + 4 * keyframe->size() : 0) +
              256 * changes.size());
  out.push_back(static_cast<char>(kEntryFormat << 1 | (keyframe != nullptr ? 1 : 0)));
  append_varint(out, summary.level);
  append_varint(out, summary.rows);
  append_varint(out, summary.bytes);
  append_varint(out, summary.chain_entries);
  append_varint(out, summary.chain_bytes);
  if (keyframe != nullptr) {
    append_varint(out, keyframe->size());
    for (const auto& row : *keyframe) {
      append_string(out, row.key);
      append_string(out, row.value);
    }
  }
  for (const auto& change : changes) {
    MASH_CHECK(change.position >= position);
    append_varint(out, change.position - position);
    append_varint(out, change.key.size() << 1 | (change.value ? 1 : 0));
    out.append(change.key);
    if (change.value) append_string(out, *change.value);
  }
  return out;
}

std::string encode_child(NodeId id) {
  std::string bytes;
  append_big_endian<kChildBytes>(bytes, id);
  return bytes;
}

Result<NodeId> decode_child(std::string_view bytes) {
  ByteReader in(bytes);
  const NodeId id = in.big_endian(kChildBytes);
  if (!in.ok() || !in.at_end()) return view_damaged("a page's link is malformed");
  return id;
}

void apply_changes(std::vector<NodeRow>& rows, const std::vector<NodeChange>& changes) {
  std::vector<StoredChange> stored;
  stored.reserve(changes.size());
  for (const auto& change : changes)
    stored.push_back({.key = change.key,
                      .value = change.value ? std::string_view(*change.value) : std::string_view(),
                      .put = change.value.has_value()});
  merge(rows, stored);
}

Result<std::optional<NodeContent>> read_node(rocksdb::Iterator& entries, ListSlot list, NodeId node,
                                             uint64_t size) {
  if (size == 0) return std::nullopt;
  const std::string prefix = node_key(list, node, 0).substr(0, kNodePrefixBytes);
  NodeContent content;
  std::vector<std::pair<uint64_t, std::string_view>> later;  // newest first: position, changes
  for (seek(entries, list, node, size); at_node(entries, prefix); entries.Next()) {
    ByteReader key(view(entries.key()).substr(kNodePrefixBytes));
    const uint64_t position = ~key.big_endian(8);
    content.buffers.emplace_back(view(entries.value()));
    ByteReader in(content.buffers.back());
    const EntryHead head = read_head(in);
    if (later.empty()) content.level = head.summary.level;
    if (head.keyframe) read_keyframe(in, content.rows);
    if (!in.ok() || !key.ok()) return view_damaged("an entry of a page is malformed");
    later.emplace_back(position, in.rest());
    if (!head.keyframe) continue;

    std::vector<StoredChange> changes;
    for (auto entry = later.rbegin(); entry != later.rend(); ++entry) {
      ByteReader stored(entry->second);
      read_changes(stored, entry->first, size, changes);
      if (!stored.ok()) return view_damaged("a change of a page is malformed");
    }
    merge(content.rows, changes);
    return content;
  }
  if (auto status = check_status(entries); !status) return tl::unexpected(status.error());
  if (!later.empty()) return view_damaged("a page has changes without a keyframe");
  return std::nullopt;
}

Result<std::optional<NodeSummary>> read_summary(rocksdb::Iterator& entries, ListSlot list,
                                                NodeId node) {
  seek(entries, list, node, kNewest);
  const std::string prefix = node_key(list, node, 0).substr(0, kNodePrefixBytes);
  if (!at_node(entries, prefix)) {
    if (auto status = check_status(entries); !status) return tl::unexpected(status.error());
    return std::nullopt;
  }
  ByteReader in(view(entries.value()));
  const EntryHead head = read_head(in);
  if (!in.ok()) return view_damaged("an entry of a page is malformed");
  return head.summary;
}

}  // namespace mash::log
