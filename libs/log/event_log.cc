#include "log/event_log.h"

#include <algorithm>
#include <future>
#include <map>
#include <mutex>

#include "core/ids.h"
#include "log/answers.h"
#include "log/blob_store.h"
#include "log/cursors.h"
#include "log/erasure.h"
#include "log/handle.h"
#include "log/opening.h"
#include "log/prover.h"
#include "log/scan.h"
#include "log/view_set.h"
#include "log/writer.h"
#include "vault/key_ring.h"
#include "vault/personal.h"
#include "vault/sealing.h"

namespace mash::log {

// Those who want to know when the log grows. Thread-safe; a Tail may be dropped while being woken,
// and is not woken after.
class Tails {
 public:
  uint64_t add(std::function<void(uint64_t)> wake) {
    const std::lock_guard lock(mutex_);
    wakes_.emplace(++last_, std::move(wake));
    return last_;
  }
  void remove(uint64_t id) {
    const std::lock_guard lock(mutex_);
    wakes_.erase(id);
  }
  void wake(uint64_t size) {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, wake] : wakes_) wake(size);
  }

 private:
  std::mutex mutex_;
  uint64_t last_ = 0;
  std::map<uint64_t, std::function<void(uint64_t)>> wakes_;
};

class EventLog::Impl {
 public:
  Impl(LogOptions options, Opened parts, std::unique_ptr<ViewSet> views)
      : options_(std::move(options)),
        name_(log_name(options_)),
        ids_(*options_.clock),
        store_(std::move(parts.store)),
        prover_(*store_, name_, options_.signer, parts.head, parts.tree),
        views_(std::move(views)),
        cursors_(std::move(parts.cursors)),
        writer_(options_, *store_, std::move(parts.head_file), parts.head, parts.last_recorded_at,
                std::move(parts.tree), *views_, cursors_,
                {.durable = [this](const Head& head,
                                   const merkle::Tree& tree) { prover_.publish(head, tree); },
                 .answered = [this](uint64_t size) { tails_.wake(size); }}) {}

  const LogOptions options_;
  const std::string name_;
  mutable IdSource ids_;
  Tails tails_;
  std::unique_ptr<Store> store_;
  Prover prover_;
  std::unique_ptr<ViewSet> views_;
  Cursors cursors_;
  Writer writer_;  // last: its threads use all the others
};

std::string_view key_scope(std::string_view stream, std::string_view case_id) {
  if (!case_id.empty()) return case_id;
  return stream.substr(stream.find('/') + 1);
}

EventLog::EventLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventLog::~EventLog() = default;

Result<std::unique_ptr<EventLog>> EventLog::open(LogOptions options) {
  return open(std::move(options), nullptr);
}

Result<std::unique_ptr<EventLog>> EventLog::open(LogOptions options, const NewEpoch* new_epoch) {
  auto parts = open_parts(options, new_epoch);
  if (!parts) return tl::unexpected(parts.error());
  if (auto swept = sweep_uncited(*parts->store); !swept) return tl::unexpected(swept.error());
  auto views = ViewSet::open({.db = &parts->store->db(),
                              .rows = parts->store->family(kViewRows),
                              .nodes = parts->store->family(kViewNodes)},
                             options.views, options.view_cache_bytes, parts->head.size);
  if (!views) return tl::unexpected(views.error());
  // A crash can leave durable records that the head file does not know of, or does not hold
  // durably: it is written before anything is answered. A new log's too, so that a blank one is
  // never right.
  if (new_epoch == nullptr)
    if (auto written = parts->head_file.write(parts->head); !written)
      return tl::unexpected(written.error());
  return std::unique_ptr<EventLog>(new EventLog(
      std::make_unique<Impl>(std::move(options), std::move(*parts), std::move(*views))));
}

Result<std::unique_ptr<EventLog>> EventLog::open_new_epoch(LogOptions options,
                                                           const NewEpoch& why) {
  const auto clock = options.clock;
  auto log = open(std::move(options), &why);
  if (!log) return log;
  v1::LogEvent event;
  auto& opened = *event.mutable_epoch_opened();
  const Head head = (**log).head();
  opened.set_epoch(head.epoch);
  opened.set_size_kept(head.size);
  opened.set_reason(why.reason);
  if (why.last_known) {
    opened.set_previous_epoch(why.last_known->epoch);
    opened.set_previous_size(why.last_known->size);
    opened.set_previous_root(std::string(merkle::bytes_of(why.last_known->root)));
  }
  std::promise<Result<Appended>> done;
  handle(
      **log, {.context = {.actor = why.actor, .now = clock->now()}, .received_at = clock->now()},
      [&](UnitOfWork& unit) { return unit.add({.stream = "log/epochs"}, event); },
      [&](Result<Appended> result) { done.set_value(std::move(result)); });
  const auto appended = done.get_future().get();
  if (!appended) return tl::unexpected(appended.error());
  return log;
}

