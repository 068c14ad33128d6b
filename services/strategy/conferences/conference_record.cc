// What a conference decided, or why it is not held, and what becomes due with it.
#include <algorithm>
#include <map>
#include <utility>

#include "core/identifiers.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "strategy/checks.h"
#include "strategy/conferences/conference.h"
#include "strategy/conferences/conference_rules.h"

namespace mash::strategy {
namespace {

using Event = Conference::Event;
using Events = Conference::Events;
using State = Conference::State;

constexpr std::string_view kCategoriesOfAbuse = "category-of-abuse";

std::string at(int index, const char* field) {
  return "outcomes[" + std::to_string(index) + "]." + field;
}

// --- whether what is said is whole ---

void check_category(int index, const v1::ChildOutcome& outcome, const Context& context,
                    Checks& checks) {
  const bool plan =
      outcome.plan() == v1::PLAN_DECISION_STARTS || outcome.plan() == v1::PLAN_DECISION_CONTINUES;
  if (!plan) {
    if (!outcome.category().empty())
      checks.fault(at(index, "category"), "goes with a plan that starts or goes on");
    return;
  }
  const policy::CodeList* codes = context.pack->codes(kCategoriesOfAbuse);
  if (codes != nullptr && codes->takes(outcome.category())) return;
  checks.fault(at(index, "category"), outcome.category().empty()
                                          ? "is missing: the category of abuse"
                                          : "is no code of the categories of abuse");
  if (codes != nullptr) checks.cite(codes->basis.source);
}

void check_end(int index, const v1::ChildOutcome& outcome, const Context& context, Checks& checks) {
  const bool ends = outcome.plan() == v1::PLAN_DECISION_ENDS;
  const bool said = v1::PlanEnd_IsValid(outcome.end()) && outcome.end() != v1::PLAN_END_UNSPECIFIED;
  if (ends && !said) checks.fault(at(index, "end"), "is missing: why the plan ends");
  if (!ends && outcome.end() != v1::PLAN_END_UNSPECIFIED)
    checks.fault(at(index, "end"), "goes with a plan that ends");
  const bool moved = ends && outcome.end() == v1::PLAN_END_MOVED;
  if (moved && !is_area(outcome.moved_to_area()))
    checks.fault(
        at(index, "moved_to_area"),
        "is not an authority's ONS code, like E08000025: the one that held its conference");
  else if (moved && outcome.moved_to_area() == context.area)
    checks.fault(at(index, "moved_to_area"), "is the authority whose plan it is");
  if (!moved && !outcome.moved_to_area().empty())
    checks.fault(at(index, "moved_to_area"), "goes with a plan that ends since the child moved");
}

// Nobody decides it: the child is not there any more.
bool ends_by_itself(const v1::ChildOutcome& outcome) {
  return outcome.end() == v1::PLAN_END_DIED || outcome.end() == v1::PLAN_END_LEFT ||
         outcome.end() == v1::PLAN_END_MOVED;
}

// Of a review. Where a plan starts a core group follows, and a first review.
void check_review(int index, const v1::ChildOutcome& outcome, bool held, Checks& checks) {
  if (outcome.plan() == v1::PLAN_DECISION_STARTS)
    checks.fault(at(index, "plan"), "starts a plan: an initial conference does, a review does not");
  if (held || outcome.plan() == v1::PLAN_DECISION_NONE) return;
  if (outcome.plan() != v1::PLAN_DECISION_ENDS || !ends_by_itself(outcome))
    checks.fault(at(index, "plan"),
                 "is decided at a review that is held: without one a plan ends only where the "
                 "child died, left the country, or moved");
}

void check_outcome(int index, const v1::ChildOutcome& outcome, const Context& context,
                   Checks& checks) {
  if (!v1::PlanDecision_IsValid(outcome.plan()) || outcome.plan() == v1::PLAN_DECISION_UNSPECIFIED)
    checks.fault(at(index, "plan"), "is missing: whether a plan starts, goes on, ends, or is none");
  check_category(index, outcome, context, checks);
  check_end(index, outcome, context, checks);
}

// One for every child, and for nobody else.
void check_outcomes(const State& state, const v1::RecordConferenceRequest& request,
                    const Context& context, Checks& checks) {
  std::set<std::string> missing(state.child_ids.begin(), state.child_ids.end());
  for (int i = 0; i < request.outcomes_size(); ++i) {
    const v1::ChildOutcome& outcome = request.outcomes(i);
    if (missing.erase(outcome.child_id()) == 0) {
      const bool is_one =
          std::ranges::find(state.child_ids, outcome.child_id()) != state.child_ids.end();
      checks.fault(at(i, "child_id"), is_one ? "is named twice" : "is no child of the conference");
      if (!is_one) continue;
    }
    check_outcome(i, outcome, context, checks);
    if (state.kind == v1::CONFERENCE_KIND_REVIEW)
      check_review(i, outcome, request.has_held_at(), checks);
  }
  for (const std::string& child_id : missing)
    checks.fault("outcomes", "say nothing of the child " + child_id);
}

void check_record(const State& state, const v1::RecordConferenceRequest& request,
                  const Context& context, Checks& checks) {
  const bool held = request.has_held_at();
  check_text("text", request.text(), kTextBytesMax, held ? "what was agreed" : "why it is not held",
             checks);
  const bool review = state.kind == v1::CONFERENCE_KIND_REVIEW;
  if (state.kind == v1::CONFERENCE_KIND_CORE_GROUP) {
    if (!request.outcomes().empty())
      checks.fault("outcomes", "go with a conference: a core group decides on no plan");
  } else if (held || (review && !request.outcomes().empty())) {
    check_outcomes(state, request, context, checks);
  } else if (!request.outcomes().empty()) {
    checks.fault("outcomes", "go with a conference that was held, or a review of plans that ended");
  }
  if (held && checks.happened("held_at", request.held_at(), context.now) &&
      *from_proto(request.held_at()) < state.since)
    checks.fault("held_at", "is before the conference was called for");
}

// --- whether it fits what holds of each child ---

// What is wrong with a decision on the plan of one child; empty: nothing.
std::string misfit(v1::ConferenceKind kind, v1::PlanDecision plan, bool on_plan) {
  switch (plan) {
    case v1::PLAN_DECISION_STARTS:
      return on_plan ? "starts a plan for a child who is on one" : "";
    case v1::PLAN_DECISION_NONE:
      return on_plan ? "says that there is none, of a child who is on one" : "";
    case v1::PLAN_DECISION_CONTINUES:
      return on_plan ? "" : "goes on with a plan for a child who is on none";
    case v1::PLAN_DECISION_ENDS:
      if (!on_plan) return "ends a plan for a child who is on none";
      return kind == v1::CONFERENCE_KIND_REVIEW ? "" : "is for a review conference to decide";
    default:
      return "";
  }
}

Result<void> plans_fit(const State& state, const Conference::Record& command,
                       const Context& context) {
  Checks misfits;
  for (int i = 0; i < command.request.outcomes_size(); ++i) {
    const v1::ChildOutcome& outcome = command.request.outcomes(i);
    std::string wrong =
        misfit(state.kind, outcome.plan(), command.on_plan.contains(outcome.child_id()));
    if (!wrong.empty()) misfits.fault(at(i, "plan"), std::move(wrong));
  }
  if (const auto* rule = context.pack->timescale(policy::kNextReviewConference))
    misfits.cite(rule->basis.source);
  auto verdict = misfits.verdict();
  if (verdict) return {};
  Error error = std::move(verdict.error());
  error.code = Code::kFailedPrecondition;
  error.reason = "PLAN_MISMATCH";
  error.message = "What was decided does not fit whether a plan runs for each child.";
  return tl::unexpected(std::move(error));
}

// A plan is reviewed for as long as it runs.
Result<void> may_be_called_off(const State& state, const Conference::Record& command,
                               const Context& context) {
  if (state.kind != v1::CONFERENCE_KIND_REVIEW) return {};
  if (!command.request.outcomes().empty()) return plans_fit(state, command, context);
  if (command.on_plan.empty()) return {};
  auto refused =
      refuse(Code::kFailedPrecondition, "REVIEW_OWED",
             "A plan runs, and is reviewed as long as it does: the review is held, or put off "
             "with reasons, or says how each plan ended.");
  if (const auto* rule = context.pack->timescale(policy::kNextReviewConference))
    refused.value().sources.push_back(rule->basis.source);
  return refused;
}

Event not_held(const v1::RecordConferenceRequest& request, const Context& context) {
  Event event;
  v1::ConferenceNotHeld& not_held = *event.mutable_not_held();
  not_held.set_reason(request.text());
  not_held.set_decided_by(context.actor.practitioner);
  to_proto(context.now, not_held.mutable_decided_at());
  *not_held.mutable_outcomes() = request.outcomes();
  return event;
}

std::vector<std::string> children_with(const v1::RecordConferenceRequest& request,
                                       v1::PlanDecision plan) {
  std::vector<std::string> children;
  for (const v1::ChildOutcome& outcome : request.outcomes())
    if (outcome.plan() == plan) children.push_back(outcome.child_id());
  return children;
}

}  // namespace

std::vector<Conference::FallDue> Conference::next(const State& state,
                                                  const std::string& conference_id,
                                                  const v1::RecordConferenceRequest& request) {
  const auto held_at = from_proto(request.held_at());
  if (!request.has_held_at() || !held_at) return {};
  std::vector<FallDue> next;
  const auto follows = [&](v1::ConferenceKind kind, v1::PlanDecision plan,
                           std::string_view timescale) {
    if (auto children = children_with(request, plan); !children.empty())
      next.push_back({.kind = kind,
                      .case_id = state.case_id,
                      .child_ids = std::move(children),
                      .timescale = std::string(timescale),
                      .counted_from = *held_at,
                      .follows = conference_id});
  };
  switch (state.kind) {
    case v1::CONFERENCE_KIND_INITIAL:
    case v1::CONFERENCE_KIND_TRANSFER_IN:
    case v1::CONFERENCE_KIND_PRE_BIRTH: {
      const bool pre_birth = state.kind == v1::CONFERENCE_KIND_PRE_BIRTH;
      follows(v1::CONFERENCE_KIND_CORE_GROUP, v1::PLAN_DECISION_STARTS, policy::kCoreGroup);
      follows(v1::CONFERENCE_KIND_REVIEW, v1::PLAN_DECISION_STARTS,
              pre_birth ? policy::kReviewAfterPreBirth : policy::kFirstReviewConference);
      break;
    }
    case v1::CONFERENCE_KIND_REVIEW:
      follows(v1::CONFERENCE_KIND_REVIEW, v1::PLAN_DECISION_CONTINUES,
              policy::kNextReviewConference);
      break;
    default:
      break;
  }
  return next;
}

Result<Events> Conference::decide(const State& state, const Record& command,
                                  const Context& context) {
  const v1::RecordConferenceRequest& request = command.request;
  if (auto may = open_to_the_hub(state, context.actor); !may) return tl::unexpected(may.error());
  Checks checks;
  check_record(state, request, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (!request.has_held_at())
    return may_be_called_off(state, command, context).map([&] {
      return only(not_held(request, context));
    });
  if (state.stage == v1::CONFERENCE_STAGE_REQUESTED)
    return refuse(Code::kFailedPrecondition, "CONFERENCE_NOT_AGREED",
                  "It was asked for, and has no date: children's social care answers first.");
  if (auto fit = plans_fit(state, command, context); !fit) return tl::unexpected(fit.error());
  Event event;
  v1::ConferenceHeld& held = *event.mutable_held();
  *held.mutable_held_at() = request.held_at();
  *held.mutable_outcomes() = request.outcomes();
  held.set_text(request.text());
  held.set_recorded_by(context.actor.practitioner);
  to_proto(context.now, held.mutable_recorded_at());
  for (const std::string& id : command.next_ids) held.add_next_conference_ids(id);
  return only(std::move(event));
}

}  // namespace mash::strategy
