#include "log/writer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>

#include "core/check.h"
#include "core/ids.h"
#include "log/answers.h"
#include "log/blob.h"
#include "log/scan.h"

namespace mash::log {
namespace {

constexpr size_t kRecentMax =
    16'384;  // streams and requests, twice: they stay in the processor's cache
constexpr size_t kRebuildEventsPerStep = 256;  // of a view, between two commits
constexpr std::chrono::milliseconds kQueueFullRetry{50};

size_t size_of(const Append& append) {
  size_t bytes = 0;
  for (const auto& event : append.events) bytes += event.leaf.size() + event.sealed.size();
  return bytes;
}

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

rocksdb::WriteOptions durable_write() {
  rocksdb::WriteOptions options;
  options.sync = true;
  options.protection_bytes_per_key = 8;
  return options;
}

tl::unexpected<Error> stopping() {
  return refuse(Code::kUnavailable, "LOG_STOPPING", "The log is stopping; send the request again.");
}

}  // namespace

Writer::Writer(const LogOptions& options, Store& store, HeadFile head_file, Head head,
               Time last_recorded_at, merkle::Tree tree, ViewSet& views, Cursors& cursors,
               Listeners listeners)
    : options_(options),
      store_(store),
      head_file_(std::move(head_file)),
      tree_(std::move(tree)),
      views_(views),
      cursors_(cursors),
      view_events_(view_events_of(store)),
      listeners_(std::move(listeners)),
      head_(head),
      last_recorded_at_(last_recorded_at),
      recent_(kRecentMax, head.size),
      thread_([this] { run(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::append(Append append, Completion done) {
  const size_t bytes = size_of(append);
  if (auto room =
          store_.room().check(append.is_look ? DiskRoom::Need::kLook : DiskRoom::Need::kCommand);
      !room)
    return done(tl::unexpected(room.error()));
  std::optional<Error> refused;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      refused = stopping().value();
    } else if (waiting_.size() >= options_.queue_appends_max ||
               waiting_bytes_ + bytes > options_.queue_bytes_max) {
      refused = Error{.code = Code::kResourceExhausted,
                      .reason = "QUEUE_FULL",
                      .message = "More is waiting to be written than the log takes; try again.",
                      .retry_after = kQueueFullRetry};
    } else {
      waiting_bytes_ += bytes;
      waiting_.push_back({std::move(append), std::move(done), bytes});
    }
  }
  if (refused) return done(tl::unexpected(*refused));
  wake_.notify_one();
}

Result<void> Writer::write_between_commits(rocksdb::WriteBatch& batch) {
  std::promise<rocksdb::Status> written;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return stopping();
    jobs_.push_back([&] {
      const auto status = store_.db().Write(durable_write(), &batch);
      if (!status.ok()) fatal(store_error(status, "Writing the log").message);
      written.set_value(status);
    });
  }
  wake_.notify_one();
  if (!written.get_future().get().ok()) return stopping();
  return {};
}

EventLog::Stats Writer::stats() const {
  const std::lock_guard lock(mutex_);
  return {.queued_appends = waiting_.size(),
          .committed_batches = committed_batches_,
          .committed_events = committed_events_,
          .free_bytes = store_.room().free_bytes(),
          .is_short_of_room = store_.room().is_short()};
}

void Writer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto something = [this] { return stopping_ || !waiting_.empty() || !jobs_.empty(); };
    if (!views_.rebuilding()) wake_.wait(lock, something);
    if (!jobs_.empty()) {
      const auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
    } else if (!waiting_.empty()) {
      auto batch = std::move(waiting_);
      waiting_.clear();
      waiting_bytes_ = 0;
      lock.unlock();
      commit(std::move(batch));
    } else if (stopping_) {
      return;
    } else {
      lock.unlock();
    }
    rebuild_views();
    lock.lock();
  }
}

