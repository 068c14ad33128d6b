#include "sharing/services.h"

#include <grpcpp/impl/service_type.h>

#include <utility>

#include "cases/following.h"
#include "clocks/over_desk.h"
#include "host/desk.h"
#include "mash/sharing/v1/sharing_service.grpc.pb.h"
#include "sharing/decisions/decision.h"
#include "sharing/items/attach_file.h"
#include "sharing/requests/request.h"
#include "sharing/sharing_service.h"
#include "sharing/streams.h"

namespace mash::sharing {

Services::Services() = default;
Services::~Services() = default;
Services::Services(Services&&) noexcept = default;
Services& Services::operator=(Services&&) noexcept = default;

Result<Services> Services::over(const ServiceParts& parts) {
  Services services;
  for (const char* followed : {"referral", "strategy"})
    services.following_.push_back(std::make_unique<cases::Following>(
        cases::FollowingParts{.feed = parts.feeds(followed),
                              .own_log = parts.desk.log(),
                              .clock = parts.desk.parts().clock}));
  auto uploads = FileUploads::over(parts.desk);
  if (!uploads) return tl::unexpected(std::move(uploads.error()));
  services.served_.push_back({v1::SharingService::service_full_name(),
                              std::make_unique<SharingService>(
                                  parts.desk, *services.following_.front(), std::move(*uploads))});
  services.scheduler_ = clocks::scheduler_over(
      parts.desk,
      {clocks::owner<Request>(request_stream("")), clocks::owner<Decision>(decision_stream(""))});
  return services;
}

std::vector<std::string> Services::names() { return {v1::SharingService::service_full_name()}; }

}  // namespace mash::sharing
