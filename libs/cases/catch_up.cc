#include "cases/catch_up.h"

#include <chrono>
#include <memory>
#include <utility>

#include "cases/following.h"
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
  if (following_.catch_up({})) return {};
  const bool may_wait = ++waiting_ <= kWaitingMax;
  const bool known = may_wait && following_.catch_up(patience_);
  --waiting_;
  if (!known) return behind();
  return {};
}

Result<void> CatchUp::is_current() const {
  if (!following_.has_caught_up()) return behind();
  const feed::FollowerStatus status = following_.follower().status();
  if (status.followed) return {};
  const auto held_up_for = std::chrono::steady_clock::now() - status.held_up_since;
  if (status.followed.error().reason == "OTHER_LOG_AWAITED" && held_up_for <= patience_) return {};
  return behind();
}

Result<void> CatchUp::goes_on() const {
  if (!following_.has_caught_up())
    if (auto caught_up = wait(); !caught_up) return caught_up;
  return is_current();
}

std::function<Result<void>()> CatchUp::asked_once() const {
  return [this, asked = std::make_shared<std::atomic<bool>>(false)] {
    return asked->exchange(true) ? is_current() : goes_on();
  };
}

std::shared_ptr<void> CatchUp::on_change(host::Wake wake) const {
  return following_.on_change(std::move(wake));
}

host::Read CatchUp::reading(host::Read read) const {
  return [stands = asked_once(), read = std::move(read)](const Context& context) {
    return stands().and_then([&] { return read(context); });
  };
}

log::Work CatchUp::giving(log::Work work) const {
  return [stands = asked_once(), work = std::move(work)](log::UnitOfWork& unit) {
    return stands().and_then([&] { return work(unit); });
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
