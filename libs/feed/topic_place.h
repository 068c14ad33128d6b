#pragma once
#include <cstdint>
#include <optional>

namespace mash::feed {

// Where a topic is to be read on, and by what it is known again that nothing before was lost.
struct TopicPlace {
  int64_t offset = 0;
  // When the message before was sent, as it says itself (milliseconds since 1970): another one that
  // took its place is of another time. Nothing: it was not read.
  std::optional<int64_t> before_ms{};
};

}  // namespace mash::feed
