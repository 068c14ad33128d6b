#include "referral/lists/row.h"

#include <algorithm>

#include "core/identifiers.h"
#include "log/row_order.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

using google::protobuf::Timestamp;

// After every time.
const std::string kNever(8, '\xff');

bool is_before(const Timestamp& a, const Timestamp& b) {
  return log::microseconds_of(a) < log::microseconds_of(b);
}

void remember_referrer(v1::ReferralRow& row, const std::string& agency) {
  if (!is_referrer(row, agency)) row.add_referrers(agency);
}

v1::DueItem due_item(const common::v1::Deadline& deadline, const std::string& id = {}) {
  v1::DueItem item;
  item.set_id(id);
  item.set_kind(deadline.kind());
  *item.mutable_due() = deadline.due();
  return item;
}

void receive(v1::ReferralRow& row, const v1::ContactReceived& event) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  summary.set_case_id(event.case_id());
  summary.set_stage(v1::REFERRAL_STAGE_CONTACT);
  summary.set_immediate_danger(event.immediate_danger());
  summary.set_source(event.source());
  summary.set_agency(event.agency());
  summary.set_area(event.area());
  summary.set_children(static_cast<uint32_t>(event.child_ids_size()));
  summary.set_unborn(event.unborn());
  *summary.mutable_received_at() = event.received_at();
  summary.set_needs_checking(event.needs_checking());
  row.set_sent_with_danger(event.immediate_danger());
  row.set_sent_needs_checking(event.needs_checking());
  remember_referrer(row, event.agency());
  for (const common::v1::Deadline& deadline : event.deadlines()) {
    if (deadline.kind() == kAcknowledgement) *row.mutable_acknowledgement_due() = deadline.due();
    if (deadline.kind() == kFirstDecision) *row.mutable_decision_due() = deadline.due();
  }
}

// The contact's own decision; feedback on it is due only when it ends there.
void decide_contact(v1::ReferralRow& row, const v1::ContactDecision& decision,
                    v1::ReferralStage stage) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  summary.set_stage(stage);
  summary.set_contact_outcome(decision.outcome());
  row.clear_told();
  if (stage == v1::REFERRAL_STAGE_CLOSED)
    *summary.mutable_decided_at() = decision.decided_at();
  else
    summary.clear_decided_at();
}

// What decisions before had started goes; time that was given for the same duty stays given, also
// where a decision between them asked for something else.
void start_outcome(v1::ReferralRow& row, const Deadlines& deadlines) {
  google::protobuf::RepeatedPtrField<v1::DueItem> before;
  before.Swap(row.mutable_outcomes_before());
  for (const v1::DueItem& item : row.outcomes_due())
    if (item.extended()) *before.Add() = item;
  row.clear_outcomes_due();
  for (const common::v1::Deadline& deadline : deadlines) {
    v1::DueItem& item = *row.add_outcomes_due() = due_item(deadline);
    for (const v1::DueItem& earlier : before)
      if (earlier.kind() == item.kind() && is_before(item.due(), earlier.due())) item = earlier;
  }
  for (const v1::DueItem& earlier : before)
    if (std::ranges::find(row.outcomes_due(), earlier.kind(), &v1::DueItem::kind) ==
        row.outcomes_due().end())
      *row.add_outcomes_before() = earlier;
}

void decide(v1::ReferralRow& row, const v1::Decision& decision, const Deadlines& deadlines) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  summary.set_stage(v1::REFERRAL_STAGE_DECIDED);
  summary.set_outcome(decision.outcome());
  summary.set_level_of_need(decision.level_of_need());
  if (!summary.has_decided_at()) *summary.mutable_decided_at() = decision.decided_at();
  row.clear_told();
  start_outcome(row, deadlines);
}

void add(v1::ReferralRow& row, const v1::InformationAdded& event) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  const v1::Information& information = event.information();
  remember_referrer(row, information.agency());
  summary.set_information_added(summary.information_added() + 1);
  if (information.immediate_danger()) summary.set_immediate_danger(true);
  if (event.needs_checking()) summary.set_needs_checking(true);
}

void record_route(v1::ReferralRow& row, const v1::OtherRoute& route) {
  auto& due = *row.mutable_routes_due();
  const auto known = std::ranges::find(due, route.route_id(), &v1::DueItem::id);
  if (route.has_taken_at() && known != due.end())
    due.erase(known);
  else if (!route.has_taken_at() && known == due.end() && route.has_deadline())
    *due.Add() = due_item(route.deadline(), route.route_id());
}

