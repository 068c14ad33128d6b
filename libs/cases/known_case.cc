#include "cases/known_case.h"

#include <algorithm>
#include <utility>

#include "core/timestamp.h"

namespace mash::cases {
namespace {

using google::protobuf::Timestamp;
using Practitioner = Practitioners::value_type;
namespace told = referral::v1;

// The timescale of the referral's first decision, as packs name it.
constexpr std::string_view kFirstDecision = "first-decision";

Practitioner named_by(const told::PractitionerName& name) {
  return {name.agency(), name.practitioner()};
}

template <class Names>
Practitioners set_of(const Names& names) {
  Practitioners practitioners;
  for (const told::PractitionerName& name : names) practitioners.insert(named_by(name));
  return practitioners;
}

void receive(KnownCase::State& state, KnownCase::Referral& referral,
             const told::ContactReceived& contact) {
  referral.case_id = contact.case_id();
  referral.agency = contact.agency();
  referral.unborn = contact.unborn();
  referral.children.insert(contact.child_ids().begin(), contact.child_ids().end());
  referral.people = referral.children;
  referral.people.insert(contact.person_ids().begin(), contact.person_ids().end());
  for (const common::v1::Deadline& set : contact.deadlines())
    if (set.kind() == kFirstDecision)
      if (auto deadline = from_proto(set)) referral.first_decision = std::move(*deadline);
  state.agencies.insert(contact.agency());
}

// Nothing is left to be decided.
void settle(KnownCase::Referral& referral, const Timestamp& at) {
  referral.decided = true;
  const auto time = from_proto(at);
  if (time && referral.first_decision && !referral.first_decision->done_at)
    referral.first_decision->done_at = *time;
}

// What was closed or taken back is gone on with.
void reopen(KnownCase::Referral& referral) {
  referral.decided = false;
  if (referral.first_decision) referral.first_decision->done_at.reset();
}

void extend(KnownCase::Referral& referral, const told::ReferralDeadlineExtended& event) {
  if (event.kind() != kFirstDecision || !referral.first_decision) return;
  if (auto extension = from_proto(event.extension()))
    referral.first_decision->extensions.push_back(std::move(*extension));
}

// The calendar changed, and with it when what runs is due.
void recompute(KnownCase::Referral& referral, const common::v1::DeadlineRecomputed& event) {
  if (event.deadline().kind() != kFirstDecision || !referral.first_decision) return;
  if (auto deadline = from_proto(event.deadline())) referral.first_decision = std::move(*deadline);
}

void evolve_referral(KnownCase::State& state, const v1::KnownReferral& known) {
  using Event = told::ReferralEvent;
  const Event& event = known.event();
  KnownCase::Referral& referral = state.referrals[known.referral_id()];
  switch (event.kind_case()) {
    case Event::kContactReceived:
      return receive(state, referral, event.contact_received());
    case Event::kContactAccepted:
      return reopen(referral);
    case Event::kContactClosed:
      return settle(referral, event.contact_closed().decision().decided_at());
    case Event::kContactWithdrawn:
      return settle(referral, event.contact_withdrawn().withdrawn_at());
    case Event::kInformationAdded:
      state.agencies.insert(event.information_added().information().agency());
      return;
    case Event::kReferralRated:
      referral.rating = event.referral_rated().rating().rating();
      return;
    case Event::kReferralDecided:
      referral.outcome = event.referral_decided().decision().outcome();
      return settle(referral, event.referral_decided().decision().decided_at());
    case Event::kThresholdRecorded: {
      const told::ThresholdKind kind = event.threshold_recorded().threshold().kind();
      const bool none = kind == told::THRESHOLD_KIND_NONE;
      referral.threshold = none ? told::THRESHOLD_KIND_UNSPECIFIED : kind;
      return;
    }
    case Event::kDeadlineExtended:
      return extend(referral, event.deadline_extended());
    case Event::kDeadlineRecomputed:
      return recompute(referral, event.deadline_recomputed());
    case Event::kTransferAnswered: {
      const told::TransferAnswer& answer = event.transfer_answered().answer();
      if (answer.accepted()) settle(referral, answer.answered_at());
      return;
    }
    case Event::kDecisionRevised:
      referral.outcome_before =
          std::exchange(referral.outcome, event.decision_revised().decision().outcome());
      return;
    case Event::kContactAcknowledged:
    case Event::kFeedbackGiven:
    case Event::kAssigned:
    case Event::kFamilyInformingRecorded:
    case Event::kAssessmentCompleted:
    case Event::kOtherRouteRecorded:
    case Event::kDecisionChallenged:
    case Event::kChallengeAnswered:
    case Event::kTransferProposed:
    case Event::kHistoryFound:
    case Event::kPatternsFound:
    case Event::kDeadlineTold:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

void evolve_case(KnownCase::State& state, const told::CaseEvent& event) {
  using Event = told::CaseEvent;
  switch (event.kind_case()) {
    case Event::kRestricted:
      return state.access.restrict_to(set_of(event.restricted().named()));
    case Event::kUnrestricted:
      return state.access.lift_restriction();
    case Event::kBarred:
      state.access.barred.insert(named_by(event.barred().bar().practitioner()));
      return;
    case Event::kUnbarred:
      state.access.barred.erase(named_by(event.unbarred().practitioner()));
      return;
    case Event::kJoined:
      state.joined_into = event.joined().into_case_id();
      return;
    case Event::kTookIn: {
      const told::CaseTookIn& taken = event.took_in();
      state.joined.push_back(taken.case_id());
      return state.access.take_in({.restricted = taken.restricted(),
                                   .named = set_of(taken.named()),
                                   .barred = set_of(taken.barred())});
    }
    case Event::kParted:
      state.joined_into.clear();
      return;
    case Event::kGaveBack:
      std::erase(state.joined, event.gave_back().case_id());
      return;
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

void evolve_person(KnownPerson::State& state, const told::PersonEvent& event) {
  if (event.has_same_decided()) state.same.insert(event.same_decided().other_person_id());
  if (event.has_not_same_decided()) state.same.erase(event.not_same_decided().other_person_id());
}

}  // namespace

bool KnownCase::State::names(const std::string& person_id) const {
  return std::ranges::any_of(
      referrals, [&](const auto& entry) { return entry.second.people.contains(person_id); });
}

Result<KnownCase::Events> KnownCase::decide(const State&, const Event& followed, const Context&) {
  return only(followed);
}

Result<KnownCase::Events> KnownCase::decide(const State& state, const Involve& command,
                                            const Context& context) {
  if (state.agencies.contains(command.agency)) return Events{};
  Event event;
  event.mutable_involved()->set_agency(command.agency);
  to_proto(context.now, event.mutable_involved()->mutable_involved_at());
  return only(std::move(event));
}

KnownCase::State KnownCase::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kReferral:
      evolve_referral(state, event.referral());
      return state;
    case Event::kCase:
      evolve_case(state, event.case_());
      return state;
    case Event::kInvolved:
      state.agencies.insert(event.involved().agency());
      return state;
    case Event::kParked:
      state.parked = true;
      return state;
    case Event::kResumed:
      state.parked = false;
      return state;
    case Event::KIND_NOT_SET:
      break;  // refused when read
  }
  return state;
}

Result<KnownPerson::Events> KnownPerson::decide(const State&, const Event& followed,
                                                const Context&) {
  return only(followed);
}

KnownPerson::State KnownPerson::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kInCase:
      state.cases.insert(event.in_case().case_id());
      return state;
    case Event::kPerson:
      evolve_person(state, event.person());
      return state;
    case Event::kParked:
      state.parked = true;
      return state;
    case Event::kResumed:
      state.parked = false;
      return state;
    case Event::KIND_NOT_SET:
      break;  // refused when read
  }
  return state;
}

}  // namespace mash::cases
