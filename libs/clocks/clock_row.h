#pragma once
#include <functional>
#include <vector>

#include "clocks/clocks.h"
#include "mash/common/v1/clock_row.pb.h"

namespace mash::clocks {

// The room a row has, less what its list adds.
inline constexpr std::size_t kRowBytesMax = 4'000;

// Whether a clock of which nothing is left to be said is kept all the same, because an event may
// set it going again or ask for it.
using Keeps = std::function<bool(const Clock&)>;

// Clocks as a row keeps them: those of which something is still to be said, those that run, and
// what `keeps` says. How they were set before the calendar changed, and all but the last extension,
// stay out: no alarm needs them. Where the room is not enough, which forty running clocks never
// are, that of which nothing is left to be said goes first, then what is due last.
void save(const std::vector<Clock>& clocks, const Keeps& keeps, common::v1::ClockRow* row);

// And back.
std::vector<Clock> load(const common::v1::ClockRow& row);

// The clocks of a row, whoever's they are: for what is asked of any stream.
class RowClocks : public Clocks {
 public:
  explicit RowClocks(const common::v1::ClockRow& row) { clocks_ = load(row); }
};

}  // namespace mash::clocks
