#include <rocksdb/db.h>

#include <algorithm>
#include <utility>

#include "log/versioned_list.h"

namespace mash::log {

std::unique_ptr<rocksdb::Iterator> open_entries(const ListStore& store,
                                                const rocksdb::Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;  // a node's chain is never left by walking
  options.snapshot = snapshot;
  return std::unique_ptr<rocksdb::Iterator>(store.db->NewIterator(options, store.nodes));
}

ListReader::ListReader(const ListStore& store, uint64_t size, const rocksdb::Snapshot* snapshot)
    : slot_(store.slot), size_(size), entries_(open_entries(store, snapshot)) {}

ListReader::~ListReader() = default;

Result<void> ListReader::descend(NodeId id, std::optional<std::string_view> key) {
  for (;;) {
    auto node = read_node(*entries_, slot_, id, size_);
    if (!node) return tl::unexpected(node.error());
    if (!*node) {
      if (id == kRootNode && path_.empty()) return {};  // nothing was in the list yet
      return view_damaged("a page is missing");
    }
    path_.push_back({.node = std::move(**node), .index = 0});
    auto& [content, index] = path_.back();
    const auto& rows = content.rows;
    const bool leaf = content.level == 0;
    if (key) {
      const auto above = std::upper_bound(rows.begin(), rows.end(), *key,
                                          [](auto wanted, auto& row) { return wanted < row.key; });
      index = static_cast<size_t>(above - rows.begin());
      if (index > 0 && (!leaf || rows[index - 1].key == *key)) --index;
    }
    if (leaf) return {};
    if (rows.empty() || path_.size() > kHeightMax) return view_damaged("its pages do not link up");
    const auto child = decode_child(rows[index].value);
    if (!child) return tl::unexpected(child.error());
    id = *child;
  }
}

Result<void> ListReader::to_next_leaf() {
  while (!path_.empty() && path_.back().index >= path_.back().node.rows.size()) {
    path_.pop_back();
    if (path_.empty() || ++path_.back().index >= path_.back().node.rows.size()) continue;
    const auto child = decode_child(path_.back().row().value);
    if (!child) return tl::unexpected(child.error());
    if (auto status = descend(*child, {}); !status) return status;
  }
  return {};
}

Result<void> ListReader::seek(std::string_view key) {
  path_.clear();
  if (auto status = descend(kRootNode, key); !status) return status;
  return to_next_leaf();
}

Result<void> ListReader::next() {
  ++path_.back().index;
  return to_next_leaf();
}

}  // namespace mash::log
