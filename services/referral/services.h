#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"

namespace grpc {
class Service;
}
namespace mash::clocks {
class Scheduler;
}
namespace mash::host {
class Desk;
}
namespace mash::log {
class Lookup;
}

namespace mash::referral {

namespace matching {
class Matcher;
class Weights;
}  // namespace matching
class Joiner;

// What the services work with. Everything outlives them.
struct ServiceParts {
  host::Desk& desk;     // over a log with views() (views.h)
  log::Lookup& lookup;  // opened as lookup_content() says (lookups.h)
  const matching::Weights& weights;
};

// The gRPC services of this log, ReferralService and PersonService, for whichever program serves
// them: the hub, or a server of their own; and the Joiner, which follows the log, and the
// Scheduler, which has said of each deadline what is due to be said, as long as they are there.
class Services {
 public:
  struct Served {
    std::string name;  // "mash.referral.v1.ReferralService"
    std::unique_ptr<grpc::Service> implementation;
  };

  // Refuses policy packs that lack what the rules need: kFailedPrecondition, PACK_INCOMPLETE.
  static Result<Services> over(const ServiceParts& parts);

  // Their full names, for host::Access.
  static std::vector<std::string> names();

  ~Services();
  Services(Services&&) noexcept;
  Services& operator=(Services&&) noexcept;

  const std::vector<Served>& served() const { return served_; }
  const Joiner& joiner() const { return *joiner_; }
  const clocks::Scheduler& scheduler() const { return *scheduler_; }

 private:
  Services();
  std::unique_ptr<const matching::Matcher> matcher_;
  std::vector<Served> served_;
  std::unique_ptr<Joiner> joiner_;
  std::unique_ptr<clocks::Scheduler> scheduler_;
};

}  // namespace mash::referral
