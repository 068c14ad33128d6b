#include "strategy/protection/court_period.h"

#include "policy/pack.h"

namespace mash::strategy {

Result<Deadline> court_period(std::string_view timescale, Time start, int days,
                              const Context& context) {
  return context.pack->deadline(timescale, start, *context.calendar)
      .and_then([&](const Deadline& longest) {
        Timescale shorter = context.pack->timescale(timescale)->timescale;
        shorter.allowed.amount = days;
        return set_deadline(shorter, start, longest.pack, *context.calendar,
                            context.pack->hub_hours());
      });
}

}  // namespace mash::strategy
