#include "vault/part.h"

#include <set>
#include <string>
#include <utility>

#include "mash/vault/v1/vault_events.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "node/foundation.h"
#include "vault/destructions_view.h"
#include "vault/eraser.h"
#include "vault/leases.h"
#include "vault/vault.h"
#include "vault/vault_service.h"

namespace mash::vault {
namespace {

using Holders = std::vector<std::unique_ptr<Holder>>;

// The services of this process, and those apart that it is told of.
Holders holders_of(const node::Surroundings& surroundings, Leases& leases) {
  Holders holders;
  for (log::EventLog* log : surroundings.holders.logs)
    holders.push_back(std::make_unique<LocalHolder>(*log, surroundings.holders.lookups_of(*log)));
  for (const auto& [service, address] : surroundings.foundation.config().peers())
    if (!address.empty() && service != "vault" && !surroundings.holders.has(service))
      holders.push_back(std::make_unique<LeasedHolder>(service, leases));
  return holders;
}

std::vector<Holder*> pointers_to(const Holders& holders) {
  std::vector<Holder*> pointers;
  for (const auto& holder : holders) pointers.push_back(holder.get());
  return pointers;
}

std::set<std::string> leased_among(const Holders& holders) {
  std::set<std::string> names;
  for (const auto& holder : holders)
    if (holder->log() == nullptr) names.insert(holder->name());
  return names;
}

class Keys final : public node::RunningPart {
 public:
  Keys(const node::Surroundings& surroundings, LeaseTimes times, Leases::Now now)
      : leases_(times, std::move(now)),
        noting_(surroundings.foundation.vault().on_destroyed(
            [this](std::string_view key_id) { leases_.destroyed(std::string(key_id)); })),
        holders_(holders_of(surroundings, leases_)),
        eraser_(EraserParts{.vault = surroundings.foundation.vault(),
                            .orders = surroundings.desk.log(),
                            .holders = pointers_to(holders_),
                            .clock = surroundings.foundation.clock()}),
        service_(surroundings.desk, surroundings.foundation.vault(), eraser_, leases_,
                 leased_among(holders_)) {}

  std::vector<host::ServedService> served() override {
    return {{v1::VaultService::service_full_name(), service_}};
  }

 private:
  Leases leases_;
  std::shared_ptr<void> noting_;
  Holders holders_;
  Eraser eraser_;
  VaultService service_;
};

std::vector<std::unique_ptr<log::View>> views() {
  std::vector<std::unique_ptr<log::View>> views;
  views.push_back(std::make_unique<DestructionsView>());
  return views;
}

}  // namespace

node::Part part(LeaseTimes times, Leases::Now now) {
  return {.name = "vault",
          .events = {v1::KeyEvent::descriptor(), v1::HolderEvent::descriptor()},
          .services = {v1::VaultService::service_full_name()},
          .views = views,
          .reaches_all = true,
          .begin = [times, now = std::move(now)](const node::Surroundings& surroundings)
              -> Result<std::unique_ptr<node::RunningPart>> {
            return std::make_unique<Keys>(surroundings, times, now);
          }};
}

}  // namespace mash::vault
