#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "log/view.h"

namespace rocksdb {
class Cache;
class ColumnFamilyHandle;
class DB;
class WriteBatch;
struct ColumnFamilyOptions;
}  // namespace rocksdb

namespace mash::log {

// Where views are kept: two column families of the log's store. All three outlive the ViewSet.
struct ViewStore {
  rocksdb::DB* db = nullptr;
  rocksdb::ColumnFamilyHandle* rows = nullptr;   // "view_rows": the current row of each id
  rocksdb::ColumnFamilyHandle* nodes = nullptr;  // "view_nodes": the lists, with their history
};

// Set what the two families need of RocksDB: memtables, prefixes, filters. `block_cache` is the
// log's; compression and the write buffer stay the caller's to choose: the buffer's size first, for
// the memtables are made for it.
void configure_view_rows(rocksdb::ColumnFamilyOptions& options,
                         const std::shared_ptr<rocksdb::Cache>& block_cache);
void configure_view_nodes(rocksdb::ColumnFamilyOptions& options,
                          const std::shared_ptr<rocksdb::Cache>& block_cache);

// Gives the events at positions [from, to), in order, to `each`. The log's, which decodes records.
using ViewEventReader = std::function<Result<void>(
    uint64_t from, uint64_t to, const std::function<void(const ViewEvent&)>& each)>;

// What check() found.
struct ViewCheck {
  uint64_t size = 0;  // the log's size the view was checked as at
  uint64_t rows = 0;  // in the list as at that size
  std::vector<uint64_t>
      sampled;  // the sizes whose lists were compared, ascending; the last: `size`
};

// The views of one log: kept current in the same write as the events, readable as at any past size,
// rebuilt while the log runs when a definition has changed. docs/formats/views.md is their format.
//
// One commit of the log's writer thread is: apply() each event, in order; write_to() the batch;
// write that batch; committed(). Nothing of a commit is in RocksDB before its batch is, and every
// entry there is stamped with positions, so readers need no lock: they read as at a durable size.
// When the batch cannot be written the process stops, so there is no way back.
//
// Threads: list(), row(), check(), request_rebuild(), live() are for any thread at any time; all
// others for the writer thread alone.
class ViewSet {
 public:
  // `views` outlive the ViewSet. `cache_bytes` bounds what the writer keeps decoded, all views
  // together, between commits. A view is current when its stored version is the definition's and it
  // was built to `log_size`; one that is merely behind catches up from where it stands; any other
  // is built from the start. Fails with DATA_LOSS, reason VIEW_DAMAGED, when what is stored makes
  // no sense; UNAVAILABLE, reason STORE_FAILED, when the disk fails.
  static Result<std::unique_ptr<ViewSet>> open(ViewStore store,
                                               const std::vector<std::unique_ptr<View>>& views,
                                               size_t cache_bytes, uint64_t log_size);
  ~ViewSet();

  // Applies an event to every live view. Fails, as open() does, when what is stored cannot be read;
  // the writer then stops.
  Result<void> apply(const ViewEvent& event);
  // Adds all that the events since the last commit changed to `batch`: one key for each row and one
  // for each page of a list touched, however many events touched it. Same errors as apply().
  Result<void> write_to(rocksdb::WriteBatch& batch);
  // The batch was written.
  void committed();

  // Whether some view is behind and wants rebuild_step().
  bool rebuilding() const;
  // Takes the views that are behind at most `max_events` further, in a write of its own, unsynced:
  // after a crash it goes on from what the write-ahead log kept. Views that reach `log_size`, the
  // number of events written, go live with the next apply(). Called between commits. Fails as the
  // reader does, as apply() does, and with INTERNAL, reason STORE_WRITE_FAILED.
  Result<void> rebuild_step(uint64_t log_size, size_t max_events, const ViewEventReader& reader);

  // Reads a page of a view as at `query.as_at_size`, or the token's, or `durable_size`. Rows come
  // in (order, id) order. Refuses with
  //   NOT_FOUND VIEW_UNKNOWN, UNAVAILABLE VIEW_REBUILDING,
  //   OUT_OF_RANGE AS_AT_BEYOND_END (as_at_size is above durable_size),
  //   INVALID_ARGUMENT PAGE_TOKEN_INVALID (not a token of this view, or of another as_at_size),
  //   INVALID_ARGUMENT PAGE_LIMIT_INVALID (a limit that is not 1 to 1,000), or as open() does.
  Result<ListPage> list(const ListQuery& query, uint64_t durable_size) const;

  // The columns of one row as at `as_at_size`, or `durable_size`; nothing where it was not in the
  // list. One look-up when the row has not changed since then, a few when it has. Refuses as list()
  // does.
  Result<std::optional<std::string>> row(std::string_view view, std::string_view id,
                                         std::optional<uint64_t> as_at_size,
                                         uint64_t durable_size) const;

  // Whether the view answers queries.
  bool live(std::string_view view) const;

  // Drops a view and builds it anew, from the next rebuild_step() on. NOT_FOUND VIEW_UNKNOWN.
  Result<void> request_rebuild(std::string_view view);

  // Computes a view again from the log's events and compares it with what is stored: every row and
  // the whole list now, and the whole list as at about `samples` sizes spread over the history.
  // DATA_LOSS, reason VIEW_WRONG, names the first difference by the size and the row's id. Holds
  // all rows of the view in memory. UNAVAILABLE VIEW_REBUILDING.
  Result<ViewCheck> check(std::string_view view, size_t samples,
                          const ViewEventReader& reader) const;

 private:
  class Impl;
  explicit ViewSet(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::log
