#include "log/view_set.h"

#include <rocksdb/db.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

#include "core/check.h"
#include "log/family_layout.h"
#include "log/versioned_list.h"
#include "log/view_check.h"
#include "log/view_format.h"
#include "log/view_writer.h"

namespace mash::log {
namespace {

constexpr size_t kMemtableBytesPerBucket = 512;  // about one key; the buckets take a 64th
constexpr size_t kListLimitMax = 1'000;

// A view's state as readers see it, in one word: whether it is live, its slot, and a number that
// changes whenever it is dropped.
struct Shown {
  bool live = false;
  ListSlot slot = 0;
  uint64_t generation = 0;

  uint64_t pack() const { return generation << 17 | uint64_t{slot} << 1 | (live ? 1 : 0); }
  static Shown unpack(uint64_t word) {
    return {.live = (word & 1) != 0,
            .slot = static_cast<ListSlot>(word >> 1),
            .generation = word >> 17};
  }
};

struct Maintained {
  const View* view = nullptr;
  std::unique_ptr<ViewWriter> writer;
  std::atomic<uint64_t> shown{0};
  std::atomic<bool> drop_wanted{false};

  Shown seen() const { return Shown::unpack(shown.load(std::memory_order_acquire)); }
  void show(const Shown& now) { shown.store(now.pack(), std::memory_order_release); }
  bool live() const { return seen().live; }
};

tl::unexpected<Error> rebuilding_now(const View& view) {
  auto error = refuse(Code::kUnavailable, "VIEW_REBUILDING",
                      "The view " + std::string(view.name()) + " is being rebuilt.");
  error.value().retry_after = std::chrono::seconds(1);
  return error;
}

tl::unexpected<Error> unknown_view() {
  return refuse(Code::kNotFound, "VIEW_UNKNOWN", "This log keeps no such view.");
}

tl::unexpected<Error> beyond_end() {
  return refuse(Code::kOutOfRange, "AS_AT_BEYOND_END",
                "The log has not yet the size that the list is wanted as at.");
}

// Removes all that a slot holds.
void drop_slot(rocksdb::WriteBatch& batch, const ViewStore& store, ListSlot slot) {
  const auto next = static_cast<ListSlot>(slot + 1);
  auto status = batch.DeleteRange(store.rows, row_key(slot, ""), row_key(next, ""));
  MASH_CHECK(status.ok());
  // Whole keys, since the nodes' prefix must be had of each.
  status = batch.DeleteRange(store.nodes, node_key(slot, kRootNode, UINT64_MAX),
                             node_key(next, kRootNode, UINT64_MAX));
  MASH_CHECK(status.ok());
}

}  // namespace

void configure_view_rows(rocksdb::ColumnFamilyOptions& options,
                         const std::shared_ptr<rocksdb::Cache>& block_cache) {
  options.prefix_extractor.reset(rocksdb::NewNoopTransform());  // read by whole keys alone
  lay_out_tables(options, block_cache, Filter::kKeys);
  expect_scattered_keys(options, kMemtableBytesPerBucket);
  // Most rows looked up and not cached are new: that they are not there is what must be fast.
  options.memtable_prefix_bloom_size_ratio = 0.03;
}

void configure_view_nodes(rocksdb::ColumnFamilyOptions& options,
                          const std::shared_ptr<rocksdb::Cache>& block_cache) {
  options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kNodePrefixBytes));
  lay_out_tables(options, block_cache, Filter::kPrefixes);
  expect_scattered_keys(options, kMemtableBytesPerBucket);
}

class ViewSet::Impl {
 public:
  Impl(ViewStore store, size_t cache_bytes) : store_(store), cache_bytes_(cache_bytes) {}

