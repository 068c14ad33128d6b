#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cases/family.h"
#include "clocks/clocks.h"
#include "core/decider.h"
#include "mash/strategy/v1/protection_events.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::strategy {

// The end of protection, by a time: met when it is said what follows.
class ProtectionClocks : public clocks::Clocks {
 public:
  void evolve(const v1::ProtectionEvent& event);

  // The period that runs, or ran last. Null before there is any.
  const clocks::Clock* current() const { return all().empty() ? nullptr : &all().back(); }
};

// Emergency protection of children: the stream "protection/<id>" (Working Together 2018, chapter 1,
// immediate protection; Children Act 1989 sections 44 to 46).
//
//   started --extended by a court--> started    an emergency protection order, once
//   started --ended--> ended
//
// It is recorded when there is time for it: its end may be past by then, and counts as missed until
// it is said what followed.
struct Protection {
  using Event = v1::ProtectionEvent;
  using Events = std::vector<Event>;

  struct State {
    std::string case_id;  // empty: there is no such protection
    v1::ProtectionKind kind = v1::PROTECTION_KIND_UNSPECIFIED;
    std::vector<std::string> child_ids;
    std::string agency;  // that acted
    Time started_at{};
    std::string discussion_id;  // that planned it, or follows
    v1::OtherAuthority other;   // without what is personal; no area: there is none
    bool extended = false;
    v1::ProtectionEnd end = v1::PROTECTION_END_UNSPECIFIED;
    ProtectionClocks clocks;

    bool exists() const { return !case_id.empty(); }
    bool ended() const { return end != v1::PROTECTION_END_UNSPECIFIED; }
    // The authority in whose area the child was found is responsible until another one has accepted
    // that explicitly.
    bool responsible_here() const { return !other.has_accepted_at(); }
    // When its time runs out, or ran out.
    Time runs_out_at() const { return clocks.current()->deadline.current_due(); }
  };

  // A discussion that is said to have planned it.
  struct Planned {
    bool known = false;              // it is one of the family's
    std::optional<Time> started_at;  // first; none: not yet
  };

  // A child is protected since a time. Police protection is recorded by the police or the hub:
  // NOT_THE_POLICE. It was planned in a discussion that began before, DISCUSSION_NOT_STARTED, or
  // an agency had to act alone and says why. A court's order may be for less than the eight days
  // that it can be, and be counted from the police protection in which it was applied for (Children
  // Act 1989 section 45(1), (3)).
  struct Record {
    const v1::RecordProtectionRequest& request;
    const cases::Family& family;
    std::string case_id;
    Planned planned;            // by the discussion that the request names
    std::string discussion_id;  // that planned it; or that follows
  };

  static Result<Events> decide(const State&, const Record&, const Context&);
  // A court extended an order while it was in force: PROTECTION_LAPSED, ALREADY_EXTENDED,
  // POLICE_PROTECTION_NOT_EXTENDED, PROTECTION_ENDED. Counted from the end of the first period.
  static Result<Events> decide(const State&, const v1::ExtendProtectionRequest&, const Context&);
  // What is known of another authority's responsibility now. RESPONSIBILITY_ACCEPTED where it had
  // accepted, or confirmed that in writing, and this would take that back.
  static Result<Events> decide(const State&, const v1::RecordResponsibilityRequest&,
                               const Context&);
  // It ended within its time, or its time ran out: PROTECTION_LAPSED, PROTECTION_RUNS. Once:
  // PROTECTION_ENDED.
  static Result<Events> decide(const State&, const v1::EndProtectionRequest&, const Context&);
  static Result<Events> decide(const State&, const clocks::Tell&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Protection>);

}  // namespace mash::strategy
