#include "vault/part.h"

#include <utility>

#include "mash/vault/v1/vault_events.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "node/ground.h"
#include "vault/destructions_view.h"
#include "vault/eraser.h"
#include "vault/vault_service.h"

namespace mash::vault {
namespace {

class Keys final : public node::Running {
 public:
  explicit Keys(const node::Beginning& beginning)
      : eraser_(EraserParts{.vault = beginning.ground.vault(),
                            .orders = beginning.desk.log(),
                            .holders = beginning.holders.logs,
                            .lookups = beginning.holders.lookups,
                            .clock = beginning.ground.clock()}),
        service_(beginning.desk, eraser_) {}

  std::vector<host::ServedService> served() override {
    return {{v1::VaultService::service_full_name(), service_}};
  }

 private:
  Eraser eraser_;
  VaultService service_;
};

std::vector<std::unique_ptr<log::View>> views() {
  std::vector<std::unique_ptr<log::View>> views;
  views.push_back(std::make_unique<DestructionsView>());
  return views;
}

}  // namespace

node::Part part() {
  return {.name = "vault",
          .events = {v1::KeyEvent::descriptor(), v1::HolderEvent::descriptor()},
          .services = {v1::VaultService::service_full_name()},
          .views = views,
          .begin = [](const node::Beginning& beginning) -> Result<std::unique_ptr<node::Running>> {
            return std::make_unique<Keys>(beginning);
          }};
}

}  // namespace mash::vault
