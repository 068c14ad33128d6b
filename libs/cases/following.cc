#include "cases/following.h"

#include "cases/copying.h"
#include "feed/follower.h"
#include "feed/parked_view.h"
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
             .on_held_up = [name = parts.feed->log()](const Result<void>& followed) {
               tell(name, followed);
             }}) {}

  const feed::Feed& feed() const { return feed_; }
  feed::Follower& follower() { return follower_; }
  const log::EventLog& own_log() const { return own_log_; }

  void retry(const std::string& stream, const std::function<void(Result<uint64_t>)>& done) {
    const auto asked = follower_.ask([this, stream, done](const Result<void>& begun) {
      done(begun.and_then([&] { return copying_.retry(stream); }));
    });
    if (!asked) done(tl::unexpected(asked.error()));
  }

 private:
  const feed::Feed& feed_;
  const log::EventLog& own_log_;
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

const std::string& Following::name() const { return impl_->feed().log(); }

Result<mash::log::v1::FeedStatus> Following::standing() const {
  const auto all = feed::parked_streams(impl_->own_log(), name());
  if (!all) return tl::unexpected(all.error());
  const feed::FollowerStatus status = follower().status();
  mash::log::v1::FeedStatus standing;
  standing.set_feed(name());
  standing.set_position(status.position);
  standing.set_behind(status.behind);
  if (!status.held_up) {
    standing.set_reason(status.held_up.error().reason);
    standing.set_message(status.held_up.error().message);
  }
  standing.set_stopped(status.stopped);
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

void Following::go_on() { follower().go_on(); }

void Following::retry(const std::string& stream, std::function<void(Result<uint64_t>)> done) {
  impl_->retry(stream, done);
}

}  // namespace mash::cases
