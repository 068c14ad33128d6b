#pragma once
#include "clocks/clocks.h"
#include "mash/sharing/v1/request_events.pb.h"

namespace mash::sharing {

// By when an information request is to be answered, folded from its events.
class RequestClocks : public clocks::Clocks {
 public:
  void evolve(const v1::RequestEvent& event);

  // The one clock there is, done when the request was answered; null: it was never asked.
  const clocks::Clock* answer() const { return all().empty() ? nullptr : &all().front(); }
};

}  // namespace mash::sharing
