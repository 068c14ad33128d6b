#include "referral/detail.h"

#include <algorithm>

#include "core/caller.h"
#include "core/deadline.h"
#include "core/identifiers.h"
#include "policy/challenges_shown.h"
#include "referral/clocks.h"
#include "referral/lists/row.h"

namespace mash::referral {
namespace {

// Puts a referral together event by event.
class Telling {
 public:
  Telling(const std::string& referral_id, const Audience& audience) : audience_(audience) {
    row_.mutable_summary()->set_referral_id(referral_id);
  }

  void tell(const v1::ReferralEvent& event);
  v1::ReferralDetail finish(Time now) &&;

 private:
  using Sees = Audience::Sees;

  bool is_receiver() const { return audience_.sees == Sees::kReceived; }
  bool sees_all() const {
    return audience_.sees == Sees::kAll || audience_.sees == Sees::kNoContent;
  }
  bool sees_of(const std::string& agency) const { return sees_all() || agency == audience_.agency; }
  void tell_contact(const v1::ContactReceived& event);
  void tell_for_hub(const v1::ReferralEvent& event);
  void tell_route(const v1::OtherRoute& route);
  void tell_challenge(const v1::DecisionChallenged& event);
  void tell_recomputed(const common::v1::DeadlineRecomputed& event);
  void tell_transfer(const v1::Transfer& transfer);
  void tell_answer(const v1::TransferAnswer& answer);
  void tell_over(const v1::UnansweredTransfer& transfer, const google::protobuf::Timestamp& at);
  void finish_deadlines(Time now);

