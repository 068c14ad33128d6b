#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/clock.h"
#include "core/context.h"
#include "core/result.h"
#include "host/followed_log.h"

namespace mash::feed {
class Feed;
class Follower;
}  // namespace mash::feed
namespace mash::log {
class EventLog;
class UnitOfWork;
struct Record;
}  // namespace mash::log

namespace mash::cases {

// What follows for this service from a record of which something is kept, besides that: decided in
// the same append, and so once. It may be asked again, with a unit that starts anew.
using Reacting = std::function<Result<void>(log::UnitOfWork& unit, const log::Record& record)>;

// What following works with. Everything outlives it, but for the feed, which it shares.
struct FollowingParts {
  std::shared_ptr<feed::Feed> feed;  // the referral log, or another service's (kept.h)
  log::EventLog& own_log;            // appended to
  const Clock& clock;
  Reacting react{};  // empty: nothing else follows
  // Records of which nothing is kept that it is asked about all the same; empty: none.
  std::function<bool(const log::Record& record)> reacts_to{};
  std::function<Context()> context{};  // of what the reaction decides; empty: the time alone
  std::chrono::milliseconds retry_after{1'000};  // what could not be followed
  bool in_background = true;                     // false: others wait for what follows
  // What follows from a case's going on after something said of it had to wait (parking.h): in the
  // append that says so, after that. Empty: nothing.
  std::function<Result<void>(log::UnitOfWork& unit, const std::string& case_id)> on_case_resumed{};
};

// Follows another log on a thread of its own, of low priority, and keeps here what the service
// rests on (known_case.h): each event once, with how far it came in the same write, so that
// stopping anywhere neither loses nor repeats one. Nothing is skipped: what cannot be appended now
// is tried again until it can, and what is refused for good waits with what comes after it in its
// stream (copying.h).
class Following final : public host::FollowedLog {
 public:
  // Begins at once, where the own log says it stopped.
  explicit Following(const FollowingParts& parts);
  // Ends with the records in hand.
  ~Following() override;
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

  // Waits until every record of the followed log below `size` has been followed, for a command or
  // read that must see what that log just got: pass its feed's size. False: patience ran out. From
  // any thread.
  bool wait_until(uint64_t size, std::chrono::milliseconds patience) const;

  // The same for what the log holds now, as its owner says: that is asked, at most so long, and
  // without patience only where it is in this process. Not on a thread that this waits for.
  bool catch_up(std::chrono::milliseconds patience) const;
  // Whether that has come true since the start. Until then what happened while this service was
  // not there may be missing, however well the feed goes on.
  bool has_caught_up() const;

  // Called when it becomes held up or goes on, and when it has caught up: for as long as what is
  // returned is kept. On a thread that must not be kept; from any thread, maybe once more after.
  std::shared_ptr<void> on_change(std::function<void()> changed) const;

  // What is followed, and how that stands. From any thread.
  const feed::Feed& feed() const;
  feed::Follower& follower();
  const feed::Follower& follower() const;

  // For whoever runs the service. A stream is retried on the follower's thread, while it is not
  // held up by the feed itself.
  const std::string& name() const override;
  Result<mash::log::v1::FeedStatus> standing() const override;
  void go_on() override;
  void retry(const std::string& stream, std::function<void(Result<uint64_t>)> done) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// How a feed stands whose streams are not listed.
mash::log::v1::FeedStatus feed_status(const std::string& feed, const feed::Follower& follower);

using Followings = std::vector<std::unique_ptr<Following>>;

}  // namespace mash::cases
