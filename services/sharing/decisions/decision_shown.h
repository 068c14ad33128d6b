#pragma once
#include <string>
#include <vector>

#include "core/context.h"
#include "mash/sharing/v1/decision_events.pb.h"

namespace mash::sharing {

// How much of a decision somebody is shown.
struct DecisionAudience {
  enum class Sees {
    kNothing,  // whom it does not concern; before it is in force, all but its maker and auditors
    kAll,      // the agency that made it; an auditor who says why
    kWithoutTexts,  // the hub's roles, an auditor who does not say why: all that is not in words;
                    // which item a sanitised version was made from is for auditors
    kOwnPart,       // an agency it names: what it gets, what exists besides, its own challenges
  };
  Sees sees = Sees::kNothing;
  std::string agency;
  bool named = false;  // as one that gets what is released, and so what for, in words
  bool auditor = false;

  static DecisionAudience of(const Actor& actor, const std::string& purpose,
                             const std::vector<v1::DecisionEvent>& events);
};

// A decision for this audience, from its events in order: with their personal fields where these
// are there. What is not for the audience is not in it, whatever the events hold. Pure.
v1::Decision decision_shown(const std::string& decision_id,
                            const std::vector<v1::DecisionEvent>& events,
                            const DecisionAudience& audience);

}  // namespace mash::sharing
