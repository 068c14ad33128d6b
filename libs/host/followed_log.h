#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "core/result.h"
#include "mash/log/v1/log_service.pb.h"

namespace mash::host {

// A log that a service follows, for whoever runs the service (LogService). Thread-safe.
class FollowedLog {
 public:
  virtual ~FollowedLog() = default;

  // Without its epoch: "mash/E10000013/referral".
  virtual const std::string& name() const = 0;

  // How far it is followed, and the streams that wait. Refused: kUnavailable, while they cannot be
  // listed.
  virtual Result<mash::log::v1::FeedStatus> standing() const = 0;

  // Where it has stopped, it goes on.
  virtual void go_on() = 0;

  // Takes in what waits of a stream. `done` is told how many records that were, or why not all
  // were: once, from any thread, maybe before this returns.
  virtual void retry(const std::string& stream, std::function<void(Result<uint64_t>)> done) = 0;
};

}  // namespace mash::host
