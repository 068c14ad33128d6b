#include "referral/referral.h"

#include <algorithm>

#include "core/caller.h"
#include "core/identifiers.h"

// What a referral remembers. What may happen to it stands by subject in the files beside this one.
namespace mash::referral {
namespace {

void remember_referrer(Referral::State& state, const std::string& agency) {
  if (!state.is_referrer(agency)) state.referrers.push_back(agency);
}

// From here on another decision is in force: what came before it was there to be weighed.
template <class Decision>
void in_force(Referral::State& state, v1::ReferralStage stage, const Decision& decision) {
  state.stage = stage;
  state.decision_id = decision.decision_id();
  state.makers[decision.decision_id()] = decision.maker();
  state.needs_other_support = decision.needs_other_support();
  state.information_since_decision.clear();
}

void receive(Referral::State& state, const v1::ContactReceived& event) {
  state.stage = v1::REFERRAL_STAGE_CONTACT;
  state.received_at = event.received_at();
  state.area = event.area();
  state.immediate_danger = event.immediate_danger();
  remember_referrer(state, event.agency());
}

void add(Referral::State& state, const v1::Information& information) {
  remember_referrer(state, information.agency());
  state.immediate_danger = state.immediate_danger || information.immediate_danger();
  state.information_ids.insert(information.information_id());
  state.information_since_decision.insert(information.information_id());
}

void record_route(Referral::State& state, const v1::OtherRoute& route) {
  if (route.has_taken_at()) {
    state.open_routes.erase(route.kind());
    return;
  }
  Referral::OpenRoute open{
      .route_id = route.route_id(), .aware_at = route.aware_at(), .deadline = {}};
  if (route.has_deadline()) open.deadline = route.deadline();
  state.open_routes[route.kind()] = std::move(open);
}

void propose(Referral::State& state, const v1::Transfer& transfer) {
  state.transfers[transfer.transfer_id()] = {.to_area = transfer.to_area()};
  state.makers[transfer.transfer_id()] = transfer.proposed_by();
}

// What is shown of a challenge or an open route is due when its clock is.
void recompute(Referral::State& state, const common::v1::DeadlineRecomputed& event) {
  state.challenges.recomputed(event.id(), event.deadline());
  for (auto& [kind, route] : state.open_routes)
    if (route.route_id == event.id()) route.deadline = event.deadline();
}

// With what another authority was asked to take, its being asked is over.
template <class Ending>
void end(Referral::State& state, v1::ReferralStage stage, const Ending& ending) {
  state.stage = stage;
  if (ending.has_unanswered_transfer())
    state.transfers[ending.unanswered_transfer().transfer_id()].over = true;
}

// With the responsibility the referral itself has gone: that is what referrers are told of now.
void answer(Referral::State& state, const v1::TransferAnswer& answer) {
  Referral::Transfer& transfer = state.transfers[answer.transfer_id()];
  transfer.answered = true;
  transfer.accepted = answer.accepted();
  if (!answer.accepted()) return;
  state.stage = v1::REFERRAL_STAGE_TRANSFERRED;
  state.area = transfer.to_area;
  state.decision_id = answer.transfer_id();
  state.needs_other_support = false;
}

}  // namespace

bool Referral::State::is_referrer(std::string_view agency) const {
  return std::ranges::find(referrers, agency) != referrers.end();
}

bool Referral::State::is_receiver(std::string_view agency) const {
  return std::ranges::any_of(transfers, [&](const auto& entry) {
    const Transfer& transfer = entry.second;
    return (transfer.waits() || transfer.accepted) && agency == agency_of_area(transfer.to_area);
  });
}

const Referral::Transfer* Referral::State::pending_transfer() const {
  for (const auto& [id, transfer] : transfers)
    if (transfer.waits()) return &transfer;
  return nullptr;
}

bool Referral::may_know(const State& state, const Actor& actor) {
  return state.exists() &&
         (is_hub(actor) || state.is_referrer(actor.agency) || state.is_receiver(actor.agency));
}

Result<Referral::Events> Referral::decide(const State& state, const clocks::Tell&,
                                          const Context& context) {
  return clocks::tell<Event>(state.clocks, context);
}

Result<Referral::Events> Referral::decide(const State& state, const clocks::Recompute&,
                                          const Context& context) {
  return clocks::recompute<Event>(state.clocks, context);
}

Referral::State Referral::evolve(State state, const Event& event) {
  state.clocks.evolve(event);
  switch (event.kind_case()) {
    case Event::kContactReceived:
      receive(state, event.contact_received());
      return state;
    case Event::kContactAcknowledged:
      state.acknowledged = true;
      return state;
    case Event::kContactAccepted:
      in_force(state, v1::REFERRAL_STAGE_REFERRAL, event.contact_accepted().decision());
      return state;
    case Event::kContactClosed:
      in_force(state, v1::REFERRAL_STAGE_CLOSED, event.contact_closed().decision());
      end(state, v1::REFERRAL_STAGE_CLOSED, event.contact_closed());
      return state;
    case Event::kContactWithdrawn:
      end(state, v1::REFERRAL_STAGE_WITHDRAWN, event.contact_withdrawn());
      return state;
    case Event::kInformationAdded:
      add(state, event.information_added().information());
      return state;
    case Event::kReferralRated:
      state.rating = event.referral_rated().rating().rating();
      return state;
    case Event::kAssigned:
      state.assignee = event.assigned().assignee();
      return state;
    case Event::kReferralDecided:
      in_force(state, v1::REFERRAL_STAGE_DECIDED, event.referral_decided().decision());
      return state;
    case Event::kDecisionRevised:
      in_force(state, v1::REFERRAL_STAGE_DECIDED, event.decision_revised().decision());
      return state;
    case Event::kAssessmentCompleted:
      state.assessed = true;
      return state;
    case Event::kOtherRouteRecorded:
      record_route(state, event.other_route_recorded().route());
      return state;
    case Event::kDecisionChallenged:
      state.challenges.raised(
          event.decision_challenged().challenge_id(), event.decision_challenged().decision_id(),
          event.decision_challenged().agency(), event.decision_challenged().step());
      return state;
    case Event::kChallengeAnswered:
      state.challenges.answered(event.challenge_answered().challenge_id(),
                                event.challenge_answered().step(),
                                event.challenge_answered().resolved());
      return state;
    case Event::kTransferProposed:
      propose(state, event.transfer_proposed().transfer());
      return state;
    case Event::kTransferAnswered:
      answer(state, event.transfer_answered().answer());
      return state;
    case Event::kFeedbackGiven:
    case Event::kThresholdRecorded:
    case Event::kFamilyInformingRecorded:
    case Event::kDeadlineExtended:
    case Event::kDeadlineTold:
    case Event::kHistoryFound:
    case Event::kPatternsFound:
    case Event::KIND_NOT_SET:  // refused when read
      return state;
    case Event::kDeadlineRecomputed:
      recompute(state, event.deadline_recomputed());
      return state;
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

}  // namespace mash::referral
