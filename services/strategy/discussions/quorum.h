#pragma once
#include <set>
#include <string>

#include "core/context.h"
#include "core/result.h"
#include "mash/strategy/v1/discussion.pb.h"

namespace mash::strategy {

// Whom a discussion about these children cannot do without.
struct Composition {
  bool looked_after = false;  // one of them is, by a local authority
  bool unborn = false;        // one of them is not born yet
};

// Whether a discussion is quorate by the policy pack in force: every function that it demands is
// among those for which somebody is in the room who can decide (Working Together 2018, chapter 1,
// strategy discussion). Pure.
v1::Quorum quorum_of(const Composition& composition, const std::set<std::string>& deciding,
                     const Context& context);

// Whether it goes ahead: quorate, or an emergency that says why it cannot wait. NOT_QUORATE, with a
// fault for each function that is absent ("absent.police") and the pack's sources; INVALID_REQUEST
// where a reason is given that is not needed, or is too long.
Result<void> goes_ahead(const v1::Quorum& quorum, const std::string& emergency_reason,
                        const Context& context);

}  // namespace mash::strategy
