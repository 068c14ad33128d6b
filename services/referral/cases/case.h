#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "core/case_access.h"
#include "core/decider.h"
#include "mash/referral/v1/case_events.pb.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::referral {

inline constexpr int kNamedMax = 100;                // practitioners named for a restricted case
inline constexpr std::size_t kBarredMax = 100;       // practitioners barred from one case
inline constexpr std::size_t kCasesJoinedMax = 100;  // cases that are one, the head included

// Who may see a case, and what it is joined with: the stream "case/<id>", which begins only when
// something is said of it here. A case exists from its first contact on, so a state without events
// is a case that stands alone and is open to whoever is entitled.
//
// Cases that are joined are a tree: each names the one it became part of, and the one on top, the
// head, says who may see them all. Whoever is barred stays barred and what is restricted stays
// restricted, however cases are joined and parted. Rules about more than one case (which of them is
// the head, whether they are one already) are case_commands.h's; what it found comes in the
// commands.
struct Case {
  using Event = v1::CaseEvent;
  using Events = std::vector<Event>;

  struct State {
    std::string joined_into;          // empty: it is a head
    std::vector<std::string> joined;  // cases that became part of this one directly
    CaseAccess access;                // of a head: to all its cases
  };

  // What happens to one case when two become one, and when they part.
  struct JoinInto {
    std::string head;      // of the cases it becomes part of
    std::string own_head;  // of those it is part of now: itself where it stands alone
    std::string reason;
  };
  struct TakeIn {
    std::string case_id;
    State taken;             // that case as it was
    std::size_t cases_then;  // how many are one when it is in
  };
  struct PartFrom {
    State head;  // of the cases it leaves
    std::string reason;
  };
  struct GiveBack {
    std::string case_id;
  };

  static Result<Events> decide(const State&, const v1::RestrictCaseRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::BarPractitionerRequest&, const Context&);
  // Someone who came with the case's first contact.
  static Result<Events> decide(const State&, const v1::Bar&, const Context&);
  static Result<Events> decide(const State&, const JoinInto&, const Context&);
  // A restriction comes to hold for more cases: a manager's to say.
  static Result<Events> decide(const State&, const TakeIn&, const Context&);
  static Result<Events> decide(const State&, const PartFrom&, const Context&);
  static Result<Events> decide(const State&, const GiveBack&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Case>);

}  // namespace mash::referral
