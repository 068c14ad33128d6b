#pragma once
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"

namespace mash::host {
class Desk;
}

namespace mash::referral {

// The gRPC services of this log, ReferralService and PersonService, for whichever program serves
// them: the hub, or a server of their own. The log has views() (views.h).
struct Services {
  struct Served {
    std::string name;  // "mash.referral.v1.ReferralService"
    std::unique_ptr<grpc::Service> implementation;
  };
  std::vector<Served> served;

  // Refuses policy packs that lack what the rules need: kFailedPrecondition, PACK_INCOMPLETE. The
  // desk outlives the services.
  static Result<Services> over(host::Desk& desk);

  // Their full names, for host::Access.
  static std::vector<std::string> names();
};

}  // namespace mash::referral