v1::OpenChallenge& challenge_of(v1::ReferralRow& row, const std::string& challenge_id) {
  auto& open = *row.mutable_challenges();
  const auto known = std::ranges::find(open, challenge_id, &v1::OpenChallenge::challenge_id);
  if (known != open.end()) return *known;
  open.Add()->set_challenge_id(challenge_id);
  return open[open.size() - 1];
}

void answer(v1::ReferralRow& row, const v1::ChallengeAnswered& event) {
  challenge_of(row, event.challenge_id()).clear_answer_due();
  if (!event.resolved()) return;
  auto& open = *row.mutable_challenges();
  open.erase(std::ranges::find(open, event.challenge_id(), &v1::OpenChallenge::challenge_id));
}

void answer(v1::ReferralRow& row, const v1::TransferAnswer& answer) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  if (answer.accepted()) {
    summary.set_stage(v1::REFERRAL_STAGE_TRANSFERRED);
    summary.set_area(row.transfer_to_area());
    if (!summary.has_decided_at()) *summary.mutable_decided_at() = answer.answered_at();
    row.clear_told();
  }
  row.clear_transfer_to_area();
}

// Something of this kind that is due at this time, and for this id if it is given; null: nothing.
v1::DueItem* due_at(v1::ReferralRow& row, std::string_view kind, const Timestamp& due,
                    const std::string* id) {
  const auto is_it = [&](const v1::DueItem& item) {
    return item.kind() == kind && !is_before(item.due(), due) && !is_before(due, item.due());
  };
  const auto is_for = [&](const std::string& known) { return id == nullptr || known == *id; };
  for (auto* items : {row.mutable_outcomes_due(), row.mutable_routes_due()})
    for (v1::DueItem& item : *items)
      if (is_it(item) && is_for(item.id())) return &item;
  for (v1::OpenChallenge& challenge : *row.mutable_challenges())
    if (challenge.has_answer_due() && is_it(challenge.answer_due()) &&
        is_for(challenge.challenge_id()))
      return challenge.mutable_answer_due();
  return nullptr;
}

void move_receipt(v1::ReferralRow& row, std::string_view kind, const Timestamp& due) {
  if (kind == kAcknowledgement) *row.mutable_acknowledgement_due() = due;
  if (kind == kFirstDecision) *row.mutable_decision_due() = due;
}

// The one that the extension put off: of its kind, and due when it was.
void extend(v1::ReferralRow& row, const v1::ReferralDeadlineExtended& event) {
  const Timestamp& due = event.extension().due();
  move_receipt(row, event.kind(), due);
  v1::DueItem* item = due_at(row, event.kind(), event.extension().previous_due(), nullptr);
  if (item == nullptr) return;
  *item->mutable_due() = due;
  item->set_extended(true);
}

void recompute(v1::ReferralRow& row, const common::v1::DeadlineRecomputed& event) {
  const Timestamp& due = event.deadline().due();
  move_receipt(row, event.deadline().kind(), due);
  if (row.answers_due().kind() == event.deadline().kind())
    *row.mutable_answers_due()->mutable_due() = due;
  v1::DueItem* item = due_at(row, event.before().kind(), event.before().due(), &event.id());
  if (item != nullptr) *item->mutable_due() = due;
}

void be_told(v1::ReferralRow& row, const std::string& agency) {
  const auto found = std::ranges::find(row.referrers(), agency);
  const auto place = static_cast<uint32_t>(found - row.referrers().begin());
  if (std::ranges::find(row.told(), place) == row.told().end()) row.add_told(place);
}

// The next thing due, and when.
void derive_due(v1::ReferralRow& row) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  summary.clear_due_at();
  summary.clear_due_kind();
  const auto due = [&](std::string_view kind, const Timestamp& time) {
    if (summary.has_due_at() && !is_before(time, summary.due_at())) return;
    *summary.mutable_due_at() = time;
    summary.set_due_kind(std::string(kind));
  };
  if (!summary.has_acknowledged_at() && summary.stage() != v1::REFERRAL_STAGE_WITHDRAWN &&
      row.has_acknowledgement_due())
    due(kAcknowledgement, row.acknowledgement_due());
  if (!is_done(summary.stage())) {
    if (row.has_decision_due()) due(kFirstDecision, row.decision_due());
    if (row.has_answers_due()) due(row.answers_due().kind(), row.answers_due().due());
  }
  if (summary.stage() == v1::REFERRAL_STAGE_DECIDED)
    for (const v1::DueItem& item : row.outcomes_due())
      if (item.kind() != kAssessment || !row.assessment_complete()) due(item.kind(), item.due());
  if (summary.stage() != v1::REFERRAL_STAGE_TRANSFERRED)
    for (const v1::DueItem& item : row.routes_due()) due(item.kind(), item.due());
  for (const v1::OpenChallenge& challenge : row.challenges())
    if (challenge.has_answer_due())
      due(challenge.answer_due().kind(), challenge.answer_due().due());
}

