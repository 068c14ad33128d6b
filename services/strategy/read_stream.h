#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/caller.h"
#include "core/context.h"
#include "log/event_log.h"
#include "log/handle.h"

namespace mash::strategy {

// Whether the caller is shown texts: everybody who may see the thing at all, and an auditor who
// says why.
inline bool sees_texts(const Actor& actor, const std::string& purpose) {
  return !is_auditor(actor) || !purpose.empty();
}

// The events of one stream, now or as at a size: with their texts where these are asked for and
// still there. None: there is no such stream.
template <class Event>
Result<log::OpenedEvents<Event>> read_stream(const log::EventLog& log, const std::string& stream,
                                             std::optional<uint64_t> size, bool texts) {
  const auto history = log.read_stream(stream, 1, size, true);
  if (!history) return tl::unexpected(history.error());
  if (texts) return log::opened_events<Event>(log, history->records);
  return log::public_events<Event>(history->records).map([](std::vector<Event> events) {
    return log::OpenedEvents<Event>{.events = std::move(events), .erased = false};
  });
}

}  // namespace mash::strategy
