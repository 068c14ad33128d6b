#pragma once
#include <string>
#include <vector>

#include "core/decider.h"
#include "mash/referral/v1/person_events.pb.h"
#include "mash/referral/v1/person_service.pb.h"

namespace mash::referral {

// A person who comes with a contact: their identity is checked with the contact (Submission).
struct Newcomer {
  const v1::Identity& identity;
  std::string referral_id;
};

// What is known of one person's identity, in the stream "person/<id>", under the person's own key.
// The only place where identity lives.
//   none --register--> known --correct--> known
struct Person {
  using Event = v1::PersonEvent;
  using Events = std::vector<Event>;

  struct State {
    bool known = false;
    std::string agency;  // that told of them
  };

  static Result<Events> decide(const State&, const Newcomer&, const Context&);
  static Result<Events> decide(const State&, const v1::RegisterPersonRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::CorrectPersonRequest&, const Context&);
  static State evolve(State, const Event&);

  // Whether the caller may know that this person exists: the hub, and the agency that told of them.
  static bool may_know(const State&, const Actor&);
};
static_assert(Decider<Person>);

}  // namespace mash::referral
