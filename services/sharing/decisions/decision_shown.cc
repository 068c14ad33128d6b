#include "sharing/decisions/decision_shown.h"

#include <algorithm>
#include <utility>

#include "core/caller.h"
#include "policy/challenges_shown.h"
#include "sharing/decisions/recipient.h"
#include "vault/personal.h"

namespace mash::sharing {
namespace {

using Sees = DecisionAudience::Sees;
using Events = std::vector<v1::DecisionEvent>;
using referral::v1::Challenge;

void record(v1::Decision& decision, const v1::DecisionRecorded& recorded) {
  *decision.mutable_terms() = recorded.terms();
  decision.set_status(recorded.needs_second_signature() ? v1::DECISION_STATUS_AWAITING_SIGNATURE
                                                        : v1::DECISION_STATUS_IN_FORCE);
  decision.set_agency(recorded.agency());
  decision.set_decided_by(recorded.decided_by());
  *decision.mutable_decided_at() = recorded.decided_at();
  decision.set_law(recorded.law());
  decision.set_supersedes(recorded.supersedes());
  decision.set_supersedes_reason(recorded.supersedes_reason());
}

void countersign(v1::Decision& decision, const v1::DecisionCountersigned& event) {
  decision.set_status(v1::DECISION_STATUS_IN_FORCE);
  decision.set_countersigned_by(event.by());
  *decision.mutable_countersigned_at() = event.countersigned_at();
  decision.set_signature_statement(event.statement());
}

void tell(v1::Decision& decision, const v1::DecisionEvent& event) {
  using Event = v1::DecisionEvent;
  decision.set_version(decision.version() + 1);
  switch (event.kind_case()) {
    case Event::kRecorded:
      return record(decision, event.recorded());
    case Event::kCountersigned:
      return countersign(decision, event.countersigned());
    case Event::kDeclined:
      decision.set_signature_statement(event.declined().statement());
      return decision.set_status(v1::DECISION_STATUS_DECLINED);
    case Event::kSuperseded:
      decision.set_status(v1::DECISION_STATUS_SUPERSEDED);
      return decision.set_superseded_by(event.superseded().by_decision_id());
    case Event::kChallenged:
      return policy::show_raised(*decision.mutable_challenges(), event.challenged().challenge_id(),
                                 decision.decision_id(), event.challenged().agency(),
                                 event.challenged().step());
    case Event::kChallengeAnswered:
      return policy::show_answered(
          *decision.mutable_challenges(), event.challenge_answered().challenge_id(),
          event.challenge_answered().step(), event.challenge_answered().resolved());
    case Event::kReviewed:
      *decision.add_reviews() = event.reviewed().review();
      return;
    case Event::kDeadlineRecomputed:
      return policy::show_recomputed(*decision.mutable_challenges(), event.deadline_recomputed());
    case Event::kDeadlineTold:  // how it stands follows from when it is due
    case Event::KIND_NOT_SET:   // refused when read
      return;
  }
}

v1::Decision whole(const std::string& decision_id, const Events& events) {
  v1::Decision decision;
  decision.set_decision_id(decision_id);
  for (const v1::DecisionEvent& event : events) tell(decision, event);
  return decision;
}

// By the classes of their fields, so that a text which is added one day is left out too.
Events without_texts(Events events) {
  for (v1::DecisionEvent& event : events) {
    v1::DecisionEvent personal;
    vault::take_personal(event, personal);
  }
  return events;
}

bool releases(const v1::DecisionTerms& terms) {
  return std::ranges::any_of(terms.items(), [](const v1::DecidedItem& item) {
    return item.disposition() != v1::ITEM_DISPOSITION_WITHHELD;
  });
}

// An item as one of the recipients knows it: a sanitised version by itself, without its source.
v1::DecidedItem for_recipient(const v1::DecidedItem& item) {
  v1::DecidedItem shown;
  const bool sanitised = item.disposition() == v1::ITEM_DISPOSITION_SANITISED;
  shown.set_item_id(sanitised ? item.sanitised_item_id() : item.item_id());
  shown.set_disposition(sanitised ? v1::ITEM_DISPOSITION_RELEASED : item.disposition());
  if (item.has_look_again_at()) *shown.mutable_look_again_at() = item.look_again_at();
  return shown;
}

// On what basis a recipient was given what it got.
void fill_basis(const v1::DecisionTerms& terms, v1::DecisionTerms& shown) {
  shown.set_regime(terms.regime());
  shown.set_basis(terms.basis());
  shown.set_special_condition(terms.special_condition());
  shown.set_schedule_1_condition(terms.schedule_1_condition());
  shown.set_criminal_condition(terms.criminal_condition());
  shown.set_without_consent(terms.without_consent());
  shown.set_schedule_8_condition(terms.schedule_8_condition());
  *shown.mutable_gateways() = terms.gateways();
  shown.set_confidence(terms.confidence());
  shown.set_family_told(terms.family_told());
}

v1::DecisionTerms own_terms(const v1::DecisionTerms& terms, const DecisionAudience& audience) {
  v1::DecisionTerms shown;
  shown.set_case_id(terms.case_id());
  shown.set_outcome(terms.outcome());
  for (const v1::DecidedItem& item : terms.items()) *shown.add_items() = for_recipient(item);
  for (const v1::Recipient& recipient : terms.recipients())
    if (recipient.agency() == audience.agency) *shown.add_recipients() = recipient;
  if (!releases(terms)) return shown;
  fill_basis(terms, shown);
  if (audience.named) shown.set_purpose(terms.purpose());
  return shown;
}

// What is told of a decision is listed here: what is not stays untold, a field of tomorrow too.
v1::Decision own_part(const v1::Decision& decision, const DecisionAudience& audience) {
  v1::Decision shown;
  shown.set_decision_id(decision.decision_id());
  *shown.mutable_terms() = own_terms(decision.terms(), audience);
  shown.set_status(decision.status());
  shown.set_agency(decision.agency());
  shown.set_decided_by(decision.decided_by());
  *shown.mutable_decided_at() = decision.decided_at();
  shown.set_version(decision.version());
  shown.set_law(decision.law());
  shown.set_superseded_by(decision.superseded_by());
  shown.set_supersedes(decision.supersedes());
  for (const Challenge& challenge : decision.challenges())
    if (challenge.agency() == audience.agency) *shown.add_challenges() = challenge;
  for (const v1::DecisionReview& review : decision.reviews()) {
    v1::DecisionReview& told = *shown.add_reviews();
    *told.mutable_reviewed_at() = review.reviewed_at();
    if (review.has_look_again_at()) *told.mutable_look_again_at() = review.look_again_at();
  }
  return shown;
}

}  // namespace

DecisionAudience DecisionAudience::of(const Actor& actor, const std::string& purpose,
                                      const std::vector<v1::DecisionEvent>& events) {
  DecisionAudience audience{.agency = actor.agency, .auditor = is_auditor(actor)};
  if (events.empty() || !events.front().has_recorded()) return audience;
  const v1::DecisionRecorded& recorded = events.front().recorded();
  const auto& recipients = recorded.terms().recipients();
  audience.named = names(recipients, actor);
  const bool came_into_force =
      !recorded.needs_second_signature() ||
      std::ranges::any_of(events, [](const auto& event) { return event.has_countersigned(); });
  if (audience.auditor)
    audience.sees = purpose.empty() ? Sees::kWithoutTexts : Sees::kAll;
  else if (actor.agency == recorded.agency())
    audience.sees = Sees::kAll;
  else if (came_into_force && is_hub(actor))
    audience.sees = Sees::kWithoutTexts;
  else if (came_into_force &&
           std::ranges::find(recipients, actor.agency, &v1::Recipient::agency) != recipients.end())
    audience.sees = Sees::kOwnPart;
  return audience;
}

v1::Decision decision_shown(const std::string& decision_id, const Events& events,
                            const DecisionAudience& audience) {
  switch (audience.sees) {
    case Sees::kNothing:
      return {};
    case Sees::kAll:
      return whole(decision_id, events);
    case Sees::kOwnPart:
      return own_part(whole(decision_id, events), audience);
    case Sees::kWithoutTexts:
      break;
  }
  v1::Decision shown = whole(decision_id, without_texts(events));
  if (audience.auditor) return shown;
  for (v1::DecidedItem& item : *shown.mutable_terms()->mutable_items())
    item.clear_sanitised_item_id();
  // The hub's own agency may be one that gets it.
  const v1::Decision all = whole(decision_id, events);
  if (audience.named && releases(all.terms()))
    shown.mutable_terms()->set_purpose(all.terms().purpose());
  for (int i = 0; i < all.challenges_size(); ++i)
    if (all.challenges(i).agency() == audience.agency)
      *shown.mutable_challenges(i) = all.challenges(i);
  return shown;
}

}  // namespace mash::sharing
