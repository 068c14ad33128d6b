#pragma once
#include <atomic>
#include <chrono>
#include <functional>

#include "core/context.h"
#include "core/result.h"
#include "host/desk.h"
#include "log/handle.h"

namespace mash::cases {

class Following;

// What the referral log got a moment ago may not be followed here yet: a case that was just told
// of, a threshold that was just recorded. A command that finds less than it needs waits for it
// once, briefly, and only a few do so at a time, since they hold threads that serve calls.
// Thread-safe; both outlive it.
class CatchUp {
 public:
  explicit CatchUp(const Following& following,
                   std::chrono::milliseconds patience = std::chrono::seconds(1))
      : following_(following), patience_(patience) {}

  // Until what the referral log holds now is followed. kUnavailable, CASES_BEHIND, where that does
  // not come in time, or enough wait already.
  Result<void> wait() const;

  // Refused with CASES_BEHIND while the referral log cannot be followed: restrictions and bars made
  // there would not be known of here.
  Result<void> goes_on() const;

  // The same before a read, and before work that gives something to somebody.
  host::Read reading(host::Read read) const;
  log::Work giving(log::Work work) const;

  // The work of a command that waits first, where what it needs is not known yet. It is asked for
  // the caller: what exists and is not for them is waited for like what does not, or waiting would
  // tell the two apart.
  using IsKnown = std::function<Result<bool>(const Actor& actor)>;
  log::Work first(IsKnown is_known, log::Work work) const;

 private:
  const Following& following_;
  const std::chrono::milliseconds patience_;
  mutable std::atomic<int> waiting_ = 0;
};

}  // namespace mash::cases