void Writer::commit(std::vector<Waiting> batch) {
  auto next = batch.begin();
  while (next != batch.end()) {
    batch_time_ = std::max(options_.clock->now(), last_recorded_at_);
    const uint64_t first = head_.size;
    while (next != batch.end() && !failed_ && head_.size - first < options_.batch_events_max)
      answers_.push_back(take(*next++));
    if (!failed_ && batch_.Count() > 0 && make_durable()) {
      last_recorded_at_ = batch_time_;
      committed_batches_ += 1;
      committed_events_ += head_.size - first;
    }
    if (failed_) {
      // What is on the disk is not known: nobody is told anything but that.
      while (next != batch.end())
        answers_.push_back({.done = std::move(next++->done), .result = {}, .known_request = {}});
      for (auto& answer : answers_) {
        answer.result = stopping();
        answer.known_request.reset();
      }
    }
    answer(!failed_ && head_.size > first);
  }
}

Writer::Answer Writer::take(Waiting& waiting) {
  Append& append = waiting.append;
  Answer answer{.done = std::move(waiting.done), .result = Appended{}, .known_request = {}};
  std::vector<StreamHash> hashes;
  std::vector<uint64_t> versions;
  bool known = false;
  Result<void> checked;
  if (append.request) checked = check_request(*append.request, append.request_checked_size, known);
  if (checked && !known) checked = check_expectations(append, hashes, versions);
  if (checked && !known && append.cursor) checked = cursors_.check(*append.cursor);
  if (!checked) {
    answer.result = tl::unexpected(checked.error());
  } else if (known) {
    answer.known_request = append.request;
  } else {
    answer.result = write_events(append, hashes, versions);
    if (!answer.result) fatal(answer.result.error().message);
    recent_.turn_over(head_.size);
  }
  return answer;
}

Result<void> Writer::check_request(const RequestKey& key, uint64_t checked_size, bool& known) {
  auto entry = recent_.request(key);
  // At the horizon too: a request that wrote no event has no position of its own.
  if (!entry && checked_size <= recent_.horizon()) {
    auto stored = store_.request(key);
    if (!stored) return tl::unexpected(stored.error());
    entry = *stored;
  }
  if (!entry) return {};
  if (entry->digest != key.digest) return tl::unexpected(request_id_reused());
  known = true;
  return {};
}

Result<uint64_t> Writer::current_version(const StreamExpectation& expectation,
                                         const StreamHash& hash) {
  if (const auto version = recent_.version(hash)) return *version;
  if (expectation.read_size >= recent_.horizon()) return expectation.version;
  return store_.stream_version(hash);
}

Result<void> Writer::check_expectations(const Append& append, std::vector<StreamHash>& hashes,
                                        std::vector<uint64_t>& versions) {
  for (const auto& expectation : append.expectations) {
    const auto hash = hash_stream(expectation.stream);
    const auto version = current_version(expectation, hash);
    if (!version) return tl::unexpected(version.error());
    if (expectation.required && *version != expectation.version)
      return tl::unexpected(Error{.code = Code::kAborted,
                                  .reason = "VERSION_CONFLICT",
                                  .message = "The stream has moved on; read it again.",
                                  .metadata = {{"expected", std::to_string(expectation.version)},
                                               {"version", std::to_string(*version)}}});
    hashes.push_back(hash);
    versions.push_back(*version);
  }
  return {};
}

Result<Appended> Writer::write_events(Append& append, const std::vector<StreamHash>& hashes,
                                      std::vector<uint64_t>& versions) {
  Appended appended{.epoch = head_.epoch, .recorded_at = batch_time_};
  const auto index_of = [&](const std::string& stream) {
    const auto it = std::find_if(append.expectations.begin(), append.expectations.end(),
                                 [&](const auto& expected) { return expected.stream == stream; });
    MASH_CHECK(it != append.expectations.end());  // UnitOfWork states one for each stream it writes
    return static_cast<size_t>(it - append.expectations.begin());
  };
  for (auto& event : append.events) {
    const size_t at = index_of(event.stream);
    const uint64_t version = ++versions[at];
    appended.events.push_back({.event_id = event.event_id.text(),
                               .stream = event.stream,
                               .case_id = event.case_id,
                               .position = head_.size,
                               .stream_version = version});
    if (auto written = write_event(event, hashes[at], version); !written)
      return tl::unexpected(written.error());
    recent_.put_version(hashes[at], version);
  }
  appended.position = head_.size == 0 ? 0 : head_.size - 1;
  for (size_t i = 0; i < append.expectations.size(); ++i)
    if (append.expectations[i].stream == append.subject) appended.version = versions[i];
  if (append.request) write_request(append, appended);
  if (append.cursor) {
    store_.put_cursor(batch_, *append.cursor);
    cursors_.move(*append.cursor);
  }
  return appended;
}

