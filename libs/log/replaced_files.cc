#include "log/replaced_files.h"

#include "log/store.h"

namespace mash::log {

Result<void> remove_replaced_files(rocksdb::DB& db) {
  // Listing the log files while removals are held back waits for those under way; allowing them
  // again removes the rest.
  rocksdb::VectorLogPtr ignored;
  const rocksdb::Status held = db.DisableFileDeletions();
  const rocksdb::Status waited = db.GetSortedWalFiles(ignored);
  const rocksdb::Status removed = db.EnableFileDeletions(false);  // a backup may hold them too
  for (const rocksdb::Status& status : {held, waited, removed})
    if (!status.ok()) return tl::unexpected(store_error(status, "Removing replaced files"));
  return {};
}

}  // namespace mash::log
