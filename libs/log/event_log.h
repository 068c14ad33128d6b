#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "log/append.h"
#include "log/disk_room.h"
#include "log/head.h"
#include "log/record.h"
#include "log/view.h"
#include "mash/log/v1/log_events.pb.h"
#include "merkle/hash.h"

namespace rocksdb {
class Env;
}

namespace mash::merkle {
class SigningKey;
}
namespace mash::vault {
class KeyRing;
}

namespace mash::log {

class Prover;
class Store;

// How a log is opened. What it points to outlives the log.
struct LogOptions {
  std::filesystem::path directory;  // the log's own; made if absent
  std::string area;                 // ONS code: "E10000013"
  std::string service;              // "referral"; with area and epoch it makes the origin
  const Clock* clock = nullptr;
  vault::KeyRing* keys = nullptr;              // seals and opens personal data
  const merkle::SigningKey* signer = nullptr;  // signs checkpoints
  std::vector<std::unique_ptr<View>> views;

  size_t queue_appends_max = 8'192;  // more waiting: RESOURCE_EXHAUSTED
  size_t queue_bytes_max = 64 << 20;
  size_t batch_events_max = 2'048;       // in one commit
  size_t block_cache_bytes = 128 << 20;  // RocksDB's, for reads
  size_t memtable_bytes = 32 << 20;      // each column family's
  size_t view_cache_bytes = 32 << 20;    // decoded pages of views
  DiskRoomOptions room{};                // less free on its disk: RESOURCE_EXHAUSTED, DISK_FULL

  // For tests: another file system, and what to do when the disk cannot be trusted any more
  // (default: stop the process).
  rocksdb::Env* env = nullptr;
  std::function<void(const std::string& diagnosis)> on_fatal{};
  // For tests: called at named points of the commit path (docs/formats/log.md lists them).
  std::function<void(std::string_view point)> at_point{};
};

// Why a log opens a new epoch, and who said so.
struct NewEpoch {
  v1::EpochReason reason = v1::EPOCH_REASON_UNSPECIFIED;
  Actor actor;
  std::optional<Head>
      last_known;  // the newest head known of the log before, when it is past what the store holds
};

// Which records a scan yields.
struct ScanQuery {
  uint64_t from = 0;  // first position; when backwards, the last one (clipped to the end)
  std::optional<uint64_t> as_at_size;  // only positions below it
  bool backwards = false;
  bool with_sealed = false;
  std::string stream{};              // only this stream
  std::string case_id{};             // only this case
  std::vector<std::string> types{};  // only these event types
};

// A stream read back.
struct StreamHistory {
  std::vector<Record> records;  // ascending versions
  uint64_t version = 0;         // of the whole stream as at the size read
  uint64_t read_size = 0;       // the log's size when it was read
};

// The events of one service in one order: durable in RocksDB, hashed into a Merkle tree, read back
// as at any time.
//
// Thread-safe: any number of threads append and read; one writer thread of its own commits in
// groups, and one completion thread answers. Acknowledged means durable: the write-ahead log and
// the head file are synced before a completion is called. When a sync fails the process stops (see
// LogOptions::on_fatal): it never carries on over a disk that lied.
class EventLog {
 public:
  // Opens, or makes, the log. Refuses with DATA_LOSS, reason LOG_BEHIND_HEAD, a store that ends
  // before what its head file says was acknowledged; only `recover` (log/recover.h) may mend that.
  // Constant time in the log's length.
  static Result<std::unique_ptr<EventLog>> open(LogOptions options);

  // Opens a log that lost its end, or was restored, in a new epoch that cites the last head known
  // (log/recover.h decides when that is right). The first record of the epoch is durable when this
  // returns.
  static Result<std::unique_ptr<EventLog>> open_new_epoch(LogOptions options, const NewEpoch& why);
  ~EventLog();  // stops taking appends, finishes those taken, closes

