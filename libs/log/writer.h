#pragma once
#include <rocksdb/write_batch.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "log/completions.h"
#include "log/cursors.h"
#include "log/event_log.h"
#include "log/head_file.h"
#include "log/recent_writes.h"
#include "log/store.h"
#include "log/view_set.h"
#include "merkle/tree.h"

namespace mash::log {

// The one thread that writes a log. It takes all that waits, checks each append on its own, writes
// what holds as one RocksDB batch, syncs it, syncs the head file, and only then has each append
// answered. Appends may be given from any thread; everything else here belongs to the writer's
// thread.
class Writer {
 public:
  // Whom a commit concerns.
  struct Listeners {
    std::function<void(const Head&, const merkle::Tree&)>
        durable;                                  // on the writer's thread, before any answer
    std::function<void(uint64_t size)> answered;  // on the completion thread, after the answers
  };

  Writer(const LogOptions& options, Store& store, HeadFile head_file, Head head,
         Time last_recorded_at, merkle::Tree tree, ViewSet& views, Cursors& cursors,
         Listeners listeners);
  ~Writer();  // refuses further appends, finishes those waiting

  void append(Append append, Completion done);

  // Writes and syncs a batch of its own on the writer's thread, between two commits, and waits for
  // it. UNAVAILABLE when the log is stopping, or stops since the write failed.
  Result<void> write_between_commits(rocksdb::WriteBatch& batch);

  EventLog::Stats stats() const;

 private:
  struct Waiting {
    Append append;
    Completion done;
    size_t bytes = 0;
  };
  // How one append of the open batch will be answered once the batch is durable.
  struct Answer {
    Completion done;
    Result<Appended> result;
    std::optional<RequestKey> known_request;  // answered before: look the answer up
  };

  void run();
  void commit(std::vector<Waiting> batch);
  Answer take(Waiting& waiting);
  Result<void> check_request(const RequestKey& key, uint64_t checked_size, bool& known);
  Result<uint64_t> current_version(const StreamExpectation& expectation, const StreamHash& hash);
  Result<void> check_expectations(const Append& append, std::vector<StreamHash>& hashes,
                                  std::vector<uint64_t>& versions);
  Result<Appended> write_events(Append& append, const std::vector<StreamHash>& hashes,
                                std::vector<uint64_t>& versions);
  Result<void> write_event(PreparedEvent& event, const StreamHash& stream, uint64_t version);
  void write_request(const Append& append, const Appended& appended);
  bool make_durable();
  void answer(bool grew);
  void rebuild_views();
  void fatal(const std::string& diagnosis);
  void at_point(std::string_view point) const;

  const LogOptions& options_;
  Store& store_;
  HeadFile head_file_;
  merkle::Tree tree_;
  ViewSet& views_;
  Cursors& cursors_;
  const ViewEventReader view_events_;
  Listeners listeners_;

  // The open batch.
  Head head_;
  Time last_recorded_at_;
  Time batch_time_{};
  RecentWrites recent_;
  rocksdb::WriteBatch batch_;
  std::vector<Answer> answers_;
  bool failed_ = false;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Waiting> waiting_;
  size_t waiting_bytes_ = 0;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::atomic<uint64_t> committed_batches_{0};
  std::atomic<uint64_t> committed_events_{0};

  Completions completions_;
  std::thread thread_;
};

}  // namespace mash::log
