#include "feed/follower.h"

#include <sys/resource.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

namespace mash::feed {
namespace {

// On Linux a thread has a priority of its own.
constexpr int kNice = 19;
// Records that may have to be followed again after a crash.
constexpr uint64_t kRecordsUnsettledMax = 1'000;
// How long it waits for records before it looks around.
constexpr std::chrono::milliseconds kPatience{1'000};
// What it is asked to do besides, at most.
constexpr std::size_t kAskedMax = 16;

}  // namespace

class Follower::Impl {
 public:
  explicit Impl(FollowerParts parts)
      : parts_(std::move(parts)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

  bool wait_until(uint64_t position, std::chrono::milliseconds patience) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return settled_ >= position; });
  }

  uint64_t behind() const {
    const uint64_t size = parts_.feed->size();
    const uint64_t settled = settled_;
    return size > settled ? size - settled : 0;
  }
  uint64_t followed() const { return followed_; }
  FollowerStatus status() const {
    FollowerStatus status{.position = settled_, .behind = behind()};
    const std::lock_guard lock(mutex_);
    status.followed = followed_so_;
    status.held_up_since = held_up_since_;
    status.stopped = stopped_;
    return status;
  }

  void resume() {
    {
      const std::lock_guard lock(mutex_);
      told_to_resume_ = true;
    }
    changed_.notify_all();
  }

  void retry_now() {
    {
      const std::lock_guard lock(mutex_);
      called_ = true;
    }
    changed_.notify_all();
  }

  Result<void> ask(Asked asked) {
    {
      const std::lock_guard lock(mutex_);
      if (asked_.size() >= kAskedMax)
        return refuse(Code::kResourceExhausted, "TOO_MANY_ASKED",
                      "The follower has as much to do as it takes.");
      asked_.push_back(std::move(asked));
    }
    parts_.feed->interrupt();
    changed_.notify_all();
    return {};
  }

 private:
  void run(const std::stop_token& stop) {
    if (parts_.in_background) setpriority(PRIO_PROCESS, static_cast<id_t>(0), kNice);
    const std::stop_callback interrupting(stop, [this] { parts_.feed->interrupt(); });
    while (!stop.stop_requested()) {
      feed_stopped_ = false;
      const auto followed = follow(stop);
      tell(followed);
      if (!followed) wait_to_try_again(stop);
    }
    answer_asked(refuse(Code::kUnavailable, "SHUTTING_DOWN", "The log is not followed any more."));
  }

  void wait_to_try_again(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto is_called = [this] { return told_to_resume_ || !asked_.empty(); };
    // Only a person has it go on where it has stopped: not what it is asked to do besides.
    while (stopped_ && !told_to_resume_ && !stop.stop_requested()) {
      changed_.wait(lock, stop, is_called);
      if (asked_.empty() || told_to_resume_) continue;
      const Result<void> followed = followed_so_;
      lock.unlock();
      answer_asked(followed);
      lock.lock();
    }
    if (!stopped_)
      changed_.wait_for(lock, stop, parts_.retry_after, [&] { return called_ || is_called(); });
    told_to_resume_ = called_ = false;
  }

  void answer_asked(const Result<void>& begun) {
    std::vector<Asked> all;
    {
      const std::lock_guard lock(mutex_);
      all.swap(asked_);
    }
    for (const Asked& each : all) each(begun);
  }

  // Begins where there is need to, follows what comes next, and settles what is to be.
  Result<void> follow(const std::stop_token& stop) {
    if (!begun_)
      if (auto begun = begin(); !begun) {
        answer_asked(begun);
        return begun;
      }
    answer_asked({});
    if (!owes_settling_)
      if (auto done = follow_batch(stop); !done) return done;
    if (!owes_settling_) return {};
    return settle(batch_.complete && in_hand_ == batch_.records.size());
  }

