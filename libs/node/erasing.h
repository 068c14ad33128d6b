#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "feed/feed.h"
#include "host/followed_log.h"

namespace mash::feed {
class Follower;
}
namespace mash::log {
class EventLog;
class Lookup;
}  // namespace mash::log

namespace mash::node {

class RemoteKeys;

// Erases from a service's log what the vault of another process was ordered to destroy. It follows
// the vault's log; all others outlive it.
struct ErasingParts {
  std::shared_ptr<feed::Feed> orders;  // the vault's log
  log::EventLog& log;
  std::vector<log::Lookup*> lookups;
  RemoteKeys& keys;
};

// For every order to destroy a key, once the vault has: has the process forget the key, removes
// what it sealed from the log and its look-ups, and says so to the vault; then, and not before, it
// has followed the order.
class Erasing final : public host::FollowedLog {
 public:
  // Begins at once.
  explicit Erasing(ErasingParts parts);
  ~Erasing() override;
  Erasing(const Erasing&) = delete;
  Erasing& operator=(const Erasing&) = delete;

  const feed::Follower& follower() const;

  // For whoever runs the service. No order is ever parked, since each must be carried out: what
  // cannot be now is tried again, and holds up those after it.
  const std::string& name() const override;
  Result<mash::log::v1::FeedStatus> standing() const override;
  void go_on() override;
  // Refused: kNotFound, STREAM_NOT_PARKED.
  void retry(const std::string& stream, std::function<void(Result<uint64_t>)> done) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::node
