#pragma once
#include <string>
#include <utility>
#include <vector>

#include "strategy/conferences/conference.h"
#include "strategy/testing/cast.h"

// Conferences of tests, about two children of one case.
namespace mash::strategy::testing {

inline const std::string kAda = uuid(901);
inline const std::string kBen = uuid(902);
inline const std::string kBellCase = uuid(900);
inline const std::string kBellConference = uuid(910);

inline cases::Family bell_family() {
  cases::Family family;
  family.head = kBellCase;
  family.cases = {kBellCase};
  cases::KnownCase::Referral& referral = family.referrals[uuid(920)];
  referral.case_id = kBellCase;
  referral.children = {kAda, kBen};
  referral.people = referral.children;
  family.agencies = {"police", "health"};
  return family;
}

inline Conference::FallDue due(v1::ConferenceKind kind, std::string_view timescale,
                               std::string_view counted_from,
                               std::vector<std::string> children = {kAda}) {
  return {.kind = kind,
          .case_id = kBellCase,
          .child_ids = std::move(children),
          .timescale = std::string(timescale),
          .counted_from = utc(counted_from)};
}

// The events by which a conference came to be due when its time began.
inline Conference::Events fallen_due(const Conference::FallDue& command) {
  return Conference::decide({}, command, as(kSocialWorker, to_rfc3339(command.counted_from)))
      .value();
}

// By when it is to be held, as a clock in London shows it.
inline std::string held_by(const Conference::State& state) {
  return mash::testing::london(calendar(), state.clocks.current()->deadline.current_due());
}
inline DeadlineState stands(const Conference::State& state, std::string_view now) {
  return state.clocks.current()->deadline.state(utc(now));
}

inline v1::ChildOutcome outcome(const std::string& child_id, v1::PlanDecision plan) {
  v1::ChildOutcome outcome;
  outcome.set_child_id(child_id);
  outcome.set_plan(plan);
  if (plan == v1::PLAN_DECISION_STARTS || plan == v1::PLAN_DECISION_CONTINUES)
    outcome.set_category("NEG");
  if (plan == v1::PLAN_DECISION_ENDS) outcome.set_end(v1::PLAN_END_SAFE);
  return outcome;
}

inline v1::RecordConferenceRequest held(std::string_view at,
                                        const std::vector<v1::ChildOutcome>& outcomes) {
  v1::RecordConferenceRequest request;
  request.set_conference_id(kBellConference);
  to_proto(utc(at), request.mutable_held_at());
  for (const v1::ChildOutcome& outcome : outcomes) *request.add_outcomes() = outcome;
  request.set_text("As the minutes say.");
  return request;
}
inline v1::RecordConferenceRequest not_held() {
  return proto<v1::RecordConferenceRequest>("text: 'The enquiries ended otherwise.'");
}

}  // namespace mash::strategy::testing
