#pragma once
#include <vector>

#include "core/decider.h"
#include "mash/referral/v1/expectation_events.pb.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::referral {

inline constexpr int kReferencesMax = 1'000;  // in one report

// What is wrong with a report of what an agency expects the hub to have.
std::vector<FieldFault> faults_of(const v1::ReportExpectedRequest& request, Time now);

// A report by an agency of what it expects the hub to have received, and what it was told: the
// stream "expected/<id>", one event, under a key of its own. It proves later what was missing when,
// and that the agency knew.
struct Expectation {
  using Event = v1::ExpectationEvent;
  using Events = std::vector<Event>;

  struct State {
    bool reported = false;
  };

  // The request, and what the hub has of it, in its order.
  struct Report {
    const v1::ReportExpectedRequest& request;
    const std::vector<v1::ExpectedContact>& contacts;
  };

  static Result<Events> decide(const State&, const Report&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Expectation>);

// Whether the hub never got what was sent under the reference; whether it has it and has not
// answered.
bool is_missing(const v1::ExpectedContact& contact);
bool is_unanswered(const v1::ExpectedContact& contact);

}  // namespace mash::referral
