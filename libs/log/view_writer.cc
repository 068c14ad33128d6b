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

size_t ViewWriter::weight(const Rows::value_type& cached) {
  const auto& [id, row] = cached;
  return id.size() + (row.row ? row.row->order.size() + row.row->columns.size() : 0) +
         sizeof(cached) + 64;  // what the container takes around it
}

Result<ViewWriter::Rows::value_type*> ViewWriter::find(std::string id) {
  const auto [young, is_new] = young_.try_emplace(std::move(id));
  if (!is_new) return &*young;
  if (const auto old = old_.find(young->first); old != old_.end()) {
    young->second = std::move(old->second);
    old_.erase(old);
  } else {
    rocksdb::PinnableSlice bytes;
    const auto status = store_.db->Get(rocksdb::ReadOptions(), store_.rows,
                                       row_key(meta_.slot, young->first), &bytes);
    if (!status.ok() && !status.IsNotFound()) return view_unread(status);
    if (status.ok()) {
      auto stored = decode_row({bytes.data(), bytes.size()});
      if (!stored) return view_damaged("a row is malformed");
      young->second.row = std::move(stored->row);
      young->second.changed_at = stored->changed_at;
    }
  }
  young_bytes_ += weight(*young);
  return &*young;
}

Result<void> ViewWriter::apply(const ViewEvent& event) {
  std::string row_id = view_.row_id(event);
  if (row_id.empty()) return {};
  const auto cached = find(std::move(row_id));
  if (!cached) return tl::unexpected(cached.error());
  auto& [id, state] = **cached;
  auto& before = state.row;
  std::optional<ViewRow> after = view_.evolve(before, event);
  const bool moved = before && after && before->order != after->order;
  if (!before && !after) return {};
  if (before && after && !moved && before->columns == after->columns) return {};

  if (before && (moved || !after)) {
    auto status = list_.remove(list_key(before->order, id), before->columns.size(), event.position);
    if (!status) return status;
    moves_.emplace_back(move_key(meta_.slot, id, event.position),
                        encode_move({.id = id, .from_order = before->order}));
  }
  if (after) {
    std::optional<size_t> replaced;
    if (before && !moved) replaced = before->columns.size();
    auto status = list_.put(list_key(after->order, id), after->columns, replaced, event.position);
    if (!status) return status;
  }
  young_bytes_ -= weight(**cached);
  before = std::move(after);
  state.changed_at = event.position;
  young_bytes_ += weight(**cached);
  if (!std::exchange(state.changed, true)) changed_.push_back(*cached);
  return {};
}

Result<void> ViewWriter::write_to(rocksdb::WriteBatch& batch, uint64_t size) {
  MASH_CHECK(size > meta_.built_to);
  if (auto status = list_.write_to(batch, size - 1); !status) return status;
  for (auto* cached : changed_) {
    auto& [id, state] = *cached;
    const auto key = row_key(meta_.slot, id);
    const auto status =
        state.row ? batch.Put(store_.rows, key,
                              encode_row({.row = *state.row, .changed_at = state.changed_at}))
                  : batch.Delete(store_.rows, key);
    MASH_CHECK(status.ok());
    state.changed = false;
  }
  changed_.clear();
  for (const auto& [key, move] : moves_) MASH_CHECK(batch.Put(store_.nodes, key, move).ok());
  moves_.clear();
  meta_.built_to = size;
  meta_.next_node = list_.next_node();
  const auto status = batch.Put(store_.rows, row_key(kMetaSlot, view_.name()), encode_meta(meta_));
  MASH_CHECK(status.ok());
  return {};
}

void ViewWriter::committed(size_t cache_bytes) {
  list_.trim(cache_bytes / 2);
  if (young_bytes_ <= cache_bytes / 4) return;
  old_ = std::move(young_);
  young_ = {};
  young_.reserve(old_.size());
  young_bytes_ = 0;
}

}  // namespace mash::log
