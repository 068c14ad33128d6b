#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/decider.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/referral/v1/referral_service.pb.h"
#include "policy/challenges.h"
#include "policy/rating.h"
#include "referral/clocks.h"
#include "referral/intake/submission.h"

namespace mash::referral {

// A contact and the referral it becomes: one stream, "referral/<id>", one id, one clock that starts
// when the contact is received. Working Together to Safeguard Children 2018, chapter 1, paragraphs
// 17-22 and 69-77.
//
//   none --submit--> contact --accept--> referral --decide--> decided --revise--> decided
//                       |----close-----> closed --accept, after new information--> referral
//                       \---withdraw---> withdrawn --accept--> referral
//   any of them --propose a transfer, other authority accepts--> transferred
//
// At every stage information can be added, and what was decided is fed back to each referrer in
// words of its own. Decisions rest on the public part of events alone, so the state knows nothing
// personal, and intake goes on while the vault is away. To an agency that has told nothing of it, a
// referral does not exist.
//
// The rules stand by subject: referral_contact.cc, referral_triage.cc, referral_decision.cc,
// referral_assessment.cc, referral_challenge.cc, referral_transfer.cc.
struct Referral {
  using Event = v1::ReferralEvent;
  using Events = std::vector<Event>;

  // A route besides the referral that was called for and is still to be taken.
  struct OpenRoute {
    std::string route_id;
    google::protobuf::Timestamp aware_at;
    std::optional<common::v1::Deadline> deadline;
  };

  // Another authority asked to take it.
  struct Transfer {
    std::string to_area;
    bool answered = false;
    bool accepted = false;
    bool over = false;  // it was closed or taken back before the answer came

    bool waits() const { return !answered && !over; }
  };

  struct State {
    v1::ReferralStage stage = v1::REFERRAL_STAGE_UNSPECIFIED;
    google::protobuf::Timestamp received_at;
    std::string area;                    // of the authority that is responsible
    std::vector<std::string> referrers;  // agencies that told something; the first sent the contact
    bool immediate_danger = false;       // whoever told of it
    bool acknowledged = false;
    v1::Rating rating = v1::RATING_UNSPECIFIED;
    std::string assignee;
    ReferralClocks clocks;
    std::set<std::string> information_ids;
    std::set<std::string> information_since_decision;
    std::string decision_id;                    // of the decision in force, of whichever kind
    bool needs_other_support = false;           // feedback on it names other sources of support
    std::map<std::string, std::string> makers;  // of every decision, by its id
    bool assessed = false;
    std::map<v1::OtherRouteKind, OpenRoute> open_routes;
    policy::Challenges challenges;
    std::map<std::string, Transfer> transfers;  // by id

    bool exists() const { return stage != v1::REFERRAL_STAGE_UNSPECIFIED; }
    bool is_referrer(std::string_view agency) const;
    // Whether the agency is an authority that is asked to take it, or has accepted it.
    bool is_receiver(std::string_view agency) const;
    // The transfer that waits for an answer, if one does.
    const Transfer* pending_transfer() const;
  };

  // Context::fresh_ids: the case, then one person for each child that has no id yet, then one for
  // each person involved that has none.
  static Result<Events> decide(const State&, const Submission&, const Context&);
  static Result<Events> decide(const State&, const v1::SubmitContactRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::WithdrawContactRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::AcknowledgeContactRequest&, const Context&);
  // Context::fresh_ids: the decision.
  static Result<Events> decide(const State&, const v1::DecideContactRequest&, const Context&);
  // Context::fresh_ids: the information.
  static Result<Events> decide(const State&, const v1::AddInformationRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::RateReferralRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::AssignReferralRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::ExtendDeadlineRequest&, const Context&);
  // Context::fresh_ids: the threshold.
  static Result<Events> decide(const State&, const v1::RecordThresholdRequest&, const Context&);
  // Context::fresh_ids: the route, where it is not called for already.
  static Result<Events> decide(const State&, const v1::RecordOtherRouteRequest&, const Context&);
  // Context::fresh_ids: the decision.
  static Result<Events> decide(const State&, const v1::DecideReferralRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::ReviseDecisionRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::GiveFeedbackRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::InformFamilyRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::CompleteAssessmentRequest&, const Context&);
  // Context::fresh_ids: the challenge, where it is a new one.
  static Result<Events> decide(const State&, const v1::ChallengeDecisionRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::AnswerChallengeRequest&, const Context&);
  // Context::fresh_ids: the transfer.
  static Result<Events> decide(const State&, const v1::TransferReferralRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::AcceptTransferRequest&, const Context&);
  static Result<Events> decide(const State&, const clocks::Tell&, const Context&);
  static Result<Events> decide(const State&, const clocks::Recompute&, const Context&);
  static State evolve(State, const Event&);

  // Whether the caller may know that this referral exists: the hub, who told something of it, and
  // the authority asked to take it.
  static bool may_know(const State&, const Actor&);
};
static_assert(Decider<Referral>);

// "no-further-action": an outcome as the policy pack writes it.
std::string_view code_of(v1::ContactOutcome outcome);
using policy::code_of;  // of a rating

}  // namespace mash::referral
