#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/decider.h"
#include "mash/strategy/v1/child_events.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::strategy {

inline constexpr int kAuthoritiesToldMax = 20;

// A child of a case: the stream "child/<case>+<child>". Whether a child protection plan runs, which
// conferences alone decide, and whether the child is missing: a flag until they are found (West
// Midlands procedures 1.18, children on a plan who are missing).
struct Child {
  using Event = v1::ChildEvent;
  using Events = std::vector<Event>;

  struct Plan {
    std::string conference_id;  // that decided so
    Time since{};

    friend bool operator==(const Plan&, const Plan&) = default;
  };
  struct Missing {
    Time since{};
    std::string child_id;                       // as they were flagged
    std::string agency;                         // that flagged it
    std::vector<std::string> authorities_told;  // all of them
    bool looked_after = false;                  // as whoever flagged them says

    friend bool operator==(const Missing&, const Missing&) = default;
  };

  struct State {
    std::optional<Plan> plan;        // that runs
    std::optional<Missing> missing;  // until they are found
    std::optional<Time> found_at;    // last

    bool on_plan() const { return plan.has_value(); }
  };

  // A conference made the child the subject of a plan. PLAN_MISMATCH where one runs.
  struct StartPlan {
    std::string case_id;
    std::string child_id;
    std::string conference_id;
    Time started_at;
  };
  // A conference ended it. PLAN_MISMATCH where none runs.
  struct EndPlan {
    std::string conference_id;
    v1::PlanEnd end;
    Time ended_at;
  };
  // An agency with a part in the case flags the child. The agency that did, or the hub, says more
  // of it in the same way, missing since the same time; else ALREADY_MISSING.
  struct FlagMissing {
    const v1::FlagMissingRequest& request;
    std::string case_id;       // that the child lies in
    std::optional<Plan> plan;  // that runs, also of another record of the same child
  };

  static Result<Events> decide(const State&, const StartPlan&, const Context&);
  static Result<Events> decide(const State&, const EndPlan&, const Context&);
  static Result<Events> decide(const State&, const FlagMissing&, const Context&);
  // The child was found, says an agency with a part in the case. NOT_MISSING.
  static Result<Events> decide(const State&, const v1::ClearMissingRequest&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Child>);

}  // namespace mash::strategy
