#include "strategy/lists/rows.h"

#include <algorithm>

#include "core/timestamp.h"

namespace mash::strategy {
namespace {

using google::protobuf::Timestamp;
using log::all_packed;
using log::newest_first;
using log::oldest_first;

constexpr std::size_t kRowBytesMax = 4'000;  // a view takes 4 KiB

Time time_of(const Timestamp& at) { return from_proto(at).value_or(Time{}); }

// --- what is due ---

const Timestamp& due_at(const v1::RowDeadline& due) {
  return due.has_extended_to() ? due.extended_to() : due.deadline().due();
}

void start(v1::RowDeadline& due, const common::v1::Deadline& deadline) {
  due.Clear();
  *due.mutable_deadline() = deadline;
}

void finish(v1::RowDeadline& due, const Timestamp& at) {
  if (due.has_deadline() && !due.has_done_at()) *due.mutable_done_at() = at;
}

void extend(v1::RowDeadline& due, const v1::StrategyDeadlineExtended& extended) {
  if (due.has_done_at() || due.deadline().kind() != extended.kind() ||
      due_at(due).seconds() != extended.extension().previous_due().seconds())
    return;
  *due.mutable_extended_to() = extended.extension().due();
  *due.mutable_extended_at() = extended.extension().extended_at();
}

// Only what was set as it says, and so is not put off, is computed again.
void recompute(v1::RowDeadline& due, const common::v1::Deadline& before,
               const common::v1::Deadline& deadline) {
  if (due.has_done_at() || due.deadline().kind() != before.kind() ||
      due.deadline().due().seconds() != before.due().seconds())
    return;
  *due.mutable_deadline() = deadline;
  due.clear_extended_to();
  due.clear_extended_at();
}

bool runs(const v1::RowDeadline& due) { return due.has_deadline() && !due.has_done_at(); }

void show(const v1::RowDeadline& due, Time now, common::v1::DeadlineStatus* out) {
  const auto deadline = deadline_of(due);
  if (!deadline) return;
  to_proto(*deadline, now, out);
  out->clear_extensions();  // without the reasons they say little
}

std::string open_by(const Timestamp& at) { return '\0' + oldest_first(at); }
std::string over_at(const Timestamp& at) { return std::string(kOrderOfOver) + newest_first(at); }

// --- discussions ---

void open(v1::DiscussionRow& row, const v1::DiscussionOpened& opened) {
  v1::DiscussionSummary& summary = *row.mutable_summary();
  summary.set_case_id(opened.case_id());
  summary.set_referral_id(opened.referral_id());
  summary.set_reason(opened.reason());
  summary.set_stage(v1::DISCUSSION_STAGE_DUE);
  *summary.mutable_opened_at() = opened.opened_at();
  row.set_child_ids(all_packed(opened.child_ids()));
  if (opened.has_deadline()) start(*row.mutable_due(), opened.deadline());
}

void convene(v1::DiscussionRow& row, const v1::DiscussionConvened& convened) {
  v1::DiscussionSummary& summary = *row.mutable_summary();
  summary.set_stage(v1::DISCUSSION_STAGE_CONVENED);
  summary.set_sitting(convened.sitting());
  *summary.mutable_scheduled_at() = convened.scheduled_at();
  row.set_child_ids(all_packed(convened.child_ids()));
}

void invite(v1::DiscussionSummary& summary, const std::string& agency) {
  const auto& agencies = summary.agencies();
  if (std::ranges::find(agencies, agency) == agencies.end()) summary.add_agencies(agency);
}

void leave_out(v1::DiscussionSummary& summary, const std::string& agency) {
  auto& agencies = *summary.mutable_agencies();
  const auto found = std::ranges::find(agencies, agency);
  if (found != agencies.end()) agencies.erase(found);
}

void begin(v1::DiscussionRow& row, const v1::DiscussionStarted& started) {
  v1::DiscussionSummary& summary = *row.mutable_summary();
  summary.set_stage(v1::DISCUSSION_STAGE_IN_PROGRESS);
  *summary.mutable_started_at() = started.started_at();
  summary.set_quorate(started.quorum().quorate());
  *summary.mutable_absent() = started.quorum().absent();
  finish(*row.mutable_due(), started.started_at());
}

void decide(v1::DiscussionSummary& summary, const v1::DiscussionDecisionRecorded& decided) {
  summary.set_section_47(decided.terms().section_47());
  if (decided.quorum().quorate()) return;
  summary.set_quorate(false);
  *summary.mutable_absent() = decided.quorum().absent();
}

// Besides the record, it may be due again.
void close(v1::DiscussionRow& row, const v1::DiscussionClosed& closed) {
  row.mutable_summary()->set_stage(v1::DISCUSSION_STAGE_CLOSED);
  *row.mutable_summary()->mutable_closed_at() = closed.closed_at();
  for (const common::v1::Deadline& deadline : closed.deadlines())
    if (deadline.kind() != "discussion-record") start(*row.mutable_due(), deadline);
}

// --- conferences ---

void fall_due(v1::ConferenceRow& row, const v1::ConferenceDue& due) {
  v1::Conference& conference = *row.mutable_conference();
  conference.set_case_id(due.case_id());
  conference.set_kind(due.kind());
  if (conference.stage() != v1::CONFERENCE_STAGE_SCHEDULED)
    conference.set_stage(v1::CONFERENCE_STAGE_DUE);
  conference.set_discussion_id(due.discussion_id());
  conference.set_follows_conference_id(due.follows_conference_id());
  row.set_child_ids(all_packed(due.child_ids()));
  start(*row.mutable_due(), due.deadline());
}

void request(v1::ConferenceRow& row, const v1::ConferenceRequested& requested) {
  v1::Conference& conference = *row.mutable_conference();
  conference.set_case_id(requested.case_id());
  conference.set_stage(v1::CONFERENCE_STAGE_REQUESTED);
  conference.set_requested_by_agency(requested.agency());
  row.set_child_ids(all_packed(requested.child_ids()));
  start(*row.mutable_due(), requested.deadline());
}

void schedule(v1::Conference& conference, const v1::ConferenceScheduled& scheduled) {
  conference.set_stage(v1::CONFERENCE_STAGE_SCHEDULED);
  *conference.mutable_scheduled_at() = scheduled.scheduled_at();
  conference.set_chair(scheduled.chair());
}

// Who asked for it has an answer; what had to be held and is called off in time is neither met nor
// missed.
void call_off(v1::ConferenceRow& row, const v1::ConferenceNotHeld& not_held) {
  v1::Conference& conference = *row.mutable_conference();
  const bool late = is_late(row.due(), time_of(not_held.decided_at()));
  const bool requested = conference.stage() == v1::CONFERENCE_STAGE_REQUESTED;
  if (requested || !late) finish(*row.mutable_due(), not_held.decided_at());
  row.set_called_off_in_time(!requested && !late);
  conference.set_stage(v1::CONFERENCE_STAGE_NOT_HELD);
  *row.mutable_not_held_at() = not_held.decided_at();
}

}  // namespace

std::optional<Deadline> deadline_of(const v1::RowDeadline& due) {
  auto deadline = from_proto(due.deadline());
  if (!deadline) return {};
  if (due.has_extended_to())
    deadline->extensions.push_back({.previous_due = deadline->due,
                                    .due = time_of(due.extended_to()),
                                    .reasons = {},
                                    .extended_at = time_of(due.extended_at())});
  if (due.has_done_at()) deadline->done_at = time_of(due.done_at());
  return *deadline;
}

bool is_late(const v1::RowDeadline& due, Time now) {
  const auto deadline = deadline_of(due);
  return deadline && deadline->state(now) == DeadlineState::kMissed;
}

void evolve_row(v1::DiscussionRow& row, const std::string& discussion_id,
                const v1::DiscussionEvent& event) {
  using Event = v1::DiscussionEvent;
  v1::DiscussionSummary& summary = *row.mutable_summary();
  summary.set_discussion_id(discussion_id);
  summary.set_version(summary.version() + 1);
  switch (event.kind_case()) {
    case Event::kOpened:
      return open(row, event.opened());
    case Event::kConvened:
      return convene(row, event.convened());
    case Event::kInvited:
      return invite(summary, event.invited().invitation().agency());
    case Event::kInvitationWithdrawn:
      return leave_out(summary, event.invitation_withdrawn().agency_out());
    case Event::kStarted:
      return begin(row, event.started());
    case Event::kDecisionRecorded:
      return decide(summary, event.decision_recorded());
    case Event::kActionAssigned:
      return summary.set_open_actions(summary.open_actions() + 1);
    case Event::kActionCompleted:
      return summary.set_open_actions(std::max(summary.open_actions(), 1U) - 1);
    case Event::kClosed:
      return close(row, event.closed());
    case Event::kCalledOff:
      summary.set_stage(v1::DISCUSSION_STAGE_CALLED_OFF);
      *row.mutable_called_off_at() = event.called_off().called_off_at();
      if (!is_late(row.due(), time_of(row.called_off_at()))) row.clear_due();
      return;  // what was missed by then stays so
    case Event::kDeadlineExtended:
      if (event.deadline_extended().id().empty())
        extend(*row.mutable_due(), event.deadline_extended());
      return;
    case Event::kBroughtForward:
      return recompute(*row.mutable_due(), event.brought_forward().before(),
                       event.brought_forward().deadline());
    case Event::kDeadlineRecomputed:
      if (event.deadline_recomputed().id().empty())
        recompute(*row.mutable_due(), event.deadline_recomputed().before(),
                  event.deadline_recomputed().deadline());
      return;
    case Event::kInvitationAnswered:
    case Event::kAttendanceRecorded:
    case Event::kDissentRecorded:
    case Event::kChallenged:
    case Event::kChallengeAnswered:
    case Event::kEnquiryConcluded:
    case Event::kRecordIssued:
    case Event::kDeadlineTold:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

void fit(v1::DiscussionRow& row) {
  if (row.ByteSizeLong() <= kRowBytesMax) return;
  row.clear_child_ids();
  row.set_more(true);
}

bool is_over(const v1::DiscussionRow& row) {
  return row.has_called_off_at() ||
         (row.summary().stage() == v1::DISCUSSION_STAGE_CLOSED && !runs(row.due()));
}

const Timestamp& over_since(const v1::DiscussionRow& row) {
  return row.has_called_off_at() ? row.called_off_at() : row.summary().closed_at();
}

std::string order_of(const v1::DiscussionRow& row) {
  const v1::DiscussionSummary& summary = row.summary();
  if (is_over(row)) return over_at(over_since(row));
  return open_by(runs(row.due()) ? due_at(row.due()) : summary.scheduled_at());
}

v1::DiscussionSummary shown(const v1::DiscussionRow& row) {
  v1::DiscussionSummary summary = row.summary();
  for (std::string& id : log::unpacked(row.child_ids())) summary.add_child_ids(std::move(id));
  if (runs(row.due())) *summary.mutable_due_at() = due_at(row.due());
  return summary;
}

std::string action_of(const v1::DiscussionEvent& event) {
  if (event.has_action_assigned()) return event.action_assigned().action_id();
  if (event.has_action_completed()) return event.action_completed().action_id();
  if (event.has_deadline_extended()) return event.deadline_extended().id();
  if (event.has_deadline_recomputed()) return event.deadline_recomputed().id();
  return {};
}

bool evolve_row(v1::ActionRow& row, const std::string& discussion_id, const std::string& case_id,
                const v1::DiscussionEvent& event) {
  v1::Action& action = *row.mutable_action();
  if (event.has_action_assigned()) {
    const v1::ActionAssigned& assigned = event.action_assigned();
    action.set_action_id(assigned.action_id());
    action.set_discussion_id(discussion_id);
    action.set_case_id(case_id);
    action.set_agency(assigned.agency());
    action.set_practitioner(assigned.practitioner());
    action.set_immediate(assigned.immediate());
    action.set_agreed_with(assigned.agreed_with());
    start(*row.mutable_due(), assigned.deadline());
  } else if (event.has_action_completed()) {
    action.set_result(event.action_completed().result());
    action.set_completed_by(event.action_completed().completed_by());
    finish(*row.mutable_due(), event.action_completed().completed_at());
  } else if (event.has_deadline_extended()) {
    extend(*row.mutable_due(), event.deadline_extended());
  } else if (event.has_deadline_recomputed()) {
    recompute(*row.mutable_due(), event.deadline_recomputed().before(),
              event.deadline_recomputed().deadline());
  }
  return !action.action_id().empty();
}

std::string order_of(const v1::ActionRow& row) {
  return runs(row.due()) ? open_by(due_at(row.due())) : over_at(row.due().done_at());
}

v1::Action shown(const v1::ActionRow& row, Time now) {
  v1::Action action = row.action();
  show(row.due(), now, action.mutable_deadline());
  return action;
}

void evolve_row(v1::ConferenceRow& row, const std::string& conference_id,
                const v1::ConferenceEvent& event) {
  using Event = v1::ConferenceEvent;
  v1::Conference& conference = *row.mutable_conference();
  conference.set_conference_id(conference_id);
  conference.set_version(conference.version() + 1);
  switch (event.kind_case()) {
    case Event::kDue:
      return fall_due(row, event.due());
    case Event::kRequested:
      return request(row, event.requested());
    case Event::kScheduled:
      return schedule(conference, event.scheduled());
    case Event::kHeld:
      conference.set_stage(v1::CONFERENCE_STAGE_HELD);
      *conference.mutable_held_at() = event.held().held_at();
      return finish(*row.mutable_due(), event.held().held_at());
    case Event::kNotHeld:
      return call_off(row, event.not_held());
    case Event::kDueAgain:
      if (event.due_again().deadline().due().seconds() ==
          event.due_again().before().due().seconds())
        return;  // what was put off stays so
      return recompute(*row.mutable_due(), event.due_again().before(),
                       event.due_again().deadline());
    case Event::kDeadlineExtended:
      return extend(*row.mutable_due(), event.deadline_extended());
    case Event::kDeadlineRecomputed:
      return recompute(*row.mutable_due(), event.deadline_recomputed().before(),
                       event.deadline_recomputed().deadline());
    case Event::kDeadlineTold:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

bool is_over(const v1::ConferenceRow& row) {
  return row.conference().stage() == v1::CONFERENCE_STAGE_HELD ||
         row.conference().stage() == v1::CONFERENCE_STAGE_NOT_HELD;
}

std::string order_of(const v1::ConferenceRow& row) {
  if (!is_over(row)) return open_by(due_at(row.due()));
  return over_at(row.has_not_held_at() ? row.not_held_at() : row.conference().held_at());
}

v1::Conference shown(const v1::ConferenceRow& row, Time now) {
  v1::Conference conference = row.conference();
  for (std::string& id : log::unpacked(row.child_ids())) conference.add_child_ids(std::move(id));
  if (!row.called_off_in_time()) show(row.due(), now, conference.mutable_deadline());
  return conference;
}

void evolve_child(v1::ChildStatus& child, const v1::ChildEvent& event) {
  using Event = v1::ChildEvent;
  child.set_version(child.version() + 1);
  switch (event.kind_case()) {
    case Event::kPlanStarted:
      child.set_case_id(event.plan_started().case_id());
      child.set_child_id(event.plan_started().child_id());
      *child.mutable_plan_since() = event.plan_started().started_at();
      return child.set_plan_conference_id(event.plan_started().conference_id());
    case Event::kPlanEnded:
      child.clear_plan_since();
      return child.clear_plan_conference_id();
    case Event::kFlaggedMissing:
      child.set_case_id(event.flagged_missing().case_id());
      child.set_child_id(event.flagged_missing().child_id());
      *child.mutable_missing_since() = event.flagged_missing().missing_since();
      child.set_missing_details(event.flagged_missing().details());
      child.set_flagged_by_agency(event.flagged_missing().agency());
      *child.mutable_authorities_told() = event.flagged_missing().authorities_told();
      child.set_looked_after(event.flagged_missing().looked_after());
      child.set_authorities_open(event.flagged_missing().authorities_open());
      return child.clear_found_at();
    case Event::kMissingUpdated:
      child.set_missing_details(event.missing_updated().details());
      *child.mutable_authorities_told() = event.missing_updated().authorities_told();
      child.set_looked_after(event.missing_updated().looked_after());
      child.set_authorities_open(event.missing_updated().authorities_open());
      return;
    case Event::kFound:
      child.clear_missing_since();
      child.clear_missing_details();
      child.clear_flagged_by_agency();
      child.clear_authorities_told();
      child.clear_looked_after();
      child.clear_authorities_open();
      *child.mutable_found_at() = event.found().found_at();
      return;
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

// A plan that ran before, or of another record of the same child, has no event in the row.
template <class Said>
void take_plan(v1::ChildStatus& child, const Said& said) {
  if (!said.on_plan()) return;
  *child.mutable_plan_since() = said.plan_since();
  child.set_plan_conference_id(said.plan_conference_id());
}

void evolve_row(v1::ChildRow& row, const v1::ChildEvent& event) {
  evolve_child(*row.mutable_child(), event);
  if (event.has_flagged_missing()) take_plan(*row.mutable_child(), event.flagged_missing());
  if (event.has_missing_updated()) take_plan(*row.mutable_child(), event.missing_updated());
  row.mutable_child()->clear_missing_details();
  if (event.has_flagged_missing()) *row.mutable_flagged_at() = event.flagged_missing().flagged_at();
}

std::string order_of(const v1::ChildRow& row) { return newest_first(row.flagged_at()); }

}  // namespace mash::strategy
