#include "referral/part.h"

#include <utility>

#include "clocks/over_desk.h"
#include "host/metrics.h"
#include "log/lookup.h"
#include "mash/referral/v1/case_events.pb.h"
#include "mash/referral/v1/context_events.pb.h"
#include "mash/referral/v1/expectation_events.pb.h"
#include "mash/referral/v1/person_events.pb.h"
#include "mash/referral/v1/person_service.grpc.pb.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "node/foundation.h"
#include "policy/packs.h"
#include "referral/cases/case_guard.h"
#include "referral/joining/joiner.h"
#include "referral/joining/lookups.h"
#include "referral/lists/views.h"
#include "referral/matching/matcher.h"
#include "referral/matching/weights.h"
#include "referral/person_service.h"
#include "referral/referral.h"
#include "referral/referral_service.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

class Referrals final : public node::RunningPart {
 public:
  Referrals(host::Desk& desk, std::unique_ptr<log::Lookup> lookup, matching::Weights weights)
      : lookup_(std::move(lookup)),
        weights_(std::move(weights)),
        matcher_(weights_),
        referral_service_(desk, *lookup_),
        person_service_(desk, *lookup_, matcher_),
        joiner_(JoinerParts{.reactions = {.log = desk.log(),
                                          .lookup = *lookup_,
                                          .keys = desk.parts().keys,
                                          .matcher = matcher_,
                                          .packs = desk.parts().packs,
                                          .calendar = desk.parts().calendar,
                                          .clock = desk.parts().clock}}),
        scheduler_(clocks::scheduler_over(desk, {clocks::owner<Referral>(referral_stream(""))})) {}

  std::vector<host::ServedService> served() override {
    return {{v1::ReferralService::service_full_name(), referral_service_},
            {v1::PersonService::service_full_name(), person_service_}};
  }
  const clocks::Scheduler* scheduler() const override { return scheduler_.get(); }
  std::vector<log::Lookup*> lookups() override { return {lookup_.get()}; }
  void watch(host::Metrics& metrics) const override {
    metrics.watch("mash_joiner_behind_records",
                  "Records of the referral log that matching has not followed yet.", {},
                  [this] { return static_cast<double>(joiner_.behind()); });
    metrics.watch("mash_joiner_held_up", "Whether matching waits to try a record again.", {},
                  [this] { return joiner_.is_held_up() ? 1.0 : 0.0; });
  }

 private:
  const std::unique_ptr<log::Lookup> lookup_;
  const matching::Weights weights_;
  const matching::Matcher matcher_;
  ReferralService referral_service_;
  PersonService person_service_;
  Joiner joiner_;
  std::unique_ptr<clocks::Scheduler> scheduler_;
};

// Refused: policy packs that lack what the rules need (kFailedPrecondition, PACK_INCOMPLETE), and
// weights or a look-up that cannot be read.
Result<std::unique_ptr<node::RunningPart>> begin(const node::Surroundings& surroundings) {
  for (const policy::Pack* pack : surroundings.foundation.packs().all())
    if (auto sound = fits(*pack); !sound) return tl::unexpected(sound.error());
  const host::Config& config = surroundings.foundation.config();
  auto weights = matching::Weights::load(config.matching_weights.string());
  if (!weights) return tl::unexpected(weights.error());
  return log::Lookup::open({.directory = config.data / "referral-lookup",
                            .content = lookup_content(surroundings.desk.log(), *weights)})
      .map([&](std::unique_ptr<log::Lookup> lookup) -> std::unique_ptr<node::RunningPart> {
        return std::make_unique<Referrals>(surroundings.desk, std::move(lookup),
                                           std::move(*weights));
      });
}

}  // namespace

node::Part part() {
  return {.name = "referral",
          .events = {v1::ReferralEvent::descriptor(), v1::PersonEvent::descriptor(),
                     v1::CaseEvent::descriptor(), v1::ContextEvent::descriptor(),
                     v1::ExpectationEvent::descriptor()},
          .services = {v1::ReferralService::service_full_name(),
                       v1::PersonService::service_full_name()},
          .views = views,
          .guard = command_guard,
          .admits = read_guard,
          .begin = begin};
}

}  // namespace mash::referral