  Result<void> open(const std::vector<std::unique_ptr<View>>& views, uint64_t log_size);
  Result<void> apply(const ViewEvent& event);
  Result<void> write_to(rocksdb::WriteBatch& batch);
  void committed();
  bool rebuilding() const;
  Result<void> rebuild_step(uint64_t log_size, size_t max_events, const ViewEventReader& reader);
  Result<ListPage> list(const ListQuery& query, uint64_t durable_size) const;
  Result<std::optional<std::string>> row(std::string_view view, std::string_view id,
                                         uint64_t as_at_size, uint64_t durable_size) const;
  Maintained* find(std::string_view name) const;
  const ViewStore& store() const { return store_; }

 private:
  Result<void> read_slots_used();
  Result<void> write(rocksdb::WriteBatch& batch);
  Result<void> begin_anew(Maintained& view, std::optional<ListSlot> old_slot);
  Result<void> advance(const std::vector<Maintained*>& group, uint64_t from, uint64_t to,
                       const ViewEventReader& reader);
  Result<PageToken> start_of(const ListQuery& query, uint64_t durable_size, const View& view) const;
  static Result<void> fill(ListPage& page, ListReader& reader, const ListQuery& query,
                           PageToken token);
  Result<std::optional<std::string>> read_row(ListSlot slot, std::string_view id,
                                              uint64_t size) const;
  Result<std::optional<std::string>> order_as_at(ListSlot slot, std::string_view id,
                                                 uint64_t size) const;

  ViewStore store_;
  size_t cache_bytes_;
  std::vector<std::unique_ptr<Maintained>> views_;
  std::set<ListSlot> slots_used_;
  std::optional<uint64_t> last_position_;  // applied in the open commit
};

Result<void> ViewSet::Impl::read_slots_used() {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> metas(store_.db->NewIterator(options, store_.rows));
  const auto prefix = row_key(kMetaSlot, "");
  for (metas->Seek(prefix); metas->Valid() && metas->key().starts_with(prefix); metas->Next()) {
    const auto meta = decode_meta({metas->value().data(), metas->value().size()});
    if (!meta) return view_damaged("what is known of it is malformed");
    slots_used_.insert(meta->slot);
  }
  if (!metas->status().ok()) return view_unread(metas->status());
  return {};
}

Result<void> ViewSet::Impl::open(const std::vector<std::unique_ptr<View>>& views,
                                 uint64_t log_size) {
  if (auto status = read_slots_used(); !status) return status;
  for (const auto& view : views) {
    MASH_CHECK(find(view->name()) == nullptr);
    auto& maintained = *views_.emplace_back(std::make_unique<Maintained>());
    maintained.view = view.get();
    std::string bytes;
    const auto status = store_.db->Get(rocksdb::ReadOptions(), store_.rows,
                                       row_key(kMetaSlot, view->name()), &bytes);
    if (!status.ok() && !status.IsNotFound()) return view_unread(status);
    std::optional<ViewMeta> meta;
    if (status.ok()) meta = decode_meta(bytes);
    if (meta && meta->version == view->version() && meta->built_to <= log_size) {
      maintained.writer = std::make_unique<ViewWriter>(*view, store_, *meta);
    } else {
      std::optional<ListSlot> old_slot;
      if (meta) old_slot = meta->slot;
      if (auto begun = begin_anew(maintained, old_slot); !begun) return begun;
    }
    const auto& now = maintained.writer->meta();
    maintained.show({.live = now.built_to == log_size, .slot = now.slot});
  }
  return {};
}

Result<void> ViewSet::Impl::write(rocksdb::WriteBatch& batch) {
  const auto status = store_.db->Write(rocksdb::WriteOptions(), &batch);
  if (!status.ok())
    return refuse(Code::kInternal, "STORE_WRITE_FAILED",
                  "The store took no write: " + status.ToString());
  return {};
}

