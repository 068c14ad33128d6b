#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/decider.h"
#include "mash/referral/v1/person_events.pb.h"
#include "mash/referral/v1/person_service.pb.h"

namespace mash::referral {

inline constexpr int kProposalsMax = 10;       // likenesses of one person that wait for a decision
inline constexpr int kDifferencesMax = 2'000;  // persons known not to be this one
inline constexpr int kRelationsMax = 500;      // of one person, those that have ended too
inline constexpr int kContextsMax = 32;        // of risk, that one person has a part in now

struct Cluster;

// What is known of one person's identity, in the stream "person/<id>", under the person's own key.
// The only place where identity lives.
//   none --register--> known --correct, decide who is who, relate--> known
// What is decided about two persons stands in both streams, in one append: each decide() here is
// one side of it.
struct Person {
  using Event = v1::PersonEvent;
  using Events = std::vector<Event>;

  struct State {
    struct Tie {
      std::string other_person_id;
      bool ended = false;
    };

    bool known = false;
    std::string referral_id;                       // they came with; empty: with none
    std::set<std::string> agencies;                // that told of them
    std::set<std::string> same_as;                 // by decision
    std::set<std::string> not_same_as;             // by decision
    std::set<std::string> proposed;                // persons they were ever proposed to be
    std::map<std::string, std::string> proposals;  // undecided ones, and the referral each shows at
    std::map<std::string, Tie> relations;          // by id
    std::map<std::string, std::string> contexts;   // contexts they have a part in, by relation
  };

  // A person who comes with a contact: their identity is checked with the contact (Submission).
  struct Newcomer {
    const v1::Identity& identity;
    std::string referral_id;
  };

  // What is known anew. Whether the child was unborn before is personal, so that the events do not
  // tell it to a decider: whoever can open them says so.
  struct Correction {
    const v1::CorrectPersonRequest& request;
    bool was_unborn = false;
  };

  // A likeness that the hub found.
  struct Proposal {
    std::string other_person_id;
    v1::Likeness likeness;
    std::string weights;  // it was reckoned with
  };

  // Two persons are one, or are not, with everyone who is held to be one with either.
  struct Joining {
    std::string person_id;
    std::string other_person_id;
    std::string reason;
    const Cluster& mine;
    const Cluster& others;
  };
  struct Parting {
    std::string person_id;
    std::string other_person_id;
    std::string reason;
    const Cluster& mine;
  };

  // A relation as it stands with this person (relation.h), and its end.
  struct Relating {
    v1::Relation relation;
  };
  struct Unrelating {
    const v1::UnrelatePersonsRequest& request;
  };

  // A part in a context of risk, and its end; what part stands with the context.
  struct MeetingContext {
    std::string context_id;
    std::string relation_id;
  };
  struct LeavingContext {
    std::string relation_id;
  };

  static Result<Events> decide(const State&, const Newcomer&, const Context&);
  static Result<Events> decide(const State&, const v1::RegisterPersonRequest&, const Context&);
  static Result<Events> decide(const State&, const Correction&, const Context&);
  static Result<Events> decide(const State&, const Proposal&, const Context&);
  static Result<Events> decide(const State&, const Joining&, const Context&);
  static Result<Events> decide(const State&, const Parting&, const Context&);
  static Result<Events> decide(const State&, const Relating&, const Context&);
  static Result<Events> decide(const State&, const Unrelating&, const Context&);
  static Result<Events> decide(const State&, const MeetingContext&, const Context&);
  static Result<Events> decide(const State&, const LeavingContext&, const Context&);
  static State evolve(State, const Event&);

  // Whether the caller may know that this person exists: the hub, and the agencies that told of
  // them.
  static bool may_know(const State&, const Actor&);

  // A further contact named this person. Intake adds it without reading the stream, once the view
  // of persons has told that the caller may know them.
  static Event told_of(const std::string& agency, const std::string& referral_id);
};
static_assert(Decider<Person>);

}  // namespace mash::referral
