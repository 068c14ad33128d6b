#include "log/versioned_list.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "core/check.h"

namespace mash::log {
namespace {

constexpr size_t kKeyBytesMax = 2 << 10;  // so that an inner node holds several, whatever they are
constexpr uint32_t kInnerRowsMin = 8;     // an inner node with fewer is never split for its bytes

size_t bytes_of(const std::vector<NodeChange>& changes) {
  size_t bytes = 0;
  for (const auto& change : changes)
    bytes += change.key.size() + (change.value ? change.value->size() : 0);
  return bytes;
}

uint64_t bytes_of(const std::vector<NodeRow>& rows) {
  uint64_t bytes = 0;
  for (const auto& row : rows) bytes += row.key.size() + row.value.size();
  return bytes;
}

}  // namespace

ListWriter::ListWriter(const ListStore& store, NodeId next_node, ListTuning tuning)
    : store_(store),
      tuning_(tuning),
      next_node_(std::max<NodeId>(next_node, kRootNode + 1)),
      new_from_(next_node_) {}

ListWriter::~ListWriter() = default;

Result<ListWriter::Node*> ListWriter::find(NodeId id) {
  if (const auto found = nodes_.find(id); found != nodes_.end()) {
    lately_.splice(lately_.begin(), lately_, found->second.lately);
    return &found->second;
  }
  Node node{.id = id};
  const auto entries = open_entries(store_, nullptr);
  const auto summary = read_summary(*entries, store_.slot, id);
  if (!summary) return tl::unexpected(summary.error());
  if (!*summary && id != kRootNode) return view_damaged("a page is missing");
  if (*summary) node.summary = **summary;
  if (node.summary.level > 0) {
    const auto content = read_node(*entries, store_.slot, id, kNewest);
    if (!content) return tl::unexpected(content.error());
    for (const auto& row : (*content)->rows) {
      const auto child = decode_child(row.value);
      if (!child) return tl::unexpected(child.error());
      node.children.push_back({.separator = std::string(row.key), .id = *child});
    }
    if (node.children.empty()) return view_damaged("its pages do not link up");
  }
  return &keep(std::move(node));
}

ListWriter::Node& ListWriter::keep(Node node) {
  lately_.push_front(node.id);
  node.lately = lately_.begin();
  const NodeId id = node.id;
  Node& kept = nodes_.emplace(id, std::move(node)).first->second;
  weigh(kept);
  return kept;
}

void ListWriter::weigh(Node& node) {
  size_t weight = sizeof(Node) + 64;  // and what the containers take around it
  for (const auto& child : node.children) weight += sizeof(Child) + child.separator.size();
  cached_bytes_ += weight - node.weight;
  node.weight = weight;
}

void ListWriter::forget(NodeId id) {
  const auto found = nodes_.find(id);
  cached_bytes_ -= found->second.weight;
  lately_.erase(found->second.lately);
  nodes_.erase(found);
}

void ListWriter::trim(size_t bytes) {
  MASH_CHECK(dirty_.empty());
  while (cached_bytes_ > bytes && !lately_.empty()) forget(lately_.back());
}

// The child a key belongs under: the last whose separator is not above it, or the first.
size_t ListWriter::child_index(const Node& inner, std::string_view key) {
  const auto above =
      std::upper_bound(inner.children.begin(), inner.children.end(), key,
                       [](auto wanted, auto& child) { return wanted < child.separator; });
  return above == inner.children.begin() ? 0
                                         : static_cast<size_t>(above - inner.children.begin()) - 1;
}

Result<ListWriter::Node*> ListWriter::leaf_for(std::string_view key) {
  auto node = find(kRootNode);
  for (size_t height = 0; node && (*node)->summary.level > 0; ++height) {
    if (height > kHeightMax) return view_damaged("its pages do not link up");
    const NodeId parent = (*node)->id;
    node = find((*node)->children[child_index(**node, key)].id);
    if (node) (*node)->parent = parent;
  }
  return node;
}

void ListWriter::touch(Node& node) {
  if (node.touched) return;
  node.touched = true;
  dirty_.push_back(node.id);
}

Result<void> ListWriter::put(std::string key, std::string value, std::optional<size_t> replaced,
                             uint64_t position) {
  MASH_CHECK(key.size() <= kKeyBytesMax);
  const auto leaf = leaf_for(key);
  if (!leaf) return tl::unexpected(leaf.error());
  auto& summary = (*leaf)->summary;
  if (replaced) {
    summary.bytes -= *replaced;
  } else {
    summary.bytes += key.size();
    ++summary.rows;
  }
  summary.bytes += value.size();
  (*leaf)->changes.push_back(
      {.position = position, .key = std::move(key), .value = std::move(value)});
  touch(**leaf);
  return {};
}

Result<void> ListWriter::remove(std::string key, size_t value_size, uint64_t position) {
  const auto leaf = leaf_for(key);
  if (!leaf) return tl::unexpected(leaf.error());
  auto& summary = (*leaf)->summary;
  MASH_CHECK(summary.rows > 0);
  --summary.rows;
  summary.bytes -= key.size() + value_size;
  (*leaf)->shrunk = true;
  (*leaf)->changes.push_back({.position = position, .key = std::move(key), .value = {}});
  touch(**leaf);
  return {};
}

Result<void> ListWriter::write_to(rocksdb::WriteBatch& batch, uint64_t last_position) {
  last_position_ = last_position;
  new_from_ = next_node_;
  std::vector<NodeId> written;
  while (!dirty_.empty()) {  // one level at a time, upwards: what changes there dirties its parents
    const auto level = std::exchange(dirty_, {});
    for (const NodeId id : level) {
      Node& node = nodes_.at(id);
      if (node.replaced) continue;
      const auto status = id == kRootNode ? write_root(batch, node) : write_node(batch, node);
      if (!status) return status;
    }
    written.insert(written.end(), level.begin(), level.end());
  }
  for (const NodeId id : written) {
    Node& node = nodes_.at(id);
    if (node.replaced) {
      forget(id);
      continue;
    }
    node.changes.clear();
    node.touched = node.shrunk = node.written = false;
    weigh(node);
  }
  for (const NodeId id : std::exchange(untouched_replaced_, {})) forget(id);
  return {};
}

bool ListWriter::overflows(const NodeSummary& node) const {
  if (node.rows > tuning_.node_rows_max) return true;
  const uint32_t rows_min = node.level > 0 ? kInnerRowsMin : 2;
  return node.bytes > tuning_.node_bytes_max && node.rows >= rows_min;
}

Result<void> ListWriter::write_node(rocksdb::WriteBatch& batch, Node& node) {
  const auto parent = find(node.parent);
  if (!parent) return tl::unexpected(parent.error());
  if (overflows(node.summary) || node.summary.rows == 0) return replace(batch, **parent, {&node});
  if (node.shrunk) {
    const auto group = with_sibling(node, **parent);
    if (!group) return tl::unexpected(group.error());
    if (group->size() > 1) return replace(batch, **parent, *group);
  }
  return write_changes(batch, node);
}

size_t ListWriter::child_of(const Node& parent, NodeId id) {
  const auto& children = parent.children;
  const auto child =
      std::find_if(children.begin(), children.end(), [&](auto& c) { return c.id == id; });
  MASH_CHECK(child != children.end());
  return static_cast<size_t>(child - children.begin());
}

// A node that has become small together with a neighbour that it fits into well, in their order; or
// the node alone.
Result<std::vector<ListWriter::Node*>> ListWriter::with_sibling(Node& node, Node& parent) {
  const auto small = [&](uint32_t rows, uint64_t bytes, size_t share) {
    return rows * share <= tuning_.node_rows_max && bytes * share <= tuning_.node_bytes_max;
  };
  std::vector<Node*> group{&node};
  if (!small(node.summary.rows, node.summary.bytes, tuning_.merge_share)) return group;
  const auto& children = parent.children;
  const size_t index = child_of(parent, node.id);
  for (const size_t other : {index + 1, index - 1}) {
    if (other >= children.size() || children[other].id >= new_from_) continue;  // 0 - 1 too
    const auto sibling = find(children[other].id);
    if (!sibling) return tl::unexpected(sibling.error());
    const auto& summary = (*sibling)->summary;
    if (!small(node.summary.rows + summary.rows, node.summary.bytes + summary.bytes, 2)) continue;
    group.insert(other > index ? group.end() : group.begin(), *sibling);
    break;
  }
  return group;
}

// Writes what changed in a node that stays, after a keyframe when its chain has become long.
Result<void> ListWriter::write_changes(rocksdb::WriteBatch& batch, Node& node) {
  auto& summary = node.summary;
  node.written = true;
  const bool due = summary.chain_entries == 0 ||
                   summary.chain_entries >= tuning_.chain_entries_max ||
                   summary.chain_bytes > std::max<uint64_t>(tuning_.chain_bytes_min, summary.bytes);
  summary.chain_entries = due ? 1 : summary.chain_entries + 1;
  summary.chain_bytes = (due ? 0 : summary.chain_bytes) + bytes_of(node.changes);
  if (!due) {
    put_entry(batch, node, nullptr, node.changes, node.changes.front().position);
    return {};
  }
  if (summary.level > 0) {  // all its changes are made at the last position: they go into the frame
    NodeContent after;
    for (const auto& child : node.children)
      after.rows.push_back({child.separator, after.buffers.emplace_back(encode_child(child.id))});
    put_entry(batch, node, &after.rows, {}, last_position_);
    return {};
  }
  const auto before = stored_content(node);
  if (!before) return tl::unexpected(before.error());
  put_entry(batch, node, &before->rows, node.changes, node.changes.front().position);
  return {};
}

// What is stored of a node, without the open commit's changes.
Result<NodeContent> ListWriter::stored_content(const Node& node) {
  auto stored = read_node(*open_entries(store_, nullptr), store_.slot, node.id, kNewest);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored && node.id != kRootNode) return view_damaged("a page is missing");
  return *stored ? std::move(**stored) : NodeContent{};
}

