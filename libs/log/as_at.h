#pragma once
#include <optional>

#include "core/context.h"
#include "core/result.h"
#include "core/timestamp.h"
#include "log/event_log.h"

namespace mash::log {

// What a read is as at: the log's size then, and whether that is the past.
struct AsAt {
  std::optional<uint64_t> size;
  Time time;
};

// What a request with `as_at` asks for.
template <class Request>
Result<AsAt> as_at(const EventLog& log, const Request& request, const Context& context) {
  if (!request.has_as_at()) return AsAt{.size = {}, .time = context.now};
  return from_proto(request.as_at()).and_then([&](Time time) {
    return log.size_at(time).map([&](uint64_t size) { return AsAt{.size = size, .time = time}; });
  });
}

}  // namespace mash::log
