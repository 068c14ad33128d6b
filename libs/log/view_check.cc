#include "log/view_check.h"

#include <rocksdb/db.h>
#include <rocksdb/snapshot.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "log/bytes.h"
#include "log/versioned_list.h"
#include "log/view_format.h"

namespace mash::log {
namespace {

tl::unexpected<Error> wrong(const View& view, uint64_t size, std::string_view id,
                            const std::string& what) {
  auto error = refuse(Code::kDataLoss, "VIEW_WRONG",
                      "A view does not say what the log's events say: " + what + ".");
  error.value().metadata = {{"view", std::string(view.name())},
                            {"as_at_size", std::to_string(size)},
                            {"row_id", std::string(id)}};
  return error;
}

// One check: the view computed from the events so far, beside what is stored.
class Check {
 public:
  Check(const View& view, const ViewStore& store)
      : view_(view), store_(store), snapshot_(store.db), seen_(snapshot_.snapshot()) {}

  Result<ViewCheck> run(size_t samples, const ViewEventReader& reader) {
    if (auto status = read_meta(); !status) return tl::unexpected(status.error());
    ViewCheck check{.size = meta_.built_to, .rows = 0, .sampled = {}};
    std::set<uint64_t> sizes{meta_.built_to};
    for (size_t i = 0; i < samples; ++i)
      sizes.insert(static_cast<uint64_t>(static_cast<double>(meta_.built_to) *
                                         static_cast<double>(i) / static_cast<double>(samples)));
    uint64_t from = 0;
    for (const uint64_t size : sizes) {
      if (size > from) {
        const auto status = reader(from, size, [&](const ViewEvent& event) { apply(event); });
        if (!status) return tl::unexpected(status.error());
        if (!moves_right_) return tl::unexpected(moves_right_.error());
      }
      from = size;
      if (auto status = compare_list(size); !status) return tl::unexpected(status.error());
      check.sampled.push_back(size);
    }
    if (auto status = compare_rows(); !status) return tl::unexpected(status.error());
    check.rows = rows_.size();
    return check;
  }

 private:
  Result<void> read_meta() {
    std::string bytes;
    const auto status =
        store_.db->Get(options(), store_.rows, row_key(kMetaSlot, view_.name()), &bytes);
    if (!status.ok()) return view_unread(status);
    const auto meta = decode_meta(bytes);
    if (!meta) return view_damaged("what is known of it is malformed");
    meta_ = *meta;
    return {};
  }

  rocksdb::ReadOptions options() const {
    rocksdb::ReadOptions options;
    options.snapshot = seen_;
    return options;
  }

  void apply(const ViewEvent& event) {
    const std::string id = view_.row_id(event);
    if (id.empty()) return;
    const auto found = rows_.find(id);
    std::optional<ViewRow> row;
    if (found != rows_.end()) {
      row = found->second;
      list_.erase(list_key(row->order, id));
    }
    const auto before = row;
    row = view_.evolve(std::move(row), event);
    if (before && (!row || row->order != before->order)) check_move(id, before->order, event);
    if (!row) {
      rows_.erase(id);
      return;
    }
    list_[list_key(row->order, id)] = id;
    rows_[id] = std::move(*row);
  }

  // A move that is not kept as it was is the check's fault, unless one was found before.
  void check_move(std::string_view id, std::string_view from_order, const ViewEvent& event) {
    std::string bytes;
    const auto status =
        store_.db->Get(options(), store_.nodes, move_key(meta_.slot, id, event.position), &bytes);
    if (!moves_right_) return;
    if (!status.ok() && !status.IsNotFound())
      moves_right_ = view_unread(status);
    else if (!status.ok() || bytes != encode_move({.id = id, .from_order = from_order}))
      moves_right_ = wrong(view_, event.position + 1, id, "a place that a row left is not kept");
  }

  Result<void> compare_list(uint64_t size) const {
    ListReader stored({.db = store_.db, .nodes = store_.nodes, .slot = meta_.slot}, size, seen_);
    if (auto status = stored.seek(""); !status) return status;
    for (const auto& [key, id] : list_) {
      if (!stored.valid() || stored.row().key > key)
        return wrong(view_, size, id, "a row is missing from the list");
      if (stored.row().key < key) break;
      if (stored.row().value != rows_.at(id).columns)
        return wrong(view_, size, id, "a row of the list has other columns");
      if (auto status = stored.next(); !status) return status;
    }
    if (!stored.valid()) return {};
    return wrong(view_, size, id_in_list_key(stored.row().key).value_or(""),
                 "the list has a row too many");
  }

  Result<void> compare_rows() const {
    auto all = options();
    all.total_order_seek = true;
    const std::unique_ptr<rocksdb::Iterator> stored(store_.db->NewIterator(all, store_.rows));
    const std::string prefix = row_key(meta_.slot, "");
    uint64_t count = 0;
    for (stored->Seek(prefix); stored->Valid() && stored->key().starts_with(prefix);
         stored->Next(), ++count) {
      const std::string id = stored->key().ToString().substr(prefix.size());
      const auto row = decode_row({stored->value().data(), stored->value().size()});
      const auto found = rows_.find(id);
      if (found == rows_.end())
        return wrong(view_, meta_.built_to, id, "a row is kept that is not in the list");
      if (!row || row->row.order != found->second.order ||
          row->row.columns != found->second.columns)
        return wrong(view_, meta_.built_to, id, "a row is kept with another content");
    }
    if (!stored->status().ok()) return view_unread(stored->status());
    if (count != rows_.size())
      return wrong(view_, meta_.built_to, "", "a row of the list is not kept");
    return {};
  }

  const View& view_;
  ViewStore store_;
  rocksdb::ManagedSnapshot snapshot_;
  const rocksdb::Snapshot* seen_;
  ViewMeta meta_;
  Result<void> moves_right_;
  std::unordered_map<std::string, ViewRow> rows_;
  std::map<std::string, std::string> list_;  // by list key: the id
};

}  // namespace

Result<ViewCheck> check_view(const View& view, const ViewStore& store, size_t samples,
                             const ViewEventReader& reader) {
  return Check(view, store).run(samples, reader);
}

}  // namespace mash::log