  const Audience& audience_;
  v1::ReferralRow row_;
  ReferralClocks clocks_;
  v1::ReferralDetail detail_;
};

void Telling::tell_contact(const v1::ContactReceived& event) {
  if (!sees_of(event.agency()) && !is_receiver()) return;
  *detail_.mutable_account() = event.account();
  if (event.has_occurred_at()) *detail_.mutable_occurred_at() = event.occurred_at();
  for (int i = 0; i < event.child_ids_size(); ++i) {
    v1::ReferralChild& child = *detail_.add_children();
    child.set_person_id(event.child_ids(i));
    if (i < event.children_size()) *child.mutable_account() = event.children(i);
  }
  for (int i = 0; i < event.person_ids_size(); ++i) {
    v1::ReferralPerson& person = *detail_.add_people();
    person.set_person_id(event.person_ids(i));
    if (i < event.people_size()) *person.mutable_involved() = event.people(i);
  }
  if (!sees_of(event.agency())) return;
  *detail_.mutable_lawful_basis() = event.lawful_basis();
  *detail_.mutable_set_aside() = event.set_aside();
}

void Telling::tell_route(const v1::OtherRoute& route) {
  auto& routes = *detail_.mutable_other_routes();
  const auto known = std::ranges::find(routes, route.route_id(), &v1::OtherRoute::route_id);
  if (known == routes.end()) {
    *routes.Add() = route;
    return;
  }
  // What called for it stays, where nothing is said of how it was taken.
  const std::string note = known->note();
  *known = route;
  if (known->note().empty()) known->set_note(note);
}

void Telling::tell_challenge(const v1::DecisionChallenged& event) {
  if (sees_of(event.agency()))
    policy::show_raised(*detail_.mutable_challenges(), event.challenge_id(), event.decision_id(),
                        event.agency(), event.step());
}

// A route or challenge shows when it is due as well.
void Telling::tell_recomputed(const common::v1::DeadlineRecomputed& event) {
  for (v1::OtherRoute& route : *detail_.mutable_other_routes())
    if (route.route_id() == event.id()) *route.mutable_deadline() = event.deadline();
  policy::show_recomputed(*detail_.mutable_challenges(), event);
}

void Telling::tell_transfer(const v1::Transfer& transfer) {
  if (sees_all() || (is_receiver() && agency_of_area(transfer.to_area()) == audience_.agency))
    *detail_.add_transfers()->mutable_transfer() = transfer;
}

void Telling::tell_answer(const v1::TransferAnswer& answer) {
  for (v1::TransferShown& shown : *detail_.mutable_transfers())
    if (shown.transfer().transfer_id() == answer.transfer_id()) *shown.mutable_answer() = answer;
}

void Telling::tell_over(const v1::UnansweredTransfer& transfer,
                        const google::protobuf::Timestamp& at) {
  for (v1::TransferShown& shown : *detail_.mutable_transfers())
    if (shown.transfer().transfer_id() == transfer.transfer_id()) *shown.mutable_over_at() = at;
}

void Telling::tell(const v1::ReferralEvent& event) {
  using Event = v1::ReferralEvent;
  evolve_row(row_, event);
  clocks_.evolve(event);
  switch (event.kind_case()) {
    case Event::kContactReceived:
      return tell_contact(event.contact_received());
    case Event::kContactAcknowledged:
      if (!is_receiver()) detail_.set_acknowledgement(event.contact_acknowledged().message());
      return;
    case Event::kContactWithdrawn:
      if (sees_of(row_.summary().agency()))
        detail_.set_withdrawal_reason(event.contact_withdrawn().reason());
      return tell_over(event.contact_withdrawn().unanswered_transfer(),
                       event.contact_withdrawn().withdrawn_at());
    case Event::kInformationAdded: {
      const v1::InformationAdded& added = event.information_added();
      if (!sees_of(added.information().agency())) return;
      *detail_.add_information() = added.information();
      detail_.mutable_set_aside()->MergeFrom(added.set_aside());
      return;
    }
    case Event::kFeedbackGiven:
      if (sees_of(event.feedback_given().feedback().agency()))
        *detail_.add_feedback() = event.feedback_given().feedback();
      return;
    case Event::kDecisionChallenged:
      return tell_challenge(event.decision_challenged());
    case Event::kChallengeAnswered:
      return policy::show_answered(
          *detail_.mutable_challenges(), event.challenge_answered().challenge_id(),
          event.challenge_answered().step(), event.challenge_answered().resolved());
    case Event::kTransferProposed:
      return tell_transfer(event.transfer_proposed().transfer());
    case Event::kTransferAnswered:
      return tell_answer(event.transfer_answered().answer());
    case Event::kContactAccepted:
    case Event::kContactClosed:
    case Event::kReferralRated:
    case Event::kReferralDecided:
    case Event::kDecisionRevised:
    case Event::kAssigned:
    case Event::kThresholdRecorded:
    case Event::kFamilyInformingRecorded:
    case Event::kAssessmentCompleted:
    case Event::kOtherRouteRecorded:
    case Event::kDeadlineExtended:
    case Event::kHistoryFound:
    case Event::kPatternsFound:
      if (sees_all()) tell_for_hub(event);
      return;
    case Event::kDeadlineRecomputed:
      return tell_recomputed(event.deadline_recomputed());
    case Event::kDeadlineTold:  // how it stands is told with the deadlines
    case Event::KIND_NOT_SET:
      return;  // refused when read
  }
}

// What is the hub's alone.
void Telling::tell_for_hub(const v1::ReferralEvent& event) {
  using Event = v1::ReferralEvent;
  switch (event.kind_case()) {
    case Event::kContactAccepted:
      *detail_.add_contact_decisions() = event.contact_accepted().decision();
      return;
    case Event::kContactClosed:
      *detail_.add_contact_decisions() = event.contact_closed().decision();
      return tell_over(event.contact_closed().unanswered_transfer(),
                       event.contact_closed().decision().decided_at());
    case Event::kReferralRated:
      *detail_.add_ratings() = event.referral_rated().rating();
      return;
    case Event::kReferralDecided:
      *detail_.add_decisions() = event.referral_decided().decision();
      return;
    case Event::kDecisionRevised:
      *detail_.add_decisions() = event.decision_revised().decision();
      return;
    case Event::kThresholdRecorded:
      *detail_.add_thresholds() = event.threshold_recorded().threshold();
      return;
    case Event::kFamilyInformingRecorded:
      *detail_.add_family() = event.family_informing_recorded().family();
      return;
    case Event::kAssessmentCompleted:
      *detail_.mutable_assessment() = event.assessment_completed().assessment();
      return;
    case Event::kOtherRouteRecorded:
      return tell_route(event.other_route_recorded().route());
    case Event::kHistoryFound:
      *detail_.mutable_history() = event.history_found().history();
      return;
    case Event::kPatternsFound:
      *detail_.mutable_patterns() = event.patterns_found().patterns();
      return;
    default:
      return;  // in the summary or the deadlines
  }
}

void Telling::finish_deadlines(Time now) {
  for (const clocks::Clock& clock : clocks_.all()) {
    if (clock.ended_at || (!sees_all() && owed_for(clock) != Owed::kReceipt)) continue;
    common::v1::DeadlineStatus& status = *detail_.add_deadlines();
    clocks::to_proto(clock, now, &status);
    if (!sees_all()) status.clear_extensions();
  }
}

v1::ReferralDetail Telling::finish(Time now) && {
  finish_deadlines(now);
  *detail_.mutable_summary() = sees_all() || is_receiver() ? row_.summary() : for_referrer(row_);
  if (sees_all()) *detail_.mutable_referrers() = row_.referrers();
  return std::move(detail_);
}

}  // namespace

Audience Audience::of(const Actor& actor, const std::string& purpose) {
  if (is_hub(actor)) return {.sees = Sees::kAll, .agency = actor.agency};
  if (!is_auditor(actor)) return {.sees = Sees::kOwn, .agency = actor.agency};
  return {.sees = purpose.empty() ? Sees::kNoContent : Sees::kAll, .agency = actor.agency};
}

Audience Audience::of(const Actor& actor, const std::string& purpose,
                      const Referral::State& referral) {
  Audience audience = of(actor, purpose);
  if (audience.sees == Sees::kOwn && referral.is_receiver(actor.agency))
    audience.sees = Sees::kReceived;
  return audience;
}

v1::ReferralDetail detail_of(const std::string& referral_id,
                             const std::vector<v1::ReferralEvent>& events, const Audience& audience,
                             Time now) {
  Telling telling(referral_id, audience);
  for (const v1::ReferralEvent& event : events) telling.tell(event);
  return std::move(telling).finish(now);
}

}  // namespace mash::referral
