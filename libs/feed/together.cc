#include "feed/together.h"

#include <charconv>
#include <string_view>
#include <utility>

namespace mash::feed {
namespace {

// The number at the end of an origin; none: 0.
uint64_t epoch_in(std::string_view digits) {
  uint64_t epoch = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), epoch);
  return read.ec == std::errc() ? epoch : 0;
}

}  // namespace

Together::Together(std::vector<std::string> logs) {
  for (std::string& log : logs) logs_[std::move(log)];
}

// With the lock held. Where the log lost its end since, positions of before say nothing: then all
// that it still has of what had been seen is what it has of that epoch.
bool Together::is_followed(const Awaited& awaited) const {
  const auto found = logs_.find(awaited.log);
  if (found == logs_.end()) return true;
  const Place& place = found->second.place;
  return (place.epoch >= awaited.epoch && place.position >= awaited.size) ||
         place.whole_before > awaited.epoch;
}

void Together::reached(const std::string& log, const Place& place) {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(log);
  if (found == logs_.end()) return;
  found->second.place = place;
  for (auto& [name, other] : logs_)
    if (other.awaited && is_followed(*other.awaited)) {
      other.awaited.reset();
      if (other.calls.go_on) other.calls.go_on();
    }
}

Result<void> Together::admit(const std::string& log, const log::Record& record) {
  const std::lock_guard lock(mutex_);
  const auto self = logs_.find(log);
  if (self == logs_.end()) return {};
  self->second.awaited.reset();
  for (const auto& seen : record.body.seen()) {
    const std::size_t slash = seen.origin().rfind('/');
    if (seen.size() == 0 || slash == std::string::npos) continue;
    Awaited awaited{.log = seen.origin().substr(0, slash),
                    .epoch = epoch_in(std::string_view(seen.origin()).substr(slash + 1)),
                    .size = seen.size()};
    if (awaited.log == log || is_followed(awaited)) continue;
    auto refused =
        refuse(Code::kUnavailable, "OTHER_LOG_AWAITED",
               "Record " + std::to_string(record.prefix.position) +
                   " waits: its author had seen the first " + std::to_string(awaited.size) +
                   " records of " + seen.origin() + ", which are not all followed here yet.");
    self->second.awaited = std::move(awaited);
    return refused;
  }
  return {};
}

void Together::resumed(const std::string& log) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, other] : logs_)
    if (name != log && other.calls.resumed) other.calls.resumed();
}

void Together::join(const std::string& log, Calls calls) {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(log);
  if (found == logs_.end()) return;
  found->second.calls = std::move(calls);
  // What had come between a refusal and this would not be told otherwise.
  if (found->second.calls.go_on) found->second.calls.go_on();
}

void Together::leave(const std::string& log) {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(log);
  if (found != logs_.end()) found->second.calls = {};
}

}  // namespace mash::feed
