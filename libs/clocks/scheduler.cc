#include "clocks/scheduler.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
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

constexpr std::size_t kPageRows = 1'000;
// What the calendar changed and a stream refused is looked for again after so many delays.
constexpr int kScanAgain = 12;

constexpr std::chrono::microseconds kInstant(1);
constexpr int64_t kNothing = std::numeric_limits<int64_t>::min();

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
         !clocks->to_recompute(*context.pack, *context.calendar, context.now).empty();
}

}  // namespace

class Scheduler::Impl {
 public:
  explicit Impl(SchedulerParts parts)
      : parts_(std::move(parts)),
        asking_(parts_.log, parts_.in_flight_max, parts_.retry_after),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  bool wait_until_said(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    const uint64_t mine = ++wanted_;
    changed_.notify_all();
    return changed_.wait_for(lock, patience, [&] { return said_ >= mine; });
  }

  std::size_t behind() const { return asking_.in_hand(); }
  std::size_t held_up_streams() const {
    return asking_.refused() + scan_held_up_ + (unreadable_ ? 1 : 0);
  }
  std::chrono::seconds behind_for() const {
    const int64_t due = oldest_due_;
    if (due == kNothing) return {};
    const auto late = parts_.clock.now() - Time(std::chrono::microseconds(due));
    return std::chrono::floor<std::chrono::seconds>(std::max(late, Time::duration::zero()));
  }

