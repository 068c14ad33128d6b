#pragma once
#include "clocks/clocks.h"
#include "mash/sharing/v1/decision_events.pb.h"

namespace mash::sharing {

// By when the challenges to a sharing decision are to be answered, by their ids, folded from its
// events.
class DecisionClocks : public clocks::Clocks {
 public:
  void evolve(const v1::DecisionEvent& event);
  static bool concerns(const v1::DecisionEvent& event);
};

}  // namespace mash::sharing