// A node's rows as at the open commit's end. They point into the node's changes too.
Result<NodeContent> ListWriter::content(const Node& node) {
  if (node.summary.level == 0) {
    auto stored = stored_content(node);
    if (stored) apply_changes(stored->rows, node.changes);
    if (stored && stored->rows.size() != node.summary.rows)
      return view_damaged("a page does not hold the rows it should");
    return stored;
  }
  NodeContent content;
  content.level = node.summary.level;
  for (const auto& child : node.children)
    content.rows.push_back({child.separator, content.buffers.emplace_back(encode_child(child.id))});
  return content;
}

// Ends a leaf's own chain: its changes are still needed to read as at sizes within this commit.
void ListWriter::write_last_changes(rocksdb::WriteBatch& batch, Node& node) {
  if (node.written || node.summary.level > 0 || node.changes.empty()) return;
  const uint64_t position = node.changes.front().position;
  if (position == last_position_) return;
  static const std::vector<NodeRow> kNoRows;
  put_entry(batch, node, node.summary.chain_entries == 0 ? &kNoRows : nullptr, node.changes,
            position);
}

// Puts new nodes in the place of neighbours under one parent, from this commit's end on.
Result<void> ListWriter::replace(rocksdb::WriteBatch& batch, Node& parent,
                                 const std::vector<Node*>& nodes) {
  std::vector<NodeContent> contents;
  std::vector<NodeRow> rows;
  const NodeChange* last_change = nullptr;
  for (Node* node : nodes) {
    auto read = content(*node);
    if (!read) return tl::unexpected(read.error());
    // An inner node's first separator says nothing; beside a neighbour its own must stand for it.
    if (node != nodes[0] && node->summary.level > 0 && !read->rows.empty()) {
      read->rows.front().key =
          read->buffers.emplace_back(parent.children[child_of(parent, node->id)].separator);
    }
    rows.insert(rows.end(), read->rows.begin(), read->rows.end());
    contents.push_back(std::move(*read));
    write_last_changes(batch, *node);
    if (!node->changes.empty()) last_change = &node->changes.back();
    node->replaced = true;
    if (!node->touched) untouched_replaced_.push_back(node->id);
  }
  auto& children = parent.children;
  const auto first = children.begin() + static_cast<std::ptrdiff_t>(child_of(parent, nodes[0]->id));
  const auto last = first + static_cast<std::ptrdiff_t>(nodes.size());
  // What lies below the first child's separator is under it all the same.
  std::string separator = first == children.begin() ? std::string() : first->separator;
  for (auto child = first; child != last; ++child) {
    parent.summary.bytes -= child->separator.size() + kChildBytes;
    parent.changes.push_back({.position = last_position_, .key = child->separator, .value = {}});
  }
  auto at = children.erase(first, last);
  const uint32_t level = nodes[0]->summary.level;
  const auto parts = split(std::move(rows), level, last_change);
  for (const auto& part : parts) {
    if (&part != &parts.front()) separator = part.front().key;
    const NodeId id = add_node(batch, level, part);
    parent.summary.bytes += separator.size() + kChildBytes;
    parent.changes.push_back(
        {.position = last_position_, .key = separator, .value = encode_child(id)});
    at = children.insert(at, {.separator = separator, .id = id}) + 1;
  }
  parent.summary.rows = static_cast<uint32_t>(children.size());
  parent.shrunk = true;
  touch(parent);
  return {};
}