  Result<void> follow_batch(const std::stop_token& stop) {
    if (in_hand_ == batch_.records.size()) {
      auto next = parts_.feed->next(kPatience);
      if (!next) return refused_by_feed(std::move(next.error()));
      batch_ = std::move(*next);
      in_hand_ = 0;
    }
    for (; in_hand_ < batch_.records.size() && !stop.stop_requested(); ++in_hand_) {
      if (next_ - tried_settling_at_ >= kRecordsUnsettledMax)
        if (auto settled = settle(false); !settled) return settled;
      const log::Record& record = batch_.records[in_hand_];
      if (auto done = parts_.reaction.follow(record); !done)
        return refused_by_reaction(std::move(done));
      next_ = record.prefix.position + 1;
      ++followed_;
    }
    owes_settling_ = next_ != tried_settling_at_ && (batch_.complete || stop.stop_requested());
    return {};
  }

  Result<void> begin() {
    const auto from = parts_.feed->go_on_from(parts_.reaction.stored());
    if (!from) return refused_by_feed(from.error());
    parts_.reaction.begin(*from);
    batch_ = {};
    in_hand_ = 0;
    next_ = tried_settling_at_ = *from;
    owes_settling_ = false;
    settled_before_.reset();
    begun_ = true;
    settled(*from);
    return {};
  }

  // What lies before the record does not wait with it: once, however often it is tried.
  Result<void> refused_by_reaction(Result<void> refused) {
    if (settled_before_ == next_) return refused;
    if (auto settled = settle(false); !settled) return settled;
    settled_before_ = next_;
    return refused;
  }

  Result<void> refused_by_feed(Error error) {
    begun_ = false;
    feed_stopped_ = error.code == Code::kDataLoss;
    return tl::unexpected(std::move(error));
  }

  Result<void> settle(bool complete) {
    return parts_.reaction.settle(complete).map([&](uint64_t position) {
      tried_settling_at_ = next_;
      owes_settling_ = false;
      settled(position);
    });
  }

  void settled(uint64_t position) {
    {
      const std::lock_guard lock(mutex_);
      settled_ = position;
    }
    changed_.notify_all();
  }

  // Once for each reason that holds it up, and once when it goes on.
  void tell(const Result<void>& followed) {
    bool news = false;
    {
      const std::lock_guard lock(mutex_);
      const bool was_held_up = !followed_so_;
      news = was_held_up == followed.has_value() ||
             (!followed && followed_so_.error().reason != followed.error().reason);
      if (!was_held_up || std::exchange(held_up_at_, next_) != next_)
        held_up_since_ = std::chrono::steady_clock::now();
      held_up_at_ = next_;
      followed_so_ = followed;
      stopped_ = !followed && feed_stopped_;
    }
    if (news && parts_.on_held_up) parts_.on_held_up(followed);
  }

  const FollowerParts parts_;
  // The thread's own.
  bool begun_ = false;
  bool feed_stopped_ = false;
  Batch batch_;
  std::size_t in_hand_ = 0;  // of the batch: the record to follow next
  uint64_t next_ = 0;
  uint64_t tried_settling_at_ = 0;
  bool owes_settling_ = false;
  std::optional<uint64_t> settled_before_{};  // the record that was refused last
  uint64_t held_up_at_ = 0;                   // the record it waited in front of last

  std::atomic<uint64_t> settled_ = 0;
  std::atomic<uint64_t> followed_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  Result<void> followed_so_{};
  std::chrono::steady_clock::time_point held_up_since_;
  bool stopped_ = false;
  bool told_to_resume_ = false;
  bool called_ = false;  // by retry_now()
  std::vector<Asked> asked_;
  std::jthread thread_;  // last: it goes first
};

Follower::Follower(FollowerParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Follower::~Follower() = default;

bool Follower::wait_until(uint64_t position, std::chrono::milliseconds patience) const {
  return impl_->wait_until(position, patience);
}
uint64_t Follower::behind() const { return impl_->behind(); }
uint64_t Follower::followed() const { return impl_->followed(); }
bool Follower::is_held_up() const { return !impl_->status().followed; }
FollowerStatus Follower::status() const { return impl_->status(); }
void Follower::resume() { impl_->resume(); }
void Follower::retry_now() { impl_->retry_now(); }
Result<void> Follower::ask(Asked asked) { return impl_->ask(std::move(asked)); }

}  // namespace mash::feed
