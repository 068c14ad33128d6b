#include "clocks/asking.h"

#include <algorithm>
#include <utility>

namespace mash::clocks {
namespace {

// What was refused again and again is asked after at most so many times the first delay.
constexpr int kDelayMax = 120;

}  // namespace

void Asking::ask(const std::string& stream, const Context& context, log::Work work) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return in_flight_ < in_flight_max_; });
    ++in_flight_;
  }
  log::handle(log_, {.context = context, .received_at = context.now}, std::move(work),
              [this, stream](const Result<log::Appended>& appended) { done(stream, appended); });
}

std::size_t Asking::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return in_flight_ == 0; });
  return std::exchange(refusals_, 0);
}

// On the asking thread or the log's. A stream that moved on too often is simply asked again: the
// log has grown, so it is looked at anew.
void Asking::done(const std::string& stream, const Result<log::Appended>& appended) {
  const std::lock_guard lock(mutex_);
  if (appended && !appended->events.empty())
    waiting_.erase(stream);
  else if (appended)
    hold(stream, false);
  else if (appended.error().reason != "VERSION_CONFLICT") {
    hold(stream, true);
    last_refusal_ = appended.error();
    ++refusals_;
  }
  --in_flight_;
  changed_.notify_all();
}

void Asking::hold(const std::string& stream, bool refused) {
  const auto known = waiting_.find(stream);
  const auto delay = known == waiting_.end()
                         ? retry_after_
                         : std::min(2 * known->second.delay, kDelayMax * retry_after_);
  waiting_[stream] = {.until = Steady::now() + delay, .delay = delay, .refused = refused};
}

bool Asking::waits(const std::string& stream) {
  const std::lock_guard lock(mutex_);
  const auto known = waiting_.find(stream);
  if (known == waiting_.end()) return false;
  known->second.come_across = true;
  return known->second.until > Steady::now();
}

bool Asking::is_to_retry() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(
      waiting_, [now = Steady::now()](const auto& entry) { return entry.second.until <= now; });
}

void Asking::begin_look() {
  const std::lock_guard lock(mutex_);
  for (auto& [stream, waiting] : waiting_) waiting.come_across = false;
}

void Asking::end_look() {
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [](const auto& entry) { return !entry.second.come_across; });
}

std::size_t Asking::in_hand() const {
  const std::lock_guard lock(mutex_);
  return in_flight_ + waiting_.size();
}

std::size_t Asking::refused() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(waiting_, [](const auto& entry) { return entry.second.refused; }));
}

std::optional<Error> Asking::last_refusal() const {
  const std::lock_guard lock(mutex_);
  return last_refusal_;
}

}  // namespace mash::clocks
