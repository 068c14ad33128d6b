#pragma once
#include <map>
#include <string>
#include <utility>

#include "core/context.h"
#include "core/result.h"
#include "log/handle.h"

namespace mash::log {
class EventLog;
}

namespace mash::notification {

// Whether one caller may be shown what their agency was told of cases, by what holds now: nobody
// who is barred from the case; of a restricted one, practitioners whom it names. The agency need
// have no part in the case, since the rules may have told it all the same. Made for one answer, on
// one thread: it remembers what it found.
class Admitting {
 public:
  Admitting(const log::EventLog& log, Actor actor) : log_(log), actor_(std::move(actor)) {}
  Result<bool> admit(const std::string& case_id);

 private:
  const log::EventLog& log_;
  const Actor actor_;
  std::map<std::string, bool> answers_;
};

// The same, asked before every command on a notice or a delivery: to whom that is not there
// NOT_FOUND, in the words in which the command itself says so. To others CASE_PARKED, while what is
// known of the case is not all that was said of it.
log::Guard notice_guard();

}  // namespace mash::notification
