#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/context.h"
#include "core/result.h"

namespace mash::host {

// An agency's computer system, as its certificate names it.
struct System {
  std::string agency;  // "police"
  std::string name;    // "pol-01"

  friend bool operator==(const System&, const System&) = default;
};

// Reads "spiffe://<area in lower case>.mash/agency/<id>/system/<name>". Ids are [a-z0-9-], at most
// 63 characters. Refuses everything else with UNAUTHENTICATED, reason BAD_CERTIFICATE.
Result<System> parse_system(std::string_view uri, std::string_view area);

// What an agency's certificates may do, and what is its own: the table [agencies] of the
// configuration.
struct AgencyRule {
  std::vector<std::string> roles;
  std::vector<std::string> systems;  // the systems these are for; empty: every one it has
  std::string body{};  // what kind of body it is in law, by a code of the lawful-basis pack
  // Where its notices may go, besides its inbox: addresses in these domains or under them, and
  // these servers, HOST or HOST:PORT.
  std::vector<std::string> email_domains{};
  std::vector<std::string> webhook_hosts{};
};
using AgencyRules = std::map<std::string, AgencyRule>;

// What a caller shows: its certificate's URIs, and who it says is acting, in the call's metadata.
// Views into the call.
struct Presented {
  std::vector<std::string_view> uris;
  std::vector<std::string_view> practitioner;  // every value of `mash-practitioner`
  std::vector<std::string_view> role;          // every value of `mash-role`
};

// Tells who is calling. The certificate says which agency and system; until tokens come, the call's
// metadata says which practitioner in which role, within what the configuration allows that system.
// Immutable; threads share one.
class Callers {
 public:
  Callers(std::string area, AgencyRules agencies);

  // UNAUTHENTICATED: NO_CERTIFICATE, BAD_CERTIFICATE, BAD_PRACTITIONER (absent where the role is a
  // person's, or no opaque id), BAD_ROLE (given twice, or not given where there is a choice).
  // PERMISSION_DENIED: UNKNOWN_SYSTEM, ROLE_NOT_ALLOWED.
  Result<Actor> identify(const Presented& presented) const;

  // Those that work on cases, whom one may ask or share with: not who audits or runs the hub.
  const Agencies& agencies() const { return working_; }

 private:
  std::string area_;
  AgencyRules agencies_;
  Agencies working_;
};

}  // namespace mash::host