// The root keeps its id: when it overflows its rows move down into new nodes, and when the last
// node below it is gone it is a leaf again.
Result<void> ListWriter::write_root(rocksdb::WriteBatch& batch, Node& root) {
  const bool emptied = root.summary.level > 0 && root.children.empty();
  if (!emptied && !overflows(root.summary)) return write_changes(batch, root);
  std::vector<NodeRow> frame;
  std::deque<std::string> links;
  if (emptied) {
    root.summary = {};
  } else {
    const auto rows = content(root);
    if (!rows) return tl::unexpected(rows.error());
    write_last_changes(batch, root);
    const uint32_t level = root.summary.level;
    std::vector<Child> children;
    for (const auto& part :
         split(rows->rows, level, root.changes.empty() ? nullptr : &root.changes.back())) {
      const auto separator = children.empty() ? std::string() : std::string(part.front().key);
      children.push_back({.separator = separator, .id = add_node(batch, level, part)});
    }
    root.children = std::move(children);
    root.summary = {.level = level + 1};
    for (const auto& child : root.children)
      frame.push_back({child.separator, links.emplace_back(encode_child(child.id))});
  }
  root.summary.rows = static_cast<uint32_t>(frame.size());
  root.summary.bytes = bytes_of(frame);
  root.summary.chain_entries = 1;
  put_entry(batch, root, &frame, {}, last_position_);
  return {};
}

