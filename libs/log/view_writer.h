#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/result.h"
#include "log/versioned_list.h"
#include "log/view.h"
#include "log/view_format.h"
#include "log/view_set.h"

namespace mash::log {

// Keeps one view current: its rows and its list. For the log's writer thread; a commit is the same
// as ViewSet's, and so are the errors.
class ViewWriter {
 public:
  ViewWriter(const View& view, const ViewStore& store, const ViewMeta& meta);

  Result<void> apply(const ViewEvent& event);
  // `size`: all events below it have been applied; at least one since the last commit.
  Result<void> write_to(rocksdb::WriteBatch& batch, uint64_t size);
  // Keeps about `cache_bytes` of what it has decoded.
  void committed(size_t cache_bytes);

  const View& view() const { return view_; }
  const ViewMeta& meta() const { return meta_; }

 private:
  struct CachedRow {
    std::optional<ViewRow> row{};  // absent: it is not in the list
    uint64_t changed_at = 0;       // the position of the last event that changed it
    bool changed = false;          // in the open commit
  };
  using Rows = std::unordered_map<std::string, CachedRow>;
  Result<Rows::value_type*> find(std::string id);
  static size_t weight(const Rows::value_type& row);

  const View& view_;
  ViewStore store_;
  ViewMeta meta_;
  ListWriter list_;
  // Rows used lately, and before that. When `young_` has its share it becomes `old_`, which is let
  // go whole: that costs less than to keep an order among them.
  Rows young_;
  Rows old_;
  std::vector<Rows::value_type*> changed_;                  // all in young_
  std::vector<std::pair<std::string, std::string>> moves_;  // of the open commit: key and value
  size_t young_bytes_ = 0;
};

}  // namespace mash::log
