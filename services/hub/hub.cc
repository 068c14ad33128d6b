#include "hub/hub.h"

#include "notification/part.h"
#include "referral/part.h"
#include "sharing/part.h"
#include "strategy/part.h"
#include "vault/part.h"

namespace mash::hub {

std::vector<node::Part> parts() {
  return {referral::part(), sharing::part(), strategy::part(), notification::part(), vault::part()};
}

}  // namespace mash::hub
