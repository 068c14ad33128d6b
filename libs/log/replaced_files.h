#pragma once
#include <rocksdb/db.h>

#include "core/result.h"

namespace mash::log {

// Waits until the files that a compaction replaced are gone, for whoever must know that what was
// deleted is in no file any more. A compaction returns a moment before they are removed.
Result<void> remove_replaced_files(rocksdb::DB& db);

}  // namespace mash::log
