#pragma once
#include <set>
#include <string>
#include <utility>

#include "core/context.h"

namespace mash {

// Practitioners by agency and id.
using Practitioners = std::set<std::pair<std::string, std::string>>;

// Who may see a case, for whoever is entitled otherwise: said in the referral log, and held to by
// every service that follows it.
struct CaseAccess {
  // Something is to be said of it that is not known: it lets nobody see the case until it is.
  bool closed = false;
  bool restricted = false;  // to those named
  Practitioners named;
  Practitioners barred;

  // Whether it bars the caller, in whatever role; closed, it may.
  bool bars(const Actor& actor) const;
  // Whether it lets the caller see the case. Nobody who is barred; of a restricted one those named,
  // auditors, and systems that act for no practitioner.
  bool admits(const Actor& actor) const;

  // Only those named may see it from now on.
  void restrict_to(Practitioners practitioners);
  // Whoever is entitled may see it again.
  void lift_restriction();
  // Another case becomes one with this: whoever was barred from either is barred from both, and
  // where both were restricted, only who could see both may see what they are now.
  void take_in(const CaseAccess& other);

  friend bool operator==(const CaseAccess&, const CaseAccess&) = default;
};

}  // namespace mash