 private:
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const uint64_t wanted = this->wanted();
      begun_ = begun_ || !parts_.may_begin || parts_.may_begin();
      const auto busy = begun_ ? step(stop, wanted) : Result<bool>(false);
      note(busy);
      if (busy.value_or(false)) continue;
      const auto pause = asking_.pause();
      std::unique_lock lock(mutex_);
      if (busy && !cut_short_ && begun_) said_ = wanted;
      changed_.notify_all();
      changed_.wait_for(lock, stop, std::max(pause, busy ? parts_.look_every : parts_.retry_after),
                        [&] { return begun_ && !cut_short_ && wanted_ > wanted; });
    }
  }

  uint64_t wanted() const {
    const std::lock_guard lock(mutex_);
    return wanted_;
  }

  // Says what is due, and looks at a page of what the calendar may have changed. Whether there is
  // more to do at once.
  Result<bool> step(const std::stop_token& stop, uint64_t wanted) {
    cut_short_ = false;
    const auto asked = tell_due(stop, wanted);
    if (!asked) return asked;
    const auto scanning = scan(stop);
    if (!scanning) return scanning;
    return (*asked || *scanning) && !stop.stop_requested() && !cut_short_;
  }

  // Once when something is held up, and once when nothing is any more.
  void note(const Result<bool>& stepped) {
    unreadable_ = !stepped;
    const bool held_up = held_up_streams() > 0;
    if (std::exchange(was_held_up_, held_up) == held_up || !parts_.on_held_up) return;
    if (!held_up) return parts_.on_held_up({});
    const auto refusal = stepped ? asking_.last_refusal() : std::optional(stepped.error());
    parts_.on_held_up(tl::unexpected(refusal.value_or(Error{})));
  }

  // Whether nothing is to be asked now. What is being looked at then ends, and is looked at again
  // from where it began.
  bool is_paused() {
    cut_short_ = cut_short_ || asking_.pause() > std::chrono::milliseconds::zero();
    return cut_short_;
  }

  // --- what is due ---

  // Whether anything may be due that was not when it looked last.
  bool is_to_look(Time now, uint64_t wanted) const {
    return wanted > looked_for_ || parts_.log.size() != seen_size_ ||
           (next_alarm_ && *next_alarm_ <= now) || asking_.is_to_retry();
  }

  // Whether something was asked, so that more may be due.
  Result<bool> tell_due(const std::stop_token& stop, uint64_t wanted) {
    const Time now = parts_.clock.now();
    if (!is_to_look(now, wanted) || is_paused()) return false;
    const uint64_t size = parts_.log.size();
    const std::string after_now = order_of_alarm(now + kInstant);
    log::ListQuery query = rows_between("", after_now);
    bool asked = false;
    asking_.begin_look();
    do {
      const auto page = parts_.log.list(query);
      if (!page) return tl::unexpected(page.error());
      if (query.after.empty()) note_oldest(page->rows);
      const Context context = page->rows.empty() ? Context() : parts_.context();
      for (const log::ListedRow& row : page->rows) {
        if (stop.stop_requested() || is_paused()) return false;
        asked = tell(row, context) || asked;
      }
      query.after = page->next;
    } while (!query.after.empty());
    asking_.drain();
    if (is_paused()) return false;
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

  // Of rows in the order of their alarms, all of them due.
  void note_oldest(const std::vector<log::ListedRow>& rows) {
    const auto clocks = rows.empty() ? std::nullopt : clocks_of(rows.front().columns);
    const auto due = clocks ? clocks->next_alarm() : std::nullopt;
    oldest_due_ = due ? due->time_since_epoch().count() : kNothing;
  }

  // Whether it was asked. What the calendar changed comes first: it may not be due at all.
  bool tell(const log::ListedRow& row, const Context& context) {
    const Owner* owner = owner_of(row.id);
    if (owner == nullptr || asking_.waits(row.id)) return false;
    const bool again = owner->recompute && is_changed(row.columns, context);
    asking_.ask(row.id, std::hash<std::string>()(row.columns), context,
                [owner, again, stream = row.id](log::UnitOfWork& unit) -> Result<void> {
                  if (again)
                    if (auto computed = owner->recompute(unit, stream); !computed) return computed;
                  return owner->tell(unit, stream);
                });
    return true;
  }

  // --- what the calendar changed ---

  // One page of all rows, all of them as at one time: also of those of which nothing is left to be
  // said, for what is silent is shown. Whether there are more.
  Result<bool> scan(const std::stop_token& stop) {
    if (!scan_at_ || *scan_at_ > Steady::now() || is_paused()) return false;
    const Context context = parts_.context();
    log::ListQuery query = rows_between("", "");
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
      if (stop.stop_requested() || is_paused()) break;
      compute_again(row.id, context);
    }
    scan_refused_ += asking_.drain();
    scan_held_up_ = std::max<std::size_t>(scan_held_up_, scan_refused_);
    if (stop.stop_requested() || is_paused()) return false;
    scan_after_ = page->next;
    if (!scan_after_.empty()) return true;
    scan_at_.reset();
    scan_held_up_ = std::exchange(scan_refused_, 0);
    if (scan_held_up_ > 0) scan_at_ = Steady::now() + kScanAgain * parts_.retry_after;
    return false;
  }

  void compute_again(const std::string& stream, const Context& context) {
    const Owner* owner = owner_of(stream);
    if (owner == nullptr || !owner->recompute) return;
    asking_.ask_by_the_way(stream, context, [owner, stream](log::UnitOfWork& unit) {
      return owner->recompute(unit, stream);
    });
  }

  const Owner* owner_of(std::string_view stream) const {
    const auto found = std::ranges::find_if(
        parts_.owners, [&](const Owner& owner) { return stream.starts_with(owner.prefix); });
    return found == parts_.owners.end() ? nullptr : &*found;
  }

  const SchedulerParts parts_;
  Asking asking_;
  std::atomic<bool> unreadable_{false};
  std::atomic<std::size_t> scan_held_up_{0};  // that refused to be computed again
  std::atomic<int64_t> oldest_due_{kNothing};

  // The thread's own.
  std::optional<Time> next_alarm_;  // after those that were due when it looked
  uint64_t seen_size_ = 0;          // of the log, when it looked
  uint64_t looked_for_ = 0;         // the `wanted_` it looked for
  std::optional<Steady::time_point> scan_at_ = Steady::now();  // when the calendar is looked at
  std::string scan_after_;
  std::size_t scan_refused_ = 0;  // in this look through all of them so far
  bool cut_short_ = false;        // the step that was made last, by the log's refusing
  bool was_held_up_ = false;
  bool begun_ = false;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  uint64_t wanted_ = 1;  // looks asked for: the first is
  uint64_t said_ = 0;    // of these, how many found all said

  std::jthread thread_;  // last: it goes first
};

Scheduler::Scheduler(SchedulerParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Scheduler::~Scheduler() = default;

bool Scheduler::wait_until_said(std::chrono::milliseconds patience) {
  return impl_->wait_until_said(patience);
}
std::size_t Scheduler::behind() const { return impl_->behind(); }
std::chrono::seconds Scheduler::behind_for() const { return impl_->behind_for(); }
std::size_t Scheduler::held_up_streams() const { return impl_->held_up_streams(); }

}  // namespace mash::clocks
