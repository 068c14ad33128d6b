#pragma once
#include <cstddef>

#include "log/event_log.h"
#include "log/store.h"

namespace mash::log::testing {

// How many sealed chunks of blobs lie in the log's store, whether a record cites them or not.
inline size_t stored_chunks(const EventLog& log) {
  size_t count = 0;
  const auto it = log.store().iterate(kBlobs);
  for (it->SeekToFirst(); it->Valid(); it->Next()) ++count;
  return count;
}

}  // namespace mash::log::testing