// Gives a view an empty slot and drops the old one, in one write.
Result<void> ViewSet::Impl::begin_anew(Maintained& view, std::optional<ListSlot> old_slot) {
  ListSlot slot = kMetaSlot + 1;
  while (slots_used_.contains(slot)) ++slot;
  const ViewMeta meta{.version = view.view->version(), .slot = slot};
  rocksdb::WriteBatch batch;
  if (old_slot) drop_slot(batch, store_, *old_slot);
  drop_slot(batch, store_, slot);
  MASH_CHECK(batch.Put(store_.rows, row_key(kMetaSlot, view.view->name()), encode_meta(meta)).ok());
  if (auto status = write(batch); !status) return status;
  if (old_slot) slots_used_.erase(*old_slot);
  slots_used_.insert(slot);
  view.writer = std::make_unique<ViewWriter>(*view.view, store_, meta);
  return {};
}

Result<void> ViewSet::Impl::apply(const ViewEvent& event) {
  MASH_CHECK(!last_position_ || event.position > *last_position_);
  for (const auto& view : views_) {
    if (!view->live()) continue;
    if (auto status = view->writer->apply(event); !status) return status;
  }
  last_position_ = event.position;
  return {};
}

Result<void> ViewSet::Impl::write_to(rocksdb::WriteBatch& batch) {
  if (!last_position_) return {};
  for (const auto& view : views_) {
    if (!view->live()) continue;
    if (auto status = view->writer->write_to(batch, *last_position_ + 1); !status) return status;
  }
  last_position_.reset();
  return {};
}

void ViewSet::Impl::committed() {
  for (const auto& view : views_)
    if (view->live()) view->writer->committed(cache_bytes_ / views_.size());
}

bool ViewSet::Impl::rebuilding() const {
  return std::any_of(views_.begin(), views_.end(),
                     [](auto& view) { return !view->live() || view->drop_wanted.load(); });
}

Result<void> ViewSet::Impl::rebuild_step(uint64_t log_size, size_t max_events,
                                         const ViewEventReader& reader) {
  MASH_CHECK(!last_position_);
  // The views furthest behind go first, together, until they meet the next.
  uint64_t from = log_size;
  uint64_t to = log_size;
  std::vector<Maintained*> group;
  for (const auto& view : views_) {
    if (view->drop_wanted.exchange(false)) {
      const auto seen = view->seen();
      view->show({.live = false, .slot = seen.slot, .generation = seen.generation + 1});
      if (auto status = begin_anew(*view, seen.slot); !status) return status;
      view->show({.slot = view->writer->meta().slot, .generation = seen.generation + 1});
    }
    if (view->live()) continue;
    const uint64_t built_to = view->writer->meta().built_to;
    if (built_to < from || group.empty()) {
      if (!group.empty()) to = from;
      from = built_to;
      group.clear();
    }
    if (built_to == from) {
      group.push_back(view.get());
    } else {
      to = std::min(to, built_to);
    }
  }
  to = std::min(to, from + max_events);
  if (from < to)
    if (auto status = advance(group, from, to, reader); !status) return status;
  for (auto* view : group) {
    auto seen = view->seen();
    seen.live = view->writer->meta().built_to == log_size;
    view->show(seen);
  }
  return {};
}

// Applies the events in [from, to) to views that stand at `from`, in a write of its own.
Result<void> ViewSet::Impl::advance(const std::vector<Maintained*>& group, uint64_t from,
                                    uint64_t to, const ViewEventReader& reader) {
  Result<void> applied;
  auto status = reader(from, to, [&](const ViewEvent& event) {
    for (auto* view : group)
      if (applied) applied = view->writer->apply(event);
  });
  if (!status) return status;
  if (!applied) return applied;
  rocksdb::WriteBatch batch;
  for (auto* view : group)
    if (status = view->writer->write_to(batch, to); !status) return status;
  if (status = write(batch); !status) return status;
  for (auto* view : group) view->writer->committed(cache_bytes_ / views_.size());
  return {};
}

Maintained* ViewSet::Impl::find(std::string_view name) const {
  for (const auto& view : views_)
    if (view->view->name() == name) return view.get();
  return nullptr;
}

