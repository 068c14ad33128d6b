#include "clocks/scheduler.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "clocks/alarms_view.h"
#include "clocks/asking.h"
#include "log/event_log.h"

namespace mash::clocks {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kPageRows = 256;
// What the calendar changed and a stream refused is looked for again after so many delays.
constexpr int kScanAgain = 12;

constexpr std::chrono::microseconds kInstant(1);

log::ListQuery rows_between(std::string from, std::string below) {
  log::ListQuery query;
  query.view = std::string(kAlarmsView);
  query.limit = kPageRows;
  query.order_from = std::move(from);
  query.order_below = std::move(below);
  return query;
}

std::optional<RowClocks> clocks_of(std::string_view columns) {
  common::v1::ClockRow row;
  if (!row.ParseFromArray(columns.data(), static_cast<int>(columns.size()))) return std::nullopt;
  return RowClocks(row);
}

// Whether something that runs in the row comes out different under the calendar in force.
bool is_changed(std::string_view columns, const Context& context) {
  const auto clocks = clocks_of(columns);
  return clocks && context.pack != nullptr &&
         !clocks->to_recompute(*context.calendar, context.pack->hub_hours(), context.now).empty();
}

}  // namespace

class Scheduler::Impl {
 public:
  explicit Impl(SchedulerParts parts)
      : parts_(std::move(parts)),
        asking_(parts_.log, parts_.in_flight_max, parts_.retry_after),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  std::uint64_t poke() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
    return ++wanted_;
  }

  bool wait_until_said(std::chrono::milliseconds patience) {
    const std::uint64_t mine = poke();
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return said_ >= mine; });
  }

  std::size_t behind() const { return asking_.in_hand(); }
  std::size_t held_up() const { return asking_.refused() + (unreadable_ ? 1 : 0); }

 private:
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const std::uint64_t wanted = this->wanted();
      const auto busy = step(stop, wanted);
      note(busy);
      if (busy.value_or(false)) continue;
      std::unique_lock lock(mutex_);
      if (busy) said_ = wanted;
      changed_.notify_all();
      changed_.wait_for(lock, stop, busy ? parts_.look_every : parts_.retry_after,
                        [&] { return wanted_ > wanted; });
    }
  }

  std::uint64_t wanted() const {
    const std::lock_guard lock(mutex_);
    return wanted_;
  }

  // Says what is due, and looks at a page of what the calendar may have changed. Whether there is
  // more to do at once.
  Result<bool> step(const std::stop_token& stop, std::uint64_t wanted) {
    const auto asked = tell_due(stop, wanted);
    if (!asked) return asked;
    const auto scanning = scan(stop);
    if (!scanning) return scanning;
    return (*asked || *scanning) && !stop.stop_requested();
  }

  // Once when something is held up, and once when nothing is any more.
  void note(const Result<bool>& stepped) {
    unreadable_ = !stepped;
    const bool held_up = this->held_up() > 0;
    if (std::exchange(was_held_up_, held_up) == held_up || !parts_.on_held_up) return;
    if (!held_up) return parts_.on_held_up({});
    const auto refusal = stepped ? asking_.last_refusal() : std::optional(stepped.error());
    parts_.on_held_up(tl::unexpected(refusal.value_or(Error{})));
  }

  // --- what is due ---

  // Whether anything may be due that was not when it looked last.
  bool is_to_look(Time now, std::uint64_t wanted) const {
    return wanted > looked_for_ || parts_.log.size() != seen_size_ ||
           (next_alarm_ && *next_alarm_ <= now) || asking_.is_to_retry();
  }

  // Whether something was asked, so that more may be due.
  Result<bool> tell_due(const std::stop_token& stop, std::uint64_t wanted) {
    const Time now = parts_.clock.now();
    if (!is_to_look(now, wanted)) return false;
    const std::uint64_t size = parts_.log.size();
    const std::string after_now = order_of_alarm(now + kInstant);
    log::ListQuery query = rows_between("", after_now);
    bool asked = false;
    asking_.begin_look();
    do {
      const auto page = parts_.log.list(query);
      if (!page) return tl::unexpected(page.error());
      const Context context = page->rows.empty() ? Context() : parts_.context();
      for (const log::ListedRow& row : page->rows) {
        if (stop.stop_requested()) return false;
        asked = tell(row, context) || asked;
      }
      query.after = page->next;
    } while (!query.after.empty());
    asking_.drain();
    asking_.end_look();
    query = rows_between(after_now, order_of_alarm(std::nullopt));
    query.limit = 1;
    const auto next = parts_.log.list(query);
    if (!next) return tl::unexpected(next.error());
    const auto clocks = next->rows.empty() ? std::nullopt : clocks_of(next->rows[0].columns);
    next_alarm_ = clocks ? clocks->next_alarm() : std::nullopt;
    seen_size_ = size;
    looked_for_ = wanted;
    return asked;
  }

  // Whether it was asked. What the calendar changed comes first: it may not be due at all.
  bool tell(const log::ListedRow& row, const Context& context) {
    const Owner* owner = owner_of(row.id);
    if (owner == nullptr || asking_.waits(row.id)) return false;
    const bool again = owner->recompute && is_changed(row.columns, context);
    asking_.ask(row.id, context,
                [owner, again, stream = row.id](log::UnitOfWork& unit) -> Result<void> {
                  if (again)
                    if (auto computed = owner->recompute(unit, stream); !computed) return computed;
                  return owner->tell(unit, stream);
                });
    return true;
  }

  // --- what the calendar changed ---

  // One page of the rows of which something is still to be said, all of them as at one time.
  // Whether there are more.
  Result<bool> scan(const std::stop_token& stop) {
    if (!scan_at_ || *scan_at_ > Steady::now()) return false;
    const Context context = parts_.context();
    log::ListQuery query = rows_between("", order_of_alarm(std::nullopt));
    query.after = scan_after_;
    query.filter = [&](std::string_view, std::string_view columns) {
      return is_changed(columns, context);
    };
    const auto page = parts_.log.list(query);
    if (!page) {
      scan_after_.clear();  // a rebuilt view is begun anew
      return tl::unexpected(page.error());
    }
    for (const log::ListedRow& row : page->rows) {
      if (stop.stop_requested()) return false;
      compute_again(row.id, context);
    }
    scan_refused_ = asking_.drain() > 0 || scan_refused_;
    scan_after_ = page->next;
    if (!scan_after_.empty()) return true;
    scan_at_.reset();
    if (std::exchange(scan_refused_, false))
      scan_at_ = Steady::now() + kScanAgain * parts_.retry_after;
    return false;
  }

  void compute_again(const std::string& stream, const Context& context) {
    const Owner* owner = owner_of(stream);
    if (owner == nullptr || !owner->recompute) return;
    asking_.ask(stream, context,
                [owner, stream](log::UnitOfWork& unit) { return owner->recompute(unit, stream); });
  }

  const Owner* owner_of(std::string_view stream) const {
    const auto found = std::ranges::find_if(
        parts_.owners, [&](const Owner& owner) { return stream.starts_with(owner.prefix); });
    return found == parts_.owners.end() ? nullptr : &*found;
  }

  const SchedulerParts parts_;
  Asking asking_;
  std::atomic<bool> unreadable_{false};

  // The thread's own.
  std::optional<Time> next_alarm_;  // after those that were due when it looked
  std::uint64_t seen_size_ = 0;     // of the log, when it looked
  std::uint64_t looked_for_ = 0;    // the `wanted_` it looked for
  std::optional<Steady::time_point> scan_at_ = Steady::now();  // when the calendar is looked at
  std::string scan_after_;
  bool scan_refused_ = false;
  bool was_held_up_ = false;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t wanted_ = 1;  // looks asked for: the first is
  std::uint64_t said_ = 0;    // of these, how many found all said

  std::jthread thread_;  // last: it goes first
};

Scheduler::Scheduler(SchedulerParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Scheduler::~Scheduler() = default;

void Scheduler::poke() { impl_->poke(); }
bool Scheduler::wait_until_said(std::chrono::milliseconds patience) {
  return impl_->wait_until_said(patience);
}
std::size_t Scheduler::behind() const { return impl_->behind(); }
std::size_t Scheduler::held_up() const { return impl_->held_up(); }

}  // namespace mash::clocks
