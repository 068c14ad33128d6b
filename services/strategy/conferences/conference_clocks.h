#pragma once
#include "clocks/clocks.h"
#include "mash/strategy/v1/conference_events.pb.h"

namespace mash::strategy {

// What a conference owes by a time: an answer to who asked for it, then to be held. That it was
// missed stays, also where it is not held in the end; what is called off in time is neither met nor
// missed.
class ConferenceClocks : public clocks::Clocks {
 public:
  enum Owed : int { kAnswer, kHeld };

  void evolve(const v1::ConferenceEvent& event);

  // The one that says how it stands: by when it is answered, or held. Null: it was called off in
  // time.
  const clocks::Clock* current() const { return all().empty() ? nullptr : &all().back(); }

 private:
  void call_off(const v1::ConferenceNotHeld& event);
  void count_again(const v1::ConferenceDueAgain& event);
};

}  // namespace mash::strategy
