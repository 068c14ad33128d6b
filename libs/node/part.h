#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cases/following.h"
#include "core/result.h"
#include "feed/feeds.h"
#include "host/config.h"
#include "host/desk.h"
#include "host/server.h"
#include "log/event_log.h"

namespace google::protobuf {
class Descriptor;
}
namespace mash::clocks {
class Scheduler;
}
namespace mash::log {
class Lookup;
}

namespace mash::node {

class Foundation;

// A service that has begun: what it serves, and what it does by itself for as long as it is there.
class RunningPart {
 public:
  virtual ~RunningPart() = default;

  virtual std::vector<host::ServedService> served() = 0;

  // The logs of other services that it follows.
  virtual const cases::Followings* following() const { return nullptr; }
  // What says that its deadlines approach or were missed.
  virtual const clocks::Scheduler* scheduler() const { return nullptr; }
  // What finds by tokens of what its log holds sealed.
  virtual std::vector<log::Lookup*> lookups() { return {}; }
  // Shows what is its own to be shown.
  virtual void watch(host::Metrics&) const {}
};

// The logs of this process, and what finds by tokens of what they hold sealed: what a key's
// destruction must reach.
struct Holders {
  std::vector<log::EventLog*> logs;
  std::map<const log::EventLog*, std::vector<log::Lookup*>> lookups;

  std::vector<log::Lookup*> lookups_of(const log::EventLog& log) const {
    const auto found = lookups.find(&log);
    return found == lookups.end() ? std::vector<log::Lookup*>() : found->second;
  }
  bool has(const std::string& service) const {
    return std::ranges::any_of(
        logs, [&](const log::EventLog* log) { return log->options().service == service; });
  }
};

// What a service begins with. Everything outlives it, but for what it is given to keep.
struct Surroundings {
  const Foundation& foundation;
  host::Desk& desk;   // over the service's own log
  feed::Feeds feeds;  // of the other services' logs
  // Of the parts that began before it, and its own log: of all, where it reaches_all.
  Holders holders;
};

// A service as a program runs it: mash-hub runs all of them, mash-sharing one.
struct Part {
  std::string name;  // "sharing": of its log, its folder and its topic
  std::vector<const google::protobuf::Descriptor*> events;  // that its log may hold
  std::vector<std::string> services;                        // that it serves, by their full names
  std::vector<std::string> follows;                         // the services whose logs it follows
  std::function<std::vector<std::unique_ptr<log::View>>()> views;
  std::function<log::Guard(const log::EventLog&)> guard{};     // of its commands; empty: none
  std::function<host::Admits(const log::EventLog&)> admits{};  // of readers of its log; empty: all
  // What is wrong with its settings, by their names; empty: it asks nothing of them.
  std::function<std::vector<FieldFault>(const host::Config&)> check{};
  // It reaches into the logs and look-ups of all parts, as the vault does: whichever place it is
  // given, it begins after the others.
  bool reaches_all = false;
  std::function<Result<std::unique_ptr<RunningPart>>(const Surroundings&)> begin;
};

}  // namespace mash::node
