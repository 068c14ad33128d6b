#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/decider.h"
#include "mash/sharing/v1/decision_events.pb.h"
#include "mash/sharing/v1/sharing_service.pb.h"
#include "policy/challenges.h"
#include "sharing/decisions/decision_clocks.h"
#include "sharing/law/decision_facts.h"

namespace mash::sharing {

// A sharing decision: the stream "decision/<id>". What it states never changes.
//
//   recorded, in force | recorded, awaiting its second signature --countersigned--> in force
//                                                                --declined-------> declined
//   in force --another one recorded in its place--> superseded
//
// When it comes into force or ends, every item it names is told so in the same append
// (decision_commands.h).
struct Decision {
  using Event = v1::DecisionEvent;
  using Events = std::vector<Event>;

  struct State {
    v1::DecisionTerms terms;  // without its texts
    v1::DecisionStatus status = v1::DECISION_STATUS_UNSPECIFIED;
    std::string agency;  // that made it; empty: there is no such decision
    std::string decided_by;
    std::string supersedes;                  // the decision in whose place it stands; empty: none
    std::map<std::string, uint64_t> judged;  // of each item, the version of what it said
    std::string superseded_by;               // the decision in its place; empty: none
    uint64_t version = 0;                    // of its stream: so many events
    std::string signed_by;                   // or declined, the second time; empty: nobody
    std::optional<Time> look_again_at;       // the first of what is withheld
    policy::Challenges challenges;
    DecisionClocks clocks;

    bool exists() const { return !agency.empty(); }
    bool in_force() const { return status == v1::DECISION_STATUS_IN_FORCE; }
    bool withholds() const;  // something
    // Whether it names the caller as a recipient, or as one from whom something is withheld.
    bool names(const Actor& actor) const;
  };

  // What the terms are judged on comes with them.
  struct Record {
    const v1::DecisionTerms& terms;
    const DecisionFacts& facts;
    std::string supersedes{};  // empty: none
    std::string supersedes_reason{};
  };
  // Another one is about to be recorded in its place, which may have to wait for its signature: may
  // it? Nothing happens yet.
  struct Replace {};
  struct Supersede {
    std::string by_decision_id;
  };
  // The second signature. What was lawful when it was recorded is judged again on what is so now: a
  // consent may have been withdrawn, an item called back. `facts` as for Record, of this decision's
  // terms and of what it supersedes.
  struct Countersign {
    const v1::CountersignDecisionRequest& request;
    const DecisionFacts& facts;
  };

  // Refused where a rule of the lawful-basis pack is broken: kFailedPrecondition,
  // DECISION_UNLAWFUL, every fault with its field, problem and remedy, its sources in `sources`.
  static Result<Events> decide(const State&, const Record&, const Context&);
  // Of another agency's decision NOT_FOUND, or NOT_THE_MAKER for whom it names and the hub's roles;
  // so for the three that follow.
  static Result<Events> decide(const State&, const Replace&, const Context&);
  static Result<Events> decide(const State&, const Supersede&, const Context&);
  static Result<Events> decide(const State&, const Countersign&, const Context&);
  static Result<Events> decide(const State&, const v1::ChallengeDecisionRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::AnswerChallengeRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::ReviewDecisionRequest&, const Context&);
  static Result<Events> decide(const State&, const clocks::Tell&, const Context&);
  static Result<Events> decide(const State&, const clocks::Recompute&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Decision>);

}  // namespace mash::sharing
