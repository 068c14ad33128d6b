#include "strategy/services.h"

#include <grpcpp/impl/service_type.h>

#include <utility>

#include "cases/following.h"
#include "clocks/over_desk.h"
#include "host/desk.h"
#include "mash/strategy/v1/strategy_service.grpc.pb.h"
#include "strategy/conferences/conference.h"
#include "strategy/discussions/discussion.h"
#include "strategy/opening.h"
#include "strategy/protection/protection.h"
#include "strategy/strategy_service.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

// What follows the referral log: a decision that calls for a discussion has one fall due.
cases::FollowingParts following_referrals(const ServiceParts& parts) {
  host::Desk& desk = parts.desk;
  return {.feed = parts.feeds("referral"),
          .own_log = desk.log(),
          .clock = desk.parts().clock,
          .react =
              [&desk](log::UnitOfWork& unit, const log::Record& record) {
                return open_discussion(unit, record, desk.parts().packs, desk.parts().ids);
              },
          .context = [&desk] { return desk.context_of(Actor{}); }};
}

// What follows the sharing log: which agencies come to have a part in a case there.
cases::FollowingParts following_sharing(const ServiceParts& parts) {
  return {.feed = parts.feeds("sharing"),
          .own_log = parts.desk.log(),
          .clock = parts.desk.parts().clock};
}

}  // namespace

Services::Services() = default;
Services::~Services() = default;
Services::Services(Services&&) noexcept = default;
Services& Services::operator=(Services&&) noexcept = default;

Result<Services> Services::over(const ServiceParts& parts) {
  Services services;
  for (const auto& followed : {following_referrals(parts), following_sharing(parts)})
    services.following_.push_back(std::make_unique<cases::Following>(followed));
  services.scheduler_ =
      clocks::scheduler_over(parts.desk, {clocks::owner<Discussion>(discussion_stream("")),
                                          clocks::owner<Conference>(conference_stream("")),
                                          clocks::owner<Protection>(protection_stream(""))});
  services.served_.push_back(
      {v1::StrategyService::service_full_name(),
       std::make_unique<StrategyService>(parts.desk, *services.following_.front())});
  return services;
}

std::vector<std::string> Services::names() { return {v1::StrategyService::service_full_name()}; }

}  // namespace mash::strategy
