#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "feed/feeds.h"

namespace grpc {
class Service;
}
namespace mash::cases {
class Following;
}
namespace mash::clocks {
class Scheduler;
}
namespace mash::host {
class Desk;
}

namespace mash::strategy {

// What the service works with. Everything outlives it.
struct ServiceParts {
  host::Desk& desk;   // over a log with views() (lists/views.h)
  feed::Feeds feeds;  // of the referral log, and of the other service's that has parts in cases
};

// The gRPC service of this log, StrategyService, for whichever program serves it: the hub, or a
// server of its own; what follows the other logs, and what says that deadlines approach or were
// missed, as long as it is there.
class Services {
 public:
  struct Served {
    std::string name;  // "mash.strategy.v1.StrategyService"
    std::unique_ptr<grpc::Service> implementation;
  };

  static Result<Services> over(const ServiceParts& parts);

  // Their full names, for host::Access.
  static std::vector<std::string> names();

  ~Services();
  Services(Services&&) noexcept;
  Services& operator=(Services&&) noexcept;

  const std::vector<Served>& served() const { return served_; }
  // The first of the referral log.
  const std::vector<std::unique_ptr<cases::Following>>& following() const { return following_; }
  const clocks::Scheduler& scheduler() const { return *scheduler_; }

 private:
  Services();
  std::vector<std::unique_ptr<cases::Following>> following_;
  std::unique_ptr<clocks::Scheduler> scheduler_;
  std::vector<Served> served_;
};

}  // namespace mash::strategy
