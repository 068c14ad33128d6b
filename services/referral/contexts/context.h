#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/decider.h"
#include "mash/referral/v1/context_events.pb.h"
#include "mash/referral/v1/person_service.pb.h"

namespace mash::referral {

inline constexpr int kContextRelationsMax = 500;  // of one context, those that have ended too

// A context of risk (contextual safeguarding: Working Together 2018, chapter 1, paragraphs 25, 33
// and 34), in the stream "context/<id>", under the context's own key. Registered once; persons are
// related to it, and each relation stands in the person's stream too, in the same append.
//   none --register--> known --correct, relate, end a relation--> known
struct RiskContext {
  using Event = v1::ContextEvent;
  using Events = std::vector<Event>;

  struct State {
    struct Part {
      std::string person_id;
      bool ended = false;
    };

    bool known = false;
    std::map<std::string, Part> relations;  // by id
  };

  // A person's part in it, whose id is the call's first fresh one, and its end.
  struct Relating {
    const v1::RelateContextRequest& request;
  };
  struct Ending {
    const v1::RelateContextRequest& request;
  };

  static Result<Events> decide(const State&, const v1::RegisterContextRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::CorrectContextRequest&, const Context&);
  static Result<Events> decide(const State&, const Relating&, const Context&);
  static Result<Events> decide(const State&, const Ending&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<RiskContext>);

}  // namespace mash::referral
