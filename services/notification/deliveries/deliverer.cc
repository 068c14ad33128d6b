#include "notification/deliveries/deliverer.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "core/timestamp.h"
#include "log/handle.h"
#include "log/row_order.h"
#include "notification/contacts/contact_calls.h"
#include "notification/deliveries/delivery.h"
#include "notification/deliveries/outgoing.h"
#include "notification/deliveries/undelivered.h"
#include "notification/lists/delivery_rows.h"
#include "notification/lists/views.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

using Steady = std::chrono::steady_clock;

Result<std::vector<v1::DeliveryRow>> rows_between(const log::EventLog& log, std::string from,
                                                  std::string below, std::size_t limit) {
  const auto page = log.list({.view = std::string(kDeliveriesView),
                              .limit = limit,
                              .order_from = std::move(from),
                              .order_below = std::move(below)});
  if (!page) return tl::unexpected(page.error());
  std::vector<v1::DeliveryRow> rows(page->rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!rows[i].ParseFromString(page->rows[i].columns)) return log::malformed_row();
  return rows;
}

Result<void> became(log::UnitOfWork& unit, const std::string& stream,
                    const Delivery::Tried& tried) {
  return unit.decide<Delivery>({.stream = stream}, tried);
}

// With what is dropped since its contact was erased, the contact leaves its agency's order.
Result<void> became(log::UnitOfWork& unit, const std::string& stream, const Delivery::Drop& drop) {
  if (auto dropped = unit.decide<Delivery>({.stream = stream}, drop);
      !dropped || drop.reason != kErased)
    return dropped;
  const auto delivery = unit.observe<Delivery>(stream);
  if (!delivery) return tl::unexpected(delivery.error());
  return leave_out(unit, delivery->agency, delivery->contact_id);
}

}  // namespace

