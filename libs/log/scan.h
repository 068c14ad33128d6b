#pragma once
#include <functional>

#include "log/event_log.h"
#include "log/store.h"
#include "log/view_set.h"

namespace mash::log {

// How a log is read in order; EventLog's reading methods are these. Thread-safe: everything read is
// immutable.

Result<StreamHistory> read_history(const Store& store, std::string_view stream,
                                   uint64_t from_version, uint64_t size, bool with_sealed);
Result<void> scan(const Store& store, const ScanQuery& query, uint64_t size,
                  const std::function<bool(Record&&)>& each);

// The size of the log at a time: its records' times never go back, so a binary search finds it.
Result<uint64_t> size_at(const Store& store, uint64_t size, Time time);

// Positions below `size` of everything under one key scope (a case, a person), ascending.
Result<std::vector<uint64_t>> scope_positions(const Store& store, std::string_view scope,
                                              uint64_t size);

// Decodes records for views that are being rebuilt.
ViewEventReader view_events_of(const Store& store);

}  // namespace mash::log
