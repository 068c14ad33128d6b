#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/clock.h"

namespace mash {

class Calendar;
namespace policy {
class LawfulBasis;
class Pack;
}  // namespace policy

// Who is calling: from the credentials, never from the request.
struct Actor {
  std::string agency;        // "police"
  std::string system;        // "pol-01": the agency's computer system, from its certificate
  std::string practitioner;  // the person acting; empty for a system acting on its own
  std::string role;          // one of the roles in host/access.h

  friend bool operator==(const Actor&, const Actor&) = default;
};

// The agencies of this hub by id, and what kind of body each is in law, by a code of the
// lawful-basis pack: "nhs-body"; empty where the configuration does not say.
using Agencies = std::map<std::string, std::string, std::less<>>;

// Everything a decision may depend on besides its state and its command. A value: what it points to
// outlives the call.
struct Context {
  Actor actor;
  Time now{};
  const policy::Pack* pack = nullptr;        // the policy pack in force at `now`
  const policy::LawfulBasis* law = nullptr;  // the lawful-basis pack in force at `now`
  const Calendar* calendar = nullptr;        // England's working days
  const Agencies* agencies = nullptr;        // those of this hub
  std::string area;                          // the authority whose hub this is, by its ONS code
  std::vector<std::string>
      fresh_ids;  // ids made for this call, for what the command brings into being
};

// The next of the ids made for this call. Stops the process when there are not enough: the service
// method knows how many its command needs.
const std::string& fresh_id(const Context& context, std::size_t index = 0);

}  // namespace mash
