#include "referral/referral.h"

#include <algorithm>

#include "referral/caller.h"
#include "referral/rules.h"

// What a referral remembers. What may happen to it is in referral_contact.cc and
// referral_decision.cc.
namespace mash::referral {
namespace {

void remember_referrer(Referral::State& state, const std::string& agency) {
  if (!state.is_referrer(agency)) state.referrers.push_back(agency);
}

// From here on another decision is in force: what came before it was there to be weighed.
void in_force(Referral::State& state, v1::ReferralStage stage, const std::string& decision_id,
              bool needs_other_support) {
  state.stage = stage;
  state.decision_id = decision_id;
  state.needs_other_support = needs_other_support;
  state.information_since_decision.clear();
}

void receive(Referral::State& state, const v1::ContactReceived& event) {
  state.stage = v1::REFERRAL_STAGE_CONTACT;
  state.received_at = event.received_at();
  remember_referrer(state, event.agency());
  for (const common::v1::Deadline& deadline : event.deadlines())
    if (deadline.kind() == kFirstDecision) state.first_decision = deadline;
}

void add(Referral::State& state, const v1::Information& information) {
  remember_referrer(state, information.agency());
  state.information_ids.insert(information.information_id());
  state.information_since_decision.insert(information.information_id());
}

}  // namespace

bool Referral::State::is_referrer(std::string_view agency) const {
  return std::ranges::find(referrers, agency) != referrers.end();
}

bool Referral::may_know(const State& state, const Actor& actor) {
  return state.exists() && (is_hub(actor) || state.is_referrer(actor.agency));
}

Referral::State Referral::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kContactReceived:
      receive(state, event.contact_received());
      return state;
    case Event::kContactAcknowledged:
      state.acknowledged = true;
      return state;
    case Event::kContactAccepted: {
      const v1::ContactDecision& decision = event.contact_accepted().decision();
      in_force(state, v1::REFERRAL_STAGE_REFERRAL, decision.decision_id(), false);
      return state;
    }
    case Event::kContactClosed: {
      const v1::ContactDecision& decision = event.contact_closed().decision();
      in_force(state, v1::REFERRAL_STAGE_CLOSED, decision.decision_id(),
               decision.needs_other_support());
      return state;
    }
    case Event::kInformationAdded:
      add(state, event.information_added().information());
      return state;
    case Event::kReferralRated:
      state.rating = event.referral_rated().rating().rating();
      return state;
    case Event::kReferralDecided: {
      const v1::Decision& decision = event.referral_decided().decision();
      in_force(state, v1::REFERRAL_STAGE_DECIDED, decision.decision_id(),
               decision.needs_other_support());
      return state;
    }
    case Event::kDecisionRevised: {
      const v1::Decision& decision = event.decision_revised().decision();
      in_force(state, v1::REFERRAL_STAGE_DECIDED, decision.decision_id(),
               decision.needs_other_support());
      return state;
    }
    case Event::kFeedbackGiven:
    case Event::kAssigned:
    case Event::kThresholdRecorded:
    case Event::kFamilyInformingRecorded:
    case Event::kAssessmentCompleted:
    case Event::kOtherRouteRecorded:
    case Event::kDeadlineExtended:
    case Event::kDecisionChallenged:
    case Event::kChallengeAnswered:
    case Event::kTransferProposed:
    case Event::kTransferAnswered:
    case Event::kContactWithdrawn:
    case Event::kHistoryFound:
    case Event::kPatternsFound:
      return state;
    case Event::KIND_NOT_SET:
      break;  // refused when read
  }
  return state;
}

std::string_view code_of(v1::ContactOutcome outcome) {
  switch (outcome) {
    case v1::CONTACT_OUTCOME_ACCEPTED:
      return "accepted";
    case v1::CONTACT_OUTCOME_INFORMATION_AND_ADVICE:
      return "information-and-advice";
    case v1::CONTACT_OUTCOME_EARLY_HELP:
      return "early-help";
    case v1::CONTACT_OUTCOME_TO_OPEN_CASE:
      return "to-open-case";
    case v1::CONTACT_OUTCOME_NO_FURTHER_ACTION:
      return "no-further-action";
    default:
      return "";
  }
}

std::string_view code_of(v1::Rating rating) {
  switch (rating) {
    case v1::RATING_RED:
      return "red";
    case v1::RATING_AMBER:
      return "amber";
    case v1::RATING_GREEN:
      return "green";
    default:
      return "";
  }
}

}  // namespace mash::referral
