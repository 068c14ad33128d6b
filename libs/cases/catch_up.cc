#include "cases/catch_up.h"

#include <chrono>
#include <memory>
#include <utility>

#include "cases/following.h"
#include "feed/feed.h"
#include "feed/follower.h"

namespace mash::cases {
namespace {

constexpr std::chrono::milliseconds kRetryAfter{500};
constexpr int kWaitingMax = 4;

tl::unexpected<Error> behind() {
  auto error = refuse(Code::kUnavailable, "CASES_BEHIND",
                      "What the referral log got last is not known here yet: send it again.");
  error.value().retry_after = kRetryAfter;
  return error;
}

}  // namespace

Result<void> CatchUp::wait() const {
  const feed::Feed& feed = following_.feed();
  if (const auto size = feed.ask_size({}); size && following_.wait_until(*size, {})) return {};
  const bool may_wait = ++waiting_ <= kWaitingMax;
  const auto size = may_wait ? feed.ask_size(patience_) : Result<uint64_t>(behind());
  const bool known = size && following_.wait_until(*size, patience_);
  --waiting_;
  if (!known) return behind();
  return {};
}

Result<void> CatchUp::goes_on() const {
  if (following_.follower().is_held_up()) return behind();
  return {};
}

host::Read CatchUp::reading(host::Read read) const {
  return [this, read = std::move(read)](const Context& context) {
    return goes_on().and_then([&] { return read(context); });
  };
}

log::Work CatchUp::giving(log::Work work) const {
  return [this, work = std::move(work)](log::UnitOfWork& unit) {
    return goes_on().and_then([&] { return work(unit); });
  };
}

log::Work CatchUp::first(IsKnown is_known, log::Work work) const {
  // Asked on the caller's thread alone: work that runs again after a conflict runs on the log's.
  return [this, is_known = std::move(is_known), work = std::move(work),
          asked = std::make_shared<bool>(false)](log::UnitOfWork& unit) -> Result<void> {
    if (std::exchange(*asked, true)) return work(unit);
    return is_known(unit.context().actor)
        .and_then([&](bool known) { return known ? Result<void>() : wait(); })
        .and_then([&] { return work(unit); });
  };
}

}  // namespace mash::cases
