#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/caller.h"
#include "core/clock.h"
#include "core/context.h"
#include "core/result.h"
#include "log/event_log.h"
#include "notification/channels/sender.h"

namespace mash::notification {

// Who the hub is when it delivers.
inline const Actor kDeliveryActor = hub_itself("delivery");

// What a deliverer works with. Everything outlives it.
struct DelivererParts {
  log::EventLog& log;  // with the view `deliveries` (lists/views.h)
  const Clock& clock;
  std::function<Context()> context;  // of what the hub does by itself now
  std::function<void(Outgoing, Sender::Done, Sender::Still)> send;
  // Asked until it says so once; nothing is tried before. Empty: it may at once.
  std::function<bool()> may_begin{};
  // Whether it is known now who is barred from which case; asked before each attempt to tell a
  // practitioner, which else waits in its lane. A desk is told all the same. Empty: it always is.
  std::function<bool()> knows_bars{};
  // Told when something is held up, with why, and when nothing is any more. Empty: nobody is.
  std::function<void(const Result<void>& held_up)> on_held_up{};
  std::size_t in_lane_max = 8;  // under way over one channel of one contact, of one urgency
  std::chrono::milliseconds look_every{100};     // at the clock, and whether the log has grown
  std::chrono::milliseconds retry_after{5'000};  // a lane in which something could not be read
  std::chrono::minutes tidy_every{60};  // what was given up, by the clock; and at the start
};

// Has every delivery tried that is due, at least once each and the same each time, and records what
// became of it. A thread that reads the view's due rows lane by lane. Nothing is remembered but
// what is in hand: what was tried is in the streams, so that a stopped service goes on where it
// was. One that ended between sending and recording sends again, under the same id; while it runs,
// what could not be recorded is recorded later, and not sent again.
//
// Before each attempt it is asked anew whether the contact is still to be told, and once more when
// the attempt has waited for its turn: a notice that was acknowledged or closed, a contact that was
// removed or erased, or whose practitioner may not know of the case any more, drops the delivery. A
// contact that was erased leaves its agency's order with it, so that the next is told in its place.
//
// What was given up of a notice that is over by now is dropped too, now and then, so that what
// waits for a person is what is left.
//
// Thread-safe, but for making and ending it.
class Deliverer {
 public:
  // Begins at once.
  explicit Deliverer(DelivererParts parts);
  // What is under way is not waited for: it is tried again after the next start.
  ~Deliverer();
  Deliverer(const Deliverer&) = delete;
  Deliverer& operator=(const Deliverer&) = delete;

  // Attempts under way, or being recorded.
  std::size_t in_hand() const;
  // Attempts since the start that the other side took, or did not.
  uint64_t taken() const;
  uint64_t failed() const;
  // Whether a lane cannot go on, and why the last that could not; nothing: all can.
  bool is_held_up() const;
  Result<void> goes_on() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mash::notification
