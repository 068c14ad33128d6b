#pragma once
#include <map>
#include <string>
#include <utility>

#include "core/context.h"
#include "core/result.h"

namespace mash::log {
class EventLog;
}

namespace mash::cases {

// Whether one caller may know of cases, by what holds now; where that is not all known
// (CASE_PARKED) they may not: a list goes on without it. Made for one answer, on one thread: it
// remembers what it found.
class CasesKnown {
 public:
  CasesKnown(const log::EventLog& log, Actor actor) : log_(log), actor_(std::move(actor)) {}
  Result<bool> admit(const std::string& case_id);

 private:
  const log::EventLog& log_;
  Actor actor_;
  std::map<std::string, bool> answers_;
};

}  // namespace mash::cases