// Shared with attempts that are under way: what they tell after the end changes nothing.
class Deliverer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(DelivererParts parts) : parts_(std::move(parts)) {}

  void begin() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  void end() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    thread_ = {};  // asks it to stop, and joins
  }

  std::size_t in_hand() const {
    const std::lock_guard lock(mutex_);
    return in_hand_.size();
  }
  uint64_t taken() const { return taken_; }
  uint64_t failed() const { return failed_; }
  Result<void> goes_on() const {
    const std::lock_guard lock(mutex_);
    if (held_up_) return tl::unexpected(*held_up_);
    return {};
  }

 private:
  // What became of a delivery, on its way to the record.
  using Record = std::variant<Delivery::Tried, Delivery::Drop>;
  struct Unrecorded {
    std::string id;
    std::string lane;
    Record what;
  };

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (may_begin() && is_to_look()) {
        record_again();
        note(look(stop));
      }
      if (begun_ && parts_.clock.now() >= tidy_at_) tidy();
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, parts_.look_every, [this] { return moved_ && begun_; });
    }
  }

  bool may_begin() { return begun_ = begun_ || !parts_.may_begin || parts_.may_begin(); }

  // Whether anything may be due that was not when it looked last.
  bool is_to_look() {
    const std::lock_guard lock(mutex_);
    return std::exchange(moved_, false) || parts_.log.size() != seen_size_ ||
           (next_at_ && *next_at_ <= parts_.clock.now()) ||
           (resumes_at_ && *resumes_at_ <= Steady::now());
  }

  void note(const Result<void>& looked) {
    Result<void> held_up;
    {
      const std::lock_guard lock(mutex_);
      std::erase_if(held_lanes_, [](const auto& lane) { return lane.second <= Steady::now(); });
      if (!looked) {
        held_up_ = looked.error();
        note_resumption(Steady::now() + parts_.retry_after);
      } else if (held_lanes_.empty() && unrecorded_.empty()) {
        held_up_.reset();
      }
      if (held_up_) held_up = tl::unexpected(*held_up_);
    }
    if (std::exchange(was_held_up_, !held_up) != !held_up && parts_.on_held_up)
      parts_.on_held_up(held_up);
  }

  // What was given up of notices that are over leaves the list, where it would only grow. What
  // cannot be read is found the next time.
  void tidy() {
    tidy_at_ = parts_.clock.now() + parts_.tidy_every;
    const auto in_vain = given_up_in_vain(parts_.log);
    if (!in_vain) return;
    for (const GivenUpInVain& each : *in_vain) {
      {
        const std::lock_guard lock(mutex_);
        if (!in_hand_.insert(each.delivery_id).second) continue;
      }
      record(each.delivery_id, undelivered_begin(), Delivery::Drop{each.why});
    }
  }

  // Goes from lane to lane, and tries what is due in each.
  Result<void> look(const std::stop_token& stop) {
    seen_size_ = parts_.log.size();
    next_at_.reset();
    {
      const std::lock_guard lock(mutex_);
      resumes_at_.reset();
    }
    std::string from = due_begin();
    while (!stop.stop_requested()) {
      const auto first = rows_between(parts_.log, from, due_end(), 1);
      if (!first) return tl::unexpected(first.error());
      if (first->empty()) break;
      if (auto looked = look_at_lane(first->front()); !looked) return looked;
      from = lane_end(first->front());
    }
    return {};
  }

  Result<void> look_at_lane(const v1::DeliveryRow& first) {
    const Time now = parts_.clock.now();
    const std::string lane = lane_begin(first);
    if (is_held(lane)) return {};
    if (const auto next = from_proto(first.next_at()); next && *next > now) {
      note_next(*next);
      return {};
    }
    const auto rows = rows_between(parts_.log, lane, lane_after(first, now), parts_.in_lane_max);
    if (!rows) return tl::unexpected(rows.error());
    for (const v1::DeliveryRow& row : *rows)
      if (auto begun = attempt(row); !begun) {
        hold(lane, begun.error());
        break;
      }
    return {};
  }

  // A lane in which something could not be read or recorded waits before it goes on.
  void hold(const std::string& lane, const Error& why) {
    const std::lock_guard lock(mutex_);
    held_lanes_[lane] = Steady::now() + parts_.retry_after;
    note_resumption(held_lanes_[lane]);
    held_up_ = why;
  }
  bool is_held(const std::string& lane) {
    const std::lock_guard lock(mutex_);
    const auto held = held_lanes_.find(lane);
    if (held == held_lanes_.end()) return false;
    if (held->second > Steady::now()) {
      note_resumption(held->second);
      return true;
    }
    held_lanes_.erase(held);
    return false;
  }
  void note_resumption(Steady::time_point time) {
    if (!resumes_at_ || time < *resumes_at_) resumes_at_ = time;
  }
  void note_next(Time time) {
    if (!next_at_ || time < *next_at_) next_at_ = time;
  }

  Result<void> attempt(const v1::DeliveryRow& listed) {
    const std::string& id = listed.due().delivery_id();
    {
      const std::lock_guard lock(mutex_);
      if (!in_hand_.insert(id).second) return {};
    }
    // Since it was listed an attempt may have ended: what counts is what is there now that no other
    // can be under way.
    const auto row = due_now(id);
    if (!row || !*row) {
      let_go(id);
      return row.map([](const auto&) {});
    }
    return attempt_in_hand(**row);
  }

  Result<std::optional<v1::DeliveryRow>> due_now(const std::string& id) {
    const auto columns = parts_.log.row(kDeliveriesView, id);
    if (!columns) return tl::unexpected(columns.error());
    v1::DeliveryRow row;
    if (!*columns) return std::nullopt;
    if (!row.ParseFromString(**columns)) return log::malformed_row();
    const auto next_at = from_proto(row.next_at());
    if (!row.has_next_at() || !next_at || *next_at > parts_.clock.now()) return std::nullopt;
    return row;
  }

  bool knows_bars() const { return !parts_.knows_bars || parts_.knows_bars(); }

  Result<void> attempt_in_hand(const v1::DeliveryRow& row) {
    const std::string& id = row.due().delivery_id();
    auto attempt = outgoing_of(parts_.log, row, knows_bars());
    if (!attempt) return cannot_attempt(row, attempt.error());
    if (auto* dropped = std::get_if<Dropped>(&*attempt)) {
      record(id, lane_begin(row), Delivery::Drop{std::move(dropped->reason)});
      return {};
    }
    parts_.send(
        std::get<Outgoing>(std::move(*attempt)),
        [self = weak_from_this(), id, lane = lane_begin(row),
         number = row.attempts() + 1](Outcome outcome) {
          if (const auto impl = self.lock()) impl->tried(id, lane, number, std::move(outcome));
        },
        [self = weak_from_this(), row] {
          const auto impl = self.lock();
          return impl && impl->is_still_to_be_sent(row);
        });
    return {};
  }

  // Where it is not, says what becomes of it.
  bool is_still_to_be_sent(const v1::DeliveryRow& row) {
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return false;
    }
    auto dropped = dropped_meanwhile(parts_.log, row, knows_bars());
    if (!dropped) {
      if (auto cannot = cannot_attempt(row, dropped.error()); !cannot)
        hold(lane_begin(row), cannot.error());
      return false;
    }
    if (!*dropped) return true;
    record(row.due().delivery_id(), lane_begin(row), Delivery::Drop{std::move((*dropped)->reason)});
    return false;
  }

  // What holds up all that is in a lane holds the lane; what is wrong with this one alone counts as
  // an attempt that failed, so that it is tried again later, and seen when it is given up.
  Result<void> cannot_attempt(const v1::DeliveryRow& row, const Error& why) {
    const std::string& id = row.due().delivery_id();
    if (why.code == Code::kUnavailable && why.reason != "CASE_PARKED") {
      let_go(id);
      return tl::unexpected(why);
    }
    tried(id, lane_begin(row), row.attempts() + 1,
          {.kind = Outcome::Kind::kFailed, .reason = why.reason});
    return {};
  }

  void tried(const std::string& id, const std::string& lane, uint32_t number, Outcome outcome) {
    ++(outcome.kind == Outcome::Kind::kTaken ? taken_ : failed_);
    record(id, lane, Delivery::Tried{number, std::move(outcome)});
  }

  // Not after the end: it is tried again after the next start.
  void record(const std::string& id, const std::string& lane, Record what) {
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return;
    }
    log::CommandCall call;
    call.context = parts_.context();
    log::handle(
        parts_.log, std::move(call),
        [stream = delivery_stream(id), what](log::UnitOfWork& unit) {
          return std::visit([&](const auto& command) { return became(unit, stream, command); },
                            what);
        },
        [self = weak_from_this(), id, lane, what](const Result<log::Appended>& appended) {
          const auto impl = self.lock();
          if (!impl) return;
          if (appended) return impl->let_go(id);
          impl->hold(lane, appended.error());
          impl->keep(id, lane, what);
        });
  }

  // What could not be recorded stays in hand, so that it is not sent again.
  void keep(const std::string& id, const std::string& lane, const Record& what) {
    const std::lock_guard lock(mutex_);
    unrecorded_.push_back({.id = id, .lane = lane, .what = what});
  }
  void record_again() {
    std::vector<Unrecorded> again;
    {
      const std::lock_guard lock(mutex_);
      again.swap(unrecorded_);
    }
    for (Unrecorded& each : again)
      if (is_held(each.lane))
        keep(each.id, each.lane, each.what);
      else
        record(each.id, each.lane, std::move(each.what));
  }

  void let_go(const std::string& id) {
    const std::lock_guard lock(mutex_);
    in_hand_.erase(id);
    moved_ = true;
    changed_.notify_all();
  }

  const DelivererParts parts_;
  std::atomic<uint64_t> taken_{0};
  std::atomic<uint64_t> failed_{0};
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool ended_ = false;
  bool moved_ = true;  // something may be tried that could not be
  std::set<std::string> in_hand_;
  std::map<std::string, Steady::time_point> held_lanes_;  // until when
  std::optional<Steady::time_point> resumes_at_;          // the first of them
  std::vector<Unrecorded> unrecorded_;
  std::optional<Error> held_up_;
  // Of the thread alone.
  bool begun_ = false;
  bool was_held_up_ = false;
  uint64_t seen_size_ = 0;
  std::optional<Time> next_at_;
  Time tidy_at_{};
  std::jthread thread_;
};

Deliverer::Deliverer(DelivererParts parts) : impl_(std::make_shared<Impl>(std::move(parts))) {
  impl_->begin();
}
Deliverer::~Deliverer() { impl_->end(); }
std::size_t Deliverer::in_hand() const { return impl_->in_hand(); }
uint64_t Deliverer::taken() const { return impl_->taken(); }
uint64_t Deliverer::failed() const { return impl_->failed(); }
bool Deliverer::is_held_up() const { return !impl_->goes_on(); }
Result<void> Deliverer::goes_on() const { return impl_->goes_on(); }

}  // namespace mash::notification
