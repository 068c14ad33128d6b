#pragma once
#include <map>
#include <memory>
#include <string>

#include "log/event_log.h"
#include "log/head_file.h"
#include "log/store.h"
#include "merkle/tree.h"

namespace mash::log {

// A log's parts after they were read and found to agree, before anything is written.
struct Opened {
  std::unique_ptr<Store> store;
  HeadFile head_file;
  Head head;
  Time last_recorded_at{};
  merkle::Tree tree;
  std::map<std::string, Cursor> cursors;
};

// Opens the store and the head file and holds one against the other. Refused, all DATA_LOSS:
//   LOG_BEHIND_HEAD    the store ends before what was acknowledged
//   HEAD_MISMATCH      the store holds other records than were acknowledged
//   ROOT_MISMATCH      the store's own records do not lead to its own root
//   HEAD_FILE_DAMAGED  it is missing, blank or unreadable beside a store that was written to
//   STORE_INCOMPLETE, STORE_CORRUPT
// With `new_epoch` a store behind its head is taken as it is, and the head returned opens the next
// epoch.
Result<Opened> open_parts(const LogOptions& options, const NewEpoch* new_epoch);

// The tree of the store's first `size` records.
Result<merkle::Tree> load_tree(const Store& store, uint64_t size);

// Whether the store begins with what was acknowledged: LOG_BEHIND_HEAD, HEAD_MISMATCH.
Result<void> check_acknowledged(const Head& stored, const Head& acknowledged, const Store& store,
                                const merkle::Tree& tree);

// A store that was ever written to has a head file: HEAD_FILE_DAMAGED.
Result<void> check_head_file(const std::optional<Head>& stored,
                             const std::optional<Head>& acknowledged);

// "mash/<area>/<service>".
std::string log_name(const LogOptions& options);

}  // namespace mash::log
