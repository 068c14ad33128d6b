#include "node/erasing.h"

#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <utility>

#include "cases/following.h"
#include "core/caller.h"
#include "feed/follower.h"
#include "host/log_line.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/lookup.h"
#include "mash/vault/v1/vault_events.pb.h"
#include "node/remote_keys.h"
#include "vault/vault_errors.h"

namespace mash::node {
namespace {

// A key is destroyed some hundred milliseconds after that is ordered.
constexpr std::chrono::milliseconds kTryEvery{50};
constexpr int kTries = 60;

// Who acts when the cursor moves: nothing is appended with it.
const Actor kItself = hub_itself("eraser");

void tell(const Result<void>& followed) {
  if (followed)
    host::log_line(host::LogLevel::kInfo, "orders to erase are followed again", {});
  else
    host::log_line(host::LogLevel::kWarning,
                   "orders to erase cannot be followed, which is tried again",
                   {{host::LogKey::kReason, followed.error().reason}});
}

}  // namespace

class Erasing::Impl {
 public:
  explicit Impl(ErasingParts parts)
      : parts_(std::move(parts)),
        follower_(
            {.feed = parts_.orders,
             .reaction = {.stored = [this] { return parts_.log.cursor(parts_.orders->log()); },
                          .begin =
                              [this](uint64_t from) {
                                next_ = from;
                                stored_ = parts_.log.cursor(parts_.orders->log()).position;
                              },
                          .follow = [this](const log::Record& record) { return follow(record); },
                          .settle = [this](bool) { return settle(); }},
             .on_held_up = tell}) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    stopping_.notify_all();
  }

  feed::Follower& follower() { return follower_; }
  const std::string& name() const { return parts_.orders->log(); }

 private:
  Result<void> follow(const log::Record& record) {
    if (record.body.type() == vault::v1::KeyEvent::descriptor()->full_name()) {
      vault::v1::KeyEvent event;
      if (!event.ParseFromString(record.body.event()))
        return refuse(Code::kDataLoss, "RECORD_MALFORMED", "An order cannot be read.");
      if (event.has_destruction_ordered())
        if (auto erased = erase(event.destruction_ordered().key_id()); !erased) return erased;
    }
    next_ = record.prefix.position + 1;
    return {};
  }

  // The vault destroys the key after the order is logged: one forgotten sooner could be leased
  // again.
  Result<void> wait_until_destroyed(const std::string& key_id) {
    for (int tried = 0; tried < kTries; ++tried) {
      const auto destroyed = parts_.keys.is_destroyed(key_id);
      if (!destroyed) return tl::unexpected(destroyed.error());
      if (*destroyed) return {};
      std::unique_lock lock(mutex_);
      if (stopping_.wait_for(lock, kTryEvery, [this] { return is_stopping_; })) break;
    }
    return vault::vault_unavailable("The vault has yet to destroy a key.");
  }

  Result<void> erase(const std::string& key_id) {
    if (auto destroyed = wait_until_destroyed(key_id); !destroyed) return destroyed;
    parts_.keys.forget(key_id);
    const auto removed = parts_.log.erase_sealed(key_id);
    if (!removed) return tl::unexpected(removed.error());
    for (log::Lookup* lookup : parts_.lookups)
      if (auto erased = lookup->erase(key_id); !erased) return tl::unexpected(erased.error());
    return parts_.keys.confirm_dropped(key_id, *removed);
  }

  Result<uint64_t> settle() {
    if (stored_ == next_) return next_;
    log::CommandCall call{
        .context = {.actor = kItself},
        .cursor = log::CursorMove{
            .feed = parts_.orders->log(), .from = stored_, .to = parts_.orders->cursor_at(next_)}};
    std::promise<Result<log::Appended>> answered;
    log::handle(
        parts_.log, std::move(call), [](log::UnitOfWork&) -> Result<void> { return {}; },
        [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    if (const auto moved = answered.get_future().get(); !moved)
      return tl::unexpected(moved.error());
    return stored_ = next_;
  }

  const ErasingParts parts_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopping_ = false;
  uint64_t next_ = 0;
  uint64_t stored_ = 0;
  feed::Follower follower_;  // last: its thread uses the others
};

Erasing::Erasing(ErasingParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Erasing::~Erasing() = default;
const feed::Follower& Erasing::follower() const { return impl_->follower(); }

const std::string& Erasing::name() const { return impl_->name(); }

Result<mash::log::v1::FeedStatus> Erasing::standing() const {
  return cases::feed_status(name(), follower());
}

void Erasing::go_on() { impl_->follower().resume(); }

void Erasing::retry(const std::string& /*stream*/, std::function<void(Result<uint64_t>)> done) {
  done(refuse(Code::kNotFound, "STREAM_NOT_PARKED", "No stream of orders to erase ever waits."));
}

}  // namespace mash::node
