#pragma once
#include <string>
#include <vector>

#include "core/clock.h"

namespace mash {

class Calendar;
namespace policy {
class Pack;
}

// Who is calling: from the credentials, never from the request.
struct Actor {
  std::string agency;        // "police"
  std::string system;        // "pol-01": the agency's computer system, from its certificate
  std::string practitioner;  // the person acting; empty for a system acting on its own
  std::string role;          // one of the roles in host/access.h

  friend bool operator==(const Actor&, const Actor&) = default;
};

// Everything a decision may depend on besides its state and its command. A value: what it points to
// outlives the call.
struct Context {
  Actor actor;
  Time now{};
  const policy::Pack* pack = nullptr;  // the policy pack in force at `now`
  const Calendar* calendar = nullptr;  // England's working days
  std::string area;                    // the authority whose hub this is, by its ONS code
  std::vector<std::string>
      fresh_ids;  // ids made for this call, for what the command brings into being
};

}  // namespace mash
