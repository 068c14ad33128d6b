#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/decider.h"
#include "log/event_log.h"
#include "log/handle.h"

namespace mash::log {

// The state of an aggregate for a read, now or as at a size, folded from the public part of its
// events. A command observes it in its unit instead (log/handle.h).
template <Decider D>
Result<typename D::State> read_state(const EventLog& log, std::string_view stream,
                                     std::optional<uint64_t> as_at_size = {}) {
  return log.read_stream(stream, 1, as_at_size)
      .and_then([](const StreamHistory& history) {
        return public_events<typename D::Event>(history.records);
      })
      .map([](const std::vector<typename D::Event>& events) { return fold<D>(events); });
}

}  // namespace mash::log
