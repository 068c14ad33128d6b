#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "log/as_at.h"
#include "log/event_log.h"

namespace mash::log {

// What a report is asked for: a period, and as at when.
struct Period {
  Time from;
  Time to;
  Time now;           // as at this time
  uint64_t size = 0;  // and this size of the log
};

// Refuses what is no time.
template <class Request>
Result<Period> period_of(const EventLog& log, const Request& request, const Context& context) {
  const auto from = from_proto(request.from());
  if (!from) return tl::unexpected(from.error());
  const auto to = from_proto(request.to());
  if (!to) return tl::unexpected(to.error());
  return as_at(log, request, context).map([&](const AsAt& at) {
    return Period{.from = *from, .to = *to, .now = at.time, .size = at.size.value_or(log.size())};
  });
}

// Reads parts of a list in full, a page at a time, as at one size of its log, so that a report over
// very many rows lets other calls have their turn. Used by one thread at a time; the log outlives
// it.
class ListScan {
 public:
  // A part of the list, as ListQuery has it.
  struct Part {
    std::string order_from;
    std::string order_below;
  };
  // Takes the columns of one row; false: they cannot be read.
  using Visit = std::function<bool(const std::string& columns)>;

  ListScan(const EventLog& log, std::string_view view, uint64_t as_at_size,
           std::vector<Part> parts);

  // Reads one page more. False: that was the last. Refuses with kDataLoss, VIEW_MALFORMED, a row
  // that cannot be read.
  Result<bool> step(const Visit& visit);

 private:
  const EventLog* log_;
  std::string view_;
  uint64_t as_at_size_;
  std::vector<Part> parts_;  // still to be read, the next one last
  std::string after_;        // in that one
};

}  // namespace mash::log
