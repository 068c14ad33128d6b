#include "referral/row.h"

#include <algorithm>
#include <limits>

#include "referral/rules.h"

namespace mash::referral {
namespace {

using google::protobuf::Timestamp;

constexpr auto kNever = std::numeric_limits<uint64_t>::max();

// Since 1970; the hub's own times are all after that.
uint64_t microseconds_of(const Timestamp& time) {
  return static_cast<uint64_t>(time.seconds() * 1'000'000 + time.nanos() / 1'000);
}

std::string big_endian(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

bool before(const Timestamp& a, const Timestamp& b) {
  return microseconds_of(a) < microseconds_of(b);
}

void remember_referrer(v1::ReferralRow& row, const std::string& agency) {
  if (!is_referrer(row, agency)) row.add_referrers(agency);
}

void receive(v1::ReferralRow& row, const v1::ContactReceived& event) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  summary.set_case_id(event.case_id());
  summary.set_stage(v1::REFERRAL_STAGE_CONTACT);
  summary.set_immediate_danger(event.immediate_danger());
  summary.set_source(event.source());
  summary.set_agency(event.agency());
  summary.set_children(static_cast<uint32_t>(event.child_ids_size()));
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

void decide(v1::ReferralRow& row, const v1::Decision& decision, const Deadlines& deadlines) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  summary.set_stage(v1::REFERRAL_STAGE_DECIDED);
  summary.set_outcome(decision.outcome());
  summary.set_level_of_need(decision.level_of_need());
  if (!summary.has_decided_at()) *summary.mutable_decided_at() = decision.decided_at();
  row.clear_told();
  row.clear_outcome_due();
  for (const common::v1::Deadline& deadline : deadlines)
    if (!row.has_outcome_due() || before(deadline.due(), row.outcome_due()))
      *row.mutable_outcome_due() = deadline.due();
}

void add(v1::ReferralRow& row, const v1::InformationAdded& event) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  const v1::Information& information = event.information();
  remember_referrer(row, information.agency());
  summary.set_information_added(summary.information_added() + 1);
  if (information.immediate_danger()) summary.set_immediate_danger(true);
  if (event.needs_checking()) summary.set_needs_checking(true);
}

void be_told(v1::ReferralRow& row, const std::string& agency) {
  if (std::ranges::find(row.told(), agency) == row.told().end()) row.add_told(agency);
}

// What follows from the rest of the row.
void derive(v1::ReferralRow& row) {
  v1::ReferralSummary& summary = *row.mutable_summary();
  const bool done = is_done(summary);
  summary.set_feedback_due(done ? static_cast<uint32_t>(row.referrers_size() - row.told_size())
                                : 0);
  summary.clear_due_at();
  const auto due = [&](bool waits, bool is_set, const Timestamp& time) {
    if (waits && is_set && (!summary.has_due_at() || before(time, summary.due_at())))
      *summary.mutable_due_at() = time;
  };
  due(!summary.has_acknowledged_at(), row.has_acknowledgement_due(), row.acknowledgement_due());
  due(!done, row.has_decision_due(), row.decision_due());
  due(!done, row.has_answers_due(), row.answers_due());
  due(done, row.has_outcome_due(), row.outcome_due());
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

}  // namespace

void evolve_row(v1::ReferralRow& row, const v1::ReferralEvent& event) {
  using Event = v1::ReferralEvent;
  v1::ReferralSummary& summary = *row.mutable_summary();
  summary.set_version(summary.version() + 1);
  switch (event.kind_case()) {
    case Event::kContactReceived:
      receive(row, event.contact_received());
      break;
    case Event::kContactAcknowledged:
      *summary.mutable_acknowledged_at() = event.contact_acknowledged().acknowledged_at();
      break;
    case Event::kContactAccepted:
      decide_contact(row, event.contact_accepted().decision(), v1::REFERRAL_STAGE_REFERRAL);
      break;
    case Event::kContactClosed:
      decide_contact(row, event.contact_closed().decision(), v1::REFERRAL_STAGE_CLOSED);
      break;
    case Event::kInformationAdded:
      add(row, event.information_added());
      break;
    case Event::kReferralRated:
      summary.set_rating(event.referral_rated().rating().rating());
      for (const common::v1::Deadline& deadline : event.referral_rated().deadlines())
        *row.mutable_answers_due() = deadline.due();
      break;
    case Event::kReferralDecided:
      decide(row, event.referral_decided().decision(), event.referral_decided().deadlines());
      break;
    case Event::kDecisionRevised:
      decide(row, event.decision_revised().decision(), event.decision_revised().deadlines());
      break;
    case Event::kFeedbackGiven:
      be_told(row, event.feedback_given().feedback().agency());
      break;
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
      break;
    case Event::KIND_NOT_SET:
      break;  // refused when read
  }
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

bool is_done(const v1::ReferralSummary& summary) {
  return summary.stage() == v1::REFERRAL_STAGE_DECIDED ||
         summary.stage() == v1::REFERRAL_STAGE_CLOSED;
}

std::string order_of(const v1::ReferralSummary& summary) {
  auto when = kNever;
  if (is_done(summary))
    when -= microseconds_of(summary.decided_at());
  else if (summary.has_due_at())
    when = microseconds_of(summary.due_at());
  std::string order;
  order += is_done(summary) ? kOrderOfDone[0] : '\0';
  order += summary.immediate_danger() ? '\0' : '\1';
  order += urgency(summary.rating());
  return order + big_endian(when);
}

std::string order_for_referrer(const v1::ReferralRow& row) {
  std::string order;
  order += is_done(row.summary()) ? kOrderOfDone[0] : '\0';
  order += row.sent_with_danger() ? '\0' : '\1';
  return order + big_endian(kNever - microseconds_of(row.summary().received_at()));
}

bool is_referrer(const v1::ReferralRow& row, std::string_view agency) {
  return std::ranges::find(row.referrers(), agency) != row.referrers().end();
}

v1::ReferralSummary for_referrer(const v1::ReferralRow& row) {
  v1::ReferralSummary summary = row.summary();
  summary.set_immediate_danger(row.sent_with_danger());
  summary.set_needs_checking(row.sent_needs_checking());
  summary.clear_rating();
  summary.clear_level_of_need();
  summary.clear_due_at();
  summary.clear_feedback_due();
  summary.clear_information_added();
  return summary;
}

}  // namespace mash::referral
