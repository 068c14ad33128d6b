#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "log/event_log.h"
#include "merkle/checkpoint.h"

namespace mash::log {

// One thing wrong with a log. Reasons:
//   RECORD_UNREADABLE    its bytes cannot be read, or are not a record in its one canonical form
//   RECORD_MISPLACED     it says another position, goes back in time or epoch
//   COMMITMENT_MISMATCH  the sealed part is not the one the record commits to
//   BLOB_MISMATCH        a file's sealed bytes are not those that the record cites
//   BLOB_MISSING         some of them are gone though their key was never erased
//   SEALED_PART_MISSING  its sealed part is gone though its key was never erased
//   TILE_MISMATCH        a stored tile is not what the records lead to
//   ROOT_MISMATCH        the records do not lead to the root stored, or acknowledged
//   LOG_BEHIND_HEAD      the store ends before what was acknowledged
//   HEAD_FILE_DAMAGED    the head file is missing or blank
//   CHECKPOINT_MISMATCH  the log does not contain the tree of a checkpoint kept elsewhere
//   INDEX_MISMATCH       the stream and case index does not list exactly the records
//   STORE_CORRUPT        bytes elsewhere in the store fail their checksums
//   VIEW_WRONG           a view is not what the events lead to
struct LogFault {
  uint64_t position = 0;  // the first it concerns; the log's size when it is none
  std::string reason;
  std::string message;
};

struct VerifyOptions {
  unsigned threads = 2;
  size_t faults_max = 100;  // the first by position are kept
  std::optional<merkle::Checkpoint>
      known{};              // kept elsewhere; its signature checked by whoever opened it
  bool with_views = false;  // needs the views' definitions: a log opened with them
  std::function<void(uint64_t done, uint64_t total)>
      progress{};          // called from several threads, one at a time
  std::stop_token stop{};  // gives up between two chunks: UNAVAILABLE, reason VERIFY_STOPPED
};

struct VerifyReport {
  std::string name;  // the log's, "mash/E10000013/referral"
  Head head;         // what was verified
  uint64_t sealed_parts = 0;
  uint64_t erased_parts = 0;     // records whose sealed part was erased with its key
  uint64_t blobs = 0;            // that records cite, and that are there
  std::vector<LogFault> faults;  // by position; the first is the first wrong record

  bool intact() const { return faults.empty(); }
};

// Re-reads every byte of a log while it runs, recomputes every hash, commitment and tree head up to
// its present size, and holds index and tiles against them. Fails only when it cannot look at all.
Result<VerifyReport> verify(const EventLog& log, const VerifyOptions& options);

// The same for a log at rest, which is left as it is: a backup may lie on a medium that cannot be
// written to. UNAVAILABLE, reason LOG_IN_USE, while a service has it open;
// NOT_FOUND, reason LOG_MISSING.
Result<VerifyReport> verify_directory(const std::filesystem::path& directory,
                                      const VerifyOptions& options);

}  // namespace mash::log
