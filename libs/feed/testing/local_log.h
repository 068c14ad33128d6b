#pragma once
#include <memory>

#include "feed/local_feed.h"
#include "feed/testing/followed_log.h"

namespace mash::feed::testing {

// A log followed where it lies.
class LocalLog final : public FollowedLog {
 public:
  std::shared_ptr<Feed> feed() override { return std::make_shared<LocalFeed>(*log_); }
};

inline constexpr WayToFollow kLocal{.name = "Local", .make = []() -> std::unique_ptr<FollowedLog> {
                                      return std::make_unique<LocalLog>();
                                    }};

}  // namespace mash::feed::testing
