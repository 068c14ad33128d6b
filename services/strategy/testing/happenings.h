#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "mash/strategy/v1/child_events.pb.h"
#include "mash/strategy/v1/conference_events.pb.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "mash/strategy/v1/protection_events.pb.h"
#include "strategy/testing/strategy_log.h"

namespace mash::strategy::testing {

using std::chrono::hours;

// What happened, in a strategy log, decided by nobody: for tests of what is read. One case is known
// in it, with a child; the police, health and education have a part in it.
class Happenings : public ::testing::Test {
 protected:
  Happenings() { log_.know_case(case_, {"education", "health", "police"}, {child_}); }

  Time now() { return log_.clock().now(); }
  common::v1::Deadline deadline(const char* kind, int due_h) {
    common::v1::Deadline deadline;
    deadline.set_kind(kind);
    deadline.set_clock(common::v1::CLOCK_KIND_ELAPSED_HOURS);
    deadline.set_amount(due_h);
    deadline.set_pack("wt@1");
    deadline.set_calendar("c");
    to_proto(now(), deadline.mutable_start());
    to_proto(now() + hours(due_h), deadline.mutable_due());
    *deadline.mutable_approaching_from() = deadline.due();
    return deadline;
  }

  // A discussion that is due in so many hours; answers with its id.
  std::string open(int due_h = 9, std::string case_id = {}) {
    if (case_id.empty()) case_id = case_;
    v1::DiscussionEvent event;
    v1::DiscussionOpened& opened = *event.mutable_opened();
    opened.set_case_id(case_id);
    opened.set_reason(v1::DISCUSSION_REASON_OUTCOME);
    opened.add_child_ids(child_);
    *opened.mutable_deadline() = deadline("strategy-discussion", due_h);
    to_proto(now(), opened.mutable_opened_at());
    std::string id = log_.fresh();
    due_[id] = now() + hours(due_h);
    log_.append(discussion_stream(id), case_id, event);
    return id;
  }
  void happen(const std::string& discussion_id, const v1::DiscussionEvent& event) {
    log_.append(discussion_stream(discussion_id), case_, event);
  }
  void convene(const std::string& id, unsigned sitting = 1) {
    auto event = proto<v1::DiscussionEvent>(R"(
      convened { form: DISCUSSION_FORM_VIDEO place: "SECRET place" chair: "m-1" reason: "SECRET" })");
    event.mutable_convened()->set_sitting(sitting);
    event.mutable_convened()->add_child_ids(child_);
    to_proto(now() + hours(1), event.mutable_convened()->mutable_scheduled_at());
    happen(id, event);
  }
  // Invites the agency as this function, and has them there from now on in a sitting.
  void come(const std::string& id, const std::string& agency, const std::string& function,
            unsigned sitting = 1) {
    v1::DiscussionEvent event;
    const std::string participant = log_.fresh();
    event.mutable_invited()->set_participant_id(participant);
    auto& invitation = *event.mutable_invited()->mutable_invitation();
    invitation.set_agency(agency);
    invitation.set_function(function);
    invitation.set_name("SECRET name");
    happen(id, event);
    v1::DiscussionEvent there;
    there.mutable_attendance_recorded()->set_participant_id(participant);
    there.mutable_attendance_recorded()->set_sitting(sitting);
    there.mutable_attendance_recorded()->set_can_decide(true);
    to_proto(now(), there.mutable_attendance_recorded()->mutable_joined_at());
    happen(id, there);
  }
  void start(const std::string& id, const std::vector<std::string>& absent = {},
             unsigned sitting = 1) {
    v1::DiscussionEvent event;
    event.mutable_started()->set_sitting(sitting);
    event.mutable_started()->mutable_quorum()->set_quorate(absent.empty());
    for (const auto& function : absent)
      event.mutable_started()->mutable_quorum()->add_absent(function);
    if (!absent.empty()) event.mutable_started()->set_emergency_reason("SECRET emergency");
    to_proto(now(), event.mutable_started()->mutable_started_at());
    happen(id, event);
  }
  std::string decide(const std::string& id, v1::Section47 section_47) {
    auto event = proto<v1::DiscussionEvent>(R"(
      decision_recorded { sitting: 1 quorum { quorate: true } agencies: "police" agency: "social-care"
                          terms { rationale: "SECRET rationale" } decided_by: "w-1" })");
    std::string decision = log_.fresh();
    event.mutable_decision_recorded()->set_decision_id(decision);
    event.mutable_decision_recorded()->mutable_terms()->set_section_47(section_47);
    to_proto(now(), event.mutable_decision_recorded()->mutable_decided_at());
    happen(id, event);
    return decision;
  }
  std::string assign(const std::string& id, const std::string& agency, int due_h) {
    v1::DiscussionEvent event;
    std::string action = log_.fresh();
    due_[action] = now() + hours(due_h);
    event.mutable_action_assigned()->set_action_id(action);
    event.mutable_action_assigned()->set_agency(agency);
    event.mutable_action_assigned()->set_what("SECRET what");
    *event.mutable_action_assigned()->mutable_deadline() = deadline("discussion-action", due_h);
    happen(id, event);
    return action;
  }
  void complete(const std::string& id, const std::string& action,
                v1::ActionResult result = v1::ACTION_RESULT_DONE) {
    v1::DiscussionEvent event;
    event.mutable_action_completed()->set_action_id(action);
    event.mutable_action_completed()->set_result(result);
    event.mutable_action_completed()->set_text("SECRET result");
    to_proto(now(), event.mutable_action_completed()->mutable_completed_at());
    happen(id, event);
  }
  void close(const std::string& id, bool again = false, unsigned sitting = 1) {
    v1::DiscussionEvent event;
    event.mutable_closed()->set_sitting(sitting);
    event.mutable_closed()->set_summary("SECRET summary");
    to_proto(now(), event.mutable_closed()->mutable_closed_at());
    *event.mutable_closed()->add_deadlines() = deadline("discussion-record", 24);
    if (again) *event.mutable_closed()->add_deadlines() = deadline("discussion-reconvening", 24);
    happen(id, event);
  }
  void call_off(const std::string& id) {
    v1::DiscussionEvent event;
    event.mutable_called_off()->set_reason("SECRET called off");
    to_proto(now(), event.mutable_called_off()->mutable_called_off_at());
    happen(id, event);
  }
  // Puts off what is due of the discussion, or of an action of it, by so many hours.
  void put_off(const std::string& id, const char* kind, const std::string& action, int by_h) {
    const Time due = due_.at(action.empty() ? id : action);
    v1::DiscussionEvent event;
    event.mutable_deadline_extended()->set_kind(kind);
    event.mutable_deadline_extended()->set_id(action);
    auto& extension = *event.mutable_deadline_extended()->mutable_extension();
    extension.set_reasons("SECRET reasons");
    to_proto(now(), extension.mutable_extended_at());
    to_proto(due, extension.mutable_previous_due());
    to_proto(due + hours(by_h), extension.mutable_due());
    happen(id, event);
  }

