#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "log/list_node.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Iterator;
class Snapshot;
class WriteBatch;
}  // namespace rocksdb

namespace mash::log {

// A sorted list of (key, value) that can be read as at any past size of the log at about the cost
// of reading it now: a B+tree whose every node keeps its own history. A change costs one entry in
// its leaf; a node's history is cut into short chains by keyframes, so that reading it as at any
// moment takes one seek and a bounded walk; a node that overflows is left as it stood and new nodes
// take its place in its parent from that position on.

// How a list trades reading against writing. What is written keeps the shape it was written with,
// so these may change.
struct ListTuning {
  size_t node_rows_max = 128;
  size_t node_bytes_max = 16 << 10;
  size_t merge_share = 8;         // a node filled to less than one in this many joins a neighbour
  size_t chain_entries_max = 96;  // then a keyframe,
  size_t chain_bytes_min = 4 << 10;  // or when the changes outweigh this and the content
};

// Where a list is kept. What it points to outlives its users.
struct ListStore {
  rocksdb::DB* db = nullptr;
  rocksdb::ColumnFamilyHandle* nodes = nullptr;
  ListSlot slot = 0;
};

inline constexpr size_t kHeightMax = 16;  // of a list: more is damage

// Reads the entries of nodes, for read_node(). `snapshot` may be null.
std::unique_ptr<rocksdb::Iterator> open_entries(const ListStore& store,
                                                const rocksdb::Snapshot* snapshot);

// Reads a list as at one size, forwards. Many may read at once, each on one thread. It sees nothing
// of a commit that `size` does not cover, and needs no snapshot, since what is stored only grows.
class ListReader {
 public:
  // `snapshot`, when given, outlives the reader.
  ListReader(const ListStore& store, uint64_t size, const rocksdb::Snapshot* snapshot = nullptr);
  ~ListReader();

  // Goes to the first row whose key is not less. All errors are view_damaged() or view_unread().
  Result<void> seek(std::string_view key);
  Result<void> next();
  bool valid() const { return !path_.empty(); }
  const NodeRow& row() const { return path_.back().row(); }  // good until the reader moves

 private:
  struct Frame {
    NodeContent node;
    size_t index = 0;
    const NodeRow& row() const { return node.rows[index]; }
  };
  Result<std::optional<NodeContent>> read(NodeId id);
  Result<void> descend(NodeId id, std::optional<std::string_view> key);
  Result<void> to_next_leaf();

  ListSlot slot_;
  uint64_t size_;
  std::unique_ptr<rocksdb::Iterator> entries_;
  std::vector<Frame> path_;  // from the root to a leaf
};

// Changes a list. For the log's writer thread: changes gather until write_to(), which must be
// followed by the batch's write before the next change. Leaves are changed without being read: what
// is kept of them between commits is their summary; inner nodes are kept decoded.
class ListWriter {
 public:
  ListWriter(const ListStore& store, NodeId next_node, ListTuning tuning = {});
  ~ListWriter();

  // Puts a row. `replaced`: the size of the value that stands under the key, absent when there is
  // none: the writer relies on it. Positions never go back. Fails as reading does.
  Result<void> put(std::string key, std::string value, std::optional<size_t> replaced,
                   uint64_t position);
  // Removes a row that is there, with a value of that size.
  Result<void> remove(std::string key, size_t value_size, uint64_t position);

  // Adds the entries of all changes since the last call; `last_position` is the commit's last.
  Result<void> write_to(rocksdb::WriteBatch& batch, uint64_t last_position);

  // The first node id not taken yet: to be stored with each commit.
  NodeId next_node() const { return next_node_; }
  // Forgets nodes least lately used until about `bytes` are left. Between commits.
  void trim(size_t bytes);

 private:
  struct Child {
    std::string separator;  // no key below it lies under this child, but for the first one's
    NodeId id = 0;
  };
  struct Node {
    NodeId id = 0;
    NodeId parent = 0;  // known once the open commit has come this way
    NodeSummary summary{};
    std::vector<Child> children{};      // of an inner node
    std::vector<NodeChange> changes{};  // in the open commit
    bool touched = false;               // has changes
    bool shrunk = false;                // some of them removed rows
    bool written = false;               // its entry is in the batch
    bool replaced = false;              // other nodes take its place from this commit on
    size_t weight = 0;                  // in cached_bytes_
    std::list<NodeId>::iterator lately{};
  };

  Result<Node*> find(NodeId id);
  Node& keep(Node node);
  void forget(NodeId id);
  void weigh(Node& node);
  static size_t child_index(const Node& inner, std::string_view key);
  static size_t child_of(const Node& parent, NodeId id);
  Result<Node*> leaf_for(std::string_view key);
  void touch(Node& node);

  bool overflows(const NodeSummary& node) const;
  Result<void> write_root(rocksdb::WriteBatch& batch, Node& root);
  Result<void> write_node(rocksdb::WriteBatch& batch, Node& node);
  Result<void> write_changes(rocksdb::WriteBatch& batch, Node& node);
  void write_last_changes(rocksdb::WriteBatch& batch, Node& node);
  Result<std::vector<Node*>> with_sibling(Node& node, Node& parent);
  Result<void> replace(rocksdb::WriteBatch& batch, Node& parent, const std::vector<Node*>& nodes);
  Result<NodeContent> stored_content(const Node& node);
  Result<NodeContent> content(const Node& node);
  NodeId add_node(rocksdb::WriteBatch& batch, uint32_t level, const std::vector<NodeRow>& rows);
  void put_entry(rocksdb::WriteBatch& batch, const Node& node, const std::vector<NodeRow>* keyframe,
                 const std::vector<NodeChange>& changes, uint64_t position);
  std::vector<std::vector<NodeRow>> split(std::vector<NodeRow> rows, uint32_t level,
                                          const NodeChange* last_change) const;

  ListStore store_;
  ListTuning tuning_;
  NodeId next_node_;
  NodeId new_from_;             // nodes from here on are the open commit's
  uint64_t last_position_ = 0;  // of the commit being written
  std::unordered_map<NodeId, Node> nodes_;
  std::list<NodeId> lately_;   // most lately used first
  std::vector<NodeId> dirty_;  // of one level
  std::vector<NodeId> untouched_replaced_;
  size_t cached_bytes_ = 0;
};

}  // namespace mash::log
