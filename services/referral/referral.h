#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/decider.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/referral/v1/referral_service.pb.h"
#include "referral/submission.h"

namespace mash::referral {

// A contact and the referral it becomes: one stream, "referral/<id>", one id, one clock that starts
// when the contact is received. Working Together to Safeguard Children 2018, chapter 1, paragraphs
// 17-22 and 69-77.
//
//   none --submit--> contact --accept--> referral --decide--> decided --revise--> decided
//                       \----close----> closed --accept, after new information--> referral
//
// At every stage information can be added, and what was decided is fed back to each referrer in
// words of its own. Decisions rest on the public part of events alone, so the state knows nothing
// personal, and intake goes on while the vault is away. To an agency that has told nothing of it, a
// referral does not exist.
struct Referral {
  using Event = v1::ReferralEvent;
  using Events = std::vector<Event>;

  struct State {
    v1::ReferralStage stage = v1::REFERRAL_STAGE_UNSPECIFIED;
    google::protobuf::Timestamp received_at;
    std::vector<std::string> referrers;  // agencies that told something; the first sent the contact
    bool acknowledged = false;
    v1::Rating rating = v1::RATING_UNSPECIFIED;
    common::v1::Deadline first_decision;
    std::set<std::string> information_ids;
    std::set<std::string> information_since_decision;
    std::string decision_id;           // of the decision in force, of whichever kind
    bool needs_other_support = false;  // feedback on it names other sources of support

    bool exists() const { return stage != v1::REFERRAL_STAGE_UNSPECIFIED; }
    bool is_referrer(std::string_view agency) const;
  };

  // Context::fresh_ids: the case, then one person for each child.
  static Result<Events> decide(const State&, const Submission&, const Context&);
  static Result<Events> decide(const State&, const v1::SubmitContactRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::AcknowledgeContactRequest&, const Context&);
  // Context::fresh_ids: the decision.
  static Result<Events> decide(const State&, const v1::DecideContactRequest&, const Context&);
  // Context::fresh_ids: the information.
  static Result<Events> decide(const State&, const v1::AddInformationRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::RateReferralRequest&, const Context&);
  // Context::fresh_ids: the decision.
  static Result<Events> decide(const State&, const v1::DecideReferralRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::ReviseDecisionRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::GiveFeedbackRequest&, const Context&);
  static State evolve(State, const Event&);

  // Whether the caller may know that this referral exists: the hub, and who told something of it.
  static bool may_know(const State&, const Actor&);
};
static_assert(Decider<Referral>);

// "no-further-action": an outcome as the policy pack writes it.
std::string_view code_of(v1::ContactOutcome outcome);
// "red".
std::string_view code_of(v1::Rating rating);

}  // namespace mash::referral
