#include "vault/eraser.h"

#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "core/caller.h"
#include "mash/vault/v1/vault_events.pb.h"
#include "vault/destruction.h"
#include "vault/vault.h"
#include "vault/vault_errors.h"

namespace mash::vault {
namespace {

// Who acts when the eraser appends: the hub itself.

// A destruction as the log of orders has it.
struct Order {
  Destruction::State state;
  std::string event_id;        // of the order, 16 bytes: what its end was caused by
  std::string correlation_id;  // of the order
};

Result<Order> read_order(const log::EventLog& orders, const std::string& key_id) {
  const auto history = orders.read_stream(destruction_stream(key_id));
  if (!history) return tl::unexpected(history.error());
  const auto events = log::public_events<v1::KeyEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  Order order{.state = fold<Destruction>(*events)};
  if (!history->records.empty()) {
    order.event_id = history->records.front().body.event_id();
    order.correlation_id = history->records.front().body.correlation_id();
  }
  return order;
}

// Appends and waits: for the eraser's own thread only.
Result<log::Appended> append_and_wait(log::EventLog& log, log::CommandCall call, log::Work work) {
  std::promise<Result<log::Appended>> answered;
  log::handle(log, std::move(call), std::move(work),
              [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
  return answered.get_future().get();
}

tl::unexpected<Error> stopping() {
  return vault_unavailable(
      "The hub is stopping; the destruction is finished when it starts again.");
}

}  // namespace

class Eraser::Impl {
 public:
  explicit Impl(EraserParts parts) : parts_(std::move(parts)), worker_([this] { run(); }) {}
  ~Impl();

  void destroy(const v1::DestroyKeyRequest& request, log::CommandCall call, Done done);
  void look_again();
  void wait_until_idle();

 private:
  // Someone who waits for a key to be gone.
  struct Waiter {
    log::Appended order;
    Done done;
  };
  using Waiters = std::multimap<std::string, Waiter>;  // by key

  // What the worker shares with the log's completions, which may come when the eraser is gone.
  struct Inbox {
    std::mutex mutex;
    std::condition_variable work;
    std::condition_variable idle;
    Waiters waiting;
    bool busy = true;  // until the worker has caught up for the first time
    bool look_again = false;
    bool stopping = false;
  };

  static void put(Inbox& inbox, const std::string& key_id, Waiter waiter);
  void run();
  Result<void> catch_up(std::set<std::string>& open);
  Result<void> reapply(Holder& holder, const std::vector<std::string>& key_ids);
  Result<bool> is_reapplied(const log::EventLog& holder, const std::string& stream) const;
  Result<void> destroy_in_vault(const std::set<std::string>& key_ids);
  Result<uint64_t> erase(Holder& holder, const std::string& key_id,
                         const Destruction::State& state);
  Result<uint64_t> finish(const std::string& key_id);
  void answer(Waiters& waiters, const std::string& key_id, const Result<uint64_t>& removed);
  log::CommandCall own_call() const {
    const Time now = parts_.clock.now();
    return {.context = {.actor = hub_itself("vault"), .now = now}, .received_at = now};
  }
  void at_point(std::string_view point) const {
    if (parts_.at_point) parts_.at_point(point);
  }

  const EraserParts parts_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::set<std::string> destroyed_here_;  // in the vault, since this start; the worker's own
  std::thread worker_;                    // last: it uses all the others
};

Eraser::Impl::~Impl() {
  {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->stopping = true;
  }
  inbox_->work.notify_one();
  worker_.join();
  for (auto& [key_id, waiter] : inbox_->waiting) waiter.done(stopping());
}

// Also after the eraser has stopped: then nobody would look into the inbox any more.
void Eraser::Impl::put(Inbox& inbox, const std::string& key_id, Waiter waiter) {
  {
    const std::lock_guard lock(inbox.mutex);
    if (!inbox.stopping) {
      inbox.waiting.emplace(key_id, std::move(waiter));
      inbox.work.notify_one();
      return;
    }
  }
  waiter.done(stopping());
}

void Eraser::Impl::destroy(const v1::DestroyKeyRequest& request, log::CommandCall call, Done done) {
  const auto known = parts_.vault.unwrap(request.key_id());
  if (!known && known.error().reason != "KEY_DESTROYED") {
    done(tl::unexpected(known.error()));
    return;
  }
  // A copy: the call may be answered, and its request be gone, before the log has done with it.
  auto command = std::make_shared<const v1::DestroyKeyRequest>(request);
  const log::Target target{.stream = destruction_stream(command->key_id())};
  log::handle(
      parts_.orders, std::move(call),
      [command, target](log::UnitOfWork& unit) {
        return unit.decide<Destruction>(target, *command);
      },
      [inbox = inbox_, command, done = std::move(done)](Result<log::Appended> order) {
        if (!order) return done(tl::unexpected(std::move(order.error())));
        put(*inbox, command->key_id(), {std::move(*order), done});
      });
}

void Eraser::Impl::look_again() {
  const std::lock_guard lock(inbox_->mutex);
  inbox_->look_again = true;
  inbox_->work.notify_one();
}

void Eraser::Impl::wait_until_idle() {
  std::unique_lock lock(inbox_->mutex);
  inbox_->idle.wait(lock, [&] { return inbox_->waiting.empty() && !inbox_->busy; });
}

void Eraser::Impl::run() {
  bool caught_up = false;
  std::set<std::string> open;  // ordered and not yet finished, of this start or before it
  std::unique_lock lock(inbox_->mutex);
  while (!inbox_->stopping) {
    Waiters waiters = std::exchange(inbox_->waiting, {});
    inbox_->busy = true;
    inbox_->look_again = false;
    lock.unlock();
    if (!caught_up) caught_up = catch_up(open).has_value();
    // Only now: catching up takes out what was destroyed before, and who asks for that again waits
    // for an answer all the same.
    for (const auto& [key_id, waiter] : waiters) open.insert(key_id);
    const auto destroyed = destroy_in_vault(open);
    for (auto at = open.begin(); at != open.end();) {
      const auto removed =
          destroyed ? finish(*at) : Result<uint64_t>(tl::unexpected(destroyed.error()));
      answer(waiters, *at, removed);
      if (removed) destroyed_here_.erase(*at);
      at = removed ? open.erase(at) : std::next(at);
    }
    lock.lock();
    const auto wanted = [&] {
      return inbox_->stopping || inbox_->look_again || !inbox_->waiting.empty();
    };
    inbox_->busy = !caught_up || !open.empty();
    if (inbox_->busy) {
      inbox_->work.wait_for(lock, parts_.retry_every, wanted);
    } else {
      inbox_->idle.notify_all();
      inbox_->work.wait(lock, wanted);
    }
  }
}

// Reads the log of orders from its start: what was left open, and all that was ever ordered.
Result<void> Eraser::Impl::catch_up(std::set<std::string>& open) {
  std::vector<std::string> ordered;
  Result<void> readable;
  const auto scanned = parts_.orders.scan(
      {.types = {v1::KeyEvent::descriptor()->full_name()}}, [&](log::Record&& record) {
        v1::KeyEvent event;
        if (!event.ParseFromString(record.body.event())) {
          readable = refuse(Code::kDataLoss, "RECORD_MALFORMED", "An order cannot be read.");
        } else if (event.has_destruction_ordered()) {
          ordered.push_back(event.destruction_ordered().key_id());
          open.insert(ordered.back());
        } else if (event.has_destroyed()) {
          open.erase(event.destroyed().key_id());
        }
        return readable.has_value();
      });
  if (!scanned) return scanned;
  if (!readable) return readable;
  // What is logged as destroyed is destroyed: also in a vault that came from a backup.
  if (const auto gone = destroy_in_vault({ordered.begin(), ordered.end()}); !gone) return gone;
  for (Holder* holder : parts_.holders)
    if (holder->log() != nullptr)
      if (const auto done = reapply(*holder, ordered); !done) return done;
  return {};
}

Result<bool> Eraser::Impl::is_reapplied(const log::EventLog& holder,
                                        const std::string& stream) const {
  const auto history = parts_.orders.read_stream(stream);
  if (!history) return tl::unexpected(history.error());
  const auto events = log::public_events<v1::HolderEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  return !events->empty() && events->back().reapplied().epoch() >= holder.head().epoch;
}

Result<void> Eraser::Impl::reapply(Holder& holder, const std::vector<std::string>& key_ids) {
  const log::EventLog& log = *holder.log();
  if (log.head().epoch <= 1) return {};  // it never came from a backup
  const std::string stream = "holder/" + holder.name();
  const auto is_done = is_reapplied(log, stream);
  if (!is_done) return tl::unexpected(is_done.error());
  if (*is_done) return {};
  v1::HolderEvent event;
  auto& reapplied = *event.mutable_reapplied();
  reapplied.set_log(log.name());
  reapplied.set_epoch(log.head().epoch);
  reapplied.set_keys(key_ids.size());
  for (const std::string& key_id : key_ids) {
    const auto removed = holder.erase(key_id);
    if (!removed) return tl::unexpected(removed.error());
    reapplied.set_sealed_parts_removed(reapplied.sealed_parts_removed() + *removed);
  }
  return append_and_wait(parts_.orders, own_call(),
                         [&](log::UnitOfWork& unit) { return unit.add({stream}, event); })
      .map([](const log::Appended&) {});
}

// One pass over the vault for all of them. A key that it does not know is gone already: a vault
// older than the key has nothing to destroy.
Result<void> Eraser::Impl::destroy_in_vault(const std::set<std::string>& key_ids) {
  std::vector<std::string> present;
  for (const std::string& key_id : key_ids) {
    const auto key = parts_.vault.unwrap(key_id);
    if (key) present.push_back(key_id);
    if (!key && key.error().reason != "KEY_DESTROYED" && key.error().reason != "KEY_UNKNOWN")
      return tl::unexpected(key.error());
  }
  if (present.empty()) return {};
  at_point("ordered");
  destroyed_here_.insert(present.begin(), present.end());
  const auto destroyed = parts_.vault.destroy(present);
  if (!destroyed) return tl::unexpected(destroyed.error());
  at_point("destroyed-in-vault");
  return {};
}

// What a holder apart said in the log counts for a key that was gone from the vault at this start:
// one that a restored vault still had may have been given away since.
Result<uint64_t> Eraser::Impl::erase(Holder& holder, const std::string& key_id,
                                     const Destruction::State& state) {
  const auto said = state.dropped.find(holder.name());
  const bool counts = holder.log() == nullptr && said != state.dropped.end();
  if (counts && !destroyed_here_.contains(key_id)) return said->second;
  return holder.erase(key_id);
}

// What is left when the key is gone from the vault. Returns how many sealed parts were removed.
Result<uint64_t> Eraser::Impl::finish(const std::string& key_id) {
  const auto order = read_order(parts_.orders, key_id);
  if (!order) return tl::unexpected(order.error());
  if (order->state.stage == Destruction::Stage::kDestroyed)
    return order->state.sealed_parts_removed;
  v1::KeyDestroyed command;
  command.set_key_id(key_id);
  for (Holder* holder : parts_.holders) {
    const auto removed = erase(*holder, key_id, order->state);
    if (!removed) return tl::unexpected(removed.error());
    command.set_sealed_parts_removed(command.sealed_parts_removed() + *removed);
  }
  at_point("erased-in-logs");
  log::CommandCall call = own_call();
  call.causation_id = order->event_id;
  call.correlation_id = order->correlation_id;
  const auto appended = append_and_wait(parts_.orders, std::move(call), [&](log::UnitOfWork& unit) {
    return unit.decide<Destruction>({destruction_stream(key_id)}, command);
  });
  if (!appended) return tl::unexpected(appended.error());
  return command.sealed_parts_removed();
}

void Eraser::Impl::answer(Waiters& waiters, const std::string& key_id,
                          const Result<uint64_t>& removed) {
  const auto [begin, end] = waiters.equal_range(key_id);
  for (auto at = begin; at != end; ++at) {
    if (removed) {
      at->second.done(Erased{std::move(at->second.order), *removed});
    } else {
      at->second.done(tl::unexpected(removed.error()));
    }
  }
  waiters.erase(begin, end);
}

Eraser::Eraser(EraserParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Eraser::~Eraser() = default;

void Eraser::destroy(const v1::DestroyKeyRequest& request, log::CommandCall call, Done done) {
  impl_->destroy(request, std::move(call), std::move(done));
}

void Eraser::look_again() { impl_->look_again(); }

void Eraser::wait_until_idle() { impl_->wait_until_idle(); }

}  // namespace mash::vault
