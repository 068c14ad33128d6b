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
  const auto following_of = [&](const log::EventLog& log) -> cases::FollowingParts {
    return {.followed = log, .own_log = parts.desk.log(), .clock = parts.desk.parts().clock};
  };
  std::vector<cases::FollowingParts> followed{following_of(parts.referral_log)};
  for (const log::EventLog* other : parts.others) followed.push_back(following_of(*other));
  auto following = cases::follow_all(followed);
  if (!following) return tl::unexpected(std::move(following.error()));
  services.following_ = std::move(*following);
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
