#include "log/view_writer.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <utility>

#include "core/check.h"

namespace mash::log {

ViewWriter::ViewWriter(const View& view, const ViewStore& store, const ViewMeta& meta)
    : view_(view),
      store_(store),
      meta_(meta),
      list_({.db = store.db, .nodes = store.nodes, .slot = meta.slot}, meta.next_node) {}

size_t ViewWriter::weight(const std::string& id, const std::optional<ViewRow>& row) {
  return 2 * id.size() + (row ? row->order.size() + row->columns.size() : 0) + sizeof(CachedRow) +
         128;  // what the containers take around it
}

Result<ViewWriter::CachedRow*> ViewWriter::find(const std::string& id) {
  if (const auto found = rows_.find(id); found != rows_.end()) {
    lately_.splice(lately_.begin(), lately_, found->second.lately);
    return &found->second;
  }
  CachedRow cached;
  rocksdb::PinnableSlice bytes;
  const auto status =
      store_.db->Get(rocksdb::ReadOptions(), store_.rows, row_key(meta_.slot, id), &bytes);
  if (!status.ok() && !status.IsNotFound()) return view_damaged(status.ToString());
  if (status.ok()) {
    cached.row = decode_row({bytes.data(), bytes.size()});
    if (!cached.row) return view_damaged("a row is malformed");
  }
  lately_.push_front(id);
  cached.lately = lately_.begin();
  cached_bytes_ += weight(id, cached.row);
  return &rows_.emplace(id, std::move(cached)).first->second;
}

Result<void> ViewWriter::apply(const ViewEvent& event) {
  const std::string id = view_.row_id(event);
  if (id.empty()) return {};
  const auto cached = find(id);
  if (!cached) return tl::unexpected(cached.error());
  auto& before = (*cached)->row;
  std::optional<ViewRow> after = view_.evolve(before, event);
  const bool moved = before && after && before->order != after->order;
  if (!before && !after) return {};
  if (before && after && !moved && before->columns == after->columns) return {};

  if (before && (moved || !after)) {
    auto status = list_.remove(list_key(before->order, id), before->columns.size(), event.position);
    if (!status) return status;
  }
  if (after) {
    std::optional<size_t> replaced;
    if (before && !moved) replaced = before->columns.size();
    auto status = list_.put(list_key(after->order, id), after->columns, replaced, event.position);
    if (!status) return status;
  }
  cached_bytes_ += weight(id, after) - weight(id, before);
  before = std::move(after);
  if (!std::exchange((*cached)->changed, true)) changed_.push_back(id);
  return {};
}

Result<void> ViewWriter::write_to(rocksdb::WriteBatch& batch, uint64_t size) {
  MASH_CHECK(size > meta_.built_to);
  if (auto status = list_.write_to(batch, size - 1); !status) return status;
  for (const auto& id : changed_) {
    CachedRow& cached = rows_.at(id);
    const auto key = row_key(meta_.slot, id);
    const auto status = cached.row ? batch.Put(store_.rows, key, encode_row(*cached.row))
                                   : batch.Delete(store_.rows, key);
    MASH_CHECK(status.ok());
    cached.changed = false;
  }
  changed_.clear();
  meta_.built_to = size;
  meta_.next_node = list_.next_node();
  const auto status = batch.Put(store_.rows, row_key(kMetaSlot, view_.name()), encode_meta(meta_));
  MASH_CHECK(status.ok());
  return {};
}

void ViewWriter::committed(size_t cache_bytes) {
  list_.trim(cache_bytes / 2);
  while (cached_bytes_ > cache_bytes / 2 && !lately_.empty()) {
    const auto found = rows_.find(lately_.back());
    cached_bytes_ -= weight(found->first, found->second.row);
    rows_.erase(found);
    lately_.pop_back();
  }
}

}  // namespace mash::log
