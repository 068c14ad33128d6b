#include "cases/following.h"

#include <atomic>
#include <mutex>
#include <utility>

#include "cases/copying.h"
#include "feed/follower.h"
#include "feed/parked_view.h"
#include "feed/together.h"
#include "host/log_line.h"
#include "log/event_log.h"

namespace mash::cases {
namespace {

// Who is told of a change, for as long as they keep what they were given.
class Listeners {
 public:
  std::shared_ptr<void> add(std::function<void()> told) {
    auto kept = std::make_shared<std::function<void()>>(std::move(told));
    const std::lock_guard lock(mutex_);
    std::erase_if(all_, [](const auto& each) { return each.expired(); });
    all_.push_back(kept);
    return kept;
  }
  // Without the lock: who is told may end, and others may come, meanwhile.
  void tell() {
    std::vector<std::weak_ptr<std::function<void()>>> all;
    {
      const std::lock_guard lock(mutex_);
      all = all_;
    }
    for (const auto& each : all)
      if (const auto told = each.lock()) (*told)();
  }

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<std::function<void()>>> all_;
};

}  // namespace

class Following::Impl {
 public:
  explicit Impl(const FollowingParts& parts)
      : feed_(*parts.feed),
        own_log_(parts.own_log),
        copying_(parts),
        follower_(
            {.feed = parts.feed,
             .reaction = {
                 .stored = [this] { return copying_.stored(); },
                 .begin = [this](uint64_t from) { copying_.begin(from); },
                 .follow = [this](const log::Record& record) { return copying_.follow(record); },
                 .settle = [this](bool complete) { return copying_.settle(complete); }},
             .retry_after = parts.retry_after,
             .in_background = parts.in_background,
             .on_held_up = [this](const Result<void>& followed) { tell(followed); }}) {
    if (const auto& together = feed_.together())
      together->join(feed_.log(), {.go_on = [this] { follower_.retry_now(); },
                                   .resumed = [this] { retry_what_waits_for_cases(); }});
  }
  ~Impl() {
    if (const auto& together = feed_.together()) together->leave(feed_.log());
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const feed::Feed& feed() const { return feed_; }
  feed::Follower& follower() { return follower_; }

  bool catch_up(std::chrono::milliseconds patience) {
    const auto size = feed_.ask_size(patience);
    if (!size || !follower_.wait_until(*size, patience)) return false;
    if (!caught_up_.exchange(true)) listeners_.tell();
    return true;
  }
  bool has_caught_up() const { return caught_up_; }
  std::shared_ptr<void> on_change(std::function<void()> changed) {
    return listeners_.add(std::move(changed));
  }
  const log::EventLog& own_log() const { return own_log_; }

  void retry(const std::string& stream, const std::function<void(Result<uint64_t>)>& done) {
    const auto asked = follower_.ask([this, stream, done](const Result<void>& begun) {
      const auto retried = begun.and_then([&] { return copying_.retry(stream); });
      if (retried) {
        copying_.retry_what_waits_for_cases();
        if (const auto& together = feed_.together()) together->resumed(feed_.log());
      }
      done(retried);
    });
    if (!asked) done(tl::unexpected(asked.error()));
  }

 private:
  // One line when it is held up, and one when it goes on. Where it waits for another log none: what
  // holds that up is said of that one, and else it is as short as it is frequent.
  void tell(const Result<void>& followed) {
    if (!followed) {
      is_told_ = followed.error().reason != "OTHER_LOG_AWAITED";
      if (is_told_)
        host::log_line(
            host::LogLevel::kWarning, "a log cannot be followed, which is tried again",
            {{host::LogKey::kLog, feed_.log()}, {host::LogKey::kReason, followed.error().reason}});
    } else if (std::exchange(is_told_, false)) {
      host::log_line(host::LogLevel::kInfo, "a log is followed again",
                     {{host::LogKey::kLog, feed_.log()}});
    }
    listeners_.tell();
  }

  // Where it has too much to do, whoever runs the service can.
  void retry_what_waits_for_cases() {
    (void)follower_.ask([this](const Result<void>& begun) {
      if (begun) copying_.retry_what_waits_for_cases();
    });
  }

  const feed::Feed& feed_;
  const log::EventLog& own_log_;
  bool is_told_ = false;  // the follower's own
  std::atomic<bool> caught_up_ = false;
  Listeners listeners_;
  Copying copying_;
  feed::Follower follower_;  // last: its thread uses the other
};

Following::Following(const FollowingParts& parts) : impl_(std::make_unique<Impl>(parts)) {}
Following::~Following() = default;

bool Following::wait_until(uint64_t size, std::chrono::milliseconds patience) const {
  return impl_->follower().wait_until(size, patience);
}
bool Following::catch_up(std::chrono::milliseconds patience) const {
  return impl_->catch_up(patience);
}
bool Following::has_caught_up() const { return impl_->has_caught_up(); }
std::shared_ptr<void> Following::on_change(std::function<void()> changed) const {
  return impl_->on_change(std::move(changed));
}
const feed::Feed& Following::feed() const { return impl_->feed(); }
feed::Follower& Following::follower() { return impl_->follower(); }
const feed::Follower& Following::follower() const { return impl_->follower(); }

const std::string& Following::name() const { return impl_->feed().log(); }

mash::log::v1::FeedStatus feed_status(const std::string& feed, const feed::Follower& follower) {
  const feed::FollowerStatus status = follower.status();
  mash::log::v1::FeedStatus standing;
  standing.set_feed(feed);
  standing.set_position(status.position);
  standing.set_behind(status.behind);
  if (!status.followed) {
    standing.set_reason(status.followed.error().reason);
    standing.set_message(status.followed.error().message);
  }
  standing.set_stopped(status.stopped);
  return standing;
}

Result<mash::log::v1::FeedStatus> Following::standing() const {
  const auto all = feed::parked_streams(impl_->own_log(), name());
  if (!all) return tl::unexpected(all.error());
  mash::log::v1::FeedStatus standing = feed_status(name(), follower());
  for (const feed::v1::StreamParked& parked : *all) {
    auto& stream = *standing.add_parked();
    stream.set_stream(parked.stream());
    stream.set_position(parked.position());
    stream.set_type(parked.type());
    stream.set_reason(parked.reason());
    stream.set_message(parked.message());
    *stream.mutable_parked_at() = parked.parked_at();
  }
  return standing;
}

void Following::go_on() { follower().resume(); }

void Following::retry(const std::string& stream, std::function<void(Result<uint64_t>)> done) {
  impl_->retry(stream, done);
}

}  // namespace mash::cases
