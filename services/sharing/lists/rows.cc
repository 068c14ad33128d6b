#include "sharing/lists/rows.h"

#include <algorithm>

#include "core/timestamp.h"
#include "sharing/decisions/recipient.h"

namespace mash::sharing {
namespace {

using google::protobuf::Timestamp;
using log::all_packed;
using log::microseconds_of;
using log::newest_first;
using log::oldest_first;

constexpr size_t kRowBytesMax = 4'000;  // a view takes 4 KiB

size_t place_of(std::string_view ids, std::string_view id) {
  for (size_t at = 0; at + kIdBytes <= ids.size(); at += kIdBytes)
    if (ids.substr(at, kIdBytes) == id) return at;
  return std::string_view::npos;
}

void take_up(v1::ItemRow& row, const v1::ItemContent& content, v1::DataKind data_kind) {
  row.set_person_ids(all_packed(content.person_ids()));
  row.set_data_kind(data_kind);
}

void hold(v1::ItemRow& row, const v1::ItemHeld& held) {
  row.set_case_id(packed(held.case_id()));
  row.set_owner(held.owner());
  row.set_ask(held.held_by());
  *row.mutable_held_since() = held.held_at();
  row.set_request_id(packed(held.request_id()));
  take_up(row, held.content(), held.data_kind());
}

void decide(v1::ItemRow& row, const v1::ItemDecided& decided) {
  v1::ItemRowDecision& decision = *row.add_decisions();
  decision.set_decision_id(packed(decided.decision_id()));
  decision.set_disclosed(decided.disposition() == v1::ITEM_DISPOSITION_RELEASED);
  decision.set_since_us(microseconds_of(decided.decided_at()));
  decision.set_ground(decided.ground());
  decision.set_sanitised(decided.disposition() == v1::ITEM_DISPOSITION_SANITISED);
  for (const v1::Recipient& recipient : decided.recipients()) {
    const bool whole = recipient.practitioner().empty() && recipient.role().empty();
    if (!whole)
      *decision.add_narrow() = recipient;
    else if (std::ranges::find(decision.agencies(), recipient.agency()) ==
             decision.agencies().end())
      decision.add_agencies(recipient.agency());
  }
}

void end(v1::ItemRow& row, const v1::ItemDecisionEnded& ended) {
  const std::string id = packed(ended.decision_id());
  for (v1::ItemRowDecision& decision : *row.mutable_decisions())
    if (decision.decision_id() == id && decision.until_us() == 0)
      decision.set_until_us(microseconds_of(ended.ended_at()));
}

v1::ItemRowRecall* find_recall(v1::ItemRow& row, std::string_view agency) {
  auto& recalls = *row.mutable_recalls();
  const auto found = std::ranges::find(recalls, agency, &v1::ItemRowRecall::agency);
  return found == recalls.end() ? nullptr : &*found;
}

template <class Agencies>
void tell(v1::ItemRow& row, const Agencies& agencies, const Timestamp& at) {
  for (const std::string& agency : agencies) {
    v1::ItemRowRecall* recall = find_recall(row, agency);
    if (recall == nullptr) recall = row.add_recalls();
    recall->Clear();
    recall->set_agency(agency);
    recall->set_told_us(microseconds_of(at));
  }
}

void acknowledge(v1::ItemRow& row, const v1::RecallAcknowledged& heard) {
  v1::ItemRowRecall* recall = find_recall(row, heard.agency());
  if (recall == nullptr) return;  // it was left out
  recall->set_acknowledged_us(microseconds_of(heard.acknowledged_at()));
  recall->set_acknowledged_by(heard.by());
}

// Removes the first that may go; false: none may.
template <class List, class MayGo>
bool leave_out(List& list, MayGo may_go) {
  const auto found = std::ranges::find_if(list, may_go);
  if (found == list.end()) return false;
  list.erase(found);
  return true;
}

bool leave_one_out(v1::ItemRow& row) {
  auto& decisions = *row.mutable_decisions();
  auto& recalls = *row.mutable_recalls();
  const auto any = [](const auto&) { return true; };
  return leave_out(decisions, [](const auto& said) { return said.until_us() != 0; }) ||
         leave_out(recalls, [](const auto& told) { return told.acknowledged_us() != 0; }) ||
         leave_out(decisions, any) || leave_out(recalls, any);
}

void record(v1::DecisionRow& row, const v1::DecisionRecorded& recorded) {
  const v1::DecisionTerms& terms = recorded.terms();
  v1::Decision& decision = *row.mutable_decision();
  v1::DecisionTerms& head = *decision.mutable_terms();
  head.set_case_id(terms.case_id());
  head.set_referral_id(terms.referral_id());
  head.set_information_request_id(terms.information_request_id());
  head.set_outcome(terms.outcome());
  head.set_regime(terms.regime());
  head.set_basis(terms.basis());
  for (const v1::Recipient& recipient : terms.recipients())
    if (!names(row, recipient.agency())) head.add_recipients()->set_agency(recipient.agency());
  decision.set_status(recorded.needs_second_signature() ? v1::DECISION_STATUS_AWAITING_SIGNATURE
                                                        : v1::DECISION_STATUS_IN_FORCE);
  decision.set_agency(recorded.agency());
  decision.set_decided_by(recorded.decided_by());
  *decision.mutable_decided_at() = recorded.decided_at();
  decision.set_law(recorded.law());
  decision.set_supersedes(recorded.supersedes());
  row.set_came_into_force(!recorded.needs_second_signature());
  for (const v1::DecidedItem& item : terms.items())
    if (item.disposition() == v1::ITEM_DISPOSITION_WITHHELD && item.has_look_again_at() &&
        (!row.has_look_again_at() ||
         microseconds_of(item.look_again_at()) < microseconds_of(row.look_again_at())))
      *row.mutable_look_again_at() = item.look_again_at();
}

void countersign(v1::DecisionRow& row, const v1::DecisionCountersigned& signed_too) {
  v1::Decision& decision = *row.mutable_decision();
  decision.set_status(v1::DECISION_STATUS_IN_FORCE);
  decision.set_countersigned_by(signed_too.by());
  *decision.mutable_countersigned_at() = signed_too.countersigned_at();
  row.set_came_into_force(true);
}

void challenge(v1::DecisionRow& row, const std::string& challenge_id, bool resolved) {
  const std::string id = packed(challenge_id);
  std::string& open = *row.mutable_open_challenges();
  const size_t at = place_of(open, id);
  if (resolved && at != std::string::npos) open.erase(at, kIdBytes);
  if (!resolved && at == std::string::npos) open += id;
}

void answer(v1::DecisionRow& row, const v1::SharingChallengeAnswered& answered) {
  challenge(row, answered.challenge_id(), answered.resolved());
  if (answered.step().resolution() == referral::v1::CHALLENGE_RESOLUTION_UPHELD)
    row.set_upheld(true);
}

void ask(v1::RequestRow& row, const v1::InformationRequested& requested) {
  const v1::RequestTerms& terms = requested.terms();
  v1::InformationRequest& request = *row.mutable_request();
  v1::RequestTerms& head = *request.mutable_terms();
  head.set_referral_id(terms.referral_id());
  head.set_agency(terms.agency());
  head.set_rating(terms.rating());
  head.set_consent_id(terms.consent_id());
  head.set_gateway(terms.gateway());
  request.set_case_id(requested.case_id());
  request.set_requested_by(requested.requested_by());
  *request.mutable_requested_at() = requested.requested_at();
  *row.mutable_deadline() = requested.deadline();
  row.set_person_ids(all_packed(terms.person_ids()));
}

void answer(v1::RequestRow& row, const v1::RequestAnswered& answered) {
  v1::InformationRequest& request = *row.mutable_request();
  request.set_answer(answered.answer());
  *request.mutable_answered_at() = answered.answered_at();
  request.set_answered_by(answered.answered_by());
  request.set_ground(answered.ground());
  row.set_item_ids(all_packed(answered.item_ids()));
}

const Timestamp& due_of(const v1::RequestRow& row) {
  return row.has_extended_to() ? row.extended_to() : row.deadline().due();
}

}  // namespace

void evolve_row(v1::ItemRow& row, const v1::ItemEvent& event) {
  using Event = v1::ItemEvent;
  row.set_version(row.version() + 1);
  switch (event.kind_case()) {
    case Event::kHeld:
      return hold(row, event.held());
    case Event::kDecided:
      return decide(row, event.decided());
    case Event::kDecisionEnded:
      return end(row, event.decision_ended());
    case Event::kCorrected:
      row.set_corrected(true);
      take_up(row, event.corrected().content(), event.corrected().data_kind());
      return tell(row, event.corrected().agencies(), event.corrected().corrected_at());
    case Event::kRecalled:
      row.set_recalled(true);
      return tell(row, event.recalled().agencies(), event.recalled().recalled_at());
    case Event::kRecallAcknowledged:
      return acknowledge(row, event.recall_acknowledged());
    case Event::kFileAttached:
    case Event::kSanitised:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

void fit(v1::ItemRow& row) {
  while (row.ByteSizeLong() > kRowBytesMax && leave_one_out(row)) row.set_more(true);
}

bool names(const v1::ItemRowDecision& decision, const Actor& actor) {
  return std::ranges::find(decision.agencies(), actor.agency) != decision.agencies().end() ||
         names(decision.narrow(), actor);
}

const v1::ItemRowDecision* given_to(const v1::ItemRow& row, const Actor& actor) {
  const v1::ItemRowDecision* given = nullptr;
  for (const v1::ItemRowDecision& decision : row.decisions())
    if (decision.disclosed() && decision.until_us() == 0 && names(decision, actor))
      given = &decision;
  return given;
}

const v1::ItemRowRecall* recall_of(const v1::ItemRow& row, std::string_view agency) {
  const auto found = std::ranges::find(row.recalls(), agency, &v1::ItemRowRecall::agency);
  return found == row.recalls().end() ? nullptr : &*found;
}

std::string order_of(const v1::ItemRow& row) {
  return row.case_id() + oldest_first(row.held_since());
}

void evolve_row(v1::DecisionRow& row, const std::string& decision_id,
                const v1::DecisionEvent& event) {
  using Event = v1::DecisionEvent;
  v1::Decision& decision = *row.mutable_decision();
  decision.set_decision_id(decision_id);
  decision.set_version(decision.version() + 1);
  switch (event.kind_case()) {
    case Event::kRecorded:
      return record(row, event.recorded());
    case Event::kCountersigned:
      return countersign(row, event.countersigned());
    case Event::kDeclined:
      return decision.set_status(v1::DECISION_STATUS_DECLINED);
    case Event::kSuperseded:
      decision.set_status(v1::DECISION_STATUS_SUPERSEDED);
      return decision.set_superseded_by(event.superseded().by_decision_id());
    case Event::kChallenged:
      return challenge(row, event.challenged().challenge_id(), false);
    case Event::kChallengeAnswered:
      return answer(row, event.challenge_answered());
    case Event::kReviewed:
      row.clear_look_again_at();
      if (event.reviewed().review().has_look_again_at())
        *row.mutable_look_again_at() = event.reviewed().review().look_again_at();
      return;
    case Event::kDeadlineTold:
    case Event::kDeadlineRecomputed:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

bool names(const v1::DecisionRow& row, std::string_view agency) {
  const auto& recipients = row.decision().terms().recipients();
  return std::ranges::find(recipients, agency, &v1::Recipient::agency) != recipients.end();
}

std::string order_of(const v1::DecisionRow& row) {
  return newest_first(row.decision().decided_at());
}

std::string order_in_case(const v1::DecisionRow& row) {
  return packed(row.decision().terms().case_id()) + newest_first(row.decision().decided_at());
}

void evolve_row(v1::RequestRow& row, const std::string& request_id, const v1::RequestEvent& event) {
  using Event = v1::RequestEvent;
  v1::InformationRequest& request = *row.mutable_request();
  request.set_information_request_id(request_id);
  request.set_version(request.version() + 1);
  switch (event.kind_case()) {
    case Event::kRequested:
      return ask(row, event.requested());
    case Event::kAnswered:
      return answer(row, event.answered());
    case Event::kDeadlineExtended:
      *row.mutable_extended_to() = event.deadline_extended().extension().due();
      *row.mutable_extended_at() = event.deadline_extended().extension().extended_at();
      return;
    case Event::kDeadlineRecomputed:
      *row.mutable_deadline() = event.deadline_recomputed().deadline();
      return;
    case Event::kDeadlineTold:  // how it stands follows from when it is due
    case Event::KIND_NOT_SET:   // refused when read
      return;
  }
}

std::optional<Deadline> deadline_of(const v1::RequestRow& row) {
  auto deadline = from_proto(row.deadline());
  if (!deadline) return {};
  const auto time = [](const Timestamp& at) { return from_proto(at).value_or(Time{}); };
  if (row.has_extended_to())
    deadline->extensions.push_back({.previous_due = deadline->due,
                                    .due = time(row.extended_to()),
                                    .reasons = {},
                                    .extended_at = time(row.extended_at())});
  if (row.request().has_answered_at()) deadline->done_at = time(row.request().answered_at());
  return *deadline;
}

v1::InformationRequest shown(const v1::RequestRow& row, Time now) {
  v1::InformationRequest request = row.request();
  for (std::string& id : unpacked(row.person_ids()))
    request.mutable_terms()->add_person_ids(std::move(id));
  for (std::string& id : unpacked(row.item_ids())) request.add_item_ids(std::move(id));
  if (const auto deadline = deadline_of(row)) {
    to_proto(*deadline, now, request.mutable_deadline());
    request.mutable_deadline()->clear_extensions();
  }
  return request;
}

std::string order_of(const v1::RequestRow& row) {
  if (row.request().has_answered_at())
    return std::string(kOrderOfAnswered) + newest_first(row.request().answered_at());
  return '\0' + oldest_first(due_of(row));
}

}  // namespace mash::sharing