// Where a page begins and as at which size, from the query and its token.
Result<PageToken> ViewSet::Impl::start_of(const ListQuery& query, uint64_t durable_size,
                                          const View& view) const {
  if (query.limit < 1 || query.limit > kListLimitMax)
    return refuse(Code::kInvalidArgument, "PAGE_LIMIT_INVALID",
                  "A page has 1 to " + std::to_string(kListLimitMax) + " rows.");
  PageToken token{.version = view.version(),
                  .as_at_size = query.as_at_size.value_or(durable_size),
                  .after = {}};
  if (!query.after.empty()) {
    auto given = decode_token(query.view, query.after);
    if (!given || given->version != view.version() ||
        given->as_at_size != query.as_at_size.value_or(given->as_at_size))
      return refuse(Code::kInvalidArgument, "PAGE_TOKEN_INVALID",
                    "The page token is not one of this list's; begin again without it.");
    token = std::move(*given);
  }
  if (token.as_at_size > durable_size) return beyond_end();
  return token;
}

Result<void> ViewSet::Impl::fill(ListPage& page, ListReader& reader, const ListQuery& query,
                                 PageToken token) {
  std::string start = list_key(query.order_from, "");
  if (query.order_from.empty()) start.clear();
  // The key just after another is that key and a zero byte.
  if (!token.after.empty()) start = std::max(start, token.after + '\0');
  std::optional<std::string> below;
  if (!query.order_below.empty()) below = list_key(query.order_below, "");

  auto status = reader.seek(start);
  size_t scanned = 0;
  for (; status && reader.valid(); status = reader.next(), ++scanned) {
    const auto& row = reader.row();
    if (below && row.key >= *below) break;
    if (page.rows.size() == query.limit || scanned == std::max<size_t>(query.scan_limit, 1)) {
      page.next = encode_token(query.view, token);
      break;
    }
    const auto id = id_in_list_key(row.key);
    if (!id) return view_damaged("a row's key is malformed");
    if (!query.filter || query.filter(*id, row.value))
      page.rows.push_back({.id = std::string(*id), .columns = std::string(row.value)});
    token.after = row.key;
  }
  return status;
}

Result<ListPage> ViewSet::Impl::list(const ListQuery& query, uint64_t durable_size) const {
  const Maintained* view = find(query.view);
  if (view == nullptr) return unknown_view();
  const auto token = start_of(query, durable_size, *view->view);
  if (!token) return tl::unexpected(token.error());
  const Shown seen = view->seen();
  if (!seen.live) return rebuilding_now(*view->view);

  ListPage page;
  page.as_at_size = token->as_at_size;
  ListReader reader({.db = store_.db, .nodes = store_.nodes, .slot = seen.slot}, token->as_at_size);
  const auto status = fill(page, reader, query, *token);
  // Dropped meanwhile: what was read may have been half gone.
  if (view->seen().generation != seen.generation) return rebuilding_now(*view->view);
  if (!status) return tl::unexpected(status.error());
  return page;
}

// The place that a row left first at or after a size; nothing where it left none since.
Result<std::optional<std::string>> ViewSet::Impl::order_as_at(ListSlot slot, std::string_view id,
                                                              uint64_t size) const {
  const auto moves = open_entries({.db = store_.db, .nodes = store_.nodes, .slot = slot}, nullptr);
  for (moves->Seek(move_key(slot, id, size)); moves->Valid(); moves->Next()) {
    const auto move = decode_move({moves->value().data(), moves->value().size()});
    if (!move) return view_damaged("what is known of a row's places is malformed");
    if (move->id == id) return std::string(move->from_order);
  }
  if (!moves->status().ok()) return view_unread(moves->status());
  return std::nullopt;
}

