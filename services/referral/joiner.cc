#include "referral/joiner.h"

#include <sys/resource.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "host/log_line.h"
#include "log/event_log.h"

namespace mash::referral {
namespace {

// Calls go first. On Linux a thread has a priority of its own.
constexpr int kNice = 19;
// Records that may have to be followed again after a crash.
constexpr uint64_t kRecordsUnsaved = 1'000;

}  // namespace

class Joiner::Impl {
 public:
  explicit Impl(JoinerParts parts)
      : parts_(std::move(parts)),
        reactions_(parts_.reactions),
        tail_(parts_.reactions.log.tail([this](uint64_t) { wake(); })),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  uint64_t behind() const {
    const uint64_t cursor = parts_.reactions.lookup.cursor();
    const uint64_t size = parts_.reactions.log.size();
    return size > cursor ? size - cursor : 0;
  }
  bool is_held_up() const { return held_up_; }

 private:
  void wake() {
    {
      const std::lock_guard lock(mutex_);
    }
    changed_.notify_one();
  }

  void run(const std::stop_token& stop) {
    setpriority(PRIO_PROCESS, static_cast<id_t>(0), kNice);
    while (!stop.stop_requested()) {
      const auto followed = follow(stop);
      tell(followed);
      std::unique_lock lock(mutex_);
      if (followed)
        changed_.wait(lock, stop, [this] { return behind() > 0; });
      else
        changed_.wait_for(lock, stop, parts_.retry_after, [] { return false; });
    }
  }

  // Follows what there is.
  Result<void> follow(const std::stop_token& stop) {
    const log::EventLog& log = parts_.reactions.log;
    for (uint64_t since = 0; !stop.stop_requested() && reactions_.next() < log.size(); ++since) {
      const auto record = log.read(reactions_.next(), true);
      if (!record) return tl::unexpected(record.error());
      if (auto followed = reactions_.follow(*record); !followed) return followed;
      if (since % kRecordsUnsaved != 0) continue;
      if (auto saved = reactions_.save_cursor(); !saved) return saved;
    }
    return reactions_.save_cursor();
  }

  // One line when it is held up, and one when it goes on.
  void tell(const Result<void>& followed) {
    if (held_up_.exchange(!followed) == !followed) return;
    if (followed)
      host::log_line(host::LogLevel::kInfo, "the joiner goes on", {});
    else
      host::log_line(host::LogLevel::kWarning, "the joiner is held up and tries again",
                     {{host::LogKey::kReason, followed.error().reason}});
  }

  const JoinerParts parts_;
  Reactions reactions_;
  std::atomic<bool> held_up_{false};
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::unique_ptr<log::EventLog::Tail> tail_;
  std::jthread thread_;  // last: it goes first
};

Joiner::Joiner(JoinerParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Joiner::~Joiner() = default;

uint64_t Joiner::behind() const { return impl_->behind(); }
bool Joiner::is_held_up() const { return impl_->is_held_up(); }

}  // namespace mash::referral
