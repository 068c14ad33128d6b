#include "clocks/over_desk.h"

#include <string>
#include <utility>

#include "host/desk.h"
#include "host/log_line.h"
#include "log/event_log.h"

namespace mash::clocks {
namespace {

void tell(const std::string& log, const Result<void>& held_up) {
  if (held_up)
    host::log_line(host::LogLevel::kInfo, "every deadline is told of again",
                   {{host::LogKey::kLog, log}});
  else
    host::log_line(host::LogLevel::kWarning, "a deadline cannot be told of, which is tried again",
                   {{host::LogKey::kLog, log}, {host::LogKey::kReason, held_up.error().reason}});
}

}  // namespace

std::unique_ptr<Scheduler> scheduler_over(const host::Desk& desk, std::vector<Owner> owners,
                                          std::function<bool()> may_begin) {
  return std::make_unique<Scheduler>(
      SchedulerParts{.log = desk.log(),
                     .clock = desk.parts().clock,
                     .context = [&desk] { return desk.context_of(kClockActor); },
                     .owners = std::move(owners),
                     .may_begin = std::move(may_begin),
                     .on_held_up = [log = desk.log().options().service](
                                       const Result<void>& held_up) { tell(log, held_up); }});
}

}  // namespace mash::clocks