// What follows from the rest of the row.
void derive(v1::ReferralRow& row) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  summary.set_feedback_due(owes_feedback(summary.stage())
                               ? static_cast<uint32_t>(row.referrers_size() - row.told_size())
                               : 0);
  summary.set_open_challenges(static_cast<uint32_t>(row.challenges_size()));
  summary.set_challenge_due(
      std::ranges::any_of(row.challenges(), &v1::OpenChallenge::has_answer_due));
  summary.set_transfer_proposed(!row.transfer_to_area().empty());
  derive_due(row);
}

char urgency(v1::Rating rating) {
  switch (rating) {
    case v1::RATING_RED:
      return 0;
    case v1::RATING_AMBER:
      return 1;
    case v1::RATING_GREEN:
      return 2;
    default:
      return 3;
  }
}

void rate(v1::ReferralRow& row, const v1::ReferralRated& event) {
  row.mutable_summary()->set_rating(event.rating().rating());
  for (const common::v1::Deadline& deadline : event.deadlines())
    *row.mutable_answers_due() = due_item(deadline);
}

void challenge(v1::ReferralRow& row, const v1::DecisionChallenged& event) {
  *challenge_of(row, event.challenge_id()).mutable_answer_due() = due_item(event.step().deadline());
  row.set_challenged(true);
}

void withdraw(v1::ReferralRow& row, const v1::ContactWithdrawn& event) {
  row.mutable_summary()->set_stage(v1::REFERRAL_STAGE_WITHDRAWN);
  *row.mutable_summary()->mutable_decided_at() = event.withdrawn_at();
  if (event.has_unanswered_transfer()) row.clear_transfer_to_area();
}

void look_back(v1::ReferralRow& row, const v1::ContactHistory& history) {
  row.mutable_summary()->set_re_referral(history.re_referral());
  row.mutable_summary()->set_earlier_contacts(history.contacts_in_window());
}

// What the event says of itself; what follows from it is derived.
void take_up(v1::ReferralRow& row, const v1::ReferralEvent& event) {
  using Event = v1::ReferralEvent;
  v1::ReferralSummary& summary = *row.mutable_summary();
  switch (event.kind_case()) {
    case Event::kContactReceived:
      return receive(row, event.contact_received());
    case Event::kContactAcknowledged:
      *summary.mutable_acknowledged_at() = event.contact_acknowledged().acknowledged_at();
      return;
    case Event::kContactAccepted:
      return decide_contact(row, event.contact_accepted().decision(), v1::REFERRAL_STAGE_REFERRAL);
    case Event::kContactClosed:
      if (event.contact_closed().has_unanswered_transfer()) row.clear_transfer_to_area();
      return decide_contact(row, event.contact_closed().decision(), v1::REFERRAL_STAGE_CLOSED);
    case Event::kInformationAdded:
      return add(row, event.information_added());
    case Event::kReferralRated:
      return rate(row, event.referral_rated());
    case Event::kReferralDecided:
      return decide(row, event.referral_decided().decision(), event.referral_decided().deadlines());
    case Event::kDecisionRevised:
      return decide(row, event.decision_revised().decision(), event.decision_revised().deadlines());
    case Event::kFeedbackGiven:
      return be_told(row, event.feedback_given().feedback().agency());
    case Event::kAssigned:
      summary.set_assignee(event.assigned().assignee());
      return;
    case Event::kThresholdRecorded:
      summary.set_threshold(event.threshold_recorded().threshold().kind());
      return;
    case Event::kAssessmentCompleted:
      row.set_assessment_complete(true);
      return;
    case Event::kOtherRouteRecorded:
      return record_route(row, event.other_route_recorded().route());
    case Event::kDeadlineExtended:
      return extend(row, event.deadline_extended());
    case Event::kDecisionChallenged:
      return challenge(row, event.decision_challenged());
    case Event::kChallengeAnswered:
      return answer(row, event.challenge_answered());
    case Event::kTransferProposed:
      row.set_transfer_to_area(event.transfer_proposed().transfer().to_area());
      return;
    case Event::kTransferAnswered:
      return answer(row, event.transfer_answered().answer());
    case Event::kContactWithdrawn:
      return withdraw(row, event.contact_withdrawn());
    case Event::kHistoryFound:
      return look_back(row, event.history_found().history());
    case Event::kDeadlineRecomputed:
      return recompute(row, event.deadline_recomputed());
    case Event::kFamilyInformingRecorded:
    case Event::kPatternsFound:
    case Event::kDeadlineTold:  // how it stands follows from when it is due
    case Event::KIND_NOT_SET:   // refused when read
      return;
  }
}

}  // namespace