Result<std::optional<std::string>> ViewSet::Impl::read_row(ListSlot slot, std::string_view id,
                                                           uint64_t size) const {
  rocksdb::PinnableSlice bytes;
  const auto status = store_.db->Get({}, store_.rows, row_key(slot, id), &bytes);
  if (!status.ok() && !status.IsNotFound()) return view_unread(status);
  std::optional<StoredRow> now;
  if (status.ok()) {
    now = decode_row({bytes.data(), bytes.size()});
    if (!now) return view_damaged("a row is malformed");
    if (now->changed_at < size) return std::move(now->row.columns);
  }
  // It has changed since. It stood where it left first after that, or has not moved.
  auto order = order_as_at(slot, id, size);
  if (!order) return order;
  if (!*order && !now) return std::nullopt;
  const std::string key = list_key(*order ? **order : now->row.order, id);
  ListReader reader({.db = store_.db, .nodes = store_.nodes, .slot = slot}, size);
  if (auto sought = reader.seek(key); !sought) return tl::unexpected(sought.error());
  if (!reader.valid() || reader.row().key != key) return std::nullopt;
  return std::string(reader.row().value);
}

Result<std::optional<std::string>> ViewSet::Impl::row(std::string_view name, std::string_view id,
                                                      uint64_t as_at_size,
                                                      uint64_t durable_size) const {
  const Maintained* view = find(name);
  if (view == nullptr) return unknown_view();
  if (as_at_size > durable_size) return beyond_end();
  const Shown seen = view->seen();
  if (!seen.live) return rebuilding_now(*view->view);
  auto columns = read_row(seen.slot, id, as_at_size);
  // Dropped meanwhile: what was read may have been half gone.
  if (view->seen().generation != seen.generation) return rebuilding_now(*view->view);
  return columns;
}

ViewSet::ViewSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ViewSet::~ViewSet() = default;

Result<std::unique_ptr<ViewSet>> ViewSet::open(ViewStore store,
                                               const std::vector<std::unique_ptr<View>>& views,
                                               size_t cache_bytes, uint64_t log_size) {
  auto impl = std::make_unique<Impl>(store, cache_bytes);
  if (auto status = impl->open(views, log_size); !status) return tl::unexpected(status.error());
  return std::unique_ptr<ViewSet>(new ViewSet(std::move(impl)));
}

Result<void> ViewSet::apply(const ViewEvent& event) { return impl_->apply(event); }
Result<void> ViewSet::write_to(rocksdb::WriteBatch& batch) { return impl_->write_to(batch); }
void ViewSet::committed() { impl_->committed(); }
bool ViewSet::rebuilding() const { return impl_->rebuilding(); }

Result<void> ViewSet::rebuild_step(uint64_t log_size, size_t max_events,
                                   const ViewEventReader& reader) {
  return impl_->rebuild_step(log_size, max_events, reader);
}

Result<ListPage> ViewSet::list(const ListQuery& query, uint64_t durable_size) const {
  return impl_->list(query, durable_size);
}

Result<std::optional<std::string>> ViewSet::row(std::string_view view, std::string_view id,
                                                std::optional<uint64_t> as_at_size,
                                                uint64_t durable_size) const {
  return impl_->row(view, id, as_at_size.value_or(durable_size), durable_size);
}

bool ViewSet::live(std::string_view view) const {
  const auto* found = impl_->find(view);
  return found != nullptr && found->live();
}

Result<void> ViewSet::request_rebuild(std::string_view view) {
  auto* found = impl_->find(view);
  if (found == nullptr) return unknown_view();
  found->drop_wanted.store(true);
  return {};
}

Result<ViewCheck> ViewSet::check(std::string_view view, size_t samples,
                                 const ViewEventReader& reader) const {
  const auto* found = impl_->find(view);
  if (found == nullptr) return unknown_view();
  const Shown seen = found->seen();
  if (!seen.live) return rebuilding_now(*found->view);
  auto check = check_view(*found->view, impl_->store(), samples, reader);
  if (found->seen().generation != seen.generation) return rebuilding_now(*found->view);
  return check;
}

}  // namespace mash::log
