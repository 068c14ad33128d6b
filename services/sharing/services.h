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

namespace mash::sharing {

// What the service works with. Everything outlives it.
struct ServiceParts {
  host::Desk& desk;   // over a log with views() (views.h)
  feed::Feeds feeds;  // of the referral log, and of the other service's that has parts in cases
};

// The gRPC service of this log, SharingService, for whichever program serves it: the hub, or a
// server of its own; what follows the other logs, and the Scheduler, which has said of each
// deadline what is due to be said, as long as it is there.
class Services {
 public:
  struct Served {
    std::string name;  // "mash.sharing.v1.SharingService"
    std::unique_ptr<grpc::Service> implementation;
  };

  // Refuses where types of files cannot be told (attach_file.h).
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
  std::vector<Served> served_;
  std::unique_ptr<clocks::Scheduler> scheduler_;
};

}  // namespace mash::sharing