Result<void> Writer::write_event(PreparedEvent& event, const StreamHash& stream, uint64_t version) {
  const uint64_t position = head_.size++;
  put_prefix(event.leaf, {.epoch = static_cast<uint32_t>(head_.epoch),
                          .position = position,
                          .stream_version = version,
                          .recorded_at = batch_time_});
  const auto key = position_key(position);
  batch_.Put(store_.family(kRecords), key, event.leaf);
  if (!event.sealed.empty()) batch_.Put(store_.family(kSealed), key, event.sealed);
  for (const auto& blob : event.blobs) blob->cite_in(batch_);
  batch_.Put(store_.family(kIndex), stream_key(stream, version), key);
  batch_.Put(store_.family(kIndex),
             scope_key(hash_stream(key_scope(event.stream, event.case_id)), position), {});
  tree_.append(merkle::leaf_hash(event.leaf), [this](merkle::TileId id, std::string_view tile) {
    batch_.Put(store_.family(kTiles), tile_key(id), slice(tile));
  });
  return views_.apply({.stream = event.stream,
                       .case_id = event.case_id,
                       .position = position,
                       .stream_version = version,
                       .recorded_at = batch_time_,
                       .actor = event.actor,
                       .event = *event.event});
}

void Writer::write_request(const Append& append, const Appended& appended) {
  const RequestEntry entry{
      .first = appended.events.empty() ? appended.position : appended.events.front().position,
      .count = static_cast<uint32_t>(appended.events.size()),
      .version = appended.version,
      .digest = append.request->digest};
  const auto& scope = append.request->scope;
  batch_.Put(store_.family(kRequests),
             rocksdb::Slice(reinterpret_cast<const char*>(scope.data()), scope.size()),
             encode_request(entry));
  recent_.put_request(*append.request, entry);
}

bool Writer::make_durable() {
  if (const auto gathered = views_.write_to(batch_); !gathered) {
    fatal(gathered.error().message);
    return false;
  }
  head_.root = tree_.root();
  Store::put_head(batch_, store_.family(kMeta), head_);
  at_point("before-write");
  const auto written = store_.db().Write(durable_write(), &batch_);
  batch_.Clear();
  if (!written.ok()) {
    fatal(store_error(written, "Writing the log").message);
    return false;
  }
  at_point("after-write");
  if (const auto synced = head_file_.write(head_); !synced) {
    fatal(synced.error().message);
    return false;
  }
  at_point("after-head");
  views_.committed();
  cursors_.commit();
  listeners_.durable(head_, tree_);
  return true;
}

void Writer::answer(bool grew) {
  std::vector<Completions::Task> tasks;
  tasks.reserve(answers_.size() + 1);
  for (auto& answer : answers_)
    tasks.push_back([this, answer = std::move(answer), size = head_.size]() mutable {
      if (!answer.known_request) return answer.done(std::move(answer.result));
      auto found = find_answer(store_, *answer.known_request, size);
      if (!found) return answer.done(tl::unexpected(found.error()));
      MASH_CHECK(found->has_value());  // the writer saw it written
      answer.done(std::move(**found));
    });
  answers_.clear();
  if (grew) tasks.push_back([this, size = head_.size] { listeners_.answered(size); });
  completions_.post(std::move(tasks));
}

void Writer::rebuild_views() {
  if (failed_ || !views_.rebuilding()) return;
  if (const auto stepped = views_.rebuild_step(head_.size, kRebuildEventsPerStep, view_events_);
      !stepped)
    fatal("Rebuilding a view: " + stepped.error().message);
}

void Writer::fatal(const std::string& diagnosis) {
  failed_ = true;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (options_.on_fatal) return options_.on_fatal(diagnosis);
  std::fprintf(stderr, "mash: the log stops, since its disk cannot be trusted: %s\n",
               diagnosis.c_str());
  std::abort();
}

void Writer::at_point(std::string_view point) const {
  if (options_.at_point) options_.at_point(point);
}

}  // namespace mash::log
