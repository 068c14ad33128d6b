#include "clocks/asking.h"

#include <algorithm>
#include <utility>

namespace mash::clocks {
namespace {

// What was refused again and again is asked after at most so many times the first delay.
constexpr int kDelayMax = 120;

// Whether it says something of the log, and nothing of the stream.
bool is_of_the_log(const Error& error) {
  return error.code == Code::kResourceExhausted || error.reason == "LOG_STOPPING";
}

Error disagrees() {
  return {.code = Code::kInternal,
          .reason = "ALARM_DISAGREES",
          .message = "The list says that something is due to be said, and the stream says not."};
}

}  // namespace

void Asking::ask(const std::string& stream, std::size_t row, const Context& context,
                 log::Work work) {
  begin({.stream = stream, .row = row, .waited = false}, context, std::move(work));
}

void Asking::ask_by_the_way(const std::string& stream, const Context& context, log::Work work) {
  begin({.stream = stream, .row = std::nullopt, .waited = false}, context, std::move(work));
}

void Asking::begin(Asked asked, const Context& context, log::Work work) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return in_flight_ < in_flight_max_; });
    ++in_flight_;
    asked.waited = waiting_.contains(asked.stream);
    asked_again_ += asked.waited ? 1 : 0;
  }
  log::handle(log_, {.context = context, .received_at = context.now}, std::move(work),
              [this, asked = std::move(asked)](const Result<log::Appended>& appended) {
                done(asked, appended);
              });
}

std::size_t Asking::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return in_flight_ == 0; });
  return std::exchange(refusals_, 0);
}

// On the asking thread or the log's. A stream that moved on too often is simply asked again: the
// log has grown, so it is looked at anew.
void Asking::done(const Asked& asked, const Result<log::Appended>& appended) {
  const std::lock_guard lock(mutex_);
  --in_flight_;
  asked_again_ -= asked.waited ? 1 : 0;
  if (!appended && is_of_the_log(appended.error())) {
    pause_for(appended.error().retry_after.value_or(retry_after_));
  } else if (!appended && appended.error().reason != "VERSION_CONFLICT") {
    last_refusal_ = appended.error();
    ++refusals_;
    if (asked.row) hold(asked, appended.error());
  } else if (appended && asked.row) {
    if (appended->events.empty())
      hold(asked, std::nullopt);
    else
      waiting_.erase(asked.stream);
  }
  changed_.notify_all();
}

void Asking::hold(const Asked& asked, const std::optional<Error>& refusal) {
  const auto known = waiting_.find(asked.stream);
  if (known == waiting_.end() && waiting_.size() >= waiting_max_) return pause_for(retry_after_);
  const bool again = known != waiting_.end();
  // Another may just have said it; but not twice, with the row where it was.
  const bool disagreeing =
      !refusal && again && known->second.had_nothing_to_say && known->second.row == *asked.row;
  if (disagreeing) last_refusal_ = disagrees();
  const auto delay =
      again ? std::min(2 * known->second.delay, kDelayMax * retry_after_) : retry_after_;
  waiting_[asked.stream] = {.until = Steady::now() + delay,
                            .delay = delay,
                            .refused = refusal || disagreeing,
                            .had_nothing_to_say = !refusal,
                            .row = *asked.row};
}

void Asking::pause_for(std::chrono::milliseconds time) {
  paused_until_ = std::max(paused_until_, Steady::now() + time);
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

std::chrono::milliseconds Asking::pause() const {
  const std::lock_guard lock(mutex_);
  const auto left = paused_until_ - Steady::now();
  if (left <= Steady::duration::zero()) return {};
  return std::chrono::ceil<std::chrono::milliseconds>(left);
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
  return in_flight_ + waiting_.size() - asked_again_;
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
