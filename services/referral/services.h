#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"

namespace grpc {
class Service;
}
namespace mash::host {
class Desk;
}

namespace mash::referral {

// The gRPC services of this log, ReferralService and PersonService, for whichever program serves
// them: the hub, or a server of their own. The log has views() (views.h).
class Services {
 public:
  struct Served {
    std::string name;  // "mash.referral.v1.ReferralService"
    std::unique_ptr<grpc::Service> implementation;
  };

  // Refuses policy packs that lack what the rules need: kFailedPrecondition, PACK_INCOMPLETE. The
  // desk outlives the services.
  static Result<Services> over(host::Desk& desk);

  // Their full names, for host::Access.
  static std::vector<std::string> names();

  ~Services();
  Services(Services&&) noexcept;
  Services& operator=(Services&&) noexcept;

  const std::vector<Served>& served() const { return served_; }

 private:
  Services();
  std::vector<Served> served_;
};

}  // namespace mash::referral