  // The name of this log without the epoch, "mash/E10000013/referral", and with it.
  const std::string& name() const;
  std::string origin() const;
  const LogOptions& options() const;

  // What is durable and findable: every acknowledged append is below it.
  Head head() const;
  uint64_t size() const { return head().size; }

  // Takes an append, or refuses it at once through `done` (RESOURCE_EXHAUSTED when the queue is
  // full, QUEUE_FULL, or the disk nearly so, DISK_FULL; UNAVAILABLE when stopping). Version
  // conflicts are ABORTED, reason VERSION_CONFLICT; a request id with another body is
  // ALREADY_EXISTS, reason REQUEST_ID_REUSED; a cursor that stands elsewhere is ABORTED, reason
  // CURSOR_MOVED.
  void append(Append append, Completion done);

  // How far a feed has been applied, as of the last commit; a feed never followed stands at its
  // beginning. From memory.
  Cursor cursor(const std::string& feed) const;
  // The same of all feeds, by name: what a record says had been seen when it was decided.
  std::map<std::string, Cursor> cursors() const;

  // The answer to a request taken before, if it was. Same errors as append().
  Result<std::optional<Appended>> find_request(const RequestKey& key) const;

  // A stream's records from a version on, as at a size (absent: now). A stream that does not exist
  // has version 0.
  Result<StreamHistory> read_stream(std::string_view stream, uint64_t from_version = 1,
                                    std::optional<uint64_t> as_at_size = {},
                                    bool with_sealed = false) const;
  Result<uint64_t> stream_version(std::string_view stream) const;

  Result<Record> read(uint64_t position, bool with_sealed = false) const;

  // Calls `each` for every record wanted, in order, until it returns false or there are no more.
  Result<void> scan(const ScanQuery& query, const std::function<bool(Record&&)>& each) const;

  // The size the log had at a time: records recorded at or before it lie below.
  Result<uint64_t> size_at(Time time) const;

  // Puts the personal fields back into `event`, which holds the record's public part. False: they
  // were erased.
  Result<bool> open_personal(const Record& record, google::protobuf::Message& event) const;

  // Reads a page of a view. UNAVAILABLE, reason VIEW_REBUILDING, while it is being rebuilt.
  Result<ListPage> list(const ListQuery& query) const;

  // One row of a view by its id, as at a size (absent: now): its columns, or nothing where it was
  // not in the list. Refuses as list() does.
  Result<std::optional<std::string>> row(std::string_view view, std::string_view id,
                                         std::optional<uint64_t> as_at_size = {}) const;

  // What the log can prove about itself: checkpoints, inclusion, consistency, tiles.
  const Prover& prover() const;

  // Calls `wake` with the new size after each commit, from the completion thread, until the Tail is
  // destroyed.
  class Tail {
   public:
    virtual ~Tail() = default;
  };
  std::unique_ptr<Tail> tail(std::function<void(uint64_t size)> wake) const;

  // Removes every sealed part under this key from the log and its files, history included. The key
  // is destroyed first. Returns how many there were.
  Result<uint64_t> erase_sealed(const std::string& key_id);

  // Appends waiting, for metrics.
  struct Stats {
    uint64_t queued_appends = 0;
    uint64_t committed_batches = 0;
    uint64_t committed_events = 0;
    uint64_t free_bytes = 0;  // on the log's disk
    bool is_short_of_room = false;
  };
  Stats stats() const;

  // Computes a view again from the events and compares; see ViewSet::check.
  Result<void> check_view(std::string_view view) const;

  Uuid fresh_event_id() const;

  // How it lies on disk, for libs/log itself.
  Store& store() const;

 private:
  class Impl;
  static Result<std::unique_ptr<EventLog>> open(LogOptions options, const NewEpoch* new_epoch);
  explicit EventLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The id of the data key an event is sealed under: its case's, or without one its stream's own
// ("person/<id>").
std::string_view key_scope(std::string_view stream, std::string_view case_id);

}  // namespace mash::log
