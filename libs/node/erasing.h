#pragma once
#include <memory>
#include <vector>

#include "feed/feed.h"

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
class Erasing {
 public:
  // Begins at once.
  explicit Erasing(ErasingParts parts);
  ~Erasing();
  Erasing(const Erasing&) = delete;
  Erasing& operator=(const Erasing&) = delete;

  const feed::Follower& follower() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::node
