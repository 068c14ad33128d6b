#include "referral/joining/joiner.h"

#include "feed/follower.h"
#include "feed/local_feed.h"
#include "host/log_line.h"
#include "log/event_log.h"

namespace mash::referral {
namespace {

// One line when it is held up, and one when it goes on.
void tell(const Result<void>& followed) {
  if (followed)
    host::log_line(host::LogLevel::kInfo, "the joiner goes on", {});
  else
    host::log_line(host::LogLevel::kWarning, "the joiner is held up and tries again",
                   {{host::LogKey::kReason, followed.error().reason}});
}

}  // namespace

class Joiner::Impl {
 public:
  explicit Impl(const JoinerParts& parts)
      : log_(parts.reactions.log),
        lookup_(parts.reactions.lookup),
        reactions_(parts.reactions),
        follower_(
            {.feed = std::make_shared<feed::LocalFeed>(log_, /*with_sealed=*/true),
             .reaction = {
                 // The look-up says where it stands, and knows of no epochs.
                 .stored =
                     [this] {
                       return log::Cursor{.epoch = log_.head().epoch,
                                          .position = reactions_.next()};
                     },
                 .begin = [](uint64_t) {},
                 .follow = [this](const log::Record& record) { return reactions_.follow(record); },
                 .settle =
                     [this](bool) {
                       return reactions_.save_cursor().map([this] { return reactions_.next(); });
                     }},
             .retry_after = parts.retry_after,
             .on_held_up = tell}) {}

  uint64_t behind() const {
    const uint64_t cursor = lookup_.cursor();
    const uint64_t size = log_.size();
    return size > cursor ? size - cursor : 0;
  }
  bool is_held_up() const { return follower_.is_held_up(); }

 private:
  const log::EventLog& log_;
  const log::Lookup& lookup_;
  Reactions reactions_;
  feed::Follower follower_;  // last: its thread uses the others
};

Joiner::Joiner(const JoinerParts& parts) : impl_(std::make_unique<Impl>(parts)) {}
Joiner::~Joiner() = default;

uint64_t Joiner::behind() const { return impl_->behind(); }
bool Joiner::is_held_up() const { return impl_->is_held_up(); }

}  // namespace mash::referral