  std::string conference_due(v1::ConferenceKind kind, int due_h) {
    v1::ConferenceEvent event;
    event.mutable_due()->set_case_id(case_);
    event.mutable_due()->set_kind(kind);
    event.mutable_due()->add_child_ids(child_);
    event.mutable_due()->set_reason("SECRET reason");
    *event.mutable_due()->mutable_deadline() = deadline("initial-conference", due_h);
    std::string id = log_.fresh();
    log_.append(conference_stream(id), case_, event);
    return id;
  }
  std::string conference_requested(const char* agency) {
    v1::ConferenceEvent event;
    event.mutable_requested()->set_case_id(case_);
    event.mutable_requested()->add_child_ids(child_);
    event.mutable_requested()->set_agency(agency);
    event.mutable_requested()->set_reason("SECRET request");
    *event.mutable_requested()->mutable_deadline() = deadline("conference-request", 24);
    std::string id = log_.fresh();
    log_.append(conference_stream(id), case_, event);
    return id;
  }
  void conference_held(const std::string& id) {
    v1::ConferenceEvent event;
    to_proto(now(), event.mutable_held()->mutable_held_at());
    event.mutable_held()->set_text("SECRET agreed");
    event.mutable_held()->add_outcomes()->set_child_id(child_);
    log_.append(conference_stream(id), case_, event);
  }
  void conference_called_off(const std::string& id) {
    v1::ConferenceEvent event;
    to_proto(now(), event.mutable_not_held()->mutable_decided_at());
    event.mutable_not_held()->set_reason("SECRET called off");
    log_.append(conference_stream(id), case_, event);
  }
  // By the police, as an agency records.
  std::string protect(const char* recorded_by = "social-care") {
    auto event = proto<v1::ProtectionEvent>(R"(
      started { kind: PROTECTION_KIND_POLICE_PROTECTION agency: "police" authority: "SECRET officer"
                reason: "SECRET reason" })");
    event.mutable_started()->set_case_id(case_);
    event.mutable_started()->add_child_ids(child_);
    event.mutable_started()->set_recorded_by_agency(recorded_by);
    *event.mutable_started()->mutable_deadline() = deadline("police-protection", 72);
    to_proto(now(), event.mutable_started()->mutable_started_at());
    std::string id = log_.fresh();
    log_.append(protection_stream(id), case_, event);
    return id;
  }
  void flag(const std::string& case_id, const std::string& child, bool on_plan = false) {
    auto event =
        proto<v1::ChildEvent>(R"(flagged_missing { details: "SECRET where" agency: "police" })");
    event.mutable_flagged_missing()->set_case_id(case_id);
    event.mutable_flagged_missing()->set_child_id(child);
    to_proto(now(), event.mutable_flagged_missing()->mutable_missing_since());
    to_proto(now(), event.mutable_flagged_missing()->mutable_flagged_at());
    event.mutable_flagged_missing()->set_on_plan(on_plan);
    event.mutable_flagged_missing()->set_authorities_open(on_plan);
    if (on_plan) to_proto(now(), event.mutable_flagged_missing()->mutable_plan_since());
    log_.append(child_stream(case_id, child), case_id, event);
  }
  void find(const std::string& child) {
    v1::ChildEvent event;
    to_proto(now(), event.mutable_found()->mutable_found_at());
    log_.append(child_stream(case_, child), case_, event);
  }
  void plan(const std::string& child) {
    v1::ChildEvent event;
    event.mutable_plan_started()->set_case_id(case_);
    event.mutable_plan_started()->set_child_id(child);
    to_proto(now(), event.mutable_plan_started()->mutable_started_at());
    log_.append(child_stream(case_, child), case_, event);
  }

  StrategyLog log_;
  const std::string case_ = log_.fresh();
  const std::string child_ = log_.fresh();
  std::map<std::string, Time> due_;  // discussions and actions, as they were set
};

}  // namespace mash::strategy::testing