void evolve_row(v1::ReferralRow& row, const v1::ReferralEvent& event) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  summary.set_version(summary.version() + 1);
  take_up(row, event);
  derive(row);
}

std::string referral_changed_by(const v1::PersonEvent& event) {
  if (event.has_same_proposed()) return event.same_proposed().referral_id();
  if (event.has_same_decided()) return event.same_decided().referral_id();
  if (event.has_not_same_decided()) return event.not_same_decided().referral_id();
  const v1::PersonCorrected& corrected = event.corrected();
  return corrected.born() || corrected.unborn() ? corrected.referral_id() : std::string();
}

void evolve_row(v1::ReferralRow& row, const v1::PersonEvent& event) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  const auto less_one = [](uint32_t count) { return count == 0 ? 0 : count - 1; };
  if (event.has_same_proposed()) summary.set_proposals(summary.proposals() + 1);
  if (event.has_same_decided() || event.has_not_same_decided())
    summary.set_proposals(less_one(summary.proposals()));
  if (event.corrected().born()) summary.set_unborn(less_one(summary.unborn()));
  if (event.corrected().unborn()) summary.set_unborn(summary.unborn() + 1);
}

bool is_done(v1::ReferralStage stage) {
  return stage == v1::REFERRAL_STAGE_DECIDED || stage == v1::REFERRAL_STAGE_CLOSED ||
         stage == v1::REFERRAL_STAGE_WITHDRAWN || stage == v1::REFERRAL_STAGE_TRANSFERRED;
}

std::string order_of(const v1::ReferralSummary& summary) {
  std::string order;
  order += is_done(summary.stage()) ? kOrderOfDone[0] : '\0';
  order += summary.immediate_danger() ? '\0' : '\1';
  order += urgency(summary.rating());
  if (is_done(summary.stage())) return order + log::newest_first(summary.decided_at());
  return order + (summary.has_due_at() ? log::oldest_first(summary.due_at()) : kNever);
}

std::string order_for_referrer(const v1::ReferralRow& row) {
  std::string order;
  order += is_done(row.summary().stage()) ? kOrderOfDone[0] : '\0';
  order += row.sent_with_danger() ? '\0' : '\1';
  return order + log::newest_first(row.summary().received_at());
}

bool is_referrer(const v1::ReferralRow& row, std::string_view agency) {
  return std::ranges::find(row.referrers(), agency) != row.referrers().end();
}

bool is_answered(const v1::ReferralRow& row, std::string_view agency) {
  return std::ranges::any_of(
      row.told(), [&](uint32_t place) { return row.referrers(static_cast<int>(place)) == agency; });
}

bool is_receiver(const v1::ReferralRow& row, std::string_view agency) {
  const bool waits =
      !row.transfer_to_area().empty() && agency == agency_of_area(row.transfer_to_area());
  return waits || (row.summary().stage() == v1::REFERRAL_STAGE_TRANSFERRED &&
                   agency == agency_of_area(row.summary().area()));
}

v1::ReferralSummary for_referrer(const v1::ReferralRow& row) {
  const v1::ReferralSummary& whole = row.summary();
  v1::ReferralSummary summary;
  summary.set_referral_id(whole.referral_id());
  summary.set_case_id(whole.case_id());
  summary.set_version(whole.version());
  summary.set_stage(whole.stage());
  summary.set_immediate_danger(row.sent_with_danger());
  summary.set_source(whole.source());
  summary.set_agency(whole.agency());
  summary.set_children(whole.children());
  summary.set_needs_checking(row.sent_needs_checking());
  *summary.mutable_received_at() = whole.received_at();
  if (whole.has_acknowledged_at()) *summary.mutable_acknowledged_at() = whole.acknowledged_at();
  if (whole.has_decided_at()) *summary.mutable_decided_at() = whole.decided_at();
  summary.set_contact_outcome(whole.contact_outcome());
  summary.set_outcome(whole.outcome());
  return summary;
}

}  // namespace mash::referral
