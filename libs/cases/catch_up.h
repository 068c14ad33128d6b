#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "core/context.h"
#include "core/result.h"
#include "host/desk.h"
#include "log/handle.h"

namespace mash::cases {

class Following;

// What the referral log got a moment ago may not be followed here yet: a case that was just told
// of, a threshold that was just recorded. A command that finds less than it needs waits for it
// once, briefly, and only a few do so at a time, since they hold threads that serve calls.
//
// Nor may restrictions and bars made there meanwhile be known here: after a start, until what the
// log holds is followed, and for as long as its feed is held up. What would show or give something
// then is refused. Thread-safe; both outlive it.
class CatchUp {
 public:
  explicit CatchUp(const Following& following,
                   std::chrono::milliseconds patience = std::chrono::seconds(1))
      : following_(following), patience_(patience) {}

  // Until what the referral log holds now is followed. kUnavailable, CASES_BEHIND, where that does
  // not come in time, or enough wait already.
  Result<void> wait() const;

  // Refused with CASES_BEHIND while restrictions and bars may be missing here. Where the feed waits
  // for another log (OTHER_LOG_AWAITED) only once it has waited in front of one record for longer
  // than the patience: mostly that takes milliseconds, as long as a record is on its way anyhow.
  // Does not wait; from any thread.
  Result<void> is_current() const;

  // The same, for a caller's thread: after a start it waits until what the log holds is followed.
  Result<void> goes_on() const;

  // goes_on() the first time it is asked, and is_current() afterwards: for what may run again on
  // the log's thread, which must not wait.
  std::function<Result<void>()> asked_once() const;

  // Asked before a read, and before work that gives something to somebody.
  host::Read reading(host::Read read) const;
  log::Work giving(log::Work work) const;

  // A stream that says nothing while it would be refused, and goes on by itself; it does not end.
  template <class Response>
  host::Pull<Response> telling(host::Pull<Response> pull, host::Wake wake) const {
    return [this, pull = std::move(pull), heard = on_change(std::move(wake))](
               Response& message, host::Looks& looks) -> Result<host::Next> {
      if (!is_current()) return host::Next::kWait;
      return pull(message, looks);
    };
  }

  // The work of a command that waits first, where what it needs is not known yet. It is asked for
  // the caller: what exists and is not for them is waited for like what does not, or waiting would
  // tell the two apart.
  using IsKnown = std::function<Result<bool>(const Actor& actor)>;
  log::Work first(IsKnown is_known, log::Work work) const;

 private:
  std::shared_ptr<void> on_change(host::Wake wake) const;

  const Following& following_;
  const std::chrono::milliseconds patience_;
  mutable std::atomic<int> waiting_ = 0;
};

}  // namespace mash::cases
