#pragma once
#include <string>
#include <vector>

#include "core/decider.h"
#include "mash/strategy/v1/discussion_events.pb.h"

namespace mash::strategy {

// Which discussions of one case are still to be held, as far as openings have found: the stream
// "strategy/<case>". Its events say no more than that one was opened, for a discussion's own stream
// says the rest. It is read before each opening and moved by it, so that two openings at once do
// not both go ahead (open_discussion.h).
struct CaseDiscussions {
  using Event = v1::CaseDiscussionsEvent;
  using Events = std::vector<Event>;

  struct State {
    std::vector<std::string> to_be_held;  // by id, in the order in which they were opened
  };

  // One was opened; `over`: those of the state that have begun or were called off meanwhile.
  struct Add {
    std::string discussion_id;
    std::vector<std::string> over;
  };

  static Result<Events> decide(const State&, const Add&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<CaseDiscussions>);

}  // namespace mash::strategy
