#pragma once
#include <string>
#include <string_view>

#include "core/context.h"
#include "core/result.h"

namespace mash {

// Whether the caller works in the hub (the MASH) for whoever's case it is, rather than for an
// agency's own. Which certificates may act in these roles is the host's configuration.
inline bool is_hub(const Actor& actor) {
  return actor.role == "triage-officer" || actor.role == "social-worker" ||
         actor.role == "mash-manager";
}

// Whether the caller answers for the hub's decisions.
inline bool is_manager(const Actor& actor) { return actor.role == "mash-manager"; }

// Whether the caller audits: sees what happened, and content only with a reason.
inline bool is_auditor(const Actor& actor) { return actor.role == "auditor"; }

// Who the hub is in its records when it acts by itself: which part of it does. In the role of a
// service, which no person has and no case names.
inline Actor hub_itself(std::string_view system) {
  return {.agency = "hub", .system = std::string(system), .practitioner = "", .role = "service"};
}

// What a caller with no right to something hears, and what one hears of something that does not
// exist: the same.
inline tl::unexpected<Error> no_such(std::string_view what) {
  return refuse(Code::kNotFound, "NOT_FOUND",
                "There is no such " + std::string(what) + ", or it is not for you.");
}

}  // namespace mash
