#include "cases/following.h"

#include <utility>

#include "cases/copying.h"
#include "feed/follower.h"
#include "host/log_line.h"
#include "log/event_log.h"

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
  Impl(const FollowingParts& parts, Copying copying)
      : followed_(parts.followed),
        copying_(std::move(copying)),
        follower_(
            {.log = parts.followed,
             .from = copying_.next(),
             .reaction = {
                 .follow = [this](const log::Record& record) { return copying_.follow(record); },
                 .settle = [this](bool at_rest) { return copying_.settle(at_rest); }},
             .retry_after = parts.retry_after,
             .on_held_up = [name = parts.followed.options().service](const Result<void>& followed) {
               tell(name, followed);
             }}) {}

  const feed::Follower& follower() const { return follower_; }
  const log::EventLog& followed() const { return followed_; }

 private:
  const log::EventLog& followed_;
  Copying copying_;
  feed::Follower follower_;  // last: its thread uses the other
};

Result<std::unique_ptr<Following>> Following::begin(const FollowingParts& parts) {
  return Copying::over(parts).map([&](Copying copying) {
    return std::unique_ptr<Following>(
        new Following(std::make_unique<Impl>(parts, std::move(copying))));
  });
}

Following::Following(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Following::~Following() = default;

bool Following::wait_until(uint64_t size, std::chrono::milliseconds patience) const {
  return impl_->follower().wait_until(size, patience);
}
const log::EventLog& Following::followed() const { return impl_->followed(); }
uint64_t Following::behind() const { return impl_->follower().behind(); }
bool Following::is_held_up() const { return impl_->follower().is_held_up(); }

Result<std::vector<std::unique_ptr<Following>>> follow_all(const std::vector<FollowingParts>& all) {
  std::vector<std::unique_ptr<Following>> following;
  for (const FollowingParts& parts : all) {
    auto begun = Following::begin(parts);
    if (!begun) return tl::unexpected(std::move(begun.error()));
    following.push_back(std::move(*begun));
  }
  return following;
}

}  // namespace mash::cases