const std::string& EventLog::name() const { return impl_->name_; }
std::string EventLog::origin() const { return impl_->prover_.origin(); }
const LogOptions& EventLog::options() const { return impl_->options_; }
Head EventLog::head() const { return impl_->prover_.head(); }
const Prover& EventLog::prover() const { return impl_->prover_; }
EventLog::Stats EventLog::stats() const { return impl_->writer_.stats(); }
Store& EventLog::store() const { return *impl_->store_; }

Result<void> EventLog::check_view(std::string_view view) const {
  constexpr size_t kSamples = 8;
  return impl_->views_->check(view, kSamples, view_events_of(*impl_->store_))
      .map([](const ViewCheck&) {});
}

Uuid EventLog::fresh_event_id() const { return impl_->ids_.next(); }

Result<uint64_t> EventLog::stream_version(std::string_view stream) const {
  return impl_->store_->stream_version(hash_stream(stream));
}

void EventLog::append(Append append, Completion done) {
  impl_->writer_.append(std::move(append), std::move(done));
}

Cursor EventLog::cursor(const std::string& feed) const { return impl_->cursors_.of(feed); }
std::map<std::string, Cursor> EventLog::cursors() const { return impl_->cursors_.all(); }

Result<std::optional<Appended>> EventLog::find_request(const RequestKey& key) const {
  return find_answer(*impl_->store_, key, size());
}

Result<StreamHistory> EventLog::read_stream(std::string_view stream, uint64_t from_version,
                                            std::optional<uint64_t> as_at_size,
                                            bool with_sealed) const {
  const uint64_t now = size();
  return read_history(*impl_->store_, stream, from_version, std::min(as_at_size.value_or(now), now),
                      with_sealed);
}

Result<Record> EventLog::read(uint64_t position, bool with_sealed) const {
  if (position >= size())
    return refuse(Code::kOutOfRange, "POSITION_OUT_OF_RANGE",
                  "The log has no record at this position yet.");
  return impl_->store_->record(position, with_sealed);
}

Result<void> EventLog::scan(const ScanQuery& query,
                            const std::function<bool(Record&&)>& each) const {
  return log::scan(*impl_->store_, query, size(), each);
}

Result<uint64_t> EventLog::size_at(Time time) const {
  return log::size_at(*impl_->store_, size(), time);
}

Result<bool> EventLog::open_personal(const Record& record, google::protobuf::Message& event) const {
  if (!record.has_personal()) return true;
  if (!record.sealed) return false;
  const auto aad = vault::record_aad(impl_->name_, record.body.event_id(), record.sealed->key_id());
  const auto opened =
      impl_->options_.keys->open(record.sealed->key_id(), aad, record.sealed->ciphertext());
  if (!opened) {
    if (opened.error().reason == "KEY_DESTROYED") return false;
    return tl::unexpected(opened.error());
  }
  const std::unique_ptr<google::protobuf::Message> personal(event.New());
  if (!personal->ParseFromString(*opened))
    return refuse(Code::kDataLoss, "SEALED_PART_MALFORMED",
                  "A sealed part does not hold what its record says.");
  return vault::merge(event, *personal).map([] { return true; });
}

Result<ListPage> EventLog::list(const ListQuery& query) const {
  return impl_->views_->list(query, size());
}

Result<std::optional<std::string>> EventLog::row(std::string_view view, std::string_view id,
                                                 std::optional<uint64_t> as_at_size) const {
  return impl_->views_->row(view, id, as_at_size, size());
}

std::unique_ptr<EventLog::Tail> EventLog::tail(std::function<void(uint64_t)> wake) const {
  class Registered final : public Tail {
   public:
    Registered(Tails& tails, std::function<void(uint64_t)> on_growth)
        : tails_(tails), id_(tails.add(std::move(on_growth))) {}
    ~Registered() override { tails_.remove(id_); }

   private:
    Tails& tails_;
    const uint64_t id_;
  };
  return std::make_unique<Registered>(impl_->tails_, std::move(wake));
}

Result<uint64_t> EventLog::erase_sealed(const std::string& key_id) {
  return log::erase_sealed(*impl_->store_, impl_->writer_, key_id, [this] { return size(); });
}

}  // namespace mash::log