NodeId ListWriter::add_node(rocksdb::WriteBatch& batch, uint32_t level,
                            const std::vector<NodeRow>& rows) {
  Node node{.id = next_node_++};
  node.summary = {.level = level,
                  .rows = static_cast<uint32_t>(rows.size()),
                  .bytes = bytes_of(rows),
                  .chain_entries = 1,
                  .chain_bytes = 0};
  if (level > 0)
    for (const auto& row : rows)
      node.children.push_back({.separator = std::string(row.key), .id = *decode_child(row.value)});
  put_entry(batch, node, &rows, {}, last_position_);
  return keep(std::move(node)).id;
}

void ListWriter::put_entry(rocksdb::WriteBatch& batch, const Node& node,
                           const std::vector<NodeRow>* keyframe,
                           const std::vector<NodeChange>& changes, uint64_t position) {
  const auto status = batch.Put(store_.nodes, node_key(store_.slot, node.id, position),
                                encode_entry(node.summary, keyframe, changes, position));
  MASH_CHECK(status.ok());
}

// Cuts rows into nodes: none, one, or, when they overflow one, several with room to grow. Where
// rows come in order there will be no more in between, so all but the growing end are filled.
std::vector<std::vector<NodeRow>> ListWriter::split(std::vector<NodeRow> rows, uint32_t level,
                                                    const NodeChange* last_change) const {
  std::vector<std::vector<NodeRow>> parts;
  if (rows.empty()) return parts;
  const NodeSummary whole{
      .level = level, .rows = static_cast<uint32_t>(rows.size()), .bytes = bytes_of(rows)};
  if (!overflows(whole)) return {std::move(rows)};

  // What a row takes of a node, by whichever of the two limits.
  const size_t rows_max = tuning_.node_rows_max;
  const size_t node_max = tuning_.node_bytes_max;
  const auto share = [&](const NodeRow& row) {
    return std::max(
        1.0 / static_cast<double>(rows_max),
        static_cast<double>(row.key.size() + row.value.size()) / static_cast<double>(node_max));
  };
  double total = 0;
  for (const auto& row : rows) total += share(row);
  const bool ascending = last_change != nullptr && last_change->key == rows.back().key;
  const bool descending = last_change != nullptr && last_change->key == rows.front().key;
  const bool in_order = ascending || descending;
  const double part_size = in_order ? 7.0 / 8 : total / std::max(2.0, std::ceil(total * 3 / 2));
  if (descending) std::reverse(rows.begin(), rows.end());

  // Either way there are two parts at least: together the rows are more than one node takes, and
  // the middle of the last one lies beyond half of all.
  double before = 0;  // the share of all rows before this one
  double end = part_size;
  parts.emplace_back();
  for (const auto& row : rows) {
    const double size = share(row);
    const bool beyond = in_order ? before + size > end : before + size / 2 >= end;
    if (beyond && !parts.back().empty()) {
      parts.emplace_back();
      end = in_order ? before + part_size : end + part_size;
    }
    parts.back().push_back(row);
    before += size;
  }
  if (descending) {
    for (auto& part : parts) std::reverse(part.begin(), part.end());
    std::reverse(parts.begin(), parts.end());
  }
  return parts;
}

}  // namespace mash::log
