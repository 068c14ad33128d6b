#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/case_access.h"
#include "core/deadline.h"
#include "core/decider.h"
#include "mash/cases/v1/known_events.pb.h"
#include "mash/referral/v1/assessment.pb.h"
#include "mash/referral/v1/referral.pb.h"

namespace mash::cases {

// What the referral log says of a case, as far as other services rest on it: the stream
// "case/<id>". Its events are copies of that log's, appended by the reaction that follows it
// (following.h), so that a decision and the threshold or restriction it rests on stand in one
// order. Which agencies have a part in the case besides those that told something is said here.
struct KnownCase {
  using Event = v1::KnownCaseEvent;
  using Events = std::vector<Event>;

  struct Referral {
    std::string case_id;  // that it lies in
    std::string agency;   // that sent the contact
    std::set<std::string> children;
    std::set<std::string> people;  // involved, children included
    referral::v1::Rating rating = referral::v1::RATING_UNSPECIFIED;
    unsigned unborn = 0;         // how many of the children are not born yet
    std::string outcome;         // of the decision in force, by its code in the policy pack
    std::string outcome_before;  // of the one that it revised; empty: none
    bool decided = false;        // or closed, taken back, another authority's
    std::optional<Deadline> first_decision;
    // The threshold recorded last; none, or that none is met: unspecified.
    referral::v1::ThresholdKind threshold = referral::v1::THRESHOLD_KIND_UNSPECIFIED;
  };

  struct State {
    std::map<std::string, Referral> referrals;  // by id
    std::set<std::string> agencies;             // that have a part in it
    CaseAccess access;                          // restricted, barred
    std::string joined_into;                    // empty: it is a head
    std::vector<std::string> joined;            // cases that became part of this one directly
    bool parked = false;                        // more is said of it there, and waits (parking.h)

    bool exists() const { return !referrals.empty(); }
    bool names(const std::string& person_id) const;
  };

  // An agency comes to have a part in the case.
  struct Involve {
    std::string agency;
  };

  // What the referral log recorded, as the event to keep of it.
  static Result<Events> decide(const State&, const Event& followed, const Context&);
  static Result<Events> decide(const State&, const Involve&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<KnownCase>);

// What is known of a person, in the stream "person/<id>".
struct KnownPerson {
  using Event = v1::KnownPersonEvent;
  using Events = std::vector<Event>;

  struct State {
    std::set<std::string> cases;
    std::set<std::string> same;  // others it is held to be
    bool parked = false;
  };

  static Result<Events> decide(const State&, const Event& followed, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<KnownPerson>);

}  // namespace mash::cases
