#include "cases/following.h"

#include "cases/copying.h"
#include "feed/follower.h"
#include "host/log_line.h"

namespace mash::cases {
namespace {

// One line when it is held up, and one when it goes on.
void tell(const std::string& log, const Result<void>& followed) {
  if (followed)
    host::log_line(host::LogLevel::kInfo, "a log is followed again", {{host::LogKey::kLog, log}});
  else
    host::log_line(host::LogLevel::kWarning, "a log cannot be followed, which is tried again",
                   {{host::LogKey::kLog, log}, {host::LogKey::kReason, followed.error().reason}});
}

}  // namespace

class Following::Impl {
 public:
  explicit Impl(const FollowingParts& parts)
      : feed_(*parts.feed),
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
             .on_held_up = [name = parts.feed->log()](const Result<void>& followed) {
               tell(name, followed);
             }}) {}

  const feed::Feed& feed() const { return feed_; }
  feed::Follower& follower() { return follower_; }

 private:
  const feed::Feed& feed_;
  Copying copying_;
  feed::Follower follower_;  // last: its thread uses the other
};

Following::Following(const FollowingParts& parts) : impl_(std::make_unique<Impl>(parts)) {}
Following::~Following() = default;

bool Following::wait_until(uint64_t size, std::chrono::milliseconds patience) const {
  return impl_->follower().wait_until(size, patience);
}
const feed::Feed& Following::feed() const { return impl_->feed(); }
feed::Follower& Following::follower() { return impl_->follower(); }
const feed::Follower& Following::follower() const { return impl_->follower(); }

}  // namespace mash::cases
