#pragma once
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace rocksdb {
class Iterator;
class Status;
}  // namespace rocksdb

namespace mash::log {

// A node of a versioned list as it is stored: a chain of entries, newest first, each holding the
// changes of one commit to this node and, now and then, a keyframe, the node's full content before
// them. docs/formats/views.md is the format. Everything here is a plain value.

using NodeId = uint64_t;  // below 2^47, unique within a list
inline constexpr NodeId kRootNode = 0;
inline constexpr uint64_t kNewest = UINT64_MAX;  // as a size: all that is stored
inline constexpr size_t kNodePrefixBytes = 8;    // list and node, the key's constant part

// Which list: a list's slot keeps it apart from the others in the same column family.
using ListSlot = uint16_t;

// The key of the entry that begins at a position. An entry is seen as at sizes above its position,
// and a seek to `position` finds the newest entry that begins there or before.
std::string node_key(ListSlot list, NodeId node, uint64_t position);

// One row put or removed; in an inner node a row is a separator and its child.
struct NodeChange {
  uint64_t position = 0;
  std::string key;
  std::optional<std::string> value;  // absent: removed
};

struct NodeRow {
  std::string_view key;
  std::string_view value;
};

// The value of an inner node's row: its child. DATA_LOSS, reason VIEW_DAMAGED.
inline constexpr int kChildBytes = 6;
std::string encode_child(NodeId id);
Result<NodeId> decode_child(std::string_view bytes);

// What the writer must know of a node without reading its content; each entry carries it.
struct NodeSummary {
  uint32_t level = 0;  // 0: a leaf
  uint32_t rows = 0;
  uint64_t bytes = 0;          // of all keys and values
  uint32_t chain_entries = 0;  // entries back to the newest keyframe, itself included; 0: none yet
  uint64_t chain_bytes = 0;    // of the changes since

  friend bool operator==(const NodeSummary&, const NodeSummary&) = default;
};

// Writes an entry. `keyframe`: the content before `changes`, or null for changes alone. `position`
// is the one in the entry's key; no change lies before it.
std::string encode_entry(const NodeSummary& summary, const std::vector<NodeRow>* keyframe,
                         const std::vector<NodeChange>& changes, uint64_t position);

// A node read as at some size. Rows point into bytes it owns; it can be moved, not copied.
struct NodeContent {
  NodeContent() = default;
  NodeContent(NodeContent&&) noexcept = default;
  NodeContent& operator=(NodeContent&&) noexcept = default;

  uint32_t level = 0;
  std::vector<NodeRow> rows;       // ascending by key, each key once
  std::list<std::string> buffers;  // which stay where they are when it moves
};

// Merges changes, in the order they were made, into rows. The rows then point into `changes` too.
void apply_changes(std::vector<NodeRow>& rows, const std::vector<NodeChange>& changes);

// Reads a node as at `size` through an iterator over the nodes' column family. Nothing: the node
// had no entry then. Fails with view_damaged() when what is stored makes no sense, or
// view_unread().
Result<std::optional<NodeContent>> read_node(rocksdb::Iterator& entries, ListSlot list, NodeId node,
                                             uint64_t size);

// Reads only the newest entry's summary.
Result<std::optional<NodeSummary>> read_summary(rocksdb::Iterator& entries, ListSlot list,
                                                NodeId node);

// The refusal for anything in a view that cannot be read.
tl::unexpected<Error> view_damaged(std::string what);
// What RocksDB said when a view was read: damage, as above; a failing disk UNAVAILABLE, as
// store_error() has it.
tl::unexpected<Error> view_unread(const rocksdb::Status& status);

}  // namespace mash::log
