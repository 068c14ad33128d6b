#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "clocks/scheduler.h"

namespace mash::host {
class Desk;
}

namespace mash::clocks {

// The scheduler of a desk's log, by the desk's clock, packs and calendar. When a stream holds it up
// the program's own log says so, once, and once when nothing does any more. Nothing is said before
// `may_begin` says so; empty: at once. The desk outlives it.
std::unique_ptr<Scheduler> scheduler_over(const host::Desk& desk, std::vector<Owner> owners,
                                          std::function<bool()> may_begin = {});

}  // namespace mash::clocks
