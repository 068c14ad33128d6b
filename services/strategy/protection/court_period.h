#pragma once
#include <string_view>

#include "core/context.h"
#include "core/deadline.h"
#include "core/result.h"

namespace mash::strategy {

// So many days of a court's order, by a timescale of the policy pack that says how many it may
// take at most.
Result<Deadline> court_period(std::string_view timescale, Time start, int days,
                              const Context& context);

}  // namespace mash::strategy
