#include "referral/services.h"

#include <grpcpp/impl/service_type.h>

#include "clocks/over_desk.h"
#include "host/desk.h"
#include "mash/referral/v1/person_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "policy/packs.h"
#include "referral/joining/joiner.h"
#include "referral/matching/matcher.h"
#include "referral/person_service.h"
#include "referral/referral.h"
#include "referral/referral_service.h"
#include "referral/rules.h"

namespace mash::referral {

Services::Services() = default;
Services::~Services() = default;
Services::Services(Services&&) noexcept = default;
Services& Services::operator=(Services&&) noexcept = default;

Result<Services> Services::over(const ServiceParts& parts) {
  const host::DeskParts& desk = parts.desk.parts();
  for (const policy::Pack* pack : desk.packs.all())
    if (auto sound = fits(*pack); !sound) return tl::unexpected(sound.error());
  Services services;
  services.matcher_ = std::make_unique<const matching::Matcher>(parts.weights);
  services.served_.push_back({v1::ReferralService::service_full_name(),
                              std::make_unique<ReferralService>(parts.desk, parts.lookup)});
  services.served_.push_back(
      {v1::PersonService::service_full_name(),
       std::make_unique<PersonService>(parts.desk, parts.lookup, *services.matcher_)});
  services.joiner_ =
      std::make_unique<Joiner>(JoinerParts{.reactions = {.log = desk.log,
                                                         .lookup = parts.lookup,
                                                         .keys = desk.keys,
                                                         .matcher = *services.matcher_,
                                                         .packs = desk.packs,
                                                         .calendar = desk.calendar,
                                                         .clock = desk.clock}});
  services.scheduler_ =
      clocks::scheduler_over(parts.desk, {clocks::owner<Referral>(referral_stream(""))});
  return services;
}

std::vector<std::string> Services::names() {
  return {v1::ReferralService::service_full_name(), v1::PersonService::service_full_name()};
}

}  // namespace mash::referral
